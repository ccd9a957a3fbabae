/*
 * `proximactl status`: everything that is served, where it came from and what is wrong with it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <config.h> /* in quotes it would be control/config.h */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "control/cmd.h"
#include "control/drains.h"

/* ---- files ---- */

static json_t *config_object(const struct control *c)
{
    const struct sources *f = c->now->files;

    return json_pack("{s:o, s:s, s:o}", "path", cmd_text(c->config_path), "origin",
                     origin_name(f->config_origin), "problem", cmd_text(f->config_problem));
}

static json_t *database_object(const struct geodb *geo, size_t i)
{
    const struct geodb_info info = geodb_info(geo, i);

    return json_pack("{s:o, s:o, s:o}", "path", cmd_text(info.path), "type", cmd_text(info.type),
                     "built", cmd_time(info.built_s * 1000));
}

static json_t *geo_object(const struct sources *f)
{
    json_t *databases = json_array();

    for (size_t i = 0; i < geodb_count(f->geo); i++)
        json_array_append_new(databases, database_object(f->geo, i));
    return json_pack("{s:o, s:s, s:o}", "databases", databases, "origin",
                     origin_name(f->geo_origin), "problem", cmd_text(f->geo_problem));
}

static json_t *zone_object(const struct generation *g, size_t i)
{
    const struct zone_entry *e = zonedb_entry(g->zones, i);
    const struct zone_source *s = &g->sources[i];
    json_t *o =
        json_pack("{s:o, s:o, s:s, s:o}", "name", cmd_name(e->apex), "file", cmd_text(s->path),
                  "origin", origin_name(s->origin), "problem", cmd_text(s->problem));

    if (e->zone == NULL)
        return o;
    json_object_set_new(o, "serial", json_integer(zone_serial(e->zone)));
    json_object_set_new(o, "records", json_integer((json_int_t)zone_records(e->zone)));
    json_object_set_new(o, "steered", json_integer((json_int_t)zone_dyn_count(e->zone)));
    json_object_set_new(o, "loaded", cmd_time(s->read_at));
    return o;
}

static json_t *zones_array(const struct generation *g)
{
    json_t *zones = json_array();

    for (size_t i = 0; i < zonedb_count(g->zones); i++)
        json_array_append_new(zones, zone_object(g, i));
    return zones;
}

/* ---- regions and drains ---- */

static json_t *regions_array(const struct config *config)
{
    json_t *regions = json_array();

    for (size_t i = 0; i < config->n_regions; i++)
        json_array_append_new(regions, json_string(config->regions[i].name));
    return regions;
}

/* Why a drain has no effect: what it names is gone.  NULL: it has one. */
static const char *drain_problem(const struct control *c, const struct drain *d)
{
    if (config_region(c->now->config, d->region) < 0)
        return "the configuration has no such region";
    if (d->pool == NULL)
        return NULL;
    for (size_t i = 0; i < plan_pools(c->now->plan); i++)
        if (name_equal(plan_pool(c->now->plan, i)->name, d->pool))
            return NULL;
    return "no name steers by this pool";
}

static json_t *drains_array(const struct control *c)
{
    json_t *drains = json_array();

    for (size_t i = 0; i < drains_count(c->drains); i++) {
        const struct drain *d = drains_at(c->drains, i);
        json_t *o = cmd_drain_object(d);
        json_object_set_new(o, "problem", cmd_text(drain_problem(c, d)));
        json_array_append_new(drains, o);
    }
    return drains;
}

/* ---- pools ---- */

static json_t *set_object(const struct plan_pool *pool, size_t t, const struct plan_set *set)
{
    json_t *endpoints = json_array();
    char type[TYPE_TEXT];

    for (uint16_t i = 0; i < set->n_targets; i++)
        json_array_append_new(endpoints, cmd_endpoint(set, i));
    return json_pack("{s:s, s:b, s:b, s:i, s:I, s:o}", "type",
                     type_print(pool->types[t].type, type), "up", set->up, "suspect", set->suspect,
                     "n_up", (int)set->n_up, "ttl", (json_int_t)set->ttl_s, "endpoints", endpoints);
}

static json_t *region_object(const struct control *c, const struct plan_pool *pool, unsigned region)
{
    json_t *types = json_array();

    for (size_t t = 0; t < pool->n_types; t++) {
        const struct plan_set *set = plan_set(c->now->plan, pool, t, region);
        if (set->source != NULL)
            json_array_append_new(types, set_object(pool, t, set));
    }
    return json_pack("{s:s, s:s, s:b, s:o}", "region", c->now->config->regions[region].name,
                     "state", region_state_name(plan_region_state(c->now->plan, pool, region)),
                     "drained", (int)(pool->drained >> region & 1), "types", types);
}

static bool is_panicking(const struct plan_pool *pool)
{
    for (size_t t = 0; t < pool->n_types; t++)
        if (pool->types[t].panic)
            return true;
    return false;
}

/* Takes names. */
static json_t *pool_object(const struct control *c, const struct plan_pool *pool, json_t *names)
{
    const struct config *config = c->now->config;
    json_t *regions = json_array();

    for (unsigned r = 0; r < config->n_regions; r++)
        json_array_append_new(regions, region_object(c, pool, r));
    return json_pack("{s:o, s:s, s:s, s:s, s:b, s:o, s:o}", "name", cmd_name(pool->name), "kind",
                     cmd_kind(pool->kind), "policy", config->policies[pool->policy].name, "map",
                     config->maps[config->policies[pool->policy].map].name, "panic",
                     is_panicking(pool), "names", names, "regions", regions);
}

/* A pool and the names that steer by it; sorted by the pool's address, to be found by it. */
struct named {
    const struct plan_pool *pool;
    json_t *names;
};

static int by_pool(const void *a, const void *b)
{
    const uintptr_t x = (uintptr_t)((const struct named *)a)->pool;
    const uintptr_t y = (uintptr_t)((const struct named *)b)->pool;

    return (x > y) - (x < y);
}

static void collect_names(const struct control *c, struct named *named, size_t n)
{
    for (size_t i = 0; i < zonedb_count(c->now->zones); i++) {
        const struct zone_entry *e = zonedb_entry(c->now->zones, i);
        for (size_t d = 0; e->zone != NULL && d < zone_dyn_count(e->zone); d++) {
            const struct dyn *dyn = zone_dyn(e->zone, d);
            const struct named key = {.pool = plan_pool_of(c->now->plan, e, dyn)};
            struct named *found = bsearch(&key, named, n, sizeof(*named), by_pool);
            json_array_append_new(found->names, cmd_name(dyn->owner->name));
        }
    }
}

static json_t *pools_array(const struct control *c)
{
    const size_t n = plan_pools(c->now->plan);
    struct named *named = xcalloc(n + 1, sizeof(*named));
    json_t *pools = json_array();

    for (size_t i = 0; i < n; i++)
        named[i] = (struct named){plan_pool(c->now->plan, i), json_array()};
    qsort(named, n, sizeof(*named), by_pool);
    collect_names(c, named, n);
    for (size_t i = 0; i < n; i++)
        json_array_append_new(pools, pool_object(c, named[i].pool, named[i].names));
    free(named);
    return pools;
}

/* ---- the whole ---- */

/* The lines of a problem, one each. */
/* So many pools without a region are named; then they are counted. */
#define LOST_MAX 20

static void add_problem(json_t *problems, const char *problem)
{
    char *lines = xstrdup(problem != NULL ? problem : ""), *save;

    for (char *line = strtok_r(lines, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save))
        json_array_append_new(problems, rpc_text(line));
    free(lines);
}

/* Whatever is not as the files say, all of it. */
/* Pools that leave somebody with nobody: the first ones, by type. */
static void add_lost_pools(json_t *problems, const struct control *c)
{
    const struct plan *p = c->now->plan;
    size_t lost = 0;

    for (size_t i = 0; i < plan_pools(p); i++) {
        const struct plan_pool *pool = plan_pool(p, i);
        for (uint8_t t = 0; t < pool->n_types; t++) {
            char name[NAME_TEXT], type[TYPE_TEXT];
            if (pool->types[t].usable != 0 || ++lost > LOST_MAX)
                continue;
            char *text =
                xasprintf("pool %s (policy %s): no region is left for %s; when_all_down decides",
                          name_print(pool->name, name), c->now->config->policies[pool->policy].name,
                          type_print(pool->types[t].type, type));
            add_problem(problems, text);
            free(text);
        }
    }
    if (lost > LOST_MAX)
        json_array_append_new(problems,
                              json_sprintf("and %zu more pools like that", lost - LOST_MAX));
}

static json_t *problems_array(const struct control *c)
{
    const struct generation *g = c->now;
    json_t *problems = json_array();

    add_problem(problems, g->files->config_problem);
    add_problem(problems, g->files->secrets_problem);
    add_problem(problems, g->files->geo_problem);
    for (size_t i = 0; i < g->n_sources; i++)
        add_problem(problems, g->sources[i].problem);
    add_problem(problems, state_problem(c->state));
    add_problem(problems, drains_problem(c->drains));
    if (c->n_unbound > 0)
        json_array_append_new(problems,
                              json_sprintf("%zu of %zu addresses could not be listened on at start",
                                           c->n_unbound, c->n_bound + c->n_unbound));
    if (c->copies_lost > 0)
        json_array_append_new(problems,
                              json_sprintf("%zu last good copies could not be written: a restart "
                                           "may find older ones; the log says why",
                                           c->copies_lost));
    add_lost_pools(problems, c);
    return problems;
}

static json_t *listen_array(const struct control *c)
{
    json_t *listen = json_array();
    char text[SOCKADDR_TEXT];

    for (size_t i = 0; i < c->n_bound; i++)
        json_array_append_new(listen, json_string(sockaddr_print(&c->bound[i], text)));
    return listen;
}

void cmd_status(struct rpc_call *call)
{
    const struct control *c = cmd_control(call);
    const struct snapshot *s = publisher_newest(c->publisher);
    char *why;
    const bool ready = control_ready(c, &why);
    json_t *o =
        json_pack("{s:s, s:I, s:I, s:b, s:o, s:o}", "version", PACKAGE_VERSION, "pid",
                  (json_int_t)getpid(), "uptime_ms", (json_int_t)(mono_ms() - c->started_at),
                  "ready", ready, "not_ready", cmd_text(why), "problems", problems_array(c));

    free(why);
    json_object_set_new(o, "generation", json_integer((json_int_t)s->generation));
    json_object_set_new(o, "workers", json_integer((json_int_t)c->n_workers));
    json_object_set_new(o, "listen", listen_array(c));
    json_object_set_new(o, "config", config_object(c));
    json_object_set_new(o, "geo", geo_object(c->now->files));
    json_object_set_new(o, "zones", zones_array(c->now));
    json_object_set_new(o, "regions", regions_array(c->now->config));
    json_object_set_new(o, "drains", drains_array(c));
    json_object_set_new(o, "pools", pools_array(c));
    rpc_reply(call, o);
}
