/*
 * The endpoints of a plan, each once under its probe however many pools hold it.  They are gathered
 * while the plan is resolved, so that what is left to do on the loop is little.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "control/plan_inside.h"

/* ---- gathering ---- */

static uint64_t watch_hash(size_t probe, const struct probe_dest *d)
{
    if (d->host != NULL)
        return hash_bytes(d->host, strlen(d->host), probe);
    return hash_bytes(d->addr.bytes, sizeof(d->addr.bytes), probe << 8 | d->addr.family);
}

static bool is_watch_of(const struct plan_watch *w, size_t probe, const struct probe_dest *d)
{
    if (w->probe != probe || (w->dest->host == NULL) != (d->host == NULL))
        return false;
    return d->host != NULL ? strcmp(w->dest->host, d->host) == 0
                           : ipaddr_equal(&w->dest->addr, &d->addr);
}

/* The slot of an endpoint, or the free one where it belongs. */
static uint32_t *find_slot(const struct plan *p, const struct plan_gather *g, size_t probe,
                           const struct probe_dest *dest)
{
    size_t i = watch_hash(probe, dest) & g->mask;

    while (g->slots[i] != 0 && !is_watch_of(&p->watches[g->slots[i] - 1], probe, dest))
        i = (i + 1) & g->mask;
    return &g->slots[i];
}

static void double_slots(const struct plan *p, struct plan_gather *g)
{
    free(g->slots);
    g->mask = g->mask > 0 ? g->mask * 2 + 1 : 63;
    g->slots = xcalloc(g->mask + 1, sizeof(*g->slots));
    for (size_t i = 0; i < p->n_watches; i++)
        *find_slot(p, g, p->watches[i].probe, p->watches[i].dest) = (uint32_t)i + 1;
}

static uint32_t want_watch(struct plan *p, struct plan_gather *g, size_t probe,
                           const struct probe_dest *dest)
{
    if (2 * (p->n_watches + 1) > g->mask)
        double_slots(p, g);
    uint32_t *slot = find_slot(p, g, probe, dest);
    if (*slot == 0) {
        p->watches = xgrow(p->watches, p->n_watches, sizeof(*p->watches));
        p->watches[p->n_watches] = (struct plan_watch){.plan = p, .probe = probe, .dest = dest};
        *slot = (uint32_t)++p->n_watches;
    }
    return *slot - 1;
}

/* Two records of one set may name one endpoint: one use. */
static void add_use(struct plan_watch *w, struct plan_use use)
{
    const struct plan_use *last = w->n > 0 ? &w->uses[w->n - 1] : NULL;

    if (last != NULL && last->pool == use.pool && last->type == use.type &&
        last->region == use.region)
        return;
    w->uses = xgrow(w->uses, w->n, sizeof(*w->uses));
    w->uses[w->n++] = use;
}

/* The watches of a set's endpoints under a probe; NULL: none is asked for. */
static uint32_t *gather_under(struct plan *p, struct plan_gather *g, const struct plan_set *set,
                              int probe, struct plan_use use)
{
    if (probe < 0)
        return NULL;
    uint32_t *watches = arena_new_array(p->arena, uint32_t, set->n_targets);
    for (uint16_t i = 0; i < set->n_targets; i++) {
        watches[i] = want_watch(p, g, (size_t)probe, &set->dests[i]);
        add_use(&p->watches[watches[i]], use);
    }
    return watches;
}

static void gather_set(struct plan *p, struct plan_gather *g, struct plan_set *set,
                       const struct policy_spec *policy, struct plan_use use)
{
    set->watches = gather_under(p, g, set, policy->probe, use);
    set->ready_watches = gather_under(p, g, set, policy->ready, use);
}

void plan_gather(struct plan *p, struct plan_gather *g, size_t pool)
{
    const struct policy_spec *policy = &p->config->policies[p->pools[pool].policy];

    if (policy->probe < 0 && policy->ready < 0)
        return;
    for (uint8_t t = 0; t < p->pools[pool].n_types; t++)
        for (unsigned r = 0; r < p->config->n_regions; r++)
            gather_set(p, g, pool_set(p, &p->pools[pool], t, r), policy,
                       (struct plan_use){.pool = (uint32_t)pool, .type = t, .region = (uint8_t)r});
}

/* ---- probing ---- */

static regionset_t regions_of(const struct plan_watch *w)
{
    regionset_t set = 0;

    for (size_t i = 0; i < w->n; i++)
        set |= (regionset_t)1 << w->uses[i].region;
    return set;
}

void plan_probe(struct plan *p, size_t watch, struct health *health)
{
    struct plan_watch *w = &p->watches[watch];

    w->target = health_target(health, &p->config->probes[w->probe], w->dest);
}

static struct target **targets_of(struct plan *p, const uint32_t *watches, size_t n)
{
    if (watches == NULL)
        return NULL;
    struct target **targets = arena_new_array(p->arena, struct target *, n);
    for (size_t i = 0; i < n; i++)
        targets[i] = p->watches[watches[i]].target;
    return targets;
}

static void attach_set(struct plan *p, struct plan_set *set)
{
    if (set->watches == NULL || set->targets != NULL)
        return;
    set->targets = targets_of(p, set->watches, set->n_targets);
    set->ready_targets = targets_of(p, set->ready_watches, set->n_targets);
}

void plan_attach_pool(struct plan *p, struct plan_pool *pool)
{
    for (size_t s = 0; s < pool->n_types * p->config->n_regions; s++)
        attach_set(p, &pool->sets[s]);
}

void plan_hear(struct plan *p)
{
    for (size_t i = 0; i < p->n_watches; i++) {
        struct plan_watch *w = &p->watches[i];
        target_serves(w->target, regions_of(w), false);
        target_set_data(w->target, w); /* from now on it is not the old plan's */
    }
}

void plan_unwatch(struct plan *p)
{
    for (size_t i = 0; i < p->n_watches; i++) {
        const struct plan_watch *w = &p->watches[i];
        if (w->target != NULL && target_data(w->target) == w)
            target_set_data(w->target, NULL); /* no newer plan has taken it over */
        if (w->target != NULL)
            target_unref(w->target);
        free(w->uses);
    }
    free(p->watches);
}

/* ---- what is to be looked at again ---- */

void plan_touch_target(struct plan *p, struct target *t)
{
    const struct plan_watch *w = target_data(t);

    if (w == NULL || w->plan != p)
        return;
    for (size_t i = 0; i < w->n; i++) {
        const struct plan_use *use = &w->uses[i];
        p->pools[use->pool].types[use->type].stale |= (regionset_t)1 << use->region;
        p->due[use->pool] = PLAN_DIRTY;
    }
}

void plan_touch_all(struct plan *p)
{
    for (size_t i = 0; i < p->n_pools; i++) {
        for (uint8_t t = 0; t < p->pools[i].n_types; t++)
            p->pools[i].types[t].stale = ~(regionset_t)0;
        p->due[i] = PLAN_DIRTY;
    }
}

void plan_touch_drains(struct plan *p)
{
    for (size_t i = 0; i < p->n_pools; i++)
        p->due[i] = PLAN_DIRTY;
}
