/*
 * What settings cost: how long it takes until a dead endpoint is in no answer, until it is in no cache,
 * and how often resolvers ask for that.
 *
 *   dies        first failure        down              the last cache lets go
 *    ├───────────────┼───────────────────┼──────────────────────┤
 *    └ ≤ interval + timeout              │
 *    └ detect = fall × interval + timeout┘
 *    └ exposed = the later of: first failure + max (answers before it), detect + min (after it)
 *
 * Pure.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "health/probe.h"
#include "health/ttl.h"

struct exposure {
    dur_ms_t detect_ms;  /* at most; 0: we are told, by whoever knows when */
    dur_ms_t exposed_ms; /* at most; -1: for ever, as nothing is asked */
    /* Queries an hour of a resolver that is asked all the time; 0: each time, as nothing is cached. */
    unsigned asks_steady, asks_least; /* with the TTL at max, at min */
};

/* probe NULL: not probed. */
struct exposure exposure_of(const struct probe_spec *probe, const struct ttl_rule *ttl);
