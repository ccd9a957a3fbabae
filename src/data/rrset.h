/*
 * An RRset as it lies in an answer: its records rendered one behind the other, each owned by the
 * compression pointer 0xC00C, which is the question's name (RFC 1035 §4.1.4: the question starts
 * at octet 12).  An answer to a name that was asked directly is one copy of `wire`; any other
 * place is written by resp_add, which replaces the two octets of the owner.
 *
 *      +--+--+--+--+--+--+--+--+--+--+--+--+--------------+
 *      |C0 0C|TYPE |CLASS|    TTL    |RDLEN|    RDATA     |   × count
 *      +--+--+--+--+--+--+--+--+--+--+--+--+--------------+
 *
 * Names within rdata are uncompressed here.  Immutable once made.  The sets of one owner stand one
 * behind the other.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"

struct rrset {
    uint16_t type;
    uint16_t count; /* ≥ 1 */
    uint16_t len;   /* octets of wire: what fits into a message (RRSET_MAX) */
    bool more;      /* another set of the owner stands behind this one */
    uint8_t wire[];
};

#define RR_OWNER_LEN 2  /* the pointer */
#define RR_FIXED_LEN 12 /* pointer, type, class, TTL, rdata length */

/* Octets of a set: what TCP carries, less a header and the shortest question.  It also bounds the
 * count, to some 5,000 records, and with it the search for duplicates. */
#define RRSET_MAX (65535 - 12 - 5)

/* A record inside wire.  Walk with: for (rr = set->wire; rr < set->wire + set->len; rr = rr_next(rr)) */
static inline uint16_t rr_rdlen(const uint8_t *rr)
{
    return get_u16(rr + 10);
}

static inline uint32_t rr_ttl(const uint8_t *rr)
{
    return get_u32(rr + 6);
}

static inline const uint8_t *rr_rdata(const uint8_t *rr)
{
    return rr + RR_FIXED_LEN;
}

static inline const uint8_t *rr_next(const uint8_t *rr)
{
    return rr + RR_FIXED_LEN + rr_rdlen(rr);
}

/* The same in every record (RFC 2181 §5.2); of RRSIGs the first one's: sorted by the type that they
 * cover, each has that type's (RFC 4034 §3). */
static inline uint32_t rrset_ttl(const struct rrset *set)
{
    return rr_ttl(set->wire);
}

/* Octets that a set of so many octets of wire takes, so that the next one is aligned. */
static inline size_t rrset_size(size_t wire_len)
{
    return (sizeof(struct rrset) + wire_len + _Alignof(struct rrset) - 1) &
           ~(_Alignof(struct rrset) - 1);
}

/* The owner's next set, in the order of their types' numbers, or NULL. */
static inline const struct rrset *rrset_next(const struct rrset *set)
{
    const uint8_t *const at = (const uint8_t *)set;

    return set->more ? (const struct rrset *)(const void *)(at + rrset_size(set->len)) : NULL;
}

/* Write one record in the form above; room: RR_FIXED_LEN + rdlen octets.  Returns its end. */
uint8_t *rr_render(uint8_t *at, uint16_t type, uint32_t ttl_s, const uint8_t *rdata,
                   uint16_t rdlen);
