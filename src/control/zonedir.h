/*
 * The zone directory: which zones there are, and reading them, from their files or from the last
 * good copies.
 *
 * Thread pool, and start.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "base/clock.h"
#include "base/err.h"
#include "control/lastgood.h"
#include "control/origin.h"
#include "data/zone.h"

/* A zone and where it was read from. */
struct zone_source {
    uint8_t *apex;
    char *path;        /* its file in the zone directory */
    struct zone *zone; /* NULL: ORIGIN_NONE */
    enum origin origin;
    char *problem; /* why it is not fresh; NULL */
    real_ms_t read_at;
    struct lastgood copy; /* in the making, if it is fresh */
};

void zone_source_fini(struct zone_source *z);
/* The same zone once more, with a reference of its own and no copy in the making.  Control thread. */
struct zone_source zone_source_dup(const struct zone_source *z);

/*
 * The zones of a directory, in the order of their file names, none read yet.  False and errors: it
 * cannot be listed, a name is no zone's, two files are the same zone.  *out is owned, also on false:
 * then it holds what there is.
 */
bool zonedir_list(const char *directory, struct zone_source **out, size_t *n, struct err *err);

/*
 * Add the zones that were in force and whose file is not there any more, taken from their last good
 * copies: only a reload drops a zone, not a start that finds a folder empty or not mounted.
 */
void zonedir_add_gone(const char *directory, const char *state, struct zone_source **zones,
                      size_t *n);

/* The file of one zone; false and an error: there is none. */
bool zonedir_find(const char *directory, const uint8_t *apex, struct zone_source *out,
                  struct err *err);

/* Read it from its file; state: where the copy goes, NULL: no copy. */
bool zone_source_read(struct zone_source *z, const char *state, struct err *err);
/* Read it for its mistakes: zone is there even if it has some, and not to be served.  False: it has. */
bool zone_source_check(struct zone_source *z, struct err *err);
/* Take the last good copy instead, or ORIGIN_NONE; problem is taken. */
void zone_source_fall_back(struct zone_source *z, const char *state, char *problem);
