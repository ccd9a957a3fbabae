/*
 * TSIG (RFC 8945), as far as a server goes that knows no key: a signed request is told BADKEY, in an
 * answer that cannot be signed (§5.2.1, §5.3.2).
 *
 * Pure, no allocation, any thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"

/* A request's TSIG record; borrows the packet. */
struct tsig {
    const uint8_t *rdata;          /* NULL: there is none */
    const uint8_t *packet, *owner; /* the key's name, perhaps compressed */
    uint16_t algorithm_len;
};

/* Where a record of type TSIG was met.  False: FORMERR, it is not one (§4.2, §5.1). */
bool tsig_read(struct tsig *t, const uint8_t *packet, const uint8_t *owner, uint16_t class,
               const uint8_t *rdata, uint16_t len);

/*
 * The record of an answer that says that the key is not known.
 *
 *   id   of the request
 *
 * False: it does not fit, and nothing is written.
 */
bool tsig_write_badkey(struct wr *w, const struct tsig *t, uint16_t id);
