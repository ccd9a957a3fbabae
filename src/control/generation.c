/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/generation.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

static struct zonedb *make_zonedb(struct zone_source *const *sources, size_t n)
{
    struct zone_entry *entries = xcalloc(n, sizeof(*entries));

    for (size_t i = 0; i < n; i++)
        entries[i] = (struct zone_entry){.zone = sources[i]->zone, .apex = sources[i]->apex};
    struct zonedb *db = zonedb_new(entries, n);
    free(entries);
    return db;
}

/* Takes all of them. */
static struct generation *generation_alloc(struct sources *files, struct zone_list sources,
                                           struct zonedb *zones, struct goodbatch *batch)
{
    struct generation *g = xcalloc(1, sizeof(*g));

    g->refs = 1;
    g->files = files;
    g->config = files->config;
    g->sources = sources.at;
    g->n_sources = sources.n;
    g->batch = batch;
    g->zones = zones;
    return g;
}

static struct generation *generation_of_files(struct sources *files)
{
    sources_take_lent(files);
    const struct zone_list sources = files->zones;
    struct goodbatch *batch = files->copies.batch;

    files->zones = (struct zone_list){0};
    files->copies.batch = NULL;
    return generation_alloc(files, sources, make_zonedb(sources.at, sources.n), batch);
}

static struct generation *with_plan(struct generation *g)
{
    g->plan = plan_new(g->config, g->zones, g->files->maps);
    return g;
}

struct generation *generation_new(struct sources *files)
{
    return with_plan(generation_of_files(files));
}

bool generation_resolve(struct generation *g, const struct generation *old, struct err *err)
{
    if (!plan_resolve(g->plan, NULL, err))
        return false;
    if (old != NULL)
        plan_recognize(g->plan, old->plan);
    return true;
}

struct generation *generation_with_zone(const struct generation *g, struct zone_source *zone,
                                        struct goodbatch *batch)
{
    const struct zone_table before = generation_zones(g);
    const size_t at = zone_table_index(&before, zone->apex);
    struct zone_list list = {.at = xcalloc(g->n_sources + 1, sizeof(*list.at)), .n = g->n_sources};

    for (size_t i = 0; i < g->n_sources; i++)
        list.at[i] = i != at ? zone_source_ref(g->sources[i]) : zone;
    if (at < g->n_sources)
        zone->kept = g->sources[at]->kept;
    else
        list.at[list.n++] = zone;
    struct zonedb *zones =
        zonedb_with(g->zones, at, &(struct zone_entry){.zone = zone->zone, .apex = zone->apex});
    return with_plan(generation_alloc(sources_ref(g->files), list, zones, batch));
}

struct zone_table generation_zones(const struct generation *g)
{
    return (struct zone_table){g->zones, g->sources};
}

void generation_drop(struct generation *g, const struct generation *before, struct err *err)
{
    const struct zone_table now = generation_zones(g);
    char name[NAME_TEXT];

    for (size_t i = 0; i < before->n_sources; i++) {
        const struct zone_source *old = before->sources[i];
        struct zone_source *z = zone_table_find(&now, old->apex);
        if (z == NULL) {
            err_warn(err, "zone %s is dropped: %s is gone", name_print(old->apex, name), old->path);
            if (g->batch != NULL)
                goodbatch_add_gone(g->batch, old->apex);
        } else if (z != old) {
            z->kept = old->kept;
        }
    }
}

/* ---- at start: what does not resolve is replaced ---- */

static size_t count(const bool *flags, size_t n)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++)
        found += flags[i];
    return found;
}

static void remake_zonedb(struct generation *g)
{
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
static bool take_back(struct generation *g, size_t i, const char *problem)
{
    const struct zone_copies only_read = {.good = g->files->copies.good};
    struct zone_source *fresh = g->sources[i];
    struct zone_source *good = zone_source_new(fresh->apex, xstrdup(fresh->path));
    const size_t before = count_bad(g);

    zone_source_fall_back(good, &only_read, xstrdup(problem));
    bool better = false;
    if (good->zone != NULL) {
        g->sources[i] = good;
        remake_zonedb(g);
        better = count_bad(g) < before;
    }
    if (!better) {
        g->sources[i] = fresh;
        remake_zonedb(g);
    } else if (fresh->in_batch != 0) {
        goodbatch_forget(g->batch, fresh->in_batch);
    }
    zone_source_unref(better ? fresh : good);
    return better;
}

/* Zone i names pools of other zones, which perhaps were taken away there. */
static bool take_back_pools(struct generation *g, size_t i, const char *problem)
{
    const struct zone *z = g->sources[i]->zone;
    bool *tried = xcalloc(g->n_sources, sizeof(*tried)), done = false;

    tried[i] = true;
    for (size_t d = 0; d < zone_dyn_count(z) && !done; d++) {
        const struct zone_entry *e = zonedb_find_name(g->zones, zone_dyn(z, d)->pool);
        const size_t at = e != NULL ? (size_t)(e - zonedb_entry(g->zones, 0)) : i;
        if (tried[at] || g->sources[at]->origin != ORIGIN_FRESH)
            continue;
        tried[at] = true;
        done = take_back(g, at, problem);
    }
    free(tried);
    return done;
}

/* Every zone that is bad takes the next worse origin, and the errors as its problem. */
static void degrade(struct generation *g, const bool *bad, const char *problem)
{
    const struct zone_copies copies = {g->files->copies.good, g->batch};

    for (size_t i = 0; i < g->n_sources; i++) {
        struct zone_source *z = g->sources[i];
        if (!bad[i])
            continue;
        if (z->origin == ORIGIN_FRESH) {
            zone_source_fall_back(z, &copies, xstrdup(problem));
        } else {
            zone_unref(z->zone);
            z->zone = NULL;
            z->origin = ORIGIN_NONE;
        }
    }
    remake_zonedb(g);
}

static void replace_bad(struct generation *g, const bool *bad, const char *problem)
{
    for (size_t i = 0; i < g->n_sources; i++)
        if (bad[i] && take_back_pools(g, i, problem))
            return;
    degrade(g, bad, problem);
}

struct generation *generation_salvage(struct sources *files, struct err *err)
{
    struct generation *g = generation_of_files(files);
    bool *bad = xcalloc(g->n_sources, sizeof(*bad));
    struct err mine;

    err_init(&mine);
    /* Each round at least one zone gets worse, and none twice. */
    while ((g->plan = try_plan(g, bad, &mine)) == NULL) {
        char *problem = err_text(&mine);
        err_fini(&mine);
        replace_bad(g, bad, problem);
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
        zone_source_unref(g->sources[i]);
    free(g->sources);
    goodbatch_free(g->batch);
    sources_unref(g->files);
    free(g);
}

/* ---- the last good generation ---- */

static struct goodkept *kept_at(void *arg, size_t i)
{
    return &((const struct generation *)arg)->sources[i]->kept;
}

static struct goodkept *kept_of(void *arg, const uint8_t *apex)
{
    const struct zone_table zones = generation_zones(arg);
    struct zone_source *z = zone_table_find(&zones, apex);

    return z != NULL ? &z->kept : NULL;
}

/* The copies are in this pack now; 0: they could not be written, and are made again when all is read. */
static void note_pack(struct generation *g, uint32_t pack)
{
    for (size_t i = 0; i < g->n_sources; i++) {
        struct zone_source *z = g->sources[i];
        if (z->in_batch == 0)
            continue;
        z->copy_lost = pack == 0;
        z->steady &= pack != 0;
        if (pack != 0)
            z->kept = (struct goodkept){pack, goodzone_len(goodbatch_zone(g->batch, z->in_batch))};
        z->in_batch = 0;
    }
}

static size_t count_copies_lost(const struct generation *g)
{
    size_t lost = 0;

    for (size_t i = 0; i < g->n_sources; i++)
        lost += g->sources[i]->copy_lost;
    return lost;
}

static size_t commit_zones(struct generation *g, struct goodzones *good)
{
    goodzones_forget(good);
    if (g->batch != NULL && !goodbatch_is_empty(g->batch)) {
        note_pack(g, goodzones_put(good, g->batch));
        goodzones_tidy(good, &(struct goodview){g->n_sources, kept_at, kept_of, g});
    }
    goodbatch_free(g->batch);
    g->batch = NULL;
    return count_copies_lost(g);
}

size_t generation_commit(struct generation *g, struct goodzones *good)
{
    size_t lost = 0;

    sources_copy_databases(g->files, goodzones_state(good));
    lost += !lastgood_commit(&g->files->config_copy);
    for (size_t i = 0; i < g->files->n_geo_copies; i++)
        lost += !lastgood_commit(&g->files->geo_copies[i]);
    return lost + commit_zones(g, good);
}
