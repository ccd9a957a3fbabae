/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/generation.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

static struct zonedb *make_zonedb(const struct zone_source *sources, size_t n)
{
    struct zone_entry *entries = xcalloc(n, sizeof(*entries));

    for (size_t i = 0; i < n; i++)
        entries[i] = (struct zone_entry){.zone = sources[i].zone, .apex = sources[i].apex};
    struct zonedb *db = zonedb_new(entries, n);
    free(entries);
    return db;
}

/* Takes files and sources. */
static struct generation *generation_alloc(struct sources *files, struct zone_source *sources,
                                           size_t n)
{
    struct generation *g = xcalloc(1, sizeof(*g));

    g->refs = 1;
    g->files = files;
    g->config = files->config;
    g->sources = sources;
    g->n_sources = n;
    g->zones = make_zonedb(sources, n);
    return g;
}

static struct generation *generation_of_files(struct sources *files)
{
    struct zone_source *sources = files->zones;
    const size_t n = files->n_zones;

    files->zones = NULL;
    files->n_zones = 0;
    return generation_alloc(files, sources, n);
}

static struct generation *with_plan(struct generation *g)
{
    g->plan = plan_new(g->config, g->zones, g->files->maps);
    return g;
}

struct generation *generation_new(struct sources *files)
{
    struct generation *g = generation_of_files(files);

    g->whole = true;
    return with_plan(g);
}

bool generation_resolve(struct generation *g, const struct generation *old, struct err *err)
{
    if (!plan_resolve(g->plan, NULL, err))
        return false;
    if (old != NULL)
        plan_recognize(g->plan, old->plan);
    return true;
}

struct generation *generation_with_zone(const struct generation *g, struct zone_source *zone)
{
    struct zone_source *sources = xcalloc(g->n_sources + 1, sizeof(*sources));
    size_t n = 0;
    bool replaced = false;

    for (size_t i = 0; i < g->n_sources; i++) {
        const bool same = name_equal(g->sources[i].apex, zone->apex);
        sources[n++] = same ? *zone : zone_source_dup(&g->sources[i]);
        replaced |= same;
    }
    if (!replaced)
        sources[n++] = *zone;
    *zone = (struct zone_source){0};
    return with_plan(generation_alloc(sources_ref(g->files), sources, n));
}

/* ---- at start: what does not resolve is replaced ---- */

static size_t count(const bool *flags, size_t n)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++)
        found += flags[i];
    return found;
}

static void put_source(struct generation *g, size_t i, const struct zone_source *z)
{
    g->sources[i] = *z;
    zonedb_unref(g->zones);
    g->zones = make_zonedb(g->sources, g->n_sources);
}

/* A plan, or NULL; bad: which zones have names that do not resolve. */
static struct plan *try_plan(const struct generation *g, bool *bad, struct err *err)
{
    struct plan *p = plan_new(g->config, g->zones, g->files->maps);

    if (plan_resolve(p, bad, err))
        return p;
    plan_free(p);
    return NULL;
}

/* How many zones have names that do not resolve. */
static size_t count_bad(const struct generation *g)
{
    bool *bad = xcalloc(g->n_sources, sizeof(*bad));
    struct err ignored;

    err_init(&ignored);
    plan_free(try_plan(g, bad, &ignored));
    const size_t n = count(bad, g->n_sources);
    err_fini(&ignored);
    free(bad);
    return n;
}

/* Take back a zone's last good copy if names that are bad resolve by it. */
static bool take_back(struct generation *g, size_t i, const char *state, const char *problem)
{
    struct zone_source fresh = g->sources[i], good = zone_source_dup(&fresh);
    const size_t before = count_bad(g);

    zone_source_fall_back(&good, state, xstrdup(problem));
    if (good.zone != NULL) {
        put_source(g, i, &good);
        if (count_bad(g) < before) {
            zone_source_fini(&fresh);
            return true;
        }
        put_source(g, i, &fresh);
    }
    zone_source_fini(&good);
    return false;
}

/* Zone i names pools of other zones, which perhaps were taken away there. */
static bool take_back_pools(struct generation *g, size_t i, const char *state, const char *problem)
{
    const struct zone *z = g->sources[i].zone;
    bool *tried = xcalloc(g->n_sources, sizeof(*tried)), done = false;

    tried[i] = true;
    for (size_t d = 0; d < zone_dyn_count(z) && !done; d++) {
        const struct zone_entry *e = zonedb_find_name(g->zones, zone_dyn(z, d)->pool);
        const size_t at = e != NULL ? (size_t)(e - zonedb_entry(g->zones, 0)) : i;
        if (tried[at] || g->sources[at].origin != ORIGIN_FRESH)
            continue;
        tried[at] = true;
        done = take_back(g, at, state, problem);
    }
    free(tried);
    return done;
}

/* Every zone that is bad takes the next worse origin, and the errors as its problem. */
static void degrade(struct generation *g, const bool *bad, const char *state, const char *problem)
{
    for (size_t i = 0; i < g->n_sources; i++) {
        struct zone_source *z = &g->sources[i];
        if (!bad[i])
            continue;
        if (z->origin == ORIGIN_FRESH) {
            zone_source_fall_back(z, state, xstrdup(problem));
        } else {
            zone_unref(z->zone);
            z->zone = NULL;
            z->origin = ORIGIN_NONE;
        }
    }
    zonedb_unref(g->zones);
    g->zones = make_zonedb(g->sources, g->n_sources);
}

static void replace_bad(struct generation *g, const bool *bad, const char *state,
                        const char *problem)
{
    for (size_t i = 0; i < g->n_sources; i++)
        if (bad[i] && take_back_pools(g, i, state, problem))
            return;
    degrade(g, bad, state, problem);
}

struct generation *generation_salvage(struct sources *files, const char *state, struct err *err)
{
    struct generation *g = generation_of_files(files);
    bool *bad = xcalloc(g->n_sources, sizeof(*bad));
    struct err mine;

    err_init(&mine);
    /* Each round at least one zone gets worse, and none twice. */
    while ((g->plan = try_plan(g, bad, &mine)) == NULL) {
        char *problem = err_text(&mine);
        err_fini(&mine);
        replace_bad(g, bad, state, problem);
        free(problem);
    }
    free(bad);
    err_move(err, &mine);
    return g;
}

struct generation *generation_ref(struct generation *g)
{
    g->refs++;
    return g;
}

void generation_unref(struct generation *g)
{
    if (g == NULL || --g->refs > 0)
        return;
    plan_free(g->plan);
    zonedb_unref(g->zones);
    for (size_t i = 0; i < g->n_sources; i++)
        zone_source_fini(&g->sources[i]);
    free(g->sources);
    sources_unref(g->files);
    free(g);
}

static void forget_others(const struct generation *g, const char *state)
{
    const uint8_t **apexes = xcalloc(g->n_sources, sizeof(*apexes));

    for (size_t i = 0; i < g->n_sources; i++)
        apexes[i] = g->sources[i].apex;
    lastgood_keep_zones(state, apexes, g->n_sources);
    free(apexes);
}

size_t generation_commit(struct generation *g, const char *state)
{
    size_t lost = 0;

    sources_copy_databases(g->files, state);
    lastgood_sync(state);
    lost += !lastgood_commit(&g->files->config_copy);
    for (size_t i = 0; i < g->files->n_geo_copies; i++)
        lost += !lastgood_commit(&g->files->geo_copies[i]);
    for (size_t i = 0; i < g->n_sources; i++)
        lost += !lastgood_commit(&g->sources[i].copy);
    if (g->whole)
        forget_others(g, state);
    return lost;
}
