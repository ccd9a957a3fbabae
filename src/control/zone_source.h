/*
 * A zone and where it was read from: its file, or the last good copy.
 *
 * Reading is for the thread pool, and start; the count is the control thread's.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "base/clock.h"
#include "base/err.h"
#include "base/fileid.h"
#include "control/goodzones.h"
#include "control/origin.h"
#include "data/zonedb.h"

/* A file that the zone's file includes, as it was when it was read. */
struct zone_include {
    char *path;
    struct fileid id;
};

struct zone_source {
    unsigned refs; /* control thread, once read */
    uint8_t *apex;
    char *path;        /* its file in the zone directory */
    struct zone *zone; /* NULL: ORIGIN_NONE */
    enum origin origin;
    char *problem; /* why it is not fresh; NULL */
    real_ms_t read_at;
    bool steady;      /* the same files would give the same zone and say nothing */
    struct fileid id; /* of its file, as it was read */
    struct zone_include *includes;
    size_t n_includes;
    struct goodkept kept; /* its last good copy; of an older text while in_batch is set */
    bool copy_lost;       /* it could not be written */
    uint32_t
        in_batch; /* its number in the batch of copies that is not committed; 0: it is not in it */
};

struct zone_source *zone_source_new(const uint8_t *apex,
                                    char *path); /* takes path; one reference */
struct zone_source *zone_source_ref(struct zone_source *z);
void zone_source_unref(struct zone_source *z); /* NULL is fine */

/* Where copies go, and which there are; both NULL: nowhere, and none. */
struct zone_copies {
    struct goodzones *good;
    struct goodbatch *batch;
};

/*
 * Read it from its file, and put a copy into the batch if there is none of this text.
 *
 *   before   the zone in force, to share with what did not change; NULL: there is none
 */
bool zone_source_read(struct zone_source *z, const struct zone_copies *copies,
                      const struct zone *before, struct err *err);
/* Read it for its mistakes: zone is there even if it has some, and not to be served.  False: it has. */
bool zone_source_check(struct zone_source *z, struct err *err);
/* Take the last good copy instead, or ORIGIN_NONE; problem is taken.  At start. */
void zone_source_fall_back(struct zone_source *z, const struct zone_copies *copies, char *problem);

/*
 * Whether reading it again can be spared: its files are the very same as when it was read (base/fileid.h),
 * and it said nothing then that is to be said again.  A signed zone never is: what is said of it depends on the
 * time.
 */
bool zone_source_is_current(const struct zone_source *z);

/* The zones of a generation, by apex. */
struct zone_table {
    const struct zonedb *zones;    /* NULL: there are none */
    struct zone_source *const *at; /* by index of zones */
};
/* The index of a zone; zonedb_count, where there is none. */
size_t zone_table_index(const struct zone_table *t, const uint8_t *apex);
struct zone_source *zone_table_find(const struct zone_table *t, const uint8_t *apex); /* or NULL */
