/*
 * What is true of the regions of a pool over a time: how many of the users' requests fail in each, and
 * how many probes.  The model (model.h) plays steerers against it.
 *
 *   user_fails   0 ──┐1       ┌0 ────────────
 *   region 0         └────────┘
 *                    hit_ms
 *
 * Immutable once made; pure.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"

#define TRACE_REGIONS_MAX 16

/* Holds until the next piece, the last one until the end. */
struct trace_piece {
    mono_ms_t from_ms;
    double user_fails;  /* share of requests, 0..1 */
    double probe_fails; /* share of probes, 0..1 */
    double
        capacity; /* of the region's own users it can serve so many at once, 0..1; 0: any number */
    bool hangs;   /* what fails is not refused but gets no reply: a probe of it takes its timeout */
    bool is_dark; /* the prober's own network is gone: no reply from a healthy region either */
};

struct trace_region {
    struct trace_piece *pieces; /* n ≥ 1 of them, by time, the first from 0 */
    size_t n;
};

struct trace {
    const char *name; /* borrowed */
    const char *what; /* a sentence */
    mono_ms_t hit_ms; /* when region 0 gets into trouble */
    dur_ms_t length_ms;
    size_t n_regions; /* 2..TRACE_REGIONS_MAX */
    struct trace_region regions[TRACE_REGIONS_MAX];
};

/* Name and what happens, of half an hour each. */
#define TRACES(X)                                                                                 \
    X(CRASH, "crash", "a region refuses everything for a minute")                                 \
    X(BLACKHOLE, "blackhole", "a region does not reply for a minute")                             \
    X(SLOW_START, "slow-start", "after such a crash it comes back cold, at full size in 2 min")   \
    X(FLAP_1S, "flap-1s", "a region is up for 1.3 s, down for 1.3 s, for five minutes")           \
    X(FLAP_30S, "flap-30s", "a region is up for 30 s, down for 30 s, for five minutes")           \
    X(LOSS, "loss", "a region loses 5 % of all requests and probes, all the time")                \
    X(BROWN_OUT, "brown-out", "half of the requests fail for ten minutes, a third of the probes") \
    X(BLIND, "blind", "the prober's own network is gone for a minute; the regions are well")      \
    X(ALL_REFUSE, "all-refuse", "all regions refuse everything for a minute")

#define TRACE_ENUM(id, name, what) TRACE_##id,
enum trace_kind { TRACES(TRACE_ENUM) TRACE_KINDS };
#undef TRACE_ENUM

/* Region 0 is the one in trouble; n_regions is 2..TRACE_REGIONS_MAX.  Returns owned. */
struct trace *trace_new(enum trace_kind kind, size_t n_regions);
/* All is well, for so long. */
struct trace *trace_new_calm(size_t n_regions, dur_ms_t length_ms);
void trace_free(struct trace *t);

/* From piece.from_ms on, not before that of any piece of the region given earlier. */
void trace_add(struct trace *t, size_t region, struct trace_piece piece);
