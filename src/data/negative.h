/*
 * The SOA of a zone's negative answers as it lies in them: TTL min(TTL, MINIMUM) (RFC 2308 §5), its
 * names compressed as they are behind a question for the apex.  A question for a longer name ends in
 * the apex, too: all that is pointed at lies further by as much as its name is longer.
 *
 * Made when a zone is sealed, immutable, any thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/rrset.h"
#include "dns/name.h"

struct negative {
    uint32_t ttl_s;
    uint16_t len;         /* octets of wire */
    uint16_t pointers[3]; /* where in wire they are: owner, MNAME, RNAME */
    uint8_t n_pointers;   /* at most one for each of these */
    uint8_t ttl_at;       /* in wire */
    uint8_t apex_len;
    uint8_t apex_labels;
    uint8_t n_labels; /* that the message knows behind it (dns/compress.h) */
    /* The labels right below the apex that the two names have, in rdata and borrowed: behind a question
     * with such a label more is pointed at. */
    uint8_t n_near;
    uint8_t near_start[2][2]; /* their first two octets, lower-case: what rules most names out */
    const uint8_t *near[2];
    uint8_t wire[];
};

/*
 * soa: its one record with the TTL of negative answers, uncompressed; borrowed.  Returns owned memory,
 * for free(); NULL: it is no SOA, or several.
 */
struct negative *negative_new(const uint8_t *apex, const struct rrset *soa);

/* Is it what the compressing writer (dns/resp.h) would write right behind a question for this name,
 * which is at or below the apex? */
bool negative_suits(const struct negative *n, const struct name_key *name);

/* Write it there, n->len octets, with a TTL of at most most_s.  Returns its end. */
uint8_t *negative_write(const struct negative *n, const struct name_key *name, uint32_t most_s,
                        uint8_t *to);
