/*
 * What is known of endpoints and regions, as it is kept over a restart: a list of entries by name,
 * and the JSON of health.json.  Times are those of the wall clock, since another boot has another
 * monotonic one.
 *
 *   {"at": 1764000000000, "endpoints": {"web 192.0.2.1": {"verdict": "down", …}},
 *    "regions": {"web.example.com. default A us": {"penalty": 1985.1, …}}}
 *
 * Pure; any one thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/err.h"
#include "health/ramp.h"
#include "health/verdict.h"

enum memory_of { MEMORY_ENDPOINT, MEMORY_REGION };

struct memory_entry {
    /* endpoints alone */
    struct verdict verdict;
    real_ms_t since;
    uint64_t asks; /* probe_spec.asks, then */
    /* damping */
    double penalty; /* at penalty_at */
    real_ms_t penalty_at, held_until;
    /* regions alone: how their clients come back */
    enum ramp_state ramp;
    dur_ms_t ramp_done_ms; /* at ramp_at */
    real_ms_t ramp_at;
};

struct memory;

struct memory *memory_new(real_ms_t at);
void memory_free(struct memory *m); /* NULL is fine */
/* Any order; a key comes once.  It is copied. */
void memory_add(struct memory *m, enum memory_of of, const char *key, const struct memory_entry *e);
/* Takes some ms for 10,000 entries: for the thread pool.  Returns owned. */
char *memory_text(const struct memory *m);

/* What such a text holds, to be looked up. */
struct recall;

/* NULL and an error naming path: it is none of ours.  Returns owned. */
struct recall *recall_read(const char *path, const char *text, size_t len, struct err *err);
void recall_free(struct recall *r); /* NULL is fine */
real_ms_t recall_at(const struct recall *r);
bool recall_has(const struct recall *r, enum memory_of of); /* any at all */
/* False: it knows nothing of it, or nothing that makes sense. */
bool recall_find(const struct recall *r, enum memory_of of, const char *key,
                 struct memory_entry *out);
