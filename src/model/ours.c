/*
 * Proxima: the rules of health/ themselves, put together as health/judge.c and control/plan_state.c
 * do it, for a pool with one endpoint a region that nobody drains.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "base/hash.h"
#include "base/xalloc.h"
#include "health/sight.h"
#include "model/steerer_inside.h"

#define ALWAYS (INT64_MIN / 4)

enum level { LEVEL_DOWN, LEVEL_AVOIDED, LEVEL_UP };

/* What is held of a region, and what was before the failures that its history ends with. */
struct belief {
    struct verdict verdict;
    struct damping damping;
    mono_ms_t since; /* when the verdict turned */
};

struct region {
    struct belief is, calm;
    mono_ms_t calm_until;
    struct seen seen;
    enum level level;
    mono_ms_t since; /* when what it is answered for last changed */
    mono_ms_t back;  /* when its clients may come home */
};

struct ours {
    struct steerer base;
    struct region regions[TRACE_REGIONS_MAX];
    struct sight sight;
    mono_ms_t since; /* when the usable regions last changed */
    mono_ms_t looked_at;
    bool is_stale;
};

struct steerer_spec steerer_ours(void)
{
    return (struct steerer_spec){
        .name = "Proxima",
        .kind = STEERER_OURS,
        .interval_ms = 5000,
        .timeout_ms = 2000,
        .ours = {.verdict = {.rise = 2, .fall = 3, .fall_of = 5},
                 .damping = {.suppress = 1500,
                             .reuse = 750,
                             .half_life_ms = 120000,
                             .max_hold_ms = 600000},
                 .ttl = {.min_s = 10, .max_s = 300, .growth = 8},
                 .blind_at = 90},
    };
}

static struct steerer *create(const struct steerer_spec *spec)
{
    struct ours *o = xcalloc(1, sizeof(*o));

    o->sight = (struct sight){.at_percent = spec->ours.blind_at, .round_ms = spec->interval_ms};
    o->since = ALWAYS;
    for (size_t r = 0; r < TRACE_REGIONS_MAX; r++)
        o->regions[r] = (struct region){.is = {.verdict = {.history = UINT64_MAX,
                                                           .known = 64,
                                                           .fresh = 64,
                                                           .state = VERDICT_UP},
                                               .since = ALWAYS},
                                        .seen.regions = UINT64_C(1) << r,
                                        .level = LEVEL_UP,
                                        .since = ALWAYS,
                                        .back = ALWAYS};
    return &o->base;
}

/* ---- results (judge.c, doubt.c) ---- */

/* The prober has turned blind: what failed just before was no failure. */
static void take_back(struct ours *o, mono_ms_t now)
{
    const dur_ms_t doubtful_ms = o->base.spec->interval_ms + o->base.spec->timeout_ms;

    for (size_t i = 0; i < o->base.n_regions; i++) {
        struct region *r = &o->regions[i];
        if (r->seen.is_dark && now - r->calm_until <= doubtful_ms)
            r->is = r->calm;
    }
}

static void fold(struct region *r, const struct ours_rule *rule, bool is_good, mono_ms_t now)
{
    if (!is_good && (r->is.verdict.history & 1) != 0) {
        r->calm = r->is;
        r->calm_until = now;
    }
    if (!verdict_step(&r->is.verdict, &rule->verdict, is_good))
        return;
    r->is.since = now;
    if (r->is.verdict.state == VERDICT_DOWN)
        damping_fall(&r->is.damping, &rule->damping, now);
}

/* The first result of all tells sight who there is. */
static void introduce(struct ours *o)
{
    if (o->sight.n > 0)
        return;
    for (size_t i = 0; i < o->base.n_regions; i++)
        sight_add(&o->sight, &o->regions[i].seen);
}

static void on_probe(struct steerer *s, size_t region, unsigned checker, bool is_good,
                     mono_ms_t now)
{
    struct ours *o = (struct ours *)s;
    struct region *r = &o->regions[region];

    (void)checker;
    introduce(o);
    o->is_stale = true;
    if (sight_result(&o->sight, &r->seen, is_good, now) && o->sight.is_blind)
        take_back(o, now);
    if (!o->sight.is_blind)
        fold(r, &s->spec->ours, is_good, now);
}

/* ---- what follows for answers (plan_state.c, plan_update.c) ---- */

static enum level level_of(const struct region *r, mono_ms_t now)
{
    if (r->is.verdict.state == VERDICT_DOWN)
        return LEVEL_DOWN;
    return damping_is_held(&r->is.damping, now) ? LEVEL_AVOIDED : LEVEL_UP;
}

/* When what is seen of it last turned: its verdict, or the end of a hold. */
static mono_ms_t turned_at(const struct region *r, mono_ms_t now)
{
    const mono_ms_t held_until = r->is.damping.held_until;

    return held_until <= now && held_until > r->is.since ? held_until : r->is.since;
}

static void look(struct ours *o, mono_ms_t now)
{
    bool changed = false;

    if (!o->is_stale && now == o->looked_at)
        return;
    o->is_stale = false;
    o->looked_at = now;
    for (size_t i = 0; i < o->base.n_regions; i++) {
        struct region *r = &o->regions[i];
        const enum level level = level_of(r, now);
        if (level == r->level)
            continue;
        changed |= (level == LEVEL_UP) != (r->level == LEVEL_UP);
        r->level = level;
        r->since = turned_at(r, now);
        r->back = now;
    }
    if (changed)
        o->since = now;
}

/* The first of the holds to end: a change that is planned. */
static mono_ms_t planned_change(const struct ours *o)
{
    mono_ms_t at = INT64_MAX;

    for (size_t i = 0; i < o->base.n_regions; i++) {
        const struct region *r = &o->regions[i];
        if (r->level == LEVEL_AVOIDED && r->is.damping.held_until < at)
            at = r->is.damping.held_until;
    }
    return at;
}

static uint32_t ttl_of(const struct ours *o, const struct region *r, mono_ms_t now)
{
    const struct ours_rule *rule = &o->base.spec->ours;
    const mono_ms_t since = r->since > o->since ? r->since : o->since,
                    change_at = planned_change(o);

    if (r->level != LEVEL_UP || verdict_is_suspect(&r->is.verdict, &rule->verdict))
        return ttl_at(&rule->ttl, 0);
    const uint32_t grown_s = ttl_at(&rule->ttl, now - since);
    const uint32_t most_s =
        change_at < INT64_MAX ? ttl_glide(&rule->ttl, change_at - now) : grown_s;
    return grown_s < most_s ? grown_s : most_s;
}

/* While a region ramps up, clients get it one after the other, each at its own moment. */
static bool may_have(const struct ours *o, const struct region *r, uint32_t client, mono_ms_t now)
{
    const dur_ms_t ramp_ms = o->base.spec->ours.ramp_ms;
    const double turn = (double)(hash_mix(client) >> 11) * 0x1p-53;

    return r->level == LEVEL_UP && (double)(now - r->back) >= turn * (double)ramp_ms;
}

static size_t choose(const struct ours *o, size_t home, uint32_t client, mono_ms_t now)
{
    for (size_t i = 0; i < o->base.n_regions; i++) {
        const size_t r = steerer_choice(&o->base, home, i);
        if (may_have(o, &o->regions[r], client, now))
            return r;
    }
    for (unsigned level = LEVEL_UP; level > LEVEL_DOWN; level--)
        for (size_t i = 0; i < o->base.n_regions; i++) {
            const size_t r = steerer_choice(&o->base, home, i);
            if (o->regions[r].level == level)
                return r;
        }
    return home;
}

static struct steer_answer answer(struct steerer *s, size_t home, uint32_t client, mono_ms_t now)
{
    struct ours *o = (struct ours *)s;

    look(o, now);
    const size_t r = choose(o, home, client, now);
    return (struct steer_answer){.region = (uint8_t)r, .ttl_s = ttl_of(o, &o->regions[r], now)};
}

const struct steerer_ops ops_ours = {create, on_probe, answer};
