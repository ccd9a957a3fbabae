/*
 * The question of a dns probe and what its answer is worth: packets in, packets out, no sockets.  The only
 * user of ldns.
 *
 * Pure functions.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "health/probe.h"

#define DNSQUERY_MAX 512 /* octets of a query: header, a name, EDNS */

/* Is it the text of rdata of the type, names absolute?  No: *why says what is wrong, borrowed. */
bool dnsquery_data_ok(uint16_t type, const char *text, const char **why);

size_t dnsquery_make(const struct probe_spec *spec, uint16_t id, uint8_t out[DNSQUERY_MAX]);

enum dnsquery_verdict {
    DNSQUERY_FOREIGN,   /* no answer to our question: whoever sent it, the answer may still come */
    DNSQUERY_TRUNCATED, /* ask over TCP (RFC 2181 §9) */
    DNSQUERY_GOOD,
    DNSQUERY_BAD,
};

#define DNSQUERY_TEXT 320
/* What the answer said, or what is wrong with it, in out; if it is good or bad. */
enum dnsquery_verdict dnsquery_judge(const struct probe_spec *spec, uint16_t id,
                                     const uint8_t *reply, size_t len, char out[DNSQUERY_TEXT]);
