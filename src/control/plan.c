/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/plan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "control/plan_inside.h"

/* ---- what is known from the plan before ---- */

/* A pool is the same one in another plan by its name, kind and the name of its policy. */
struct known_pool {
    const struct plan_pool *pool;
    const char *policy;
};

static struct known_pool known_pool(const struct plan *p, size_t i)
{
    const struct plan_pool *pool = &p->pools[i];

    return (struct known_pool){pool, p->config->policies[pool->policy].name};
}

static int compare_known(const void *x, const void *y)
{
    const struct known_pool *a = x, *b = y;
    const int by_name = name_compare(a->pool->name, b->pool->name);

    if (by_name != 0)
        return by_name;
    if (a->pool->kind != b->pool->kind)
        return a->pool->kind < b->pool->kind ? -1 : 1;
    return strcmp(a->policy, b->policy);
}

/* A region's penalties and its return, wherever it stands now among the regions; over what was taken over
 * before (plan_attach_again). */
static void take_over_type(struct plan *p, struct plan_pool *pool, uint8_t t,
                           const struct plan *old, const struct plan_pool *was, uint8_t u)
{
    pool->types[t].cold = 0;
    for (unsigned r = 0; r < p->config->n_regions; r++) {
        const int s = config_region(old->config, p->config->regions[r].name);
        struct plan_set *set = pool_set(p, pool, t, r);
        if (s < 0)
            continue;
        set->damping = pool_set(old, was, u, (unsigned)s)->damping;
        set->ramp = pool_set(old, was, u, (unsigned)s)->ramp;
        pool->types[t].cold |= (was->types[u].cold >> s & 1) << r;
    }
}

static void take_over_types(struct plan *p, struct plan_pool *pool, const struct plan *old,
                            const struct plan_pool *was)
{
    for (uint8_t t = 0; t < pool->n_types; t++)
        for (uint8_t u = 0; u < was->n_types; u++)
            if (pool->types[t].type == was->types[u].type)
                take_over_type(p, pool, t, old, was, u);
}

void plan_recognize(struct plan *p, const struct plan *old)
{
    struct known_pool *known = xcalloc(old->n_pools, sizeof(*known));

    for (size_t i = 0; i < old->n_pools; i++)
        known[i] = known_pool(old, i);
    qsort(known, old->n_pools, sizeof(*known), compare_known);
    p->was = xcalloc(p->n_pools, sizeof(*p->was));
    for (size_t i = 0; i < p->n_pools; i++) {
        const struct known_pool key = known_pool(p, i);
        const struct known_pool *was =
            bsearch(&key, known, old->n_pools, sizeof(*known), compare_known);
        p->was[i] = was != NULL ? (uint32_t)(was->pool - old->pools) + 1 : 0;
    }
    free(known);
}

static void take_over(struct plan *p, size_t i, const struct plan *old)
{
    if (old == NULL || p->was[i] == 0)
        return;
    const struct plan_pool *was = &old->pools[p->was[i] - 1];
    p->pools[i].since = was->since;
    take_over_types(p, &p->pools[i], old, was);
}

struct plan *plan_new(const struct config *config, struct zonedb *zones, struct geomap *const *maps)
{
    struct plan *p = xcalloc(1, sizeof(*p));

    p->config = config;
    p->zones = zonedb_ref(zones);
    p->maps = xcalloc(config->n_maps, sizeof(struct geomap *));
    for (size_t i = 0; i < config->n_maps; i++)
        p->maps[i] = maps[i] != NULL ? geomap_ref(maps[i]) : NULL;
    p->arena = arena_new();
    p->choices = choices_new();
    p->name_steered = xcalloc(zonedb_steered(zones), sizeof(*p->name_steered));
    p->next_step_at = INT64_MAX;
    p->news = xcalloc(config->n_regions * PLAN_NEWS, sizeof(*p->news));
    return p;
}

/* ---- taking the place of another plan ---- */

/* How much is done at a time: some tens of microseconds. */
#define STEP_WATCHES 64
#define STEP_POOLS   8

static size_t step_end(size_t at, size_t step, size_t n)
{
    return n - at < step ? n : at + step;
}

bool plan_attach_step(struct plan *p, struct health *health, const struct plan *old)
{
    const size_t watches = step_end(p->n_probed, STEP_WATCHES, p->n_watches);
    const size_t pools = step_end(p->n_attached, STEP_POOLS, p->n_pools);

    if (p->n_probed < p->n_watches) {
        for (; p->n_probed < watches; p->n_probed++)
            plan_probe(p, p->n_probed, health);
        return true;
    }
    for (; p->n_attached < pools; p->n_attached++) {
        plan_attach_pool(p, &p->pools[p->n_attached]);
        take_over(p, p->n_attached, old);
    }
    return p->n_attached < p->n_pools;
}

bool plan_prepare_step(struct plan *p, plan_drained_fn drained, void *arg, mono_ms_t now)
{
    const size_t end = step_end(p->n_prepared, STEP_POOLS, p->n_pools);

    for (; p->n_prepared < end; p->n_prepared++)
        plan_update_pool(p, p->n_prepared, drained, arg, now);
    return p->n_prepared < p->n_pools;
}

void plan_attach_again(struct plan *p)
{
    p->n_attached = p->n_prepared = 0;
    plan_touch_all(p);
}

void plan_attach(struct plan *p, struct health *health, const struct plan *old)
{
    if (old != NULL)
        plan_recognize(p, old);
    while (plan_attach_step(p, health, old))
        ;
    plan_hear(p);
}

/* ---- freeing ---- */

void plan_retire(struct plan *p, struct steered *s)
{
    if (p->current != NULL)
        steering_retire(p->current, s);
    else
        steered_free(s);
}

void plan_free(struct plan *p)
{
    if (p == NULL)
        return;
    plan_unwatch(p);
    free(p->pools);
    free(p->due);
    free(p->was);
    free(p->news);
    for (size_t i = 0; i < p->n_steered; i++)
        plan_retire(p, p->steered[i].current);
    steering_unref(p->current);
    free(p->steered);
    free(p->name_steered);
    choices_free(p->choices);
    for (size_t i = 0; i < p->config->n_maps; i++)
        geomap_unref(p->maps[i]);
    free(p->maps);
    zonedb_unref(p->zones);
    arena_free(p->arena);
    free(p);
}

/* ---- showing ---- */

size_t plan_endpoints(const struct plan *p)
{
    return p->n_watches;
}

size_t plan_pools(const struct plan *p)
{
    return p->n_pools;
}

const struct plan_pool *plan_pool(const struct plan *p, size_t i)
{
    assert(i < p->n_pools);
    return &p->pools[i];
}

const struct plan_set *plan_set(const struct plan *p, const struct plan_pool *pool, size_t type,
                                unsigned region)
{
    return pool_set(p, pool, type, region);
}

const struct config *plan_config(const struct plan *p)
{
    return p->config;
}

void plan_set_damping(struct plan *p, const struct plan_pool *pool, size_t type, unsigned region,
                      const struct damping *d)
{
    pool_set(p, pool, type, region)->damping = *d;
}

void plan_set_ramp(struct plan *p, const struct plan_pool *pool, size_t type, unsigned region,
                   const struct ramp *r)
{
    pool_set(p, pool, type, region)->ramp = *r;
}

static const struct plan_steered *steered_of(const struct plan *p, const struct zone_entry *e,
                                             const struct dyn *dyn)
{
    return &p->steered[p->name_steered[e->steer_base + dyn->index]];
}

const struct plan_pool *plan_pool_of(const struct plan *p, const struct zone_entry *e,
                                     const struct dyn *dyn)
{
    return &p->pools[steered_of(p, e, dyn)->pool];
}

const struct steered *plan_steered_of(const struct plan *p, const struct zone_entry *e,
                                      const struct dyn *dyn)
{
    return steered_of(p, e, dyn)->current;
}

struct ttl_rule plan_ttl_of(const struct plan *p, const struct zone_entry *e, const struct dyn *dyn)
{
    return steered_of(p, e, dyn)->ttl;
}

const char *region_state_name(enum region_state s)
{
    switch (s) {
    case REGION_UP: return "up";
    case REGION_UNKNOWN: return "unknown";
    case REGION_RAMPING: return "ramping";
    case REGION_HELD: return "held";
    case REGION_UNREADY: return "unready";
    case REGION_DOWN: return "down";
    case REGION_DRAINED: return "drained";
    case REGION_ABSENT: return "absent";
    }
    abort();
}

/* Probed, and not one verdict is known yet. */
static bool set_is_unknown(const struct plan_set *set)
{
    for (uint16_t i = 0; i < set->n_targets && set->targets != NULL; i++) {
        struct target_status s;
        target_status(set->targets[i], &s);
        if (s.verdict != VERDICT_UNKNOWN)
            return false;
    }
    return set->targets != NULL && set->n_targets > 0;
}

enum region_state plan_set_state(const struct plan_set *set)
{
    if (set->source == NULL) /* NODATA, not skipped */
        return REGION_UP;
    switch (set->level) {
    case PLAN_DOWN: return REGION_DOWN;
    case PLAN_AVOIDED:
        return set->wake != INT64_MAX || set->ramp.state == RAMP_WAITS ? REGION_HELD
                                                                       : REGION_UNREADY;
    case PLAN_UP:
        if (set->ramp.state == RAMP_CLIMBS)
            return REGION_RAMPING;
        return set_is_unknown(set) ? REGION_UNKNOWN : REGION_UP;
    }
    abort();
}

enum region_state plan_region_state(const struct plan *p, const struct plan_pool *pool,
                                    unsigned region)
{
    enum region_state worst = REGION_UP;

    if (!(pool->present >> region & 1))
        return REGION_ABSENT;
    if (pool->drained >> region & 1)
        return REGION_DRAINED;
    for (uint8_t t = 0; t < pool->n_types; t++) {
        const enum region_state state = plan_set_state(pool_set(p, pool, t, region));
        worst = state > worst ? state : worst;
    }
    return worst;
}
