/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/sources.h"

#include <libgen.h>
#include <pwd.h>
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

static void read_zone_leniently(struct zone_source *z, const char *state, struct err *err)
{
    struct err mine;

    err_init(&mine);
    if (zone_source_read(z, state, &mine))
        err_move(err, &mine); /* warnings */
    else
        zone_source_fall_back(z, state, take_problem(&mine));
}

static bool list_zones(struct sources *s, struct err *err)
{
    const char *directory = s->config->zones_directory;
    const bool ok = zonedir_list(directory, &s->zones, &s->n_zones, err);

    if (ok && s->n_zones == 0)
        err_warn(err, "%s holds no zone: every query will be REFUSED", directory);
    return ok;
}

static bool read_zones(struct sources *s, const char *state, struct err *err)
{
    bool ok = list_zones(s, err);

    for (size_t i = 0; i < s->n_zones; i++)
        ok &= zone_source_read(&s->zones[i], state, err);
    return ok;
}

static void read_zones_leniently(struct sources *s, const char *state, struct err *err)
{
    zonedir_list(s->config->zones_directory, &s->zones, &s->n_zones, err);
    for (size_t i = 0; i < s->n_zones; i++)
        read_zone_leniently(&s->zones[i], state, err);
    zonedir_add_gone(s->config->zones_directory, state, &s->zones, &s->n_zones);
}

/* ---- all ---- */

/* Zones and databases are read side by side; what each has to say is told in that order. */
struct reading {
    struct sources *s;
    const char *state;
    bool lenient, ok[2];
    struct err err[2];
};

static void read_part(void *arg, unsigned i)
{
    struct reading *r = arg;
    struct err *err = &r->err[i];

    if (i == 0 && r->lenient) {
        read_zones_leniently(r->s, r->state, err);
        r->ok[i] = true;
    } else if (i == 0) {
        r->ok[i] = read_zones(r->s, r->state, err);
    } else {
        r->ok[i] = r->lenient ? read_geo_leniently(r->s, r->state, err) : read_geo(r->s, err);
    }
}

bool sources_read(struct sources *s, const char *state, bool lenient, struct err *err)
{
    struct reading r = {.s = s, .state = state, .lenient = lenient};

    err_init(&r.err[0]);
    err_init(&r.err[1]);
    parallel_run(2, read_part, &r);
    err_move(err, &r.err[0]);
    err_move(err, &r.err[1]);
    if (!r.ok[0] || !r.ok[1])
        return false;
    if (state != NULL && s->config_origin == ORIGIN_FRESH)
        lastgood_copy_file(&s->config_copy, lastgood_config_path(state), s->config->path);
    return true;
}

bool sources_check(struct sources *s, struct err *err)
{
    bool ok = list_zones(s, err);

    for (size_t i = 0; i < s->n_zones; i++)
        ok &= zone_source_check(&s->zones[i], err);
    return read_geo(s, err) && ok;
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
    for (size_t i = 0; i < s->n_zones; i++)
        zone_source_fini(&s->zones[i]);
    free(s->zones);
    free_maps(s);
    geodb_close(s->geo);
    netset_unref(s->ecs_from);
    free(s->config_problem);
    free(s->secrets_problem);
    free(s->geo_problem);
    config_free(s->config);
    free(s);
}
