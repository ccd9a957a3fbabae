/*
 * When an endpoint was down, as far as its recorded results tell (health/track.h): what settings are
 * played against.
 *
 *   results   +     +     -     -     +     +
 *   trace     up ───────┤   down    ├─ up ─────     it turned halfway between two results
 *
 * Time in which nobody looked is left out.  Pure.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>

#include "health/track.h"

struct outage {
    dur_ms_t from, to;
    dur_ms_t fails_ms; /* how long a probe takes to fail in it, unless its timeout is over first */
};

struct outages {
    struct outage *items; /* n of them, by time, apart from each other; owned */
    size_t n;
    size_t blips;        /* of the runs of failures, those of a single probe */
    dur_ms_t length_ms;  /* they begin at 0 or later */
    dur_ms_t slowest_ms; /* good probe */
};

void outages_of_track(const struct track *t, struct outages *out);
/* Up for `calm`, down for `down`, up for `calm` again. */
void outages_of_crash(dur_ms_t calm_ms, dur_ms_t down_ms, struct outages *out);
void outages_fini(struct outages *t);
