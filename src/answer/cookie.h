/*
 * DNS cookies of the server (RFC 7873, made as RFC 9018 says, so that all servers of a fleet, ours
 * or not, take each other's).
 *
 * Pure, workers.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "data/snapshot.h"
#include "dns/edns.h"

enum cookie_status {
    COOKIE_NONE,      /* no option, or cookies are off */
    COOKIE_MALFORMED, /* RFC 7873 §5.2.2 */
    COOKIE_CLIENT,    /* a client cookie alone */
    COOKIE_INVALID,   /* a server cookie that is too old, or not ours */
    COOKIE_VALID,
};

/*
 * What the cookie of a query is worth.
 *
 *   now_s   seconds since 1970, modulo 2^32 (RFC 9018 §4.3)
 *   out     the option of the response: the query's own while it is fresh, else a new one; not
 *           written for COOKIE_NONE and COOKIE_MALFORMED
 */
enum cookie_status cookie_check(const struct cookie_secrets *secrets, const struct edns *e,
                                const struct ipaddr *client, uint32_t now_s,
                                uint8_t out[COOKIE_LEN]);
