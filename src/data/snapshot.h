/*
 * Everything a worker needs to answer; immutable once published.  A snapshot shares by reference
 * all that did not change since the last one.
 *
 * The snapshot's own count is atomic, because workers drop theirs; the counts of what is inside
 * belong to the control thread, which alone frees (snapshot_free_if_last).  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/siphash.h"
#include "data/netset.h"
#include "data/steered.h"
#include "data/zonedb.h"

/* What server cookies are made with (RFC 9018): the first signs, all verify. */
#define COOKIE_SECRETS_MAX 4
struct cookie_secrets {
    uint8_t n; /* 0: cookies are off */
    uint8_t key[COOKIE_SECRETS_MAX][SIPHASH_KEY_LEN];
};

#define TOLD_TEXT_MAX 64

/* A text that is told to who asks for it; len 0: it is not. */
struct told_text {
    uint8_t len;
    char text[TOLD_TEXT_MAX]; /* not terminated */
};

#define UDP_LIMIT_MAX 100000 /* what buckets can hold; see answer/ratelimit.h */

/* Options of the server that shape an answer.  Copied into the snapshot. */
struct answer_opts {
    uint16_t udp_size;         /* largest UDP reply, octets, 512..4096 (RFC 6891 §6.2.5) */
    uint32_t udp_limit;        /* UDP replies a second and client block, without a cookie; 0: any */
    struct told_text identity; /* NSID (RFC 5001) and id.server (RFC 4892) */
    struct told_text hostname; /* hostname.bind */
    struct told_text version;  /* version.bind, version.server */
    struct cookie_secrets cookies;
    struct netset *ecs_from; /* whose client subnets count; NULL: everybody's; referenced */
};

struct snapshot {
    _Atomic unsigned refs;
    uint64_t generation;           /* counts up with every publication */
    struct zonedb *zones;          /* referenced */
    const struct zone_entry *only; /* zonedb_only of zones, at hand */
    struct steering *steering;     /* referenced; goes with zones */
    struct answer_opts opts;
};

/* Takes the caller's references to zones and steering, and one of its own to what opts holds.  One
 * reference, the caller's. */
struct snapshot *snapshot_new(struct zonedb *zones, struct steering *steering,
                              const struct answer_opts *opts, uint64_t generation);
struct snapshot *snapshot_ref(struct snapshot *s); /* any thread */
void snapshot_unref(struct snapshot *s);           /* any thread; NULL is fine; never frees */
/* Control thread: free it if the caller's reference is the only one left; false: still in use. */
bool snapshot_free_if_last(struct snapshot *s);
