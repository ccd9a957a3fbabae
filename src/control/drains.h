/*
 * What operators have drained: regions, everywhere or in one pool.  Kept in the state folder as
 * drains.json; a change is in force once it is on disk, not before.
 *
 * Regions and pools are known by name: a drain outlives a configuration that does not know them.
 * Control thread; the disk is the thread pool's.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <uv.h>

#include "base/clock.h"
#include "base/err.h"
#include "load/mapspec.h"

#define DRAINS_FILE "drains.json"

struct drain {
    char *region;
    uint8_t *pool; /* wire, lower-case; NULL: everywhere */
    real_ms_t since;
    uid_t uid; /* who said so */
    char *why; /* NULL: no reason given */
};

struct drains;

/* None yet.  folder is copied.  Returns owned. */
struct drains *drains_new(uv_loop_t *loop, const char *folder);

/*
 * Read the folder's file; none is fine.  False and an error if it cannot be read or is none of
 * ours: then there are no drains, drains_problem says so until the next change, and the file is
 * kept as drains.json.broken when that change is written.
 */
bool drains_load(struct drains *d, struct err *err);
const char *drains_problem(const struct drains *d); /* borrowed; NULL: none */

/* NULL is fine.  Changes that are under way are written first, so the loop must run on. */
void drains_close(struct drains *d);

size_t drains_count(const struct drains *d);
const struct drain *drains_at(const struct drains *d, size_t i); /* oldest first */
/* The drain of exactly this region and pool (NULL: everywhere), or NULL. */
const struct drain *drains_find(const struct drains *d, const char *region, const uint8_t *pool);

/*
 * Which regions are drained in a pool, those drained everywhere included; pool NULL: those drained
 * everywhere.  regions: n of them, numbered as in the result.
 */
regionset_t drains_for(const struct drains *d, const struct region_spec *regions, size_t n,
                       const uint8_t *pool);

/*
 * Change one, one after the other in the order asked.  done runs on the loop, perhaps before this
 * returns: changed is false if it was so already, or if err says why it could not be written.
 */
typedef void (*drains_done_fn)(void *arg, bool changed, const struct err *err);
void drains_add(struct drains *d, const struct drain *drain, drains_done_fn done, void *arg);
void drains_remove(struct drains *d, const char *region, const uint8_t *pool, drains_done_fn done,
                   void *arg);
