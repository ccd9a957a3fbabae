/*
 * The steering compiler: from configuration, zones, maps and health to what steered names answer.
 *
 * A plan resolves every DYNA and DYNC once for a generation of configuration and zones; after
 * that, plan_update() renders anew only the pools whose health, drains or TTLs changed.
 *
 * Control thread, but for plan_resolve and plan_recognize.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "control/config.h"
#include "data/steered.h"
#include "data/zonedb.h"
#include "health/health.h"
#include "health/ramp.h"
#include "health/ttl.h"

#define PLAN_TYPES_MAX 2 /* A and AAAA; a DYNC has CNAME alone */

/* How good an endpoint is, or a region for a type.  Better ones are answered while there are any. */
enum plan_level {
    PLAN_DOWN,    /* answered only where all are */
    PLAN_AVOIDED, /* up, but held by damping, not ready, or to wait for a release */
    PLAN_UP,      /* or not known, or not probed */
};

/* The records of one type of one region of a pool. */
struct plan_set {
    const struct rrset *source; /* NULL: the region owns none of the type */
    bool by_record;             /* target i is record i, and a down one is left out of the answer */
    uint16_t n_targets;         /* endpoints */
    struct probe_dest *dests;   /* n_targets */
    uint32_t *watches;          /* n_targets: the plan's numbers of them; NULL: not probed */
    struct target **targets;    /* n_targets; NULL: not probed, or not attached yet */
    uint32_t *ready_watches;    /* the same for readiness */
    struct target **ready_targets;
    /* the state, as of the last plan_update */
    uint16_t n_up, n_avoided; /* endpoints by level */
    enum plan_level level; /* which one region_up percent have, unless the region itself is held */
    enum plan_level answered; /* endpoints of this level or a better one; PLAN_DOWN: all */
    uint64_t answered_hash;   /* which ones; 0: the records are the same whoever is up */
    bool suspect;             /* one that is answered failed its last probe */
    struct damping damping;   /* of the region */
    struct ramp ramp;         /* of its return */
    mono_ms_t since; /* when a verdict last changed what is answered; PLAN_ALWAYS: not probed */
    mono_ms_t wake;  /* when a hold in it ends, or its ramp is a step further; INT64_MAX: never */
    uint32_t ttl_s;  /* of the pool's first name, given or not */
};

#define PLAN_ALWAYS (INT64_MIN / 4) /* stable since before there were clocks */

/* What is usable of one type of a pool. */
struct plan_type {
    uint16_t type;
    bool panic;          /* fewer than min_healthy regions are not down: health is ignored */
    regionset_t redo;    /* of these other records than are rendered are to be answered */
    regionset_t given;   /* somebody may be answered with these; no others' matter */
    regionset_t usable;  /* undrained, and up or without a record of the type (NODATA) */
    regionset_t second;  /* undrained and avoided: where a fence leaves nothing usable */
    regionset_t healthy; /* as usable, drained or not */
    regionset_t avoided; /* held or unready, drained or not, whatever else is usable */
    regionset_t ramping; /* usable, but not yet for all who are to get them */
    regionset_t cold;    /* some who may be sent to these are not: plan_ramp.c */
    regionset_t stale;   /* something in these changed since they were looked at */
    mono_ms_t change_at; /* when clients are next moved as planned; INT64_MAX: no plan is known */
};

/* A pool under a policy: all names that steer by both share it. */
struct plan_pool {
    const uint8_t *name;
    enum dyn_kind kind;
    size_t policy;       /* index into config->policies */
    regionset_t present; /* regions that the pool has */
    regionset_t drained; /* of these, as of the last update */
    uint8_t n_types;
    struct plan_type
        types[PLAN_TYPES_MAX]; /* those that a region owns, ascending; DYN_ALIAS: CNAME */
    struct plan_set *sets;     /* [type index * config->n_regions + region] */
    mono_ms_t since;           /* when its usable regions last changed */
    mono_ms_t wake;            /* the earliest of its sets; INT64_MAX: never */
    size_t names;              /* DYNA and DYNC names that steer by it */
    uint32_t first, last;      /* what they answer with, the first name's first; plan_inside.h */
    bool evaluated;
};

struct plan;

/*
 * A plan that nothing is resolved in yet.
 *
 *   maps   compiled, by index of config->maps; NULLs where the configuration has no regions
 *
 * Takes references to zones and maps; borrows config, which must outlive it.  Returns owned.
 */
struct plan *plan_new(const struct config *config, struct zonedb *zones,
                      struct geomap *const *maps);
/*
 * Resolve all steered names.
 *
 *   bad    NULL, or a flag for each zone: set where a name of the zone does not resolve
 *
 * False and errors (FILE:LINE of the zone files: no such pool, no region, unknown policy, CNAME in a
 * DYNA's pool …): then it can only be freed.  Warnings either way.  Probes nothing until
 * plan_attach.  Thread pool: it only reads what others may hold too, and counts nothing.
 */
bool plan_resolve(struct plan *p, bool *bad, struct err *err);
void plan_free(struct plan *p); /* NULL is fine; lets go of its targets */

/*
 * The regions that are drained: everywhere, and by pool.  pool: NULL asks for everywhere.  Called
 * during plan_update; a function so that a plan knows nothing of how drains are kept.
 */
typedef regionset_t (*plan_drained_fn)(void *arg, const uint8_t *pool);

/*
 * Start probing its endpoints and take the place of old, still alive, so that its targets live on and
 * pools that did not change keep how long they were stable; NULL at start.
 *
 * Of ten thousand pools that takes a while, so there are steps of it, in this order:
 *
 *   plan_recognize      which pools are which of old's.  Thread pool: it reads what does not change
 *   plan_attach_step    until it is false
 *   plan_prepare_step   until it is false: plan_update finds all pools rendered.  May be left out
 *   plan_hear           verdicts that turn are told to this plan from now on (plan_touch_target); of
 *                       those that turned since the first step, the caller tells
 */
void plan_attach(struct plan *p, struct health *health, const struct plan *old);
void plan_recognize(struct plan *p, const struct plan *old);
bool plan_attach_step(struct plan *p, struct health *health, const struct plan *old);
bool plan_prepare_step(struct plan *p, plan_drained_fn drained, void *arg, mono_ms_t now);
void plan_hear(struct plan *p);
/* Before that: an operator's word changed old, so pools are attached and rendered from the first one on. */
void plan_attach_again(struct plan *p);

/*
 * Bring the state of all pools up to now and return what workers need, a new reference for the
 * caller; the same object as last time if nothing changed.
 */
struct steering *plan_update(struct plan *p, plan_drained_fn drained, void *arg, mono_ms_t now);
/* The earliest time at which a TTL grows or glides, a hold ends or a ramp goes on. */
mono_ms_t plan_next_step_at(const struct plan *p);

void plan_touch_target(struct plan *p, struct target *t); /* its pools are looked at again */
void plan_touch_drains(struct plan *p);                   /* drains changed */
void plan_touch_all(struct plan *p);                      /* so did anything else */

/* ---- for status, explain, probe and wait ---- */

size_t plan_endpoints(const struct plan *p); /* that are probed: plan_set.watches are below it */
size_t plan_pools(const struct plan *p);
const struct plan_pool *plan_pool(const struct plan *p, size_t i);
const struct plan_set *plan_set(const struct plan *p, const struct plan_pool *pool, size_t type,
                                unsigned region);
const struct config *plan_config(const struct plan *p);
/* Another figure of merit for a region; its pool is to be touched then. */
void plan_set_damping(struct plan *p, const struct plan_pool *pool, size_t type, unsigned region,
                      const struct damping *d);
void plan_set_ramp(struct plan *p, const struct plan_pool *pool, size_t type, unsigned region,
                   const struct ramp *r);
/* An operator's word: it is neither held nor does it wait.  Its pool is to be touched then. */
void plan_release(struct plan *p, const struct plan_pool *pool, size_t type, unsigned region);
/* True once after something that a restart should know of and verdicts do not tell: a ramp. */
bool plan_take_change(struct plan *p);
/* How good the endpoint of record i is at `now`. */
enum plan_level plan_endpoint_level(const struct plan_set *set, uint16_t i, mono_ms_t now);
/* The pool behind a DYNA or DYNC name (dyn of zone entry e), never NULL. */
const struct plan_pool *plan_pool_of(const struct plan *p, const struct zone_entry *e,
                                     const struct dyn *dyn);
/* What that name answers with now; borrowed. */
const struct steered *plan_steered_of(const struct plan *p, const struct zone_entry *e,
                                      const struct dyn *dyn);
/* Between which bounds, and how, its TTL grows. */
struct ttl_rule plan_ttl_of(const struct plan *p, const struct zone_entry *e,
                            const struct dyn *dyn);

enum region_state { /* the worse, the later */
                    REGION_UP,
                    REGION_UNKNOWN,
                    REGION_RAMPING, /* up, and its clients come back to it */
                    REGION_UNREADY, /* up, but not ready */
                    REGION_HELD,    /* damped, or waits for a release */
                    REGION_DOWN,
                    REGION_DRAINED,
                    REGION_ABSENT,
};
const char *region_state_name(enum region_state s); /* "up" … */
/* For its type, drained or not; up where there is none of it. */
enum region_state plan_set_state(const struct plan_set *set);
/* Over all types: the worst of those that it owns. */
enum region_state plan_region_state(const struct plan *p, const struct plan_pool *pool,
                                    unsigned region);
