/*
 * Regions that come back: their clients follow little by little, or when an operator says so
 * (proxima.yaml(5), health/ramp.h).
 *
 * A region is *cold* for a type while some of those who may be sent there are not: it is down, held, not ready,
 * drained or waits.  Only a region that was cold and is usable again comes back; one whose clients
 * stayed, because nothing better was there or health is ignored, has them already.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "control/plan_inside.h"

_Static_assert(RAMP_ALL == SLOTS, "a share counts slots");

/* ---- what there is to tell people ---- */

enum news { NEWS_BEGAN, NEWS_ENDED, NEWS_BROKE, NEWS_WAITS };

/* A region that comes back does so in many pools, of one or two types each: one line. */
static void note(struct plan *p, enum news what, const struct plan_pool *pool, unsigned region)
{
    struct plan_news *n = &p->news[region * PLAN_NEWS + what];

    p->is_worth_keeping = true;
    if (n->last == pool)
        return;
    n->last = pool;
    n->pools++;
}

static void tell(const struct plan *p, enum news what, const struct plan_pool *pool, unsigned pools,
                 unsigned region)
{
    const struct policy_spec *policy = &p->config->policies[pool->policy];
    const char *name = p->config->regions[region].name;
    char in[NAME_TEXT], more[32] = "", over[DUR_TEXT];

    name_print(pool->name, in);
    if (pools > 1)
        snprintf(more, sizeof(more), " and %u more", pools - 1);
    switch (what) {
    case NEWS_BEGAN:
        log_info("%s: its clients come back over %s (pool %s%s)", name,
                 dur_print(policy->ramp_ms, over), in, more);
        return;
    case NEWS_ENDED: log_info("%s: its clients are back (pool %s%s)", name, in, more); return;
    case NEWS_BROKE:
        log_info("%s: it is gone again before its clients were back (pool %s%s)", name, in, more);
        return;
    case NEWS_WAITS:
        log_warning("%s: is up again and waits for `proximactl release %s` (pool %s%s)", name, name,
                    in, more);
        return;
    }
    abort();
}

void plan_tell_news(struct plan *p)
{
    for (unsigned i = 0; i < p->config->n_regions * PLAN_NEWS; i++) {
        const struct plan_news n = p->news[i];
        p->news[i] = (struct plan_news){0};
        if (n.last != NULL)
            tell(p, (enum news)(i % PLAN_NEWS), n.last, n.pools, i / PLAN_NEWS);
    }
}

bool plan_take_change(struct plan *p)
{
    const bool is_worth_keeping = p->is_worth_keeping;

    p->is_worth_keeping = false;
    return is_worth_keeping;
}

/* ---- an operator's word ---- */

static void free_set(struct plan *p, struct plan_set *set)
{
    if (set->source == NULL || set->level == PLAN_DOWN || set->ramp.state == RAMP_CLIMBS)
        return;
    p->is_worth_keeping |= set->ramp.state == RAMP_WAITS;
    set->ramp = (struct ramp){.state = RAMP_FREED};
}

void plan_release(struct plan *p, const struct plan_pool *pool, size_t type, unsigned region)
{
    struct plan_set *set = pool_set(p, pool, type, region);

    set->damping = (struct damping){0};
    free_set(p, set);
}

void plan_free_undrained(struct plan *p, struct plan_pool *pool, uint8_t t, regionset_t undrained)
{
    for (pool->types[t].stale |= undrained; undrained != 0; undrained &= undrained - 1)
        free_set(p, pool_set(p, pool, t, (unsigned)__builtin_ctzll(undrained)));
}

/* ---- each region ---- */

/* Of the next one in *set, taken out of it. */
static unsigned take_region(regionset_t *set)
{
    const unsigned region = (unsigned)__builtin_ctzll(*set);

    *set &= *set - 1;
    return region;
}

/* A cold region is usable again. */
static void come_back(struct plan *p, struct plan_pool *pool, uint8_t t, unsigned region,
                      mono_ms_t now)
{
    const struct policy_spec *policy = &p->config->policies[pool->policy];
    struct plan_type *type = &pool->types[t];
    struct plan_set *set = pool_set(p, pool, t, region);

    if (policy->failback == FAILBACK_MANUAL && set->ramp.state != RAMP_FREED) {
        set->ramp = (struct ramp){.state = RAMP_WAITS};
        set->level = PLAN_AVOIDED;
        type->healthy &= ~((regionset_t)1 << region);
        type->avoided |= (regionset_t)1 << region;
        note(p, NEWS_WAITS, pool, region);
    } else if (policy->ramp_ms > 0) {
        ramp_begin(&set->ramp, policy->ramp_ms, now);
        note(p, NEWS_BEGAN, pool, region);
    }
}

/* True if the share of its clients that are back is another one. */
static bool climb(struct plan *p, struct plan_pool *pool, uint8_t t, unsigned region, mono_ms_t now)
{
    const dur_ms_t over_ms = p->config->policies[pool->policy].ramp_ms;
    struct plan_type *type = &pool->types[t];
    struct plan_set *set = pool_set(p, pool, t, region);
    const regionset_t bit = (regionset_t)1 << region;

    if (!(type->healthy & ~pool->drained & bit)) {
        set->ramp = (struct ramp){.state = RAMP_NONE};
        note(p, NEWS_BROKE, pool, region);
        return true;
    }
    const bool changed = ramp_step(&set->ramp, over_ms, set->suspect, now);
    if (set->ramp.state == RAMP_NONE) {
        note(p, NEWS_ENDED, pool, region);
        return true;
    }
    const mono_ms_t next = ramp_next_step(&set->ramp, over_ms);
    set->wake = next < set->wake ? next : set->wake;
    type->ramping |= type->panic ? 0 : bit;
    return changed;
}

/* The same, whatever it is about. */
static bool go_on(struct plan *p, struct plan_pool *pool, uint8_t t, unsigned region, mono_ms_t now)
{
    const bool manual = p->config->policies[pool->policy].failback == FAILBACK_MANUAL;
    struct plan_set *set = pool_set(p, pool, t, region);

    switch ((enum ramp_state)set->ramp.state) {
    case RAMP_NONE: return false;
    case RAMP_WAITS:
        if (set->level == PLAN_DOWN || !manual)
            set->ramp.state = RAMP_NONE;
        return false;
    case RAMP_FREED:
        if (set->level != PLAN_AVOIDED)
            set->ramp.state = RAMP_NONE;
        return false;
    case RAMP_CLIMBS: return climb(p, pool, t, region, now);
    }
    abort();
}

/* Of the regions that own records of a type. */
static regionset_t owners(const struct plan *p, const struct plan_pool *pool, uint8_t t)
{
    regionset_t set = 0;

    for (unsigned r = 0; r < p->config->n_regions; r++)
        if (pool_set(p, pool, t, r)->source != NULL)
            set |= (regionset_t)1 << r;
    return set & pool->present;
}

bool plan_settle_waiting(struct plan *p, struct plan_pool *pool, uint8_t t)
{
    struct plan_type *type = &pool->types[t];
    const regionset_t here = owners(p, pool, t) & ~pool->drained;
    regionset_t waiting = type->avoided & here;
    bool any = false;

    if ((type->healthy & here) != 0)
        return false;
    while (waiting != 0) {
        const unsigned region = take_region(&waiting);
        struct plan_set *set = pool_set(p, pool, t, region);
        if (set->ramp.state != RAMP_WAITS)
            continue;
        set->ramp.state = RAMP_NONE;
        type->cold &= ~((regionset_t)1 << region);
        type->stale |= (regionset_t)1 << region;
        p->is_worth_keeping = any = true;
    }
    return any;
}

bool plan_ramp(struct plan *p, struct plan_pool *pool, uint8_t t, mono_ms_t now)
{
    struct plan_type *type = &pool->types[t];
    const regionset_t all = owners(p, pool, t);
    regionset_t back = type->panic ? 0 : type->healthy & type->cold & ~pool->drained & all;
    bool changed = false;

    type->ramping = 0;
    while (back != 0)
        come_back(p, pool, t, take_region(&back), now);
    for (regionset_t left = all; left != 0;)
        changed |= go_on(p, pool, t, take_region(&left), now);
    return changed;
}

/* ---- tables ---- */

/* Of some regions those with the smallest share; *share: that. */
static regionset_t last_back(const struct plan *p, const struct plan_pool *pool, uint8_t t,
                             regionset_t among, uint16_t *share)
{
    regionset_t last = 0;

    *share = RAMP_ALL;
    while (among != 0) {
        const unsigned region = take_region(&among);
        const uint16_t its = pool_set(p, pool, t, region)->ramp.share;
        if (its < *share) {
            *share = its;
            last = 0;
        }
        if (its == *share)
            last |= (regionset_t)1 << region;
    }
    return last;
}

/*
 * From band to band one more region is not there yet.  Where a fence leaves nothing else, its clients
 * get what those in the band before do: whichever region was back first.
 */
struct bands *plan_bands(struct plan *p, const struct plan_pool *pool, uint8_t t)
{
    regionset_t left = pool->types[t].ramping;
    struct bands *b = bands_new(bands_seed(pool->name), (uint8_t)(__builtin_popcountll(left) + 1));
    struct choice_table *before = NULL;
    uint8_t n = 0;

    while (true) {
        const regionset_t withheld = pool->types[t].ramping & ~left;
        const regionset_t next = last_back(p, pool, t, left, &b->band[n].until);
        b->band[n].choice = before = plan_choice(p, pool, t, withheld, before);
        n++;
        if (left == 0)
            break;
        left &= ~next;
    }
    b->n = n;
    return b;
}
