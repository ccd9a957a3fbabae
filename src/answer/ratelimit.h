/*
 * How much is answered over UDP to a block of clients of which nobody knows whether they asked: a
 * forged source address must not make us flood its owner.  Two token buckets a block: one of
 * answers, one of short ones that send a client to TCP or give it a cookie.
 *
 * One for each worker and used by it alone; nothing is allocated after ratelimit_new.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdint.h>

#include "base/clock.h"
#include "base/ipaddr.h"

struct ratelimit;

enum ratelimit_verdict {
    RATELIMIT_ANSWER,
    RATELIMIT_SHORT,  /* too many: no larger than the query */
    RATELIMIT_SILENT, /* far too many */
};

/* Blocks of clients, as long as what one customer may be given (RFC 6177 §2 for IPv6). */
#define RATELIMIT_BITS_IP4 24
#define RATELIMIT_BITS_IP6 56

/* Short answers for each answer: what a limited client may lose and still come by TCP. */
#define RATELIMIT_SHORT_FACTOR 4

/* seed: random, so that nobody can choose addresses that push out one another.  Returns owned. */
struct ratelimit *ratelimit_new(uint64_t seed);
void ratelimit_free(struct ratelimit *r); /* NULL is fine */

/* One more query from client.  rate: answers a second, 1..UDP_LIMIT_MAX; it may differ from call to
 * call.  A clock that goes back refills nothing. */
enum ratelimit_verdict ratelimit_take(struct ratelimit *r, const struct ipaddr *client,
                                      uint32_t rate, real_ms_t now_ms);
