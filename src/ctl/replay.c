/* SPDX-License-Identifier: BSD-2-Clause */
#include "ctl/replay.h"

#include "ctl/timeline.h"

/* ---- queries ---- */

/* Of a resolver that asks whenever its answer is over, between two times of a span. */
static double queries_of(const struct answer_span *a, const struct ttl_rule *rule, dur_ms_t from,
                         dur_ms_t to)
{
    double n = 0;

    while (from < to) {
        const uint32_t ttl_s = timeline_ttl(a, rule, from);
        const bool is_short = a->is_suspect && a->is_there;
        const dur_ms_t step = is_short ? -1 : ttl_next_step(rule, from - a->since);
        const dur_ms_t end = step < 0 || from + step > to ? to : from + step;
        n += (double)(end - from) / (1000.0 * (ttl_s > 0 ? ttl_s : 1));
        from = end;
    }
    return n;
}

static double queries_of_all(const struct timeline *line, const struct ttl_rule *rule,
                             dur_ms_t length_ms)
{
    double n = 0;

    for (size_t i = 0; i < line->n; i++)
        n += queries_of(&line->spans[i], rule, line->spans[i].at,
                        i + 1 < line->n ? line->spans[i + 1].at : length_ms);
    return n;
}

/* ---- a resolver ---- */

struct resolver {
    const struct timeline *line;
    const struct ttl_rule *rule;
    size_t span;       /* of its last question */
    bool is_there;     /* its answer holds the endpoint */
    dur_ms_t from, to; /* for so long */
};

static void seek(struct resolver *r, dur_ms_t now)
{
    while (r->span + 1 < r->line->n && r->line->spans[r->span + 1].at <= now)
        r->span++;
}

static void ask(struct resolver *r, dur_ms_t now)
{
    seek(r, now);
    const struct answer_span *a = &r->line->spans[r->span];
    const uint32_t ttl_s = timeline_ttl(a, r->rule, now);
    r->is_there = a->is_there;
    r->from = now;
    r->to = now + (dur_ms_t)(ttl_s > 0 ? ttl_s : 1) * 1000;
}

/* Long since it last asked: it may be anywhere in its answer's life. */
static void begin(struct resolver *r, dur_ms_t now, double part)
{
    ask(r, now);
    const dur_ms_t gone = (dur_ms_t)((double)(r->to - r->from) * part);
    r->from -= gone;
    r->to -= gone;
}

/* For how long of the outage its clients are sent there. */
static dur_ms_t suffer(struct resolver *r, const struct outage *o)
{
    dur_ms_t failed = 0;

    while (r->from < o->to) {
        const dur_ms_t from = r->from > o->from ? r->from : o->from;
        const dur_ms_t to = r->to < o->to ? r->to : o->to;
        if (r->is_there && to > from)
            failed += to - from;
        if (r->to >= o->to)
            break;
        ask(r, r->to);
    }
    return failed;
}

static void suffer_all(const struct timeline *line, const struct settings *s,
                       const struct outages *t, double part, struct figures *out)
{
    struct resolver r = {.line = line, .rule = &s->ttl};

    for (size_t k = 0; k < t->n; k++) {
        const struct outage *o = &t->items[k];
        if (k == 0 || o->from - r.to > (dur_ms_t)s->ttl.max_s * 1000)
            begin(&r, o->from, part);
        while (r.to <= o->from)
            ask(&r, r.to);
        const dur_ms_t failed = suffer(&r, o);
        out->failed_ms += (double)failed / (REPLAY_RESOLVERS * REPLAY_PHASES);
        if (failed > out->failed_worst_ms)
            out->failed_worst_ms = failed;
    }
}

/* ---- all of it ---- */

/* Where resolver i is in its answer's life, evenly, and otherwise in each phase. */
static double part_of(unsigned i, unsigned phase)
{
    return (REPLAY_PHASES * i + phase + 0.5) / (REPLAY_PHASES * REPLAY_RESOLVERS);
}

static void add(const struct timeline *line, const struct settings *s, const struct outages *t,
                unsigned phase, struct figures *out)
{
    out->noticed += (double)line->noticed / REPLAY_PHASES;
    out->detected += (double)line->detected / REPLAY_PHASES;
    out->falls += (double)line->falls / REPLAY_PHASES;
    out->changes += (double)line->changes / REPLAY_PHASES;
    out->detect_ms += (double)line->detect_ms / REPLAY_PHASES;
    if (line->detect_worst_ms > out->detect_worst_ms)
        out->detect_worst_ms = line->detect_worst_ms;
    out->queries += queries_of_all(line, &s->ttl, t->length_ms) / REPLAY_PHASES;
    for (unsigned i = 0; i < REPLAY_RESOLVERS; i++)
        suffer_all(line, s, t, part_of(i, phase), out);
}

void replay(const struct settings *s, size_t n, const struct outages *t, struct figures *out)
{
    for (size_t i = 0; i < n; i++) {
        out[i].seen_ms += (double)t->length_ms;
        out[i].outages += (double)t->n;
    }
    for (unsigned phase = 0; phase < REPLAY_PHASES; phase++) {
        struct timeline line;
        timeline_play(s, t, s->interval_ms * (2 * phase + 1) / (2 * REPLAY_PHASES), &line);
        for (size_t i = 0; i < n; i++)
            add(&line, &s[i], t, phase, &out[i]);
        timeline_fini(&line);
    }
}
