/*
 * Where in its interval each slot starts, so that all together start evenly: the k-th seat of an interval
 * lies k golden sections of it from the first, modulo the interval.
 *
 *   0           4        1           5        2           6        3      seven seats
 *   ├───────────┼────────┼───────────┼────────┼───────────┼────────┼────┤
 *
 * However many seats are taken, the gaps between them are of at most three lengths (the three-gap
 * theorem), and new ones fall into the longest.  Each that comes takes the lowest free one.
 *
 * No clock.  Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

struct phase_row; /* the seats of an interval */

/* All zero but for the seed: nobody is there. */
struct phases {
    uint64_t seed; /* where the first seats are: another one, all others too */
    struct phase_row *rows;
    size_t n;
    double per_ms; /* starts a millisecond, of all that have a seat */
};

void phases_fini(struct phases *p);

/* A seat of the interval, and where that is, below the interval. */
uint32_t phases_take(struct phases *p, dur_ms_t interval_ms, dur_ms_t *phase_ms);
void phases_give(struct phases *p, dur_ms_t interval_ms, uint32_t seat);
