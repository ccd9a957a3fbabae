/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/plan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "control/plan_inside.h"

/* ---- probing ---- */

static struct plan_watch *want_watch(struct plan *p, struct target *t)
{
    struct plan_watch *w = target_data(t);

    if (w != NULL && w->plan == p)
        return w; /* else it is the old plan's, or nobody's yet */
    w = xcalloc(1, sizeof(*w));
    w->plan = p;
    w->target = t;
    target_set_data(t, w);
    p->watches = xgrow(p->watches, p->n_watches, sizeof(*p->watches));
    p->watches[p->n_watches++] = w;
    return w;
}

static void watch(struct plan *p, struct target *t, size_t pool)
{
    struct plan_watch *w = want_watch(p, t);

    if (w->n > 0 && w->pools[w->n - 1] == pool)
        return;
    w->pools = xgrow(w->pools, w->n, sizeof(*w->pools));
    w->pools[w->n++] = pool;
}

static void attach_set(struct plan *p, struct plan_set *set, size_t pool, struct health *health,
                       const struct probe_spec *probe)
{
    set->targets = arena_new_array(p->arena, struct target *, set->n_targets);
    for (uint16_t i = 0; i < set->n_targets; i++) {
        set->targets[i] = health_target(health, probe, &set->dests[i]);
        watch(p, set->targets[i], pool);
    }
}

static void attach_pool(struct plan *p, size_t i, struct health *health)
{
    const struct plan_pool *pool = &p->pools[i];
    const int probe = p->config->policies[pool->policy].probe;

    if (probe < 0)
        return;
    for (uint8_t t = 0; t < pool->n_types; t++)
        for (unsigned r = 0; r < p->config->n_regions; r++)
            attach_set(p, pool_set(p, pool, t, r), i, health, &p->config->probes[probe]);
}

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

static void take_over(struct plan *p, const struct plan *old)
{
    struct known_pool *known = xcalloc(old->n_pools, sizeof(*known));

    for (size_t i = 0; i < old->n_pools; i++)
        known[i] = known_pool(old, i);
    qsort(known, old->n_pools, sizeof(*known), compare_known);
    for (size_t i = 0; i < p->n_pools; i++) {
        const struct known_pool key = known_pool(p, i);
        const struct known_pool *was =
            bsearch(&key, known, old->n_pools, sizeof(*known), compare_known);
        if (was != NULL)
            p->pools[i].since = was->pool->since;
    }
    free(known);
}

void plan_attach(struct plan *p, struct health *health, const struct plan *old)
{
    for (size_t i = 0; i < p->n_pools; i++)
        attach_pool(p, i, health);
    if (old != NULL)
        take_over(p, old);
}

/* ---- freeing ---- */

static void detach_pool(struct plan *p, const struct plan_pool *pool)
{
    for (size_t i = 0; i < pool->n_types * p->config->n_regions; i++) {
        const struct plan_set *set = &pool->sets[i];
        for (uint16_t t = 0; set->targets != NULL && t < set->n_targets; t++)
            target_unref(set->targets[t]);
    }
}

static void free_watch(struct plan_watch *w)
{
    if (target_data(w->target) == w)
        target_set_data(w->target, NULL); /* no newer plan has taken it over */
    free(w->pools);
    free(w);
}

void plan_free(struct plan *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->n_watches; i++)
        free_watch(p->watches[i]); /* while the targets are still referenced */
    free(p->watches);
    for (size_t i = 0; i < p->n_pools; i++)
        detach_pool(p, &p->pools[i]);
    free(p->pools);
    steering_unref(p->current);
    for (size_t i = 0; i < p->n_steered; i++)
        steered_unref(p->steered[i].current);
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

/* ---- what is to be looked at again ---- */

void plan_touch_target(struct plan *p, struct target *t)
{
    const struct plan_watch *w = target_data(t);

    if (w == NULL || w->plan != p)
        return;
    for (size_t i = 0; i < w->n; i++)
        p->pools[w->pools[i]].dirty = true;
}

void plan_touch_all(struct plan *p)
{
    for (size_t i = 0; i < p->n_pools; i++)
        p->pools[i].dirty = true;
}

/* ---- showing ---- */

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

enum region_state plan_region_state(const struct plan *p, const struct plan_pool *pool,
                                    unsigned region)
{
    bool unknown = false;

    if (!(pool->present >> region & 1))
        return REGION_ABSENT;
    if (pool->drained >> region & 1)
        return REGION_DRAINED;
    for (uint8_t t = 0; t < pool->n_types; t++) {
        const struct plan_set *set = pool_set(p, pool, t, region);
        if (set->source != NULL && !set->up)
            return REGION_DOWN;
        unknown |= set_is_unknown(set);
    }
    return unknown ? REGION_UNKNOWN : REGION_UP;
}
