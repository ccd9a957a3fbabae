/* SPDX-License-Identifier: BSD-2-Clause */
#include "model/timeline.h"

#include <stdlib.h>

#include "base/xalloc.h"

/* A TTL counted from there is at its maximum when the trace begins. */
#define ALWAYS (INT64_MIN / 4)
#define NEVER  INT64_MAX

struct play {
    const struct settings *s;
    const struct outages *trace;
    struct timeline *out;
    dur_ms_t phase_ms;
    unsigned depth;               /* how far back verdicts look */
    size_t outage;                /* the first that is not over */
    const struct outage *noticed; /* the last that was */
    struct verdict verdict;
    struct damping damping;
};

static const struct answer_span *last_span(const struct timeline *t)
{
    return t->n > 0 ? &t->spans[t->n - 1] : NULL;
}

/* The answer as it is now; its TTL counts from when it last was another one. */
static void tell(struct play *p, dur_ms_t now)
{
    const struct answer_span *last = last_span(p->out);
    const bool is_up = p->verdict.state != VERDICT_DOWN;
    const bool is_there = is_up && !damping_is_held(&p->damping, now);
    const bool is_suspect = is_there && verdict_is_suspect(&p->verdict, &p->s->rule);
    const bool is_other = last != NULL && last->is_there != is_there;

    const dur_ms_t back_at = is_up && !is_there ? p->damping.held_until : NEVER;

    if (last != NULL && !is_other && last->is_suspect == is_suspect && last->back_at == back_at)
        return;
    const dur_ms_t since = last == NULL ? ALWAYS : is_other ? now : last->since;
    p->out->changes += is_other;
    p->out->spans = xgrow(p->out->spans, p->out->n, sizeof(*p->out->spans));
    p->out->spans[p->out->n++] = (struct answer_span){.at = now,
                                                      .since = since,
                                                      .back_at = back_at,
                                                      .is_there = is_there,
                                                      .is_suspect = is_suspect};
}

/* A hold ends by itself, between probes. */
static void end_hold(struct play *p, dur_ms_t now)
{
    const dur_ms_t end = p->damping.held_until;

    if (end <= now && end > last_span(p->out)->at && p->verdict.state == VERDICT_UP)
        tell(p, end);
}

static void note_fall(struct play *p, const struct outage *o, dur_ms_t now)
{
    struct timeline *out = p->out;

    out->falls++;
    damping_fall(&p->damping, &p->s->damping, now);
    if (o == NULL)
        return;
    const dur_ms_t took = now - o->from;
    out->detected++;
    out->detect_ms += took;
    if (took > out->detect_worst_ms)
        out->detect_worst_ms = took;
}

/* The outage that lies at t, or NULL; t goes up. */
static const struct outage *outage_at(struct play *p, dur_ms_t t)
{
    const struct outages *trace = p->trace;

    while (p->outage < trace->n && trace->items[p->outage].to <= t)
        p->outage++;
    return p->outage < trace->n && trace->items[p->outage].from <= t ? &trace->items[p->outage]
                                                                     : NULL;
}

/* One probe, started at t; returns when the next one starts. */
static dur_ms_t probe(struct play *p, dur_ms_t t)
{
    const struct settings *s = p->s;
    const struct outage *o = outage_at(p, t);
    const dur_ms_t fails_ms =
        o != NULL && o->fails_ms < s->timeout_ms ? o->fails_ms : s->timeout_ms;
    const dur_ms_t now = o != NULL ? t + fails_ms : t;

    end_hold(p, now);
    if (verdict_step(&p->verdict, &s->rule, o == NULL) && p->verdict.state == VERDICT_DOWN)
        note_fall(p, o, now);
    if (o != NULL && o != p->noticed && p->verdict.state == VERDICT_DOWN) {
        p->noticed = o;
        p->out->noticed++;
    }
    tell(p, now);
    do
        t += s->interval_ms;
    while (t < now);
    return t;
}

/* From the next start of a probe at or after t. */
static dur_ms_t start_at(const struct play *p, dur_ms_t t)
{
    const dur_ms_t steps = (t - p->phase_ms + p->s->interval_ms - 1) / p->s->interval_ms;

    return p->phase_ms + steps * p->s->interval_ms;
}

/* Equal results beyond what verdicts look at change nothing: go to where they end. */
static dur_ms_t skip(struct play *p, dur_ms_t t)
{
    const struct outage *o = outage_at(p, t);
    const bool is_good = (p->verdict.history & 1) != 0;

    if (verdict_streak(&p->verdict) < p->depth || is_good != (o == NULL))
        return t;
    if (o != NULL)
        return start_at(p, o->to);
    return p->outage < p->trace->n ? start_at(p, p->trace->items[p->outage].from)
                                   : start_at(p, p->trace->length_ms);
}

static unsigned depth_of(const struct verdict_rule *r)
{
    const unsigned window = r->fall_of > r->fall ? r->fall_of : r->fall;

    return window > r->rise ? window : r->rise;
}

void timeline_play(const struct settings *s, const struct outages *t, dur_ms_t phase_ms,
                   struct timeline *out)
{
    struct play p = {
        .s = s,
        .trace = t,
        .out = out,
        .phase_ms = phase_ms,
        .depth = depth_of(&s->rule),
        .verdict = {.history = ~UINT64_C(0), .known = 64, .fresh = 64, .state = VERDICT_UP}};

    *out = (struct timeline){0};
    tell(&p, 0);
    for (dur_ms_t at = skip(&p, phase_ms); at < t->length_ms; at = skip(&p, at))
        at = probe(&p, at);
    end_hold(&p, t->length_ms);
}

void timeline_fini(struct timeline *t)
{
    free(t->spans);
    *t = (struct timeline){0};
}

uint32_t timeline_ttl(const struct answer_span *a, const struct ttl_rule *rule, dur_ms_t now)
{
    const uint32_t grown_s = ttl_at(rule, a->is_suspect ? 0 : now - a->since);
    const uint32_t most_s = a->back_at != NEVER ? ttl_glide(rule, a->back_at - now) : grown_s;

    return grown_s < most_s ? grown_s : most_s;
}

dur_ms_t timeline_next_step(const struct answer_span *a, const struct ttl_rule *rule, dur_ms_t now)
{
    if (a->is_suspect)
        return -1;
    return a->back_at != NEVER ? 0 : ttl_next_step(rule, now - a->since);
}
