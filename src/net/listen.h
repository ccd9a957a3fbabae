/*
 * The server's sockets: for every listen address one UDP and one TCP socket a worker, bound with
 * SO_REUSEPORT so that the kernel spreads clients and no worker wakes for another's.
 *
 * Opened by main, before privileges are dropped.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "base/err.h"
#include "base/ipaddr.h"

struct listen_pair {
    int udp, tcp; /* -1: not open, or taken over by a worker */
    bool proxied; /* what comes has a PROXY header in front */
};

struct listeners {
    size_t n; /* addresses that could be bound */
    unsigned workers;
    struct endpoint_addr *addrs; /* as bound: a port 0 has become a real one */
    struct listen_pair *pairs;   /* workers × n: pair of address i for worker w is [w * n + i] */
};

struct listen_opts {
    const struct endpoint_addr *addrs; /* n */
    size_t n;
    const struct endpoint_addr *proxied; /* n_proxied: for load balancers alone (net/proxy.h) */
    size_t n_proxied;
    unsigned workers;
};

/*
 * An error is added for each address that cannot be had, and the others are opened: a server that
 * answers on one of two is better than none.  NULL if there is no other.  Returns owned.
 */
struct listeners *listen_open(const struct listen_opts *opts, struct err *err);
void listen_close(struct listeners *l); /* NULL is fine; closes what no worker took over */
