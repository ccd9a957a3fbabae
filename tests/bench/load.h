/*
 * The load generator: queries to one server, over UDP or TCP, and what came of them.
 *
 *   closed loop   a fixed number of queries is under way; the next go out when replies come.  Shows
 *                 what a server can do and what it uses for that; says nothing of latency.
 *   open loop     a query every 1/per_s, whatever comes back (UDP).  Latency counts from when the query
 *                 was due, not from when it went out, so that a server that stands still is seen by
 *                 all the queries that it made wait.
 *
 * It uses one thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/ipaddr.h"
#include "histogram.h"
#include "questions.h"

/* Datagrams a system call: as many as Proxima takes. */
#define LOAD_BATCH 64

struct load_opts {
    struct endpoint_addr server;
    bool tcp;
    unsigned per_s;       /* queries due each second; 0: closed loop */
    unsigned outstanding; /* closed loop: queries under way, over TCP on each connection */
    unsigned sockets;     /* source ports, over TCP connections; at least 1 */
    bool spin;            /* open loop: never sleep, for a processor of its own */
    bool segments; /* UDP: hand queries to the kernel as one datagram that it cuts (udp(7)) */
    bool announce; /* print a line when the first reply has come */
    uint64_t patience_ns; /* a query without a reply for so long is lost */
    /* It ends after this time, with so many queries (0: no such bound) or when *stop is not 0. */
    uint64_t duration_ns, count;
    const volatile sig_atomic_t *stop; /* NULL: no such end */
    /* The server, if its time and memory are to be known; 0: not. */
    pid_t watch;
};

struct load_result {
    uint64_t sent, received;
    uint64_t stray;      /* replies to no query of ours, or to one given up */
    uint64_t octets;     /* of the replies */
    uint64_t truncated;  /* replies with TC */
    uint64_t rcode[16];  /* replies by the header's rcode */
    uint64_t closed;     /* TCP: connections that the server closed */
    uint64_t elapsed_ns; /* from the first query to the last */
    uint64_t in_time;    /* replies that came within that, unread ones included */
    uint64_t unread;     /* UDP: replies that came and found no room, as queries kept us busy */
    uint64_t cpu_ns;     /* that the watched server used for them */
    /* TCP: by which its memory grew with all connections open, asked once and idle */
    int64_t conns_kib;
    struct histogram latency;
};

/* False, and errors, if it cannot begin. */
bool load_run(const struct load_opts *opts, struct questions *questions, struct load_result *out,
              struct err *err);

/* For people, and as one line of JSON. */
void load_print(const struct load_opts *opts, const struct load_result *r);
void load_print_json(const struct load_opts *opts, const struct load_result *r);
