/*
 * Steering by hand, for tests below the compiler: one map of three regions, 0, 1 and 2, in which
 * 192.0.2.0/24 prefers 1 and may not have 2, and everybody else prefers 0 and may have all.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "data/snapshot.h"

enum { STEERKIT_ELSE, STEERKIT_NET, STEERKIT_RANKINGS }; /* ids of the two rankings */

struct geomap *steerkit_map(void);

/* One type of a steered name: a letter for each region, the last octet of its only record, or '-'. */
struct steerkit_type {
    uint16_t type;
    const char *records;               /* "a-c": regions 0 and 2 */
    uint8_t choice[STEERKIT_RANKINGS]; /* CHOICE_* or a region */
};

/* Takes the map.  One reference, the caller's. */
struct steered *steerkit_steered(enum dyn_kind kind, struct geomap *map,
                                 const struct steerkit_type *types, uint8_t n);
