/*
 * What resolves, but hardly as it was meant: warnings of the steering compiler.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/xalloc.h"
#include "control/plan_inside.h"

/* ---- a pool under its policy ---- */

static void warn_min_healthy(const struct plan *p, const struct plan_pool *pool,
                             const struct dyn *d, struct err *err)
{
    const struct policy_spec *policy = &p->config->policies[pool->policy];
    const unsigned regions = (unsigned)__builtin_popcountll(pool->present);
    char text[NAME_TEXT];

    if (regions < policy->min_healthy)
        err_warn_at(err, dyn_pos(d),
                    "policy \"%s\" ignores health below %u regions that are up (min_healthy), and "
                    "pool %s has %u: its health never counts",
                    policy->name, policy->min_healthy, name_print(pool->name, text), regions);
}

/* Clients that a fence leaves no region of the pool (RFC 7871 §7.4: a steered NODATA is best avoided). */
static void warn_fences(const struct plan *p, const struct plan_pool *pool, const struct dyn *d,
                        struct err *err)
{
    const size_t map = p->config->policies[pool->policy].map;
    char text[NAME_TEXT];

    for (uint32_t i = 0; i < geomap_fences(p->maps[map]); i++) {
        if ((geomap_fence(p->maps[map], i) & pool->present) != 0)
            continue;
        err_warn_at(err, dyn_pos(d),
                    "map \"%s\" keeps some clients to regions that pool %s does not have: they get "
                    "NODATA",
                    p->config->maps[map].name, name_print(pool->name, text));
        return;
    }
}

static bool owns_any(const struct plan *p, const struct plan_pool *pool, unsigned region)
{
    for (uint8_t t = 0; t < pool->n_types; t++)
        if (pool_set(p, pool, t, region)->source != NULL)
            return true;
    return false;
}

/* Regions without a record of a type that others have: right, where it is meant so. */
static void warn_missing_type(const struct plan *p, const struct plan_pool *pool, uint8_t t,
                              const struct dyn *d, struct err *err)
{
    const char *without = NULL;
    unsigned n_without = 0, n_with = 0;
    char text[NAME_TEXT], type[TYPE_TEXT];

    for (unsigned i = 0; i < p->config->n_regions; i++) {
        if (pool_set(p, pool, t, i)->source != NULL)
            n_with++;
        else if (owns_any(p, pool, i) && n_without++ == 0)
            without = p->config->regions[i].name;
    }
    if (n_with > 0 && n_without > 0)
        err_warn_at(err, dyn_pos(d),
                    "pool %s has no %s in %s%s: clients that are sent there get NODATA for it",
                    name_print(pool->name, text), type_print(pool->types[t].type, type), without,
                    n_without > 1 ? " and other regions" : "");
}

void plan_warn_pool(const struct plan *p, const struct plan_pool *pool, const struct dyn *d,
                    struct err *err)
{
    warn_min_healthy(p, pool, d, err);
    warn_fences(p, pool, d, err);
    for (uint8_t t = 0; t < pool->n_types; t++)
        warn_missing_type(p, pool, t, d, err);
}

/* ---- regions ---- */

/* The regions of all pools that a probe asks, or that none does. */
static regionset_t regions_of(const struct plan *p, bool probed)
{
    regionset_t set = 0;

    for (size_t i = 0; i < p->n_pools; i++)
        if ((p->config->policies[p->pools[i].policy].probe >= 0) == probed)
            set |= p->pools[i].present;
    return set;
}

/* Where some regions are probed, one that nothing probes has been forgotten: it is never down. */
void plan_warn_unprobed(const struct plan *p, struct err *err)
{
    const regionset_t probed = regions_of(p, true);
    regionset_t forgotten = regions_of(p, false) & ~probed;

    for (; probed != 0 && forgotten != 0; forgotten &= forgotten - 1) {
        const struct region_spec *region = &p->config->regions[__builtin_ctzll(forgotten)];
        err_warn_at(err, region->pos,
                    "nothing probes region \"%s\": its pools' policies have no probe, so it is "
                    "never down",
                    region->name);
    }
}

/* ---- labels below a pool that are no region's: data as any other, but often a typing mistake ---- */

static bool is_region(const struct config *c, const uint8_t *label)
{
    for (size_t i = 0; i < c->n_regions; i++)
        if (strlen(c->regions[i].name) == label[0] &&
            memcmp(c->regions[i].name, label + 1, label[0]) == 0)
            return true;
    return false;
}

static int compare_met(const void *a, const void *b)
{
    const struct plan_met *x = a, *y = b;

    return (x->node > y->node) - (x->node < y->node);
}

static void warn_of_stranger(const struct config *c, const struct node *n, const struct dyn *d,
                             struct err *err)
{
    const char *names[REGIONS_MAX];
    char *label = xstrndup((const char *)n->name + 1, n->name[0]), text[NAME_TEXT];

    for (size_t i = 0; i < c->n_regions; i++)
        names[i] = c->regions[i].name;
    const char *near = nearest(label, names, c->n_regions);
    err_warn_at(err, dyn_pos(d), "\"%s\" of pool %s is no region%s%s%s: plain data", label,
                name_print(d->pool, text), near != NULL ? " (did you mean " : "",
                near != NULL ? near : "", near != NULL ? "?)" : "");
    free(label);
}

void plan_warn_strangers(const struct plan *p, struct plan_met *met, size_t n, struct err *err)
{
    if (n == 0)
        return;
    qsort(met, n, sizeof(*met), compare_met);
    for (size_t e = 0; e < zonedb_count(p->zones); e++) {
        const struct zone *zone = zonedb_entry(p->zones, e)->zone;
        uint32_t at = 0;
        for (const struct node *node; zone != NULL && (node = zone_walk(zone, &at)) != NULL;) {
            const struct plan_met key = {.node = zone_parent(zone, node)};
            const struct plan_met *m = bsearch(&key, met, n, sizeof(key), compare_met);
            if (m != NULL && !is_region(p->config, node->name))
                warn_of_stranger(p->config, node, m->dyn, err);
        }
    }
}
