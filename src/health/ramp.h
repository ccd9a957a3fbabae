/*
 * How a region gets its clients back that was away: little by little over `ramp`, or when an operator
 * says so (`failback: manual`).
 *
 *   256 ┤              ╭──     the share of clients that are back, in steps; it never shrinks
 *       ┤        ╭─────╯
 *       ┤    ╭───╯  a failed probe: it stands until the next good one
 *     4 ┼────╯
 *       └────┴──────────┴► time
 *          it is back   all are
 *
 * Pure functions; time is an argument.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

#define RAMP_ALL         256      /* the share of everybody */
#define RAMP_OVER_MAX_MS 86400000 /* the longest ramp: a day */

enum ramp_state {
    RAMP_NONE,   /* whoever is to get it gets it */
    RAMP_WAITS,  /* it is up again, and waits for an operator's word */
    RAMP_FREED,  /* the word was given before it was up for good: it will not wait */
    RAMP_CLIMBS, /* its clients come back */
};

/* All zero: none. */
struct ramp {
    mono_ms_t at;     /* when done_ms was right */
    uint32_t done_ms; /* for so long the share has climbed */
    uint8_t state;    /* enum ramp_state */
    bool stands;      /* the share does not climb now */
    uint16_t share;   /* 1..RAMP_ALL, as of the last ramp_step */
};

/* From the first step on; over_ms is above 0 and at most RAMP_OVER_MAX_MS. */
void ramp_begin(struct ramp *r, dur_ms_t over_ms, mono_ms_t now);

/*
 * Of a ramp that climbs, bring the share up to now; when all are back it is over, RAMP_NONE.
 *
 *   stands   it does not climb from now on
 *
 * True if the share is another one.
 */
bool ramp_step(struct ramp *r, dur_ms_t over_ms, bool stands, mono_ms_t now);

/* When the share is another one; INT64_MAX: it does not climb. */
mono_ms_t ramp_next_step(const struct ramp *r, dur_ms_t over_ms);
/* How much longer it takes, as of now, if it does not stand. */
dur_ms_t ramp_left(const struct ramp *r, dur_ms_t over_ms, mono_ms_t now);
