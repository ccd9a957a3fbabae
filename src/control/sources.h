/*
 * One reading of everything that comes from files: configuration, zones, databases compiled to
 * maps.  Either all of it is fresh, or, at start, what does not load is replaced by its last good
 * copy (proximad(8)).
 *
 * Thread pool, and start: touches nothing that another thread counts.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "control/config.h"
#include "control/lastgood.h"
#include "control/secrets.h"
#include "control/zonedir.h"
#include "load/geodb.h"

struct sources {
    unsigned refs; /* control thread, once read */
    struct config *config;
    enum origin config_origin;
    char *config_problem; /* NULL: none */
    struct lastgood config_copy;
    struct cookie_secrets secrets; /* of the configuration's file; n = 0: it names none, or … */
    char *secrets_problem;         /* … why they are not there; NULL: none */
    struct netset *ecs_from;       /* NULL: everybody */
    struct zone_list zones;        /* moved out by the generation that takes them */
    bool *lent;      /* by index of zones: it is the generation's before, without a reference */
    size_t n_listed; /* zones of the directory: they come first, those that are gone behind them */
    size_t n_read;   /* zones that were read: the rest is lent */
    struct zone_copies copies; /* of the zones that were read; the batch is moved out like these */
    struct geodb *geo;         /* unloaded */
    enum origin geo_origin;
    char *geo_problem;
    struct lastgood *geo_copies; /* n_geo_copies; NULL: not made yet */
    size_t n_geo_copies;
    struct geomap **maps; /* config->n_maps; NULL each where there are no regions */
};

/*
 * The configuration alone and the secrets that it names, into a new sources.
 *
 *   fallback   the state folder with a last good copy to use when the file does not load, and then
 *              secrets that cannot be read are a problem that is told; NULL: none, and an error
 *
 * NULL and errors: no usable configuration.
 */
struct sources *sources_config(const char *path, const char *fallback, struct err *err);
/* The last good copy of the configuration at path; NULL: there is none that loads.  Secrets that
 * cannot be read are left out, and that is a problem. */
struct sources *sources_good_config(const char *path, const char *state);

struct sources_opts {
    struct goodzones *good; /* where copies are made, of what is fresh; NULL: none are */
    bool lenient; /* use last good copies for what does not load, and say so in the problems */
    /* The zones in force, to share what did not change; empty: there are none. */
    struct zone_table before;
    bool all; /* also zones whose files are the same */
};

/*
 * The rest of it.  False and errors; when lenient only where no map can be compiled at all, and err
 * holds what an operator should know.
 */
bool sources_read(struct sources *s, const struct sources_opts *opts, struct err *err);
/* Count what is lent as ours.  Control thread, while the generation that lent it is there. */
void sources_take_lent(struct sources *s);

/*
 * What was read is in force: copy its databases, for lastgood_commit.  They are large, so they are
 * copied when there are answers already.  One that has changed since it was read is not: the copy of
 * what was read before stays.
 */
void sources_copy_databases(struct sources *s, const char *state);

/*
 * The rest of it for --check: whatever can be read, with all its mistakes, so that what depends on
 * it can be checked in the same run.  maps is NULL where none could be compiled.
 */
bool sources_check(struct sources *s, struct err *err);

struct sources *sources_ref(struct sources *s);
void sources_unref(struct sources *s); /* NULL is fine; drops copies that were not committed */
