/*
 * Where the users are and what they meet there, and how often they have to ask: the accounts of a run.
 * All is constant from one event to the next, so every event first settles what was before it.
 *
 * Inside of model/.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "model/model.h"
#include "model/resolvers.h"
#include "model/trace.h"

struct users {
    const struct trace *trace;
    size_t piece[TRACE_REGIONS_MAX];                             /* that holds */
    uint32_t at[TRACE_REGIONS_MAX][TRACE_REGIONS_MAX];           /* users by home and region */
    uint32_t n_home[TRACE_REGIONS_MAX], n_at[TRACE_REGIONS_MAX]; /* the same by home, by region */
    mono_ms_t settled;
    double failing, away; /* users, now */
    double failure_user_s, away_user_s;
    uint32_t leaving;  /* users of region 0 that were there when it was hit */
    mono_ms_t left[3]; /* when 50, 95, 99 % of these had left it; 0: not yet */
    uint32_t *queries; /* by BUCKETs of 10 s; owned */
    size_t n_buckets;
};

void users_init(struct users *u, const struct trace *trace, const struct resolver *resolvers,
                size_t n);
void users_fini(struct users *u);

/* What is true of a region now. */
static inline const struct trace_piece *users_piece(const struct users *u, size_t region)
{
    return &u->trace->regions[region].pieces[u->piece[region]];
}

/* The newest piece of a region that has begun holds from now on; returns when the next begins. */
mono_ms_t users_next_piece(struct users *u, size_t region, mono_ms_t now);
/* A user of a home goes from one region to another. */
void users_move(struct users *u, size_t home, size_t from, size_t to, mono_ms_t now);
void users_count_query(struct users *u, mono_ms_t now);

/* At the end of the trace; all of *out but `changes`. */
void users_end(struct users *u, struct model_result *out);
