/*
 * How long an answer may be kept: as long as it has been stable, divided by `growth`, between min
 * and max (proxima.yaml(5)).  It climbs in few steps, min, 2·min, 4·min … max, so that answers are
 * rendered rarely; each step is the largest that the quotient has reached, and max itself is one,
 * reached when the quotient is at least max.
 *
 * Before a change whose moment is known it *glides* down the same steps, so that caches let go of
 * the answer by then, and all clients follow the change within min:
 *
 *   300 ┤        ╭───────────╮
 *   160 ┤    ╭───╯           ╰──╮
 *    80 ┤  ╭─╯                  ╰─╮
 *    10 ┼──╯                      ╰───┼──── the moment
 *
 * How often is probed does not enter: faster probes must not make shorter TTLs.
 *
 * Pure functions.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdint.h>

#include "base/clock.h"

struct ttl_rule {
    uint32_t min_s, max_s; /* min ≤ max; 0 steps to 1 */
    uint32_t growth;       /* 1..1,000,000 */
};

/* The TTL after stable_ms without a change; min while suspected is for the caller: stable_ms = 0. */
uint32_t ttl_at(const struct ttl_rule *rule, dur_ms_t stable_ms);
/* For how long after stable_ms that TTL holds before the next step; -1: for ever. */
dur_ms_t ttl_next_step(const struct ttl_rule *rule, dur_ms_t stable_ms);

/* A step of the glide is due so long before its TTL would outlive the moment: rendering gathers steps
 * (control.c), and caches count whole seconds. */
#define TTL_GLIDE_AHEAD_MS 1000

/* The longest TTL left_ms before a planned change, on any side of it: the largest step that has run
 * out by then, and min where none has. */
uint32_t ttl_glide(const struct ttl_rule *rule, dur_ms_t left_ms);
/* For how long after that a TTL of at most ttl_glide may still be given; -1: for ever, it is min. */
dur_ms_t ttl_glide_step(const struct ttl_rule *rule, dur_ms_t left_ms, uint32_t ttl_s);
