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
    uint32_t next; /* of the same pool; STEERED_END: none */
    struct ttl_rule ttl;
    uint32_t *ttl_s;         /* of what is given as rendered, laid out as the pool's sets */
    struct steered *current; /* owned; NULL before the first update */
};

#define STEERED_END UINT32_MAX

/* Where a target's verdict counts. */
struct plan_use {
    uint32_t pool;
    uint8_t type, region; /* of the pool's sets */
};

/* An endpoint under a probe, once for all pools that hold it: hung on the target itself, so that a
 * verdict finds them. */
struct plan_watch {
    struct plan *plan;
    size_t probe;                  /* index into config->probes */
    const struct probe_dest *dest; /* borrowed from the first use's set */
    struct target *target;         /* a reference; NULL until attached */
    size_t n;
    struct plan_use *uses;
};

#define PLAN_DIRTY INT64_MIN /* in plan.due: to be looked at again */

struct plan {
    const struct config *config; /* borrowed */
    struct zonedb *zones;        /* a reference */
    struct geomap **maps;        /* references, by index of config->maps */
    struct arena *arena;         /* of all that lives as long as the plan */
    struct plan_pool *pools;
    /* By pool, and apart from them because every update looks at all: when a TTL of its grows
     * or glides, or a hold ends, INT64_MAX: never; or PLAN_DIRTY. */
    mono_ms_t *due;
    size_t n_pools;
    struct plan_steered *steered;
    size_t n_steered;
    uint32_t *name_steered; /* by steer_base + dyn index: index into steered */
    struct choices *choices;
    struct plan_watch *watches;
    size_t n_watches;
    uint32_t *was; /* by pool: the same pool of the plan before, its index + 1; 0, or NULL: none */
    size_t n_probed, n_attached, n_prepared; /* watches, pools, pools: done by the steps */
    mono_ms_t now;                           /* of the last update */
    mono_ms_t next_step_at;                  /* the earliest in due, as of the last update */
    struct steering *current;                /* a reference; NULL before the first update */
    struct plan_news *news;                  /* PLAN_NEWS for each region, since it was told */
    bool is_worth_keeping;                   /* plan_take_change */
};

/* Pools in which the same happened to a region. */
struct plan_news {
    const struct plan_pool *last; /* NULL: none */
    unsigned pools;
};

#define PLAN_NEWS 4

/* A pool's node and the name that first steered by it under a policy. */
struct plan_met {
    const struct node *node;
    const struct dyn *dyn;
};

/* plan_watch.c: while a plan is resolved, the endpoints that were met; slots is the caller's to free. */
struct plan_gather {
    uint32_t *slots; /* index into watches + 1, 0: free */
    size_t mask;
};
void plan_gather(struct plan *p, struct plan_gather *g, size_t pool);
/* A watch is probed from now on; what a pool's sets hold is; and nothing more of the plan. */
void plan_probe(struct plan *p, size_t watch, struct health *health);
void plan_attach_pool(struct plan *p, struct plan_pool *pool);
void plan_unwatch(struct plan *p);

/* plan_update.c: one pool whose time has come.  True if what its names answer with was replaced. */
bool plan_update_pool(struct plan *p, size_t i, plan_drained_fn drained, void *arg, mono_ms_t now);

/* plan_update.c: what clients get for a type; of the usable regions these are withheld from them. */
struct choice_table *plan_choice(struct plan *p, const struct plan_pool *pool, uint8_t t,
                                 regionset_t withheld, struct choice_table *otherwise);

/* plan_ramp.c, each for one type of a pool: */

/* These are drained no more, which is an operator's word. */
void plan_free_undrained(struct plan *p, struct plan_pool *pool, uint8_t t, regionset_t undrained);
/* Regions that wait, where none is up: they are in use, and wait no longer.  True if there were any: they
 * are stale now. */
bool plan_settle_waiting(struct plan *p, struct plan_pool *pool, uint8_t t);
/* Who comes back, waits or ramps, now that levels and panic are known.  True if a share is another one. */
bool plan_ramp(struct plan *p, struct plan_pool *pool, uint8_t t, mono_ms_t now);
/* What clients get by slot, while some of its regions ramp.  Returns owned. */
struct bands *plan_bands(struct plan *p, const struct plan_pool *pool, uint8_t t);
/* Log what happened since the last time. */
void plan_tell_news(struct plan *p);

/* plan_state.c: bring what is usable of a pool up to now.  True if what its names answer with is to be
 * made anew; which records, the types' `redo` says. */
bool plan_evaluate(struct plan *p, struct plan_pool *pool, regionset_t drained, mono_ms_t now);

/* What somebody is answered with is no longer as it is rendered? */
static inline bool plan_must_render(const struct plan_type *type)
{
    return (type->redo & type->given) != 0;
}

/* What no name answers with any more; workers may.  NULL is fine. */
void plan_retire(struct plan *p, struct steered *s);

/* plan_warn.c: what resolves, but hardly as it was meant.  met is sorted. */
void plan_warn_pool(const struct plan *p, const struct plan_pool *pool, const struct dyn *d,
                    struct err *err);
void plan_warn_unprobed(const struct plan *p, struct err *err);
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
