/*
 * The trade-off of failover by DNS, played on a virtual clock: a steerer (steerer.h) probes what is
 * true (trace.h) and answers resolvers (resolvers.h); out comes what the users meet, what it costs
 * in queries, and how often answers changed.
 *
 * Pure: the same spec gives the same result on every machine.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "model/resolvers.h"
#include "model/steerer.h"
#include "model/trace.h"

struct model_spec {
    const struct trace *trace;
    const struct steerer_spec *steerer;
    const struct resolvers_spec *resolvers;
    uint64_t seed;
    double phase; /* where in its interval the first prober begins: 0 up to 1 */
};

struct model_result {
    /* From trace.hit_ms until so many of region 0's users have left it; -1: they never had. */
    double left_50_s, left_95_s, left_99_s;
    double failure_user_s; /* users times the share of their requests that failed, times seconds */
    double away_user_s;    /* users somewhere else though their home is well */
    double changes;        /* of what clients of a home are answered, over all homes */
    double queries_per_s;  /* over the whole trace */
    double calm_per_s;     /* before hit_ms */
    double peak_per_s;     /* the busiest ten seconds */
};

/* All borrowed during the call. */
struct model_result model_run(const struct model_spec *spec);

/* The mean of n runs that differ in their luck, with phases spread evenly: whether a crash comes just
 * before a probe or just after it says nothing of a setting. */
struct model_result model_mean(const struct model_spec *spec, unsigned n);
