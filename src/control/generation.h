/*
 * One generation of what is served: what the files gave, as zones that can be found and a plan of
 * steering.  A generation of one reloaded zone shares everything else with the one before.
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "control/plan.h"
#include "control/sources.h"

struct generation {
    unsigned refs;                /* control thread */
    struct sources *files;        /* a reference */
    const struct config *config;  /* of files */
    struct zone_source **sources; /* of the zones, by index of zones; a reference each */
    size_t n_sources;             /* zonedb_count(zones) */
    struct zonedb *zones;
    struct plan *plan;
    struct goodbatch *batch; /* copies of what was read, until they are committed; NULL: none */
};

/* What the files give, not resolved yet; takes files. */
struct generation *generation_new(struct sources *files);
/* The same with one zone replaced or added; takes zone and the batch that its copy is in, or NULL. */
struct generation *generation_with_zone(const struct generation *g, struct zone_source *zone,
                                        struct goodbatch *batch);
/*
 * All or nothing; old: the one in force, which g is to replace; NULL: none.  False and errors: a steered name does not resolve, and g can only be let go of.
 * Thread pool: g belongs to nobody else until it is adopted, and what it shares is only read.
 */
bool generation_resolve(struct generation *g, const struct generation *old, struct err *err);

/*
 * The zones that the generation before had are no more where this one has not got them: told, and their last
 * good copies go when this one is committed.  Thread pool, as above.
 */
void generation_drop(struct generation *g, const struct generation *before, struct err *err);

/*
 * At start: a zone whose steered names do not resolve is replaced by its last good copy, then by
 * SERVFAIL, and its problem says why.  Where the pools that they name were taken away from another
 * zone, it is that zone which is replaced.  Takes files; never NULL.
 */
struct generation *generation_salvage(struct sources *files, struct err *err);

struct generation *generation_ref(struct generation *g);
void generation_unref(
    struct generation *g); /* NULL is fine; the last lets go of the plan's targets */

/* It is in force: the copies that were made become the last good ones.  Returns how many of them
 * could not be written, which the log says.  Thread pool. */
size_t generation_commit(struct generation *g, struct goodzones *good);

/* Its zones, by apex. */
struct zone_table generation_zones(const struct generation *g);
