/* What the two transports of the load generator share.  SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <time.h>

#include "base/cursor.h"
#include "dns/types.h"
#include "load.h"

static inline uint64_t load_now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Whoever waits for the load to be there goes on now. */
void load_announce(void);

/* Count a reply to a query that was due at due_ns.  header: of the reply, as it came. */
static inline void load_count(const struct load_opts *opts, struct load_result *r,
                              const uint8_t header[DNS_HEADER_LEN], size_t len, uint64_t due_ns,
                              uint64_t now_ns)
{
    const uint16_t flags = get_u16(header + 2);

    if (r->received++ == 0 && opts->announce)
        load_announce();
    r->octets += len;
    r->truncated += (flags & FLAG_TC) != 0;
    r->rcode[flags & 15]++;
    histogram_add(&r->latency, now_ns - due_ns);
}

/* How many more queries may be sent by the bounds of time and number. */
static inline uint64_t load_left(const struct load_opts *opts, uint64_t sent, uint64_t start_ns,
                                 uint64_t now_ns)
{
    if (opts->stop != NULL && *opts->stop != 0)
        return 0;
    if (opts->duration_ns > 0 && now_ns - start_ns >= opts->duration_ns)
        return 0;
    return opts->count > 0 ? opts->count - sent : UINT64_MAX;
}

/* Around the queries: what the watched server uses for them. */
void load_begin(const struct load_opts *opts, struct load_result *r);
void load_end(const struct load_opts *opts, struct load_result *r);

bool load_udp(const struct load_opts *opts, struct questions *questions, struct load_result *out,
              struct err *err);
bool load_tcp(const struct load_opts *opts, struct questions *questions, struct load_result *out,
              struct err *err);
