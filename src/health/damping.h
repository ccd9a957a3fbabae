/*
 * Damping as of RFC 2439: each fall adds a penalty, which decays with a half-life.  Above `suppress`
 * what comes back is *held*, answered only where nothing better is up, until the penalty has
 * decayed to `reuse`.
 *
 *   3000 ┤        ╭╮╮                    down, down, down: held from the second fall on
 *        ┤     ╭╮╮│ ╰╮
 *   1500 ┼─────│─╰╯──╰─╮──────────────── suppress
 *        ┤  ╭╮╮│       ╰──╮
 *    750 ┼──│─╰╯──────────╰──┼────────── reuse: its clients come back
 *        └──┴─────────────────────► time
 *
 * There is one figure of merit for an endpoint, and one for a region of a pool.  An outage by itself
 * stays below `suppress`: who comes back from it is not held.
 *
 * Pure functions; time is an argument.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

#define DAMPING_PENALTY 1000 /* of a fall, as routers have it; the thresholds count in it */

struct damping_rule {
    uint32_t suppress, reuse; /* 1 ≤ reuse < suppress */
    dur_ms_t half_life_ms;    /* > 0 */
    dur_ms_t max_hold_ms;     /* after the last fall, however many there were; 0: never held */
};

/* All zero: it never fell. */
struct damping {
    double penalty; /* at `at` */
    mono_ms_t at;
    mono_ms_t held_until; /* 0: not held since it was cleared */
};

/* It fell at `now`, not before any time given earlier. */
void damping_fall(struct damping *d, const struct damping_rule *rule, mono_ms_t now);
/* What is left of the penalty. */
double damping_penalty(const struct damping *d, const struct damping_rule *rule, mono_ms_t now);

static inline bool damping_is_held(const struct damping *d, mono_ms_t now)
{
    return now < d->held_until;
}

static inline bool damping_rule_equal(const struct damping_rule *a, const struct damping_rule *b)
{
    return a->suppress == b->suppress && a->reuse == b->reuse &&
           a->half_life_ms == b->half_life_ms && a->max_hold_ms == b->max_hold_ms;
}
