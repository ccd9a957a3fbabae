/*
 * What there is for a name and type, as an outcome: decide first, encode later.
 *
 * Pure, workers.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>

#include "answer/steer.h"
#include "data/snapshot.h"

enum outcome {
    FOUND_RRSET,    /* set */
    FOUND_ALL,      /* pick: every allowed region's records, when_all_down: all */
    FOUND_CNAME,    /* set: a CNAME to follow, of the zone or of a DYNC */
    FOUND_DNAME,    /* set: a DNAME above the name, node its owner */
    FOUND_CUT,      /* node: a delegation */
    FOUND_NODATA,   /* RFC 2308 §2.2 */
    FOUND_NXDOMAIN, /* RFC 2308 §2.1 */
    FOUND_OUTSIDE,  /* no zone of ours */
    FOUND_FAILED,   /* a zone that never loaded, or when_all_down: servfail */
};

struct found {
    enum outcome outcome;
    const struct zone_entry *entry; /* NULL for FOUND_OUTSIDE */
    const struct node *node;        /* not for FOUND_OUTSIDE, nor where the zone never loaded */
    const struct rrset *set;        /* NULL where the outcome has none */
    struct pick pick;               /* where the name is steered for the type; else not filled in */
    bool wildcard;                  /* node is the source of synthesis (RFC 4592 §3.3.1) */
    bool steered;                   /* the answer depends on the client; pick.scope is its scope */
    uint32_t negative_ttl_s;        /* FOUND_NODATA: the SOA's TTL is at most this */
};

/* Where to look for a name: the only zone, which it may be outside of, or the one that answers; NULL:
 * none does. */
static inline const struct zone_entry *find_entry(const struct snapshot *snap,
                                                  const struct name_key *name, uint16_t type)
{
    return snap->only != NULL ? snap->only : zonedb_answers(snap->zones, name, type);
}
/* The node that it will be, if any, on its way from memory (data/zone.h). */
static inline const struct node *find_likely(const struct zone_entry *entry,
                                             const struct name_key *name)
{
    return entry != NULL && entry->zone != NULL ? zone_likely(entry->zone, name) : NULL;
}
/* Find it there; f->entry and f->node, in: find_entry's and find_likely's, all else zero. */
void find_there(const struct snapshot *snap, const struct name_key *name, uint16_t type,
                const struct ipaddr *client, struct found *f);
/* All of it. */
void find(const struct snapshot *snap, const struct name_key *name, uint16_t type,
          const struct ipaddr *client, struct found *f);
