/*
 * What a worker counts.  One row a counter; the enum and `proximactl stats` follow.
 *
 * Each worker has a struct of its own, on cache lines of its own; it alone writes (relaxed stores,
 * no locked instruction), control reads and sums.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#define STATS(X)                                                                  \
    X(udp_queries, "messages received over UDP")                                  \
    X(tcp_queries, "messages received over TCP")                                  \
    X(tcp_accepted, "TCP connections accepted")                                   \
    X(tcp_evicted, "TCP connections closed, longest idle first, to make room")    \
    X(tcp_idled, "TCP connections closed after tcp_idle without a whole query")   \
    X(tcp_aged, "TCP connections closed after tcp_lifetime")                      \
    X(proxy_wrong, "datagrams and TCP connections without a right PROXY header")  \
    X(proxy_denied, "the same from senders that are not in proxy_from")           \
    X(dropped, "messages that got no reply: no header, or themselves a response") \
    X(send_failed, "UDP replies that the system did not take")                    \
    X(truncated, "UDP replies sent with TC=1")                                    \
    X(noerror, "replies NOERROR with records in the answer section")              \
    X(nodata, "replies NOERROR without an answer, referrals not counted")         \
    X(referral, "referrals to another server's zone")                             \
    X(nxdomain, "replies NXDOMAIN")                                               \
    X(formerr, "replies FORMERR")                                                 \
    X(servfail, "replies SERVFAIL")                                               \
    X(notimp, "replies NOTIMP")                                                   \
    X(refused, "replies REFUSED: not our zone, class or type")                    \
    X(yxdomain, "replies YXDOMAIN: a DNAME would make a name too long")           \
    X(badvers, "replies BADVERS: an EDNS version above 0")                        \
    X(notauth, "replies NOTAUTH: TSIG, or a transfer not asked of a zone")        \
    X(badcookie, "replies BADCOOKIE")                                             \
    X(edns, "queries with EDNS")                                                  \
    X(ecs, "queries with a client subnet")                                        \
    X(cookie_client, "queries with a client cookie alone")                        \
    X(cookie_valid, "queries with a server cookie of ours")                       \
    X(cookie_invalid, "queries with a server cookie that is too old or not ours") \
    X(limited, "UDP queries beyond udp_limit, answered TC or BADCOOKIE")          \
    X(limited_silent, "UDP queries far beyond udp_limit, not answered")           \
    X(steered, "replies that hold a steered answer")

enum stats_id {
#define X(name, help) STAT_##name,
    STATS(X)
#undef X
        STAT_COUNT
};

#define CACHE_LINE 64

/* Whole cache lines, so that no worker waits for a line that another one has written. */
struct stats {
    _Alignas(CACHE_LINE) _Atomic uint64_t v[STAT_COUNT];
};
_Static_assert(sizeof(struct stats) % CACHE_LINE == 0, "nothing else is in its last line");

static inline void stats_add(struct stats *s, enum stats_id which, uint64_t n)
{
    const uint64_t old = atomic_load_explicit(&s->v[which], memory_order_relaxed);
    atomic_store_explicit(&s->v[which], old + n, memory_order_relaxed);
}

static inline uint64_t stats_get(const struct stats *s, enum stats_id which)
{
    return atomic_load_explicit(&s->v[which], memory_order_relaxed);
}

const char *stat_name(enum stats_id which);
const char *stat_help(enum stats_id which);
