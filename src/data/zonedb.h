/*
 * The zones of a server, found by longest match.  Immutable; rebuilt when a zone comes, goes or
 * changes, sharing the zones themselves.
 *
 * The count belongs to the control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "data/zone.h"

struct zone_entry {
    struct zone *zone; /* NULL: the zone never was good, answer SERVFAIL */
    const uint8_t *apex;
    uint32_t steer_base; /* dyn i of this zone is steered[steer_base + i] of the snapshot */
    uint8_t apex_len;    /* octets */
    uint8_t apex_labels;
};

struct zonedb;

/*
 * Make a table of n zones; takes a reference to each zone and copies each apex, fills the rest.
 * apex: where zone is NULL it says which name is answered with SERVFAIL; else it may be NULL.
 * No two may have the same apex.
 */
struct zonedb *zonedb_new(const struct zone_entry *entries, size_t n);
/*
 * A copy in which the zone at index i is replaced by another of the same apex, or, with zonedb_count for i, one is
 * added.  As zonedb_new, but nothing is hashed and no apex is copied: what 100,000 zones cost then is a
 * tenth.
 */
struct zonedb *zonedb_with(const struct zonedb *db, size_t i, const struct zone_entry *entry);
struct zonedb *zonedb_ref(struct zonedb *db);
void zonedb_unref(struct zonedb *db);

size_t zonedb_count(const struct zonedb *db);
const struct zone_entry *zonedb_entry(const struct zonedb *db, size_t i); /* in the order given */
size_t zonedb_steered_in(const struct zonedb *db,
                         size_t i);             /* those of one, without a look at it */
size_t zonedb_steered(const struct zonedb *db); /* DYNA and DYNC names of all zones together */

/*
 * The zone with the longest apex at or above the name; NULL: none (the server is REFUSED there).
 *
 *   parent_side   for DS at a cut between two of our zones: skip a zone whose apex is the name itself
 */
const struct zone_entry *zonedb_find(const struct zonedb *db, const struct name_key *key,
                                     bool parent_side);

/*
 * The zone that answers a question; NULL as above.  It is the one of the longest apex, but for DS,
 * which lives above the cut: there the zone above answers, if it is the parent, that is, if it has not
 * delegated what lies between (RFC 4035 §3.1.4.1: NODATA from the child then).
 */
const struct zone_entry *zonedb_answers_ds(const struct zonedb *db, const struct name_key *key);
static inline const struct zone_entry *zonedb_answers(const struct zonedb *db,
                                                      const struct name_key *key, uint16_t type)
{
    return type == TYPE_DS ? zonedb_answers_ds(db, key) : zonedb_find(db, key, false);
}

/* The only entry, or NULL: there are several, or none. */
const struct zone_entry *zonedb_only(const struct zonedb *db);

/* zonedb_find for a name that is not keyed yet. */
const struct zone_entry *zonedb_find_name(const struct zonedb *db, const uint8_t *name);
