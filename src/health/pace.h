/*
 * How fast what was missed is made up for.  When the loop was away for long, or many were held up, their
 * starts are spread so that with the regular ones there are at most twice as many as usual in any tenth of a
 * second; what a quarter of a second brings starts at once, and of a loop that is as slow at every turn,
 * what up to two seconds bring.
 *
 * Time is an argument.  Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>

#include "base/clock.h"

/* All zero: nothing has started yet. */
struct pace {
    double left;   /* how many more might start, as of `at` */
    mono_ms_t at;  /* the last start */
    bool was_long; /* nothing had started for long before it */
};

/* per_ms: how many start in a millisecond on average.  True: one may now, and is counted. */
bool pace_take(struct pace *p, double per_ms, mono_ms_t now);
/* How long until the next may, if nothing starts until then. */
dur_ms_t pace_wait(const struct pace *p, double per_ms, mono_ms_t now);
