/*
 * What is answered while a trace is probed: whether the endpoint is in it, and from when its TTL counts
 * (health/ttl.h).
 *
 * Pure.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "model/replay.h"

/* From `at` to the next one. */
struct answer_span {
    dur_ms_t at;
    dur_ms_t since;   /* stable since then */
    dur_ms_t back_at; /* the end of a hold, before which TTLs glide down; INT64_MAX: none */
    bool is_there;    /* the endpoint is answered */
    bool is_suspect;  /* and so the TTL is at its minimum */
};

struct timeline {
    struct answer_span *spans; /* n ≥ 1 of them, by time; owned */
    size_t n;
    unsigned falls, changes;
    unsigned noticed, detected;          /* outages in which it was down, and fell */
    dur_ms_t detect_ms, detect_worst_ms; /* the sum of those detected, and the worst */
};

/* The first probe starts at `phase_ms`, below the interval. */
void timeline_play(const struct settings *s, const struct outages *t, dur_ms_t phase_ms,
                   struct timeline *out);
void timeline_fini(struct timeline *t);

/* The TTL of an answer given at `now`, which lies in the span. */
uint32_t timeline_ttl(const struct answer_span *a, const struct ttl_rule *rule, dur_ms_t now);
/* For how long it stays like that within the span; -1: until it ends. */
dur_ms_t timeline_next_step(const struct answer_span *a, const struct ttl_rule *rule, dur_ms_t now);
