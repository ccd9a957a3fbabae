/*
 * The inside of a zone, shared by the files that make it and the one that reads it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "base/arena.h"
#include "data/nametable.h"
#include "data/nsec3.h"
#include "data/zone.h"

struct zone_draft; /* what only a zone in the making has */

struct zone {
    unsigned refs;       /* control thread */
    struct arena *arena; /* of dyns; NULL: there are none */
    struct nametable names;
    uint64_t label_counts[2]; /* bit l: some node has l labels; spares probes that cannot hit */
    const struct node *apex;  /* NULL until the zone is sealed */
    struct nametable *nsec3s; /* the owners of NSEC3 records; NULL: none */
    struct denial *denial;    /* NULL: not signed, or not sealed */
    struct dyn **dyns;
    size_t n_dyns, n_records;
    bool has_breaks;    /* there is a cut or a DNAME */
    bool has_wildcards; /* there is a name "*" */
    bool has_sigs;      /* there is an RRSIG */
    uint32_t sigs_end;  /* of the first one to end (sigtime.h) */
    struct rrset *negative_soa;
    struct negative *negative; /* the same as it lies in answers; NULL as zone_negative */
    struct zone_draft *draft;  /* NULL once sealed */
};

/* The hash that an NSEC3's owner name is made of (RFC 5155 §3): one label below the apex, the hash in
 * base32hex.  False: the name is not of that form. */
bool zone_nsec3_owner(const uint8_t *apex, const uint8_t *owner, uint8_t hash[NSEC3_HASH_LEN]);

/* denial_build.c: once all is rendered; NULL where neither NSEC nor NSEC3 deny. */
struct denial *denial_new(struct zone *z);
void denial_free(struct denial *d); /* NULL is fine */

void zone_draft_free(struct zone_draft *d); /* NULL is fine */
