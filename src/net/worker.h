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
#include "data/snapshot.h"
#include "data/stats.h"

struct worker;
struct listen_pair;

struct worker_opts {
    struct listen_pair *pairs; /* n of them; their sockets become the worker's */
    size_t n;
    uint32_t tcp_clients; /* connections at once; past that the longest idle one is closed */
    dur_ms_t
        tcp_idle_ms; /* a connection without a whole query for so long is closed (RFC 7766 §6.2.3) */
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
