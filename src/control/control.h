/*
 * The control side as a whole: what is in force, and the few operations that change it.  One
 * instance, one thread, one libuv loop.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <uv.h>

#include "control/config.h"
#include "control/plan.h"
#include "control/publish.h"
#include "data/zonedb.h"
#include "health/health.h"
#include "load/geodb.h"

struct drains;
struct journal;
struct state;
struct socket_server;
struct listeners;

/* Where what is served of one file came from. */
enum origin {
    ORIGIN_FRESH,     /* the file as it is, or as it was when it was last reloaded */
    ORIGIN_LAST_GOOD, /* the copy in the state folder, because the file does not load */
    ORIGIN_NONE,      /* it never was good: SERVFAIL */
};

struct zone_status {
    const uint8_t *apex;   /* borrowed from the zonedb's entry of the same index */
    char *path;
    enum origin origin;
    char *problem;         /* why it is not fresh; NULL */
    real_ms_t loaded_at;
};

/* Everything read from files, all of one reload. */
struct generation {
    struct config *config;
    struct zonedb *zones;
    struct zone_status *zone_status; /* zonedb_count(zones) */
    struct geomap **maps;            /* config->n_maps */
    char **databases;                /* what the maps were compiled from, config->n_databases paths */
    enum origin config_origin, geo_origin;
    char *config_problem, *geo_problem; /* NULL: none */
};

struct control {
    uv_loop_t *loop;
    const char *config_path;
    struct generation *now;          /* in force */
    struct plan *plan;
    struct health *health;
    struct publisher *publisher;
    struct worker **workers;
    size_t n_workers;
    struct listeners *listeners;
    struct drains *drains;
    struct journal *journal;
    struct state *state;
    struct socket_server *socket;
    mono_ms_t started_at;
    bool reloading, stopping;
};

/* Answers to an operation that takes a while: err is empty when it worked; warnings may be in it. */
typedef void (*control_done_fn)(void *arg, const struct err *err);

/*
 * Read everything anew (zone NULL) or one zone (its apex, wire), on the thread pool; all or
 * nothing.  done runs when every worker answers by it, or when it was refused.  One at a time: a
 * second call while one runs is refused at once.
 */
void control_reload(struct control *c, const uint8_t *zone, control_done_fn done, void *arg);

/* Drains, verdicts or TTLs changed: render and publish, now or within 10 ms with other changes. */
void control_publish_now(struct control *c);
void control_publish_soon(struct control *c);

/* Call fn whenever a verdict or a region's state changed and the plan is up to date again (`wait`). */
void control_on_change(struct control *c, void (*fn)(void *arg), void *arg);

bool control_ready(const struct control *c); /* all is fresh, every worker answers */
void control_stop(struct control *c);        /* begin to end in order */
