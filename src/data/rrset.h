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
 * Names within rdata are uncompressed here.  Immutable once made.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"

struct rrset {
    const struct rrset *next; /* of the same owner, in the order of their numbers; NULL: last */
    uint16_t type;
    uint16_t count; /* ≥ 1 */
    uint32_t
        ttl_s;    /* the same in every record (RFC 2181 §5.2); of RRSIGs the first one's: sorted by
                       the type that they cover, each has that type's (RFC 4034 §3) */
    uint32_t len; /* octets of wire */
    uint8_t wire[];
};

#define RR_OWNER_LEN 2  /* the pointer */
#define RR_FIXED_LEN 12 /* pointer, type, class, TTL, rdata length */

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

/* Write one record in the form above; room: RR_FIXED_LEN + rdlen octets.  Returns its end. */
uint8_t *rr_render(uint8_t *at, uint16_t type, uint32_t ttl_s, const uint8_t *rdata,
                   uint16_t rdlen);
