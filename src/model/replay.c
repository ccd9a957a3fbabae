/* SPDX-License-Identifier: BSD-2-Clause */
#include "model/replay.h"

#include "model/timeline.h"

/* ---- a resolver ---- */

struct resolver {
    const struct timeline *line;
    const struct outages *outages;
    const struct ttl_rule *rule;
    double part;       /* of an answer's life that is over when something happens after a calm */
    size_t span;       /* of its last question */
    bool is_there;     /* its answer holds the endpoint */
    dur_ms_t from, to; /* for so long */
    double queries;
    size_t outage;             /* the first that it is not through with */
    dur_ms_t failed, of_which; /* in all, in that outage */
    dur_ms_t failed_worst;
};

/* A TTL of 0 is one question a second: users come at some rate. */
static dur_ms_t life_at(const struct resolver *r, dur_ms_t now)
{
    const uint32_t ttl_s = timeline_ttl(&r->line->spans[r->span], r->rule, now);

    return (dur_ms_t)(ttl_s > 0 ? ttl_s : 1) * 1000;
}

static void seek(struct resolver *r, dur_ms_t now)
{
    while (r->span + 1 < r->line->n && r->line->spans[r->span + 1].at <= now)
        r->span++;
}

/* For how long of its answer's life it sends its clients to an endpoint that is down. */
static void suffer(struct resolver *r)
{
    for (; r->outage < r->outages->n; r->outage++, r->of_which = 0) {
        const struct outage *o = &r->outages->items[r->outage];
        const dur_ms_t from = r->from > o->from ? r->from : o->from;
        const dur_ms_t to = r->to < o->to ? r->to : o->to;
        if (r->is_there && to > from) {
            r->of_which += to - from;
            r->failed += to - from;
        }
        if (r->of_which > r->failed_worst)
            r->failed_worst = r->of_which;
        if (o->to > r->to)
            return;
    }
}

/* Until then nothing happens: no outage begins, the answer and its TTL stay. */
static dur_ms_t calm_until(const struct resolver *r, dur_ms_t now, dur_ms_t end)
{
    const struct answer_span *a = &r->line->spans[r->span];
    const dur_ms_t step = timeline_next_step(a, r->rule, now);
    dur_ms_t until = r->span + 1 < r->line->n ? a[1].at : end;

    if (step >= 0 && now + step < until)
        until = now + step;
    if (r->outage < r->outages->n && r->outages->items[r->outage].from < until)
        until = r->outages->items[r->outage].from;
    return until;
}

/*
 * Ask, and all that is asked in the same way until something happens: a month in one step.  When a TTL
 * as long as they get has been told for longer than it lasts, resolvers are anywhere in it.
 */
static void ask(struct resolver *r, dur_ms_t now, dur_ms_t end)
{
    seek(r, now);
    const struct answer_span *a = &r->line->spans[r->span];
    const dur_ms_t life = life_at(r, now), calm = calm_until(r, now, end) - now;
    const bool is_steady = timeline_next_step(a, r->rule, now) < 0;

    r->is_there = a->is_there;
    if (is_steady && calm > life)
        r->from = now + calm - (dur_ms_t)((double)life * r->part);
    else
        r->from = now + (calm > life ? (calm / life - 1) * life : 0);
    r->to = r->from + life;
    r->queries += is_steady && calm > life ? (double)(r->from - now) / (double)life
                                           : (double)(r->to - now) / (double)life;
}

static void live(struct resolver *r, dur_ms_t end)
{
    const dur_ms_t life = life_at(r, 0);

    r->is_there = r->line->spans[0].is_there;
    r->from = -(dur_ms_t)((double)life * r->part);
    r->to = r->from + life;
    suffer(r);
    while (r->to < end) {
        ask(r, r->to, end);
        suffer(r);
    }
}

/* ---- all of it ---- */

/* Where resolver i is in its answer's life, evenly, and otherwise in each phase. */
static double part_of(unsigned i, unsigned phase)
{
    return (REPLAY_PHASES * i + phase + 0.5) / (REPLAY_PHASES * REPLAY_RESOLVERS);
}

static void add_resolver(const struct timeline *line, const struct settings *s,
                         const struct outages *o, double part, struct figures *out)
{
    struct resolver r = {.line = line, .outages = o, .rule = &s->ttl, .part = part};

    live(&r, o->length_ms);
    out->failed_ms += (double)r.failed / (REPLAY_RESOLVERS * REPLAY_PHASES);
    out->queries += r.queries / (REPLAY_RESOLVERS * REPLAY_PHASES);
    if (r.failed_worst > out->failed_worst_ms)
        out->failed_worst_ms = r.failed_worst;
}

static void add(const struct timeline *line, const struct settings *s, const struct outages *o,
                unsigned phase, struct figures *out)
{
    out->noticed += (double)line->noticed / REPLAY_PHASES;
    out->detected += (double)line->detected / REPLAY_PHASES;
    out->falls += (double)line->falls / REPLAY_PHASES;
    out->changes += (double)line->changes / REPLAY_PHASES;
    out->detect_ms += (double)line->detect_ms / REPLAY_PHASES;
    if (line->detect_worst_ms > out->detect_worst_ms)
        out->detect_worst_ms = line->detect_worst_ms;
    for (unsigned i = 0; i < REPLAY_RESOLVERS; i++)
        add_resolver(line, s, o, part_of(i, phase), out);
}

void replay(const struct settings *s, size_t n, const struct outages *o, struct figures *out)
{
    for (size_t i = 0; i < n; i++) {
        out[i].seen_ms += (double)o->length_ms;
        out[i].outages += (double)o->n;
    }
    for (unsigned phase = 0; phase < REPLAY_PHASES; phase++) {
        struct timeline line;
        timeline_play(s, o, s->interval_ms * (2 * phase + 1) / (2 * REPLAY_PHASES), &line);
        for (size_t i = 0; i < n; i++)
            add(&line, &s[i], o, phase, &out[i]);
        timeline_fini(&line);
    }
}
