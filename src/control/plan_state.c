/*
 * The state of pools: from verdicts, holds and drains to which regions are usable, and which only
 * where nothing better is (proxima.yaml(5)).
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "base/hash.h"
#include "base/log.h"
#include "control/plan_inside.h"

/* ---- an endpoint ---- */

/* What is seen of one endpoint beside its level. */
struct look {
    bool suspect;
    mono_ms_t since; /* when what is held of it last turned */
    mono_ms_t wake;  /* when a hold of it ends; INT64_MAX: it is not held */
};

#define LOOK_NONE ((struct look){.since = PLAN_ALWAYS, .wake = INT64_MAX})

/* True while it is held; it is looked at when that ends, and is new from then on. */
static bool note_hold(const struct damping *d, struct look *seen, mono_ms_t now)
{
    if (damping_is_held(d, now)) {
        if (d->held_until < seen->wake)
            seen->wake = d->held_until;
        return true;
    }
    if (d->held_until > 0 && d->held_until > seen->since)
        seen->since = d->held_until;
    return false;
}

static void note_target(const struct target *t, struct target_status *s, struct look *seen)
{
    target_status(t, s);
    seen->suspect |= s->suspect;
    if (s->since > seen->since)
        seen->since = s->since;
}

/* Ready, or nobody asks. */
static bool is_ready(const struct plan_set *set, uint16_t i, struct look *seen, mono_ms_t now)
{
    struct target_status s;

    if (set->ready_targets == NULL)
        return true;
    note_target(set->ready_targets[i], &s, seen);
    return s.verdict != VERDICT_DOWN && !note_hold(s.damping, seen, now);
}

/* How good endpoint i is now; what else is seen of it goes into `seen`. */
static enum plan_level look_at(const struct plan_set *set, uint16_t i, struct look *seen,
                               mono_ms_t now)
{
    struct target_status s;

    if (set->targets == NULL)
        return is_ready(set, i, seen, now) ? PLAN_UP : PLAN_AVOIDED;
    note_target(set->targets[i], &s, seen);
    if (s.verdict == VERDICT_DOWN)
        return PLAN_DOWN;
    const bool held = note_hold(s.damping, seen, now);
    return is_ready(set, i, seen, now) && !held ? PLAN_UP : PLAN_AVOIDED;
}

enum plan_level plan_endpoint_level(const struct plan_set *set, uint16_t i, mono_ms_t now)
{
    struct look ignored = LOOK_NONE;

    return look_at(set, i, &ignored, now);
}

/* ---- a region's endpoints of a type ---- */

/* What is seen of a set, by level: of the endpoints that are of this level or a better one. */
struct view {
    unsigned n[PLAN_UP + 1];
    uint64_t which[PLAN_UP + 1]; /* a hash of their numbers */
    bool suspect[PLAN_UP + 1];
    struct look all; /* the latest since and the earliest wake */
};

static void view_set(const struct plan_set *set, struct view *v, mono_ms_t now)
{
    *v = (struct view){.all = LOOK_NONE};
    for (uint16_t i = 0; i < set->n_targets; i++) {
        struct look one = LOOK_NONE;
        const enum plan_level level = look_at(set, i, &one, now);
        for (unsigned l = PLAN_DOWN; l <= level; l++) {
            v->n[l]++;
            v->which[l] = hash_mix(v->which[l] ^ (i + 1u));
            v->suspect[l] |= one.suspect;
        }
        v->all.since = one.since > v->all.since ? one.since : v->all.since;
        v->all.wake = one.wake < v->all.wake ? one.wake : v->all.wake;
    }
}

/* The best level that enough of the endpoints have, or a better one. */
static enum plan_level level_of_endpoints(const struct plan_set *set, const struct view *v,
                                          uint8_t region_up)
{
    const unsigned needed = (unsigned)region_up * set->n_targets;

    if (v->n[PLAN_UP] > 0 && v->n[PLAN_UP] * 100u >= needed)
        return PLAN_UP;
    if (v->n[PLAN_AVOIDED] > 0 && v->n[PLAN_AVOIDED] * 100u >= needed)
        return PLAN_AVOIDED;
    return PLAN_DOWN;
}

/*
 * Fold what is known of a set's endpoints into it.  True if other records are to be answered.
 *
 * What is left out of the answers, because it is held say, may turn as often as it likes: they are
 * as stable as before, and not suspected.
 */
static bool evaluate_set(struct plan_set *set, const struct policy_spec *policy, bool is_first,
                         mono_ms_t now)
{
    const struct plan_set old = *set;
    struct view v;

    view_set(set, &v, now);
    set->n_up = (uint16_t)v.n[PLAN_UP];
    set->n_avoided = (uint16_t)(v.n[PLAN_AVOIDED] - v.n[PLAN_UP]);
    set->answered = level_of_endpoints(set, &v, policy->region_up);
    set->answered_hash = set->by_record ? v.which[set->answered] : 0;
    set->suspect = v.suspect[set->answered];
    set->level = set->answered;
    if (set->level == PLAN_DOWN && old.level != PLAN_DOWN && !is_first)
        damping_fall(&set->damping, &policy->damping, now);
    /* Endpoints that fall by turns make a region flap though none of them does. */
    if (set->level == PLAN_UP && note_hold(&set->damping, &v.all, now))
        set->level = PLAN_AVOIDED;
    if (set->level == PLAN_UP && set->ramp.state == RAMP_WAITS &&
        policy->failback == FAILBACK_MANUAL)
        set->level = PLAN_AVOIDED;
    set->wake = v.all.wake;
    const bool redo = set->answered_hash != old.answered_hash;
    if (is_first || redo || set->level != old.level)
        set->since = v.all.since;
    return redo;
}

static regionset_t with_or_without(regionset_t set, unsigned region, bool with)
{
    const regionset_t bit = (regionset_t)1 << region;

    return with ? set | bit : set & ~bit;
}

/* Look at the regions of which something changed. */
static void evaluate_stale(struct plan *p, struct plan_pool *pool, uint8_t t, mono_ms_t now)
{
    const struct policy_spec *policy = &p->config->policies[pool->policy];
    struct plan_type *type = &pool->types[t];

    type->stale &= UINT64_MAX >> (REGIONS_MAX - p->config->n_regions);
    for (; type->stale != 0; type->stale &= type->stale - 1) {
        const unsigned region = (unsigned)__builtin_ctzll(type->stale);
        struct plan_set *set = pool_set(p, pool, t, region);
        if (set->source != NULL && evaluate_set(set, policy, !pool->evaluated, now))
            type->redo |= (regionset_t)1 << region;
        /* Without a record of the type: NODATA, not skipped. */
        type->healthy =
            with_or_without(type->healthy, region, set->source == NULL || set->level == PLAN_UP);
        type->avoided = with_or_without(type->avoided, region,
                                        set->source != NULL && set->level == PLAN_AVOIDED);
    }
}

/* The next change that is planned: the first of the holds to end, whose clients then come home. */
static mono_ms_t planned_change(const struct plan *p, const struct plan_pool *pool, uint8_t t)
{
    const struct plan_type *type = &pool->types[t];
    mono_ms_t at = INT64_MAX;

    if (type->panic)
        return at;
    for (regionset_t held = type->avoided & pool->present & ~pool->drained; held != 0;
         held &= held - 1) {
        const mono_ms_t wake = pool_set(p, pool, t, (unsigned)__builtin_ctzll(held))->wake;
        at = wake < at ? wake : at;
    }
    return at;
}

/*
 * Who is answered with which regions: those that are usable; what is to be avoided where a fence has
 * nothing usable, or nothing but what ramps; and any, where it has neither.  What happens to other
 * regions, nobody gets to see.
 */
static void settle_given(const struct geomap *map, const struct plan_pool *pool,
                         struct plan_type *type)
{
    const regionset_t avoided = type->panic ? 0 : type->avoided & pool->present & ~pool->drained;
    bool is_anyone_lost = false;

    type->second = type->cold = 0;
    for (uint32_t i = 0; i < geomap_fences(map); i++) {
        const regionset_t allowed = geomap_fence(map, i) & pool->present;
        const regionset_t second =
            (allowed & type->usable & ~type->ramping) == 0 ? allowed & avoided : 0;
        const regionset_t given = (allowed & type->usable) | second;
        type->second |= second;
        type->cold |= given != 0 ? allowed & ~given : 0;
        is_anyone_lost |= given == 0;
    }
    type->given = is_anyone_lost ? pool->present : type->usable | type->second;
}

/* From the levels of sets to which regions are usable.  True if a share of clients is another one. */
static bool settle_usable(struct plan *p, struct plan_pool *pool, uint8_t t, mono_ms_t now)
{
    const struct policy_spec *policy = &p->config->policies[pool->policy];
    struct plan_type *type = &pool->types[t];
    const regionset_t alive = (type->healthy | type->avoided) & pool->present;
    const bool old_panic = type->panic;

    type->panic = __builtin_popcountll(alive) < policy->min_healthy;
    if (type->panic != old_panic)
        type->redo = pool->present;
    const bool stepped = plan_ramp(p, pool, t, now);
    type->usable = pool->present & ~pool->drained & (type->panic ? pool->present : type->healthy);
    settle_given(p->maps[policy->map], pool, type);
    type->change_at = planned_change(p, pool, t);
    return stepped;
}

/* What became of a pool, or of one type of it. */
struct outcome {
    bool moved;   /* other regions have their clients */
    bool stepped; /* one that ramps has more of them */
};

static void evaluate_type(struct plan *p, struct plan_pool *pool, uint8_t t, mono_ms_t now,
                          struct outcome *out)
{
    const struct plan_type old = pool->types[t];
    const struct plan_type *type = &pool->types[t];

    evaluate_stale(p, pool, t, now);
    if (plan_settle_waiting(p, pool, t))
        evaluate_stale(p, pool, t, now);
    out->stepped |= settle_usable(p, pool, t, now);
    if (plan_settle_waiting(p, pool, t)) { /* who came back just now, as the last other one fell */
        evaluate_stale(p, pool, t, now);
        out->stepped |= settle_usable(p, pool, t, now);
    }
    out->moved |=
        type->usable != old.usable || type->second != old.second || type->ramping != old.ramping;
}

/* ---- a pool ---- */

/* A pool that nobody can be sent to any more is told to people. */
static void log_moved(const struct plan *p, const struct plan_pool *pool)
{
    const char *policy = p->config->policies[pool->policy].name;
    char name[NAME_TEXT], type[TYPE_TEXT];

    for (uint8_t t = 0; t < pool->n_types; t++)
        if ((pool->types[t].usable | pool->types[t].second) == 0)
            log_error("pool %s (policy %s): no region is left for %s; when_all_down decides",
                      name_print(pool->name, name), policy, type_print(pool->types[t].type, type));
}

static mono_ms_t earliest_wake(const struct plan *p, const struct plan_pool *pool)
{
    mono_ms_t wake = INT64_MAX;

    for (size_t i = 0; i < pool->n_types * p->config->n_regions; i++)
        if (pool->sets[i].source != NULL && pool->sets[i].wake < wake)
            wake = pool->sets[i].wake;
    return wake;
}

/* A hold is over, or a ramp goes on: look at those. */
static void wake_up(struct plan *p, struct plan_pool *pool, mono_ms_t now)
{
    for (uint8_t t = 0; t < pool->n_types; t++)
        for (unsigned r = 0; r < p->config->n_regions; r++)
            if (pool_set(p, pool, t, r)->wake <= now)
                pool->types[t].stale |= (regionset_t)1 << r;
}

bool plan_evaluate(struct plan *p, struct plan_pool *pool, regionset_t drained, mono_ms_t now)
{
    const regionset_t old_drained = pool->drained;
    struct outcome out = {0};
    bool redo = false;

    if (pool->wake <= now)
        wake_up(p, pool, now);
    pool->drained = drained & pool->present;
    for (uint8_t t = 0; t < pool->n_types; t++) {
        plan_free_undrained(p, pool, t, old_drained & ~pool->drained);
        evaluate_type(p, pool, t, now, &out);
        redo |= plan_must_render(&pool->types[t]);
    }
    pool->wake = earliest_wake(p, pool);
    if (out.moved && pool->evaluated) {
        pool->since = now;
        log_moved(p, pool);
    }
    const bool first = !pool->evaluated;
    pool->evaluated = true;
    return out.moved || out.stepped || redo || first || pool->drained != old_drained;
}
