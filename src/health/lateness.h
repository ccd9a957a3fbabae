/*
 * How late things began, as the worst of about the last minute: of six spans of ten seconds, and the
 * one that has begun.
 *
 * Time is an argument.  One thread at a time.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "base/clock.h"

#define LATENESS_SPANS   7
#define LATENESS_SPAN_MS 10000

/* All zeros: nothing was late yet. */
struct lateness {
    dur_ms_t worst_ms[LATENESS_SPANS]; /* of span i, i + LATENESS_SPANS, … */
    int64_t span;                      /* the newest that was noted */
};

/* now: not before the last one. */
void lateness_note(struct lateness *l, dur_ms_t late_ms, mono_ms_t now);
dur_ms_t lateness_worst(const struct lateness *l, mono_ms_t now);
