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

#include "data/steered.h"
#include "data/zonedb.h"

/* Options of the server that shape an answer.  Copied into the snapshot. */
struct answer_opts {
    uint16_t udp_size;    /* largest UDP reply, octets, 512..4096 (RFC 6891 §6.2.5) */
    uint8_t identity_len; /* 0: no NSID, id.server is refused */
    char identity[64];    /* NSID (RFC 5001) and id.server (RFC 4892), not terminated */
};

struct snapshot {
    _Atomic unsigned refs;
    uint64_t generation;       /* counts up with every publication */
    struct zonedb *zones;      /* referenced */
    struct steering *steering; /* referenced; goes with zones */
    struct answer_opts opts;
};

/* Takes the caller's references to zones and steering.  One reference, the caller's. */
struct snapshot *snapshot_new(struct zonedb *zones, struct steering *steering,
                              const struct answer_opts *opts, uint64_t generation);
struct snapshot *snapshot_ref(struct snapshot *s); /* any thread */
void snapshot_unref(struct snapshot *s);           /* any thread; NULL is fine; never frees */
/* Control thread: free it if the caller's reference is the only one left; false: still in use. */
bool snapshot_free_if_last(struct snapshot *s);
