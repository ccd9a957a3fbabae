/*
 * Clients that mean no good to a TCP server: each connection does one wrong thing, from one of
 * thousands of loopback addresses, and so many of them at once.  Runs on a thread of its own.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define ABUSES(X)                                             \
    X(SILENT, "connects and says nothing")                    \
    X(ZERO, "a message of zero octets")                       \
    X(TRICKLE, "a query, an octet at a time")                 \
    X(HALF_CLOSED, "half a query, then its side closed")      \
    X(NEVER_READS, "queries without end, replies never read") \
    X(RESET, "half a query, then a reset")                    \
    X(HOARD, "most of a message of 65535 octets")             \
    X(PROXY, "a PROXY header where none belongs")             \
    X(TLS, "a TLS ClientHello")                               \
    X(HTTP, "an HTTP request")

enum abuse_kind {
#define X(name, help) ABUSE_##name,
    ABUSES(X)
#undef X
        ABUSE_COUNT
};

struct abuse_opts {
    uint16_t port;    /* of 127.0.0.1 */
    unsigned n;       /* connections in all */
    unsigned at_once; /* at most */
    unsigned per_s;   /* begun in a second, at most */
    unsigned
        hold_ms; /* who is not closed by then closes; an octet of a trickle: five times so often */
};

struct abuse_result {
    uint64_t begun[ABUSE_COUNT];
    uint64_t closed[ABUSE_COUNT]; /* of these, by the server */
    uint64_t most;                /* at once */
};

struct abuse;

struct abuse *abuse_start(const struct abuse_opts *opts);
/* Wait until all is done, and free it. */
struct abuse_result abuse_join(struct abuse *a);
const char *abuse_help(enum abuse_kind kind);
