/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/sources.h"

#include <libgen.h>
#include <pwd.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/parallel.h"
#include "base/xalloc.h"
#include "load/mapcompile.h"

/* What went wrong with one part, as text; the errors are used up. */
static char *take_problem(struct err *err)
{
    char *text = err_text(err);

    err_fini(err);
    return text;
}

/* ---- configuration ---- */

static struct config *load_good_config(const char *path, const char *state)
{
    char *copy = lastgood_config_path(state), *folder = xstrdup(path);
    struct err ignored;
    struct config *c = NULL;

    err_init(&ignored);
    if (access(copy, R_OK) == 0)
        c = config_load(copy, strchr(path, '/') != NULL ? dirname(folder) : "", &ignored);
    err_fini(&ignored);
    free(copy);
    free(folder);
    return c;
}

static struct sources *sources_new(struct config *config, enum origin origin, char *problem)
{
    struct sources *s = xcalloc(1, sizeof(*s));

    *s = (struct sources){
        .refs = 1, .config = config, .config_origin = origin, .config_problem = problem};
    if (config->server.n_ecs_from > 0)
        s->ecs_from = netset_new(config->server.ecs_from, config->server.n_ecs_from);
    return s;
}

static bool load_secrets(struct sources *s, struct err *err)
{
    const char *path = s->config->server.cookie_secrets;

    return path == NULL || secrets_load(&s->secrets, path, err);
}

/* There is no last good copy of secrets: whoever could read it could make cookies. */
static void load_secrets_leniently(struct sources *s, struct err *err)
{
    struct err mine;

    err_init(&mine);
    if (load_secrets(s, &mine))
        err_move(err, &mine); /* warnings */
    else
        s->secrets_problem = take_problem(&mine);
}

static struct sources *sources_fresh(struct config *config, bool lenient, struct err *err)
{
    struct sources *s = sources_new(config, ORIGIN_FRESH, NULL);

    if (lenient) {
        load_secrets_leniently(s, err);
        return s;
    }
    if (load_secrets(s, err))
        return s;
    sources_unref(s);
    return NULL;
}

struct sources *sources_good_config(const char *path, const char *state)
{
    struct config *c = load_good_config(path, state);
    struct err ignored;

    if (c == NULL)
        return NULL;
    struct sources *s = sources_new(c, ORIGIN_LAST_GOOD, NULL);
    err_init(&ignored);
    load_secrets_leniently(s, &ignored);
    err_fini(&ignored);
    return s;
}

/* What is right as text but not on this machine; told now, not by the next start. */
static struct config *load_for_here(const char *path, struct err *err)
{
    struct config *c = config_load(path, NULL, err);

    if (c == NULL || c->server.user == NULL || getpwnam(c->server.user) != NULL)
        return c;
    err_at(err, (struct err_pos){.file = c->path},
           "server.user: there is no user \"%s\" on this machine", c->server.user);
    config_free(c);
    return NULL;
}

struct sources *sources_config(const char *path, const char *fallback, struct err *err)
{
    struct err mine;
    struct sources *s = NULL;

    err_init(&mine);
    struct config *c = load_for_here(path, &mine);
    if (c != NULL)
        s = sources_fresh(c, fallback != NULL, &mine);
    if (s == NULL && fallback != NULL && (s = sources_good_config(path, fallback)) != NULL)
        s->config_problem = take_problem(&mine);
    err_move(err, &mine);
    return s;
}

/* ---- databases and maps ---- */

void sources_copy_databases(struct sources *s, const char *state)
{
    if (s->geo_origin != ORIGIN_FRESH || s->geo_copies != NULL)
        return;
    s->n_geo_copies = s->config->n_databases;
    s->geo_copies = xcalloc(s->n_geo_copies, sizeof(*s->geo_copies));
    for (size_t i = 0; i < s->n_geo_copies; i++) {
        lastgood_copy_file(&s->geo_copies[i], lastgood_database_path(state, i),
                           s->config->databases[i]);
        if (!geodb_is_current(s->geo, i))
            lastgood_drop(&s->geo_copies[i]);
    }
}

static struct geodb *open_good_databases(const struct config *config, const char *state)
{
    char **paths = xcalloc(config->n_databases, sizeof(*paths));
    struct err ignored;

    err_init(&ignored);
    for (size_t i = 0; i < config->n_databases; i++)
        paths[i] = lastgood_database_path(state, i);
    struct geodb *db = geodb_open((const char *const *)paths, config->n_databases, &ignored);
    for (size_t i = 0; i < config->n_databases; i++)
        free(paths[i]);
    free(paths);
    err_fini(&ignored);
    return db;
}

static void free_maps(struct sources *s)
{
    for (size_t i = 0; s->maps != NULL && i < s->config->n_maps; i++)
        geomap_unref(s->maps[i]);
    free(s->maps);
    s->maps = NULL;
}

/* Without regions there is nothing to order, and no name can be steered: the maps stay NULL. */
static bool compile_maps(struct sources *s, struct err *err)
{
    const struct config *c = s->config;
    bool ok = true;

    s->maps = xcalloc(c->n_maps, sizeof(struct geomap *));
    for (size_t i = 0; i < c->n_maps && c->n_regions > 0; i++) {
        s->maps[i] = mapcompile(&c->maps[i], c->regions, c->n_regions, s->geo, err);
        ok &= s->maps[i] != NULL;
    }
    if (!ok)
        free_maps(s);
    return ok;
}

static bool use_databases(struct sources *s, struct geodb *db, enum origin origin, struct err *err)
{
    if (db == NULL)
        return false;
    s->geo = db;
    s->geo_origin = origin;
    if (compile_maps(s, err)) {
        geodb_unload(s->geo);
        return true;
    }
    geodb_close(s->geo);
    s->geo = NULL;
    return false;
}

static bool read_geo(struct sources *s, struct err *err)
{
    const struct config *c = s->config;

    return use_databases(s, geodb_open((const char *const *)c->databases, c->n_databases, err),
                         ORIGIN_FRESH, err);
}

/* Last good databases, or none: then rules by network and `unknown` still hold. */
static bool fall_back_geo(struct sources *s, const char *state, char *problem, struct err *err)
{
    struct err ignored;

    err_init(&ignored);
    s->geo_problem = problem;
    const bool good =
        use_databases(s, open_good_databases(s->config, state), ORIGIN_LAST_GOOD, &ignored);
    err_fini(&ignored);
    return good || use_databases(s, geodb_open(NULL, 0, err), ORIGIN_NONE, err);
}

static bool read_geo_leniently(struct sources *s, const char *state, struct err *err)
{
    struct err mine;

    err_init(&mine);
    if (read_geo(s, &mine)) {
        err_move(err, &mine);
        return true;
    }
    return fall_back_geo(s, state, take_problem(&mine), err);
}

/* ---- zones ---- */

static bool list_zones(struct sources *s, struct err *err)
{
    const char *directory = s->config->zones_directory;
    const bool ok = zonedir_list(directory, &s->zones, err);

    if (ok && s->zones.n == 0)
        err_warn(err, "%s holds no zone: every query will be REFUSED", directory);
    return ok;
}

/* What all threads share that read zones. */
struct readers {
    struct sources *s;
    const struct sources_opts *opts;
    struct err *errs; /* by index of zones: told in their order */
    atomic_size_t next, n_read;
    atomic_bool failed;
};

static void read_zone_leniently(struct zone_source *z, const struct zone_copies *copies,
                                struct err *err)
{
    struct err mine;

    err_init(&mine);
    if (zone_source_read(z, copies, NULL, &mine))
        err_move(err, &mine); /* warnings */
    else
        zone_source_fall_back(z, copies, take_problem(&mine));
}

/* The zone in force needs not be read again if its files are still those that it was read from. */
static bool is_current(const struct zone_source *known, const struct zone_source *z)
{
    return known != NULL && strcmp(known->path, z->path) == 0 && zone_source_is_current(known);
}

static void read_zone(struct readers *r, size_t i)
{
    struct sources *s = r->s;
    struct zone_source *known = zone_table_find(&r->opts->before, s->zones.at[i]->apex);

    if (!r->opts->all && is_current(known, s->zones.at[i])) {
        zone_source_unref(s->zones.at[i]);
        s->zones.at[i] = known;
        s->lent[i] = true;
        return;
    }
    const struct zone *before = known != NULL ? known->zone : NULL;
    atomic_fetch_add_explicit(&r->n_read, 1, memory_order_relaxed);
    if (r->opts->lenient)
        read_zone_leniently(s->zones.at[i], &s->copies, &r->errs[i]);
    else if (!zone_source_read(s->zones.at[i], &s->copies, before, &r->errs[i]))
        r->failed = true;
}

/* Zones are taken by few, so that one large among many small ones holds up nobody. */
static void run_reader(void *arg, unsigned thread)
{
    static const size_t at_once = 16;
    struct readers *r = arg;
    const size_t n = r->s->zones.n;
    size_t i;

    (void)thread;
    while ((i = atomic_fetch_add_explicit(&r->next, at_once, memory_order_relaxed)) < n)
        for (const size_t end = i + at_once < n ? i + at_once : n; i < end; i++)
            read_zone(r, i);
}

/* False: some cannot be read, of a list that is whole or not. */
static bool read_zones(struct sources *s, const struct sources_opts *opts, struct err *err)
{
    const size_t n = s->zones.n;
    struct readers r = {.s = s, .opts = opts, .errs = xcalloc(n, sizeof(*r.errs))};

    s->lent = xcalloc(n, sizeof(*s->lent));
    s->n_listed = n;
    for (size_t i = 0; i < n; i++)
        err_init(&r.errs[i]);
    parallel_run(n > 1 ? parallel_threads() : 1, run_reader, &r);
    for (size_t i = 0; i < n; i++)
        err_move(err, &r.errs[i]);
    free(r.errs);
    s->n_read = r.n_read;
    return !r.failed;
}

static bool read_zones_strictly(struct sources *s, const struct sources_opts *opts, struct err *err)
{
    const bool listed = list_zones(s, err);

    return read_zones(s, opts, err) && listed;
}

static void read_zones_leniently(struct sources *s, const struct sources_opts *opts,
                                 struct err *err)
{
    zonedir_list(s->config->zones_directory, &s->zones, err);
    read_zones(s, opts, err);
    zonedir_add_gone(s->config->zones_directory, &s->copies, &s->zones);
}

void sources_take_lent(struct sources *s)
{
    for (size_t i = 0; s->lent != NULL && i < s->n_listed; i++)
        if (s->lent[i])
            zone_source_ref(s->zones.at[i]);
    free(s->lent);
    s->lent = NULL;
}

/* ---- all ---- */

/* Zones and databases are read side by side; what each has to say is told in that order. */
struct parts {
    struct sources *s;
    const struct sources_opts *opts;
    const char *state; /* NULL: no copies */
    bool ok[2];
    struct err err[2];
};

static void read_part(void *arg, unsigned i)
{
    struct parts *p = arg;
    struct err *err = &p->err[i];

    if (i == 0 && p->opts->lenient) {
        read_zones_leniently(p->s, p->opts, err);
        p->ok[i] = true;
    } else if (i == 0) {
        p->ok[i] = read_zones_strictly(p->s, p->opts, err);
    } else {
        p->ok[i] = p->opts->lenient ? read_geo_leniently(p->s, p->state, err) : read_geo(p->s, err);
    }
}

bool sources_read(struct sources *s, const struct sources_opts *opts, struct err *err)
{
    const char *state = opts->good != NULL ? goodzones_state(opts->good) : NULL;
    struct parts p = {.s = s, .opts = opts, .state = state};

    s->copies.good = opts->good;
    s->copies.batch = opts->good != NULL ? goodzones_batch(opts->good) : NULL;
    err_init(&p.err[0]);
    err_init(&p.err[1]);
    parallel_run(2, read_part, &p);
    err_move(err, &p.err[0]);
    err_move(err, &p.err[1]);
    if (!p.ok[0] || !p.ok[1])
        return false;
    if (state != NULL && s->config_origin == ORIGIN_FRESH)
        lastgood_copy_file(&s->config_copy, lastgood_config_path(state), s->config->path);
    return true;
}

bool sources_check(struct sources *s, struct err *err)
{
    bool ok = list_zones(s, err);

    for (size_t i = 0; i < s->zones.n; i++)
        ok &= zone_source_check(s->zones.at[i], err);
    return read_geo(s, err) && ok;
}

/* What is lent is not ours to let go of. */
static void drop_zones(struct sources *s)
{
    for (size_t i = 0; s->lent != NULL && i < s->n_listed; i++)
        if (s->lent[i])
            s->zones.at[i] = NULL;
    free(s->lent);
    zone_list_fini(&s->zones);
}

struct sources *sources_ref(struct sources *s)
{
    s->refs++;
    return s;
}

void sources_unref(struct sources *s)
{
    if (s == NULL || --s->refs > 0)
        return;
    lastgood_drop(&s->config_copy);
    for (size_t i = 0; i < s->n_geo_copies; i++)
        lastgood_drop(&s->geo_copies[i]);
    free(s->geo_copies);
    drop_zones(s);
    goodbatch_free(s->copies.batch);
    free_maps(s);
    geodb_close(s->geo);
    netset_unref(s->ecs_from);
    free(s->config_problem);
    free(s->secrets_problem);
    free(s->geo_problem);
    config_free(s->config);
    free(s);
}
