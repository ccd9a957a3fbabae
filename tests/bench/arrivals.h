/*
 * When the endpoints of a crowd were asked: how even that is over all of them, how regular for each.
 *
 * Time is an argument.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define ARRIVALS_ENDPOINTS 65536

struct arrival {
    double at_ms;
    double
        off_ms; /* by how much the gap since the endpoint's last one is not an interval; -1: first */
};

/* All zero but for the interval: nothing came yet. */
struct arrivals {
    double interval_ms;
    struct arrival *all; /* since the last report, by time */
    size_t n;
    double last_ms[ARRIVALS_ENDPOINTS]; /* 0: never */
};

/* now_ms: not before the last one. */
void arrivals_note(struct arrivals *a, uint16_t endpoint, double now_ms);

struct arrivals_report {
    size_t endpoints, arrivals;
    double burst_100ms, burst_10ms; /* the most in any such window, mean = 1 */
    double off_p50_ms, off_p99_ms, off_max_ms;
};

/* Of what came since the last one, which is then forgotten. */
struct arrivals_report arrivals_report(struct arrivals *a);
