/*
 * A query, read once into a fixed struct: everything the answer path asks of the packet.
 *
 * Pure, no allocation, any thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "dns/edns.h"
#include "dns/name.h"
#include "dns/tsig.h"
#include "dns/types.h"

struct query {
    uint16_t id, flags; /* the header's first two words, host order */
    uint16_t type, class;
    uint16_t question_len;   /* octets of the question behind the header; 0: not read */
    const uint8_t *question; /* in the packet, borrowed: the name in the client's case */
    struct name_key name;
    struct edns edns;
    struct tsig tsig;
};

enum query_status {
    QUERY_OK,
    QUERY_DROP,    /* no answer: shorter than a header, or itself a response */
    QUERY_FORMERR, /* RFC 1035 §4.1.1 */
    QUERY_EMPTY,   /* well-formed, but without a question: perhaps for a cookie (RFC 7873 §5.4) */
    QUERY_NOTIMP,  /* an opcode that is not ours */
    QUERY_BADVERS, /* EDNS version above 0 (RFC 6891 §6.1.3) */
};

/*
 * Read a packet.  Whatever the status, but for QUERY_DROP, id and flags are set, and question_len
 * and edns as far as the reading came, so that an error can be answered.
 */
enum query_status query_read(struct query *q, const uint8_t *packet, size_t len);

static inline unsigned query_opcode(const struct query *q)
{
    return q->flags >> 11 & 15;
}
