/*
 * The inside of a plan, shared by the files that resolve, render and show it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "base/arena.h"
#include "control/choice.h"
#include "control/plan.h"
#include "health/ttl.h"

/* One distinct (pool, bounds of the TTL): what the names that share it answer with. */
struct plan_steered {
    size_t pool;
    struct ttl_rule ttl;
    uint32_t *ttl_s;         /* as rendered, laid out as the pool's sets */
    struct steered *current; /* a reference; NULL before the first update */
};

/* The pools that hold a target: hung on the target itself, so that a verdict finds them. */
struct plan_watch {
    struct plan *plan;
    struct target *target;
    size_t n, *pools;
};

struct plan {
    const struct config *config; /* borrowed */
    struct zonedb *zones;        /* a reference */
    struct geomap **maps;        /* references, by index of config->maps */
    struct arena *arena;         /* of all that lives as long as the plan */
    struct plan_pool *pools;
    size_t n_pools;
    struct plan_steered *steered;
    size_t n_steered;
    uint32_t *name_steered; /* by steer_base + dyn index: index into steered */
    struct choices *choices;
    struct plan_watch **watches;
    size_t n_watches;
    struct steering *current; /* a reference; NULL before the first update */
};

/* A pool's node and the name that first steered by it under a policy. */
struct plan_met {
    const struct node *node;
    const struct dyn *dyn;
};

/* plan_warn.c: what resolves, but hardly as it was meant.  met is sorted. */
void plan_warn_pool(const struct plan *p, const struct plan_pool *pool, const struct dyn *d,
                    struct err *err);
void plan_warn_strangers(const struct plan *p, struct plan_met *met, size_t n, struct err *err);

static inline struct err_pos dyn_pos(const struct dyn *d)
{
    return (struct err_pos){.file = d->file, .line = d->line};
}

static inline struct plan_set *pool_set(const struct plan *p, const struct plan_pool *pool,
                                        size_t type, unsigned region)
{
    return &pool->sets[type * p->config->n_regions + region];
}
