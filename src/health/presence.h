/*
 * Whether the loop was there to see the answers.  It says by when it shows itself again; what it is late
 * is *lag*: the process was stopped, starved or swapped out, or its machine slept.  Time in which nobody
 * looked says nothing of any endpoint.
 *
 *   ──┴──┴──┴───────────────────────┴──┴──►   the loop shows itself
 *            └ expected  ├── lag ───┤
 *
 * Time is an argument.  Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "base/clock.h"

struct presence {
    mono_ms_t expected; /* by then it shows itself; INT64_MAX: whenever it likes */
    dur_ms_t slept_ms;  /* of the machine, as last told */
    dur_ms_t lag_ms;    /* in all */
};

/* slept_ms: for how long in all the machine has slept, time that the clock does not count. */
void presence_init(struct presence *p, dur_ms_t slept_ms);
/* It shows itself within wait_ms, or a beat (schedule.h) if that is shorter; -1: nothing is waited for. */
void presence_expect(struct presence *p, dur_ms_t wait_ms, mono_ms_t now);
/* Here it is.  Returns for how long it was away. */
dur_ms_t presence_show(struct presence *p, dur_ms_t slept_ms, mono_ms_t now);
/* How much lag there was up to now, in all. */
dur_ms_t presence_lag(const struct presence *p, mono_ms_t now);
