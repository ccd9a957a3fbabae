/*
 * An open-loop load: queries at a steady rate whatever comes back, each reply held against what it
 * has to be.  Runs on a thread of its own.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../unit/kit.h"

struct storm;

struct storm_opts {
    uint16_t port;                /* of 127.0.0.1 */
    unsigned per_s;               /* queries, at least 1000 */
    const struct packet *queries; /* borrowed; asked in turns; query i has the ID i */
    size_t n;                     /* at most 65536 */
    /* Is this reply, whose ID and question are right already, what query i is to get? */
    bool (*is_right)(size_t i, const uint8_t *reply, size_t len);
};

struct storm_result {
    uint64_t sent, received, wrong;
    uint64_t dropped_here;         /* by the storm's own sockets */
    uint64_t dropped_between;      /* at most so many by the kernel, before they reached a socket */
    double p50_ms, p99_ms, max_ms; /* from when it was due to when its reply was read */
    uint8_t first_wrong[PACKET_MAX];
    size_t first_wrong_len;
};

struct storm *storm_start(const struct storm_opts *opts);
/* Send no more, wait until the last reply has come or two seconds are over, and free it. */
struct storm_result storm_stop(struct storm *s);

/* Datagrams that the sockets bound to a port have dropped (/proc/net/udp). */
uint64_t storm_drops(uint16_t port);
