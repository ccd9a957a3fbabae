/*
 * Writes a response: header, question, sections of whole RRsets, then OPT.  Room for OPT is kept
 * back from the start, so that it always fits.
 *
 * Pure, no allocation, any thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "dns/compress.h"
#include "dns/query.h"

enum section { SECTION_ANSWER, SECTION_AUTHORITY, SECTION_ADDITIONAL };

struct resp {
    struct wr w;           /* ends before the room kept for OPT */
    const struct query *q; /* borrowed */
    uint16_t flags;        /* without QR; the rcode's low four bits are in rcode */
    uint16_t rcode;        /* extended (RFC 6891 §6.1.3) */
    uint16_t count[3];     /* records by section */
    uint16_t opt_room;
    bool badkey;           /* the query's TSIG is answered with one that says so, if it fits */
    struct compress names; /* empty until a name is compressed */
};

/*
 * Begin a response to q.  The question is copied from the packet, octet by octet (0x20).
 *
 *   cap   size the response may have, ≥ 512; OPT's part of it is set aside
 */
void resp_init(struct resp *r, const struct query *q, uint8_t *out, size_t cap,
               const struct edns_reply *opt);

/* Where to return to when something does not fit. */
struct resp_mark {
    uint8_t *at;
    uint16_t count[3], n_names;
};
struct resp_mark resp_mark(const struct resp *r);
void resp_rollback(struct resp *r, struct resp_mark mark);

/*
 * Add records rendered as in data/rrset.h, all or none.
 *
 *   owner   NULL: the question's name
 *   wire    len octets, count records
 *   sigs    their signatures, rendered in the same way; sigs_len 0: none
 *   ttl_s   replaces theirs; RESP_TTL_AS_IS: keeps it
 *
 * False if it does not fit; the response is as before, the caller decides about TC.
 */
#define RESP_TTL_AS_IS UINT32_MAX
struct resp_records {
    const uint8_t *owner;
    const uint8_t *wire, *sigs;
    uint32_t len, sigs_len, ttl_s;
    uint16_t type, count, n_sigs;
};
bool resp_add(struct resp *r, enum section section, const struct resp_records *records);

/* Write header, OPT and TSIG; returns the length of the message.  Always succeeds. */
size_t resp_finish(struct resp *r, const struct edns_reply *opt);
