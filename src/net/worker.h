/*
 * A worker: one thread, one libuv loop, its own sockets, one snapshot that it owns until a newer
 * one is offered.
 *
 * Everything here is called by the control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/ipaddr.h"
#include "data/snapshot.h"
#include "data/stats.h"

struct worker;
struct listen_pair;

/* What TCP may use of a worker. */
struct tcp_limits {
    uint32_t clients;     /* connections at once; past that the longest idle one is closed */
    dur_ms_t idle_ms;     /* closed without a whole query for so long (RFC 7766 §6.2.3) */
    dur_ms_t lifetime_ms; /* closed at its first query after so long; 0: never */
};

/* Whose PROXY headers are believed; the array is the caller's and outlives the worker. */
struct proxy_allowed {
    const struct prefix *from;
    size_t n;
};

struct worker_opts {
    struct listen_pair *pairs; /* n of them; their sockets become the worker's */
    size_t n;
    struct tcp_limits tcp;
    struct proxy_allowed proxies;
    struct snapshot *first;     /* answered from until another is offered; a reference is taken */
    void (*on_swap)(void *arg); /* worker's thread: it runs a newer generation; wake control */
    void *arg;
};

/* Start a thread.  NULL and an error if the system has none.  Returns owned. */
struct worker *worker_start(const struct worker_opts *opts, struct err *err);

/* Offer the next snapshot; one that the worker never looked at is replaced unseen. */
void worker_offer(struct worker *w, struct snapshot *s);

uint64_t worker_generation(const struct worker *w); /* of the snapshot it answers from */
const struct stats *worker_stats(const struct worker *w);

/* Close its sockets, end its thread, free it. */
void worker_stop(struct worker *w);
