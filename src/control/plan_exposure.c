/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/plan_exposure.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "control/plan_inside.h"

struct groups {
    struct plan_exposure *items;
    size_t n;
};

/* Policies and bounds are few, so they are walked. */
static size_t group_of(struct groups *g, const struct plan *p, const struct plan_steered *s)
{
    const size_t policy = p->pools[s->pool].policy;
    const int probe = p->config->policies[policy].probe;

    for (size_t i = 0; i < g->n; i++)
        if (g->items[i].policy == policy && g->items[i].ttl.min_s == s->ttl.min_s &&
            g->items[i].ttl.max_s == s->ttl.max_s)
            return i;
    g->items = xgrow(g->items, g->n, sizeof(*g->items));
    g->items[g->n] = (struct plan_exposure){
        .policy = policy,
        .ttl = s->ttl,
        .is = exposure_of(probe >= 0 ? &p->config->probes[probe] : NULL, &s->ttl)};
    return g->n++;
}

static int compare_groups(const void *x, const void *y)
{
    const struct plan_exposure *a = x, *b = y;

    return (a->names < b->names) - (a->names > b->names);
}

static void count_zone(struct groups *g, const uint32_t *group, const struct plan *p,
                       const struct zone_entry *e)
{
    for (size_t i = 0; i < zone_dyn_count(e->zone); i++) {
        struct plan_exposure *x = &g->items[group[p->name_steered[e->steer_base + i]]];
        if (x->names++ == 0)
            x->first = zone_dyn(e->zone, i);
    }
}

struct plan_exposure *plan_exposures(const struct plan *p, size_t *n)
{
    uint32_t *group = xcalloc(p->n_steered + 1, sizeof(*group));
    struct groups g = {0};

    for (size_t i = 0; i < p->n_steered; i++)
        group[i] = (uint32_t)group_of(&g, p, &p->steered[i]);
    for (size_t i = 0; i < zonedb_count(p->zones); i++)
        if (zonedb_entry(p->zones, i)->zone != NULL)
            count_zone(&g, group, p, zonedb_entry(p->zones, i));
    free(group);
    if (g.n > 0)
        qsort(g.items, g.n, sizeof(*g.items), compare_groups);
    *n = g.n;
    return g.items;
}

/* At most: what is printed in whole seconds must not be less than it is. */
static dur_ms_t round_up(dur_ms_t ms)
{
    return ms < 1000 ? ms : (ms + 999) / 1000 * 1000;
}

static void print_exposed(FILE *f, const struct exposure *e)
{
    char detect[DUR_TEXT], exposed[DUR_TEXT];

    dur_print(round_up(e->detect_ms), detect);
    dur_print(round_up(e->exposed_ms), exposed);
    if (e->exposed_ms < 0)
        fputs("nothing is asked, so a dead endpoint stays in the answers", f);
    else if (e->detect_ms == 0)
        fprintf(f, "told to be down, an endpoint is in no cache after %s", exposed);
    else
        fprintf(f, "a dead endpoint is in no answer after %s, in no cache after %s", detect,
                exposed);
}

char *plan_exposure_text(const struct plan *p, const struct plan_exposure *e)
{
    char name[NAME_TEXT], *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);

    if (f == NULL)
        abort();
    fputs(name_print(e->first->owner->name, name), f);
    if (e->names > 1)
        fprintf(f, " and %zu more", e->names - 1);
    fprintf(f, " (policy %s, TTL %u to %u s): ", p->config->policies[e->policy].name,
            (unsigned)e->ttl.min_s, (unsigned)e->ttl.max_s);
    print_exposed(f, &e->is);
    if (e->is.asks_steady > 0)
        fprintf(f, "; a busy resolver asks %u times an hour", e->is.asks_steady);
    if (e->is.asks_steady > 0 && e->is.asks_least > e->is.asks_steady)
        fprintf(f, ", %u while the TTL is at its minimum", e->is.asks_least);
    fclose(f);
    return text;
}
