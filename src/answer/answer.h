/*
 * Answering is one pure function: bytes, client and snapshot in, bytes out.
 *
 * Workers; no allocation, no lock, no log, no system call.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/ipaddr.h"
#include "data/snapshot.h"
#include "data/stats.h"
#include "dns/query.h"

struct ratelimit;

struct answer_request {
    const uint8_t *packet; /* borrowed */
    size_t len;
    struct ipaddr client; /* source address of the message */
    bool tcp;
    real_ms_t now_ms;        /* read once for a batch or turn: dates cookies, fills buckets */
    dur_ms_t idle_ms;        /* TCP: how long the connection may be silent (RFC 7828) */
    struct ratelimit *limit; /* the worker's; NULL: nothing is limited */
};

/* A message that has been read. */
struct answer_asked {
    const struct answer_request *request; /* borrowed, with the packet */
    enum query_status status;
    const struct zone_entry *entry; /* where to look (answer/find.h); NULL: nowhere */
    const struct node *likely;      /* the node there; NULL: there is none */
    struct query query;
};

/*
 * Answer in three steps, so that a batch does not wait for memory one query after the other: read each,
 * prefetch for each, write each.  For one of a million names at random a query takes 2.4 µs of CPU so,
 * system calls included, and 2.9 without; for one name 2.3 to 2.4, and 2.25 without (HACKING.md,
 * "Measure").  The snapshot is the same in all of them.
 */
void answer_read(struct answer_asked *a, const struct snapshot *snap,
                 const struct answer_request *request);
void answer_prefetch(struct answer_asked *a);
size_t answer_write(const struct answer_asked *a, const struct snapshot *snap, uint8_t *out,
                    size_t cap, struct stats *stats);

/*
 * Answer one message: the same for one.
 *
 *   out, cap   at least ANSWER_UDP_ROOM for UDP, DNS_TCP_MAX for TCP; not the packet's own memory
 *
 * Returns the reply's length; 0 = nothing to send.  What happened is counted in stats.
 */
#define ANSWER_UDP_ROOM 4096 /* the most that udp_size can be */
size_t answer(const struct snapshot *snap, const struct answer_request *request, uint8_t *out,
              size_t cap, struct stats *stats);
