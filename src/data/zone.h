/*
 * One zone: names and their RRsets in a hash table, every name between the apex and an owner
 * present (empty non-terminals, RFC 4592 §2.2.2), so that a closest encloser is found by probing.
 * NSEC3 records are no part of that tree: their owners exist for proofs alone (RFC 5155 §7.2.8).
 *
 * Life: zone_new, zone_add_* by one thread, zone_seal, then immutable and read by any thread until
 * the last zone_unref.  The count belongs to the control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/octets.h"
#include "data/node.h"
#include "dns/name.h"
#include "dns/types.h"

enum dyn_kind {
    DYN_ADDRESSES, /* DYNA: the region's addresses */
    DYN_ALIAS,     /* DYNC: a CNAME to the region */
};

#define DYN_TTL_UNSET UINT32_MAX /* the policy's */

/* A steered name: `NAME [MAX[/MIN]] DYNA|DYNC POOL [POLICY]`. */
struct dyn {
    enum dyn_kind kind;
    uint32_t index;        /* 0..zone_dyn_count()-1, in the order of the file */
    uint32_t max_s, min_s; /* TTL bounds; DYN_TTL_UNSET where the record names none */
    const uint8_t *pool;   /* lower-case, absolute; perhaps in another zone */
    const char *policy;    /* "default" where the record names none */
    const char *file;      /* where it stands, for messages */
    unsigned line;
    const struct node *owner;
};

struct zone;

/* ---- building: one thread, before zone_seal ---- */

struct zone *zone_new(const uint8_t *apex); /* copies; one reference, the caller's */
/*
 * The same, to be like one that is sealed, of the same apex: a name that turns out as it is there shares its
 * memory, so that both together are little larger than one.  before: NULL, or borrowed until
 * zone_seal, and read while others may read it; what is shared outlives it.
 */
struct zone *zone_new_like(const uint8_t *apex, const struct zone *before);

enum zone_added {
    ZONE_ADDED,
    ZONE_DUPLICATE,   /* the same record again, case of names aside: left out (RFC 2181 §5) */
    ZONE_TTL_DIFFERS, /* added; the set, or the RRSIGs of one set, takes the TTL that it was first
                         given (RFC 2181 §5.2, RFC 4034 §3) */
    ZONE_FULL,        /* left out: the set would not fit into any message (RFC 1035 §4.2.2) */
};

/*
 * Add one record.
 *
 *   owner   at or below the apex, any case; stored lower-case
 *   rdata   uncompressed wire format, copied
 */
enum zone_added zone_add_rr(struct zone *z, const uint8_t *owner, uint16_t type, uint32_t ttl_s,
                            const uint8_t *rdata, uint16_t rdlen);

/* Make owner a steered name; everything is copied, index and owner are filled in.  False: it already is one. */
bool zone_add_dyn(struct zone *z, const uint8_t *owner, const struct dyn *dyn);

/*
 * Render the sets, mark cuts and what they hide, sort what denies.  Cannot fail: what a zone must
 * hold (RFC 1035 §5.2) is the loader's to check, before or after this.  Nothing may be added later.
 */
void zone_seal(struct zone *z);

/* ---- reading: any thread ---- */

struct zone *zone_ref(struct zone *z);
void zone_unref(struct zone *z); /* NULL is fine; the last one frees all */

const uint8_t *zone_apex(const struct zone *z);
const struct node *zone_apex_node(const struct zone *z); /* never NULL */
/* NULL: the zone has none, and should not be served. */
const struct rrset *zone_soa(const struct zone *z);
uint32_t zone_serial(const struct zone *z); /* of the SOA; 0 without */
/* The SOA with the TTL of a negative answer, min(TTL, MINIMUM) (RFC 2308 §5); NULL as above. */
const struct rrset *zone_negative_soa(const struct zone *z);
struct negative;
/* The same as it lies in most negative answers (data/negative.h); NULL: they have to be composed. */
const struct negative *zone_negative(const struct zone *z);
size_t zone_records(const struct zone *z);
/* When the first of its signatures ends (sigtime.h); false: it has none. */
bool zone_first_expiry(const struct zone *z, uint32_t *when);

size_t zone_node_count(const struct zone *z);
/* Every node once, roughly in the order in which they were first named.  *at: 0 before the first one, and
 * left alone from then on; NULL: there are no more. */
const struct node *zone_walk(const struct zone *z, uint32_t *at);

/* The owners of NSEC3 records, in the same way; not among the nodes above. */
size_t zone_nsec3_count(const struct zone *z);
const struct node *zone_nsec3_walk(const struct zone *z, uint32_t *at);

struct denial;
/* What the zone proves with that something is not there (data/denial.h); NULL: it is not signed. */
const struct denial *zone_denial(const struct zone *z);

size_t zone_dyn_count(const struct zone *z);
const struct dyn *zone_dyn(const struct zone *z, size_t index);

/* The node of exactly this name, or NULL.  name: lower-case. */
const struct node *zone_node(const struct zone *z, const uint8_t *name);
/* One label up; NULL at the apex. */
const struct node *zone_parent(const struct zone *z, const struct node *n);
/* What a steered name is, or NULL: it is none. */
const struct dyn *zone_dyn_of(const struct zone *z, const struct node *n);

/*
 * zone_own in steps, none of which waits for memory that the one before has asked for: first
 * zone_prefetch, then zone_likely, the node that has the name's hash, or NULL, then zone_own_of.
 */
void zone_prefetch(const struct zone *z, const struct name_key *key);
const struct node *zone_likely(const struct zone *z, const struct name_key *key);

enum zone_found {
    ZONE_EXACT,    /* node is the name's own; perhaps empty */
    ZONE_WILDCARD, /* node is the source of synthesis (RFC 4592 §3.3.1) */
    ZONE_CUT,      /* node is the delegation at or above the name */
    ZONE_DNAME,    /* node owns the DNAME above the name (RFC 6672 §3.2) */
    ZONE_NXDOMAIN, /* no such name; node is the closest encloser */
};

/* The node of exactly this name, or NULL; the first probe of zone_find, and for most names all of it.
 * The name need not be below the apex. */
const struct node *zone_own(const struct zone *z, const struct name_key *key);
/* The same; likely: zone_likely's, whose hash another name can have by chance or by a client's choice. */
static inline const struct node *zone_own_of(const struct zone *z, const struct name_key *key,
                                             const struct node *likely)
{
    if (likely == NULL ||
        (likely->name_len == key->len && octets_equal(likely->name, key->wire, key->len)))
        return likely;
    return zone_own(z, key);
}

/*
 * Find what answers a name at or below the apex (RFC 1034 §4.3.2 step 3).
 *
 * The highest cut or DNAME on the way down wins.  DS at a cut is for the caller: a name that is a
 * cut itself is reported as ZONE_CUT.
 */
enum zone_found zone_find(const struct zone *z, const struct name_key *key,
                          const struct node **node);
/* The same for a name that is no node (zone_own has said so). */
enum zone_found zone_find_absent(const struct zone *z, const struct name_key *key,
                                 const struct node **node);
