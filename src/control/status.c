/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h> /* in quotes it would be control/config.h */

#include "control/status.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "control/cmd.h"
#include "control/drains.h"
#include "control/plan_exposure.h"
#include "control/sight_news.h"
#include "control/sigwatch.h"

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

json_t *status_zone(const struct generation *g, size_t i)
{
    const struct zone_entry *e = zonedb_entry(g->zones, i);
    const struct zone_source *s = g->sources[i];
    real_ms_t end;
    json_t *o =
        json_pack("{s:o, s:o, s:s, s:o}", "name", cmd_name(e->apex), "file", cmd_text(s->path),
                  "origin", origin_name(s->origin), "problem", cmd_text(s->problem));

    if (e->zone == NULL)
        return o;
    json_object_set_new(o, "serial", json_integer(zone_serial(e->zone)));
    json_object_set_new(o, "records", json_integer((json_int_t)zone_records(e->zone)));
    json_object_set_new(o, "steered", json_integer((json_int_t)zone_dyn_count(e->zone)));
    json_object_set_new(o, "loaded", cmd_time(s->read_at));
    json_object_set_new(o, "signed_until",
                        sigwatch_end(e->zone, real_ms(), &end) ? cmd_time(end) : json_null());
    return o;
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

json_t *status_probes(const struct control *c)
{
    const struct health_load load = health_load(c->health, mono_ms());

    return json_pack("{s:I, s:I, s:I}", "endpoints", (json_int_t)load.targets, "running",
                     (json_int_t)load.running, "late_ms", (json_int_t)load.late_ms);
}

/* ---- exposure ---- */

static json_t *exposure_object(const struct plan *p, const struct plan_exposure *e)
{
    json_t *o = json_pack("{s:o, s:I, s:s, s:i, s:i, s:I}", "name", cmd_name(e->first->owner->name),
                          "names", (json_int_t)e->names, "policy",
                          plan_config(p)->policies[e->policy].name, "ttl_min", (int)e->ttl.min_s,
                          "ttl_max", (int)e->ttl.max_s, "detect_ms", (json_int_t)e->is.detect_ms);

    json_object_set_new(o, "exposed_ms",
                        e->is.exposed_ms >= 0 ? json_integer(e->is.exposed_ms) : json_null());
    json_object_set_new(o, "asks_steady", json_integer(e->is.asks_steady));
    json_object_set_new(o, "asks_least", json_integer(e->is.asks_least));
    return o;
}

/* How long clients may have what is dead, and what that costs, by policy and bounds of the TTL. */
static json_t *exposure_array(const struct plan *p)
{
    json_t *array = json_array();
    size_t n;
    struct plan_exposure *all = plan_exposures(p, &n);

    for (size_t i = 0; i < n; i++)
        json_array_append_new(array, exposure_object(p, &all[i]));
    free(all);
    return array;
}

/* ---- the whole ---- */

/* So many pools without a region, and zones with old signatures, are named; then they are counted. */
#define LOST_MAX 20

/* The lines of a problem, one each. */
static void add_problem(json_t *problems, const char *problem)
{
    char *lines = xstrdup(problem != NULL ? problem : ""), *save;

    for (char *line = strtok_r(lines, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save))
        json_array_append_new(problems, rpc_text(line));
    free(lines);
}

/* Pools that leave somebody with nobody: the first ones, by type. */
static void add_lost_pools(json_t *problems, const struct control *c)
{
    const struct plan *p = c->now->plan;
    size_t lost = 0;

    for (size_t i = 0; i < plan_pools(p); i++) {
        const struct plan_pool *pool = plan_pool(p, i);
        for (uint8_t t = 0; t < pool->n_types; t++) {
            char name[NAME_TEXT], type[TYPE_TEXT];
            if ((pool->types[t].usable | pool->types[t].second) != 0 || ++lost > LOST_MAX)
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

/* Zones whose signatures have ended, or soon will. */
static void add_old_signatures(json_t *problems, const struct zonedb *zones)
{
    const real_ms_t now = real_ms();
    size_t old = 0;

    for (size_t i = 0; i < zonedb_count(zones); i++) {
        const struct zone_entry *e = zonedb_entry(zones, i);
        char *problem = e->zone != NULL ? sigwatch_problem(e->zone, e->apex, now) : NULL;
        if (problem != NULL && ++old <= LOST_MAX)
            add_problem(problems, problem);
        free(problem);
    }
    if (old > LOST_MAX)
        json_array_append_new(problems,
                              json_sprintf("and %zu more zones like that", old - LOST_MAX));
}

/* Whatever is not as the files say, all of it. */
static json_t *problems_array(const struct control *c)
{
    const struct generation *g = c->now;
    json_t *problems = json_array();
    char *blind = sight_problem(c);

    add_problem(problems, blind);
    free(blind);
    add_problem(problems, g->files->config_problem);
    add_problem(problems, g->files->secrets_problem);
    add_problem(problems, g->files->geo_problem);
    for (size_t i = 0; i < g->n_sources; i++)
        add_problem(problems, g->sources[i]->problem);
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
    add_old_signatures(problems, g->zones);
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

json_t *status_head(const struct control *c)
{
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
    json_object_set_new(o, "sight", sight_object(c));
    json_object_set_new(o, "exposure", exposure_array(c->now->plan));
    json_object_set_new(o, "regions", regions_array(c->now->config));
    json_object_set_new(o, "drains", drains_array(c));
    json_object_set_new(o, "probes", status_probes(c));
    return o;
}
