/*
 * Written by hand, not as a tree of jansson's: a region that stands behind a few endpoints has them
 * in every pool, and each is put into words but once (10,000 pools of 20 regions: 68 MB in 0.3 s,
 * which as a tree took 5 s and 900 MB).
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "control/status_pools.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "control/cmd.h"

struct status_pools {
    const struct generation *g;
    char **endpoints; /* by the plan's number: what is written, NULL: not yet */
    /* The names by pool: those of pool i end before ends[i] in names. */
    size_t *ends;
    const struct dyn **names;
};

/* ---- the names of each pool ---- */

static size_t pool_of(const struct generation *g, const struct zone_entry *e, size_t dyn)
{
    return (size_t)(plan_pool_of(g->plan, e, zone_dyn(e->zone, dyn)) - plan_pool(g->plan, 0));
}

/* Each pool's names begin at ends[i], which moves on with each that is put there. */
static void place_names(struct status_pools *s)
{
    for (size_t i = 0; i < zonedb_count(s->g->zones); i++) {
        const struct zone_entry *e = zonedb_entry(s->g->zones, i);
        for (size_t d = 0; e->zone != NULL && d < zone_dyn_count(e->zone); d++)
            s->names[s->ends[pool_of(s->g, e, d)]++] = zone_dyn(e->zone, d);
    }
}

struct status_pools *status_pools_new(const struct generation *g)
{
    struct status_pools *s = xcalloc(1, sizeof(*s));
    const size_t n = plan_pools(g->plan);
    size_t at = 0;

    s->g = g;
    s->endpoints = xcalloc(plan_endpoints(g->plan) + 1, sizeof(*s->endpoints));
    s->ends = xcalloc(n + 1, sizeof(*s->ends));
    s->names = xcalloc(zonedb_steered(g->zones) + 1, sizeof(struct dyn *));
    for (size_t i = 0; i < n; i++) {
        s->ends[i] = at;
        at += plan_pool(g->plan, i)->names;
    }
    place_names(s);
    return s;
}

void status_pools_free(struct status_pools *s)
{
    for (size_t i = 0; i < plan_endpoints(s->g->plan); i++)
        free(s->endpoints[i]);
    free(s->endpoints);
    free(s->ends);
    free(s->names);
    free(s);
}

/* ---- writing ---- */

static const char *bool_text(bool b)
{
    return b ? "true" : "false";
}

/* A text that may hold anything, behind its key. */
static void write_text(FILE *to, const char *key, const char *text)
{
    fprintf(to, "\"%s\":", key);
    rpc_write(to, rpc_text(text));
    fputc(',', to);
}

/* watches: NULL where nobody asks. */
static void write_endpoints(struct status_pools *s, const struct plan_set *set,
                            const uint32_t *watches, struct target *const *targets, FILE *to)
{
    for (uint16_t i = 0; i < set->n_targets; i++) {
        if (i > 0)
            fputc(',', to);
        if (watches == NULL) {
            rpc_write(to, cmd_unprobed(&set->dests[i]));
            continue;
        }
        char **text = &s->endpoints[watches[i]];
        if (*text == NULL)
            *text = rpc_print(cmd_endpoint(targets[i]));
        fputs(*text, to);
    }
}

/* How its clients come back to a region. */
static void write_ramp(const struct status_pools *s, const struct plan_pool *pool,
                       const struct plan_set *set, FILE *to)
{
    const dur_ms_t over_ms = s->g->config->policies[pool->policy].ramp_ms;
    const struct ramp *r = &set->ramp;

    fprintf(to, "\"waits\":%s,", bool_text(r->state == RAMP_WAITS));
    if (r->state == RAMP_CLIMBS)
        fprintf(to, "\"ramp\":{\"share\":%.1f,\"left_ms\":%lld,\"stands\":%s},",
                100.0 * r->share / RAMP_ALL, (long long)ramp_left(r, over_ms, mono_ms()),
                bool_text(r->stands));
}

static void write_set(struct status_pools *s, const struct plan_pool *pool, size_t t,
                      const struct plan_set *set, FILE *to)
{
    const mono_ms_t now = mono_ms();
    char type[TYPE_TEXT];

    fprintf(to, "{\"type\":\"%s\",\"state\":\"%s\",\"suspect\":%s,\"n_up\":%u,\"n_avoided\":%u,",
            type_print(pool->types[t].type, type), region_state_name(plan_set_state(set)),
            bool_text(set->suspect), set->n_up, set->n_avoided);
    write_ramp(s, pool, set, to);
    fprintf(to, "\"held_ms\":%lld,\"ttl\":%u,\"endpoints\":[",
            (long long)(set->damping.held_until > now ? set->damping.held_until - now : 0),
            set->ttl_s);
    write_endpoints(s, set, set->watches, set->targets, to);
    fputs("],\"ready\":[", to);
    if (set->ready_watches != NULL)
        write_endpoints(s, set, set->ready_watches, set->ready_targets, to);
    fputs("]}", to);
}

/* A region's name is a label of letters, digits and hyphens. */
static void write_region(struct status_pools *s, const struct plan_pool *pool, unsigned region,
                         FILE *to)
{
    const struct plan *plan = s->g->plan;
    bool first = true;

    fprintf(to, "{\"region\":\"%s\",\"state\":\"%s\",\"drained\":%s,\"types\":[",
            s->g->config->regions[region].name,
            region_state_name(plan_region_state(plan, pool, region)),
            bool_text(pool->drained >> region & 1));
    for (size_t t = 0; t < pool->n_types; t++) {
        const struct plan_set *set = plan_set(plan, pool, t, region);
        if (set->source == NULL)
            continue;
        if (!first)
            fputc(',', to);
        write_set(s, pool, t, set, to);
        first = false;
    }
    fputs("]}", to);
}

static bool is_panicking(const struct plan_pool *pool)
{
    for (size_t t = 0; t < pool->n_types; t++)
        if (pool->types[t].panic)
            return true;
    return false;
}

static void write_names(const struct status_pools *s, size_t i, FILE *to)
{
    const struct plan_pool *pool = plan_pool(s->g->plan, i);

    for (size_t n = 0; n < pool->names; n++) {
        if (n > 0)
            fputc(',', to);
        rpc_write(to, cmd_name(s->names[s->ends[i] - pool->names + n]->owner->name));
    }
}

void status_pools_write(struct status_pools *s, size_t i, FILE *to)
{
    const struct config *config = s->g->config;
    const struct plan_pool *pool = plan_pool(s->g->plan, i);
    const struct policy_spec *policy = &config->policies[pool->policy];

    fputs("{\"name\":", to);
    rpc_write(to, cmd_name(pool->name));
    fprintf(to, ",\"kind\":\"%s\",", cmd_kind(pool->kind));
    write_text(to, "policy", policy->name);
    write_text(to, "map", config->maps[policy->map].name);
    fprintf(to, "\"panic\":%s,\"names\":[", bool_text(is_panicking(pool)));
    write_names(s, i, to);
    fputs("],\"regions\":[", to);
    for (unsigned r = 0; r < config->n_regions; r++) {
        if (r > 0)
            fputc(',', to);
        write_region(s, pool, r, to);
    }
    fputs("]}", to);
}
