/*
 * All that is probed, found by (name of the probe, endpoint).  Inside of health/; others see
 * health.h.
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "health/damping.h"
#include "health/probe.h"
#include "health/schedule.h"
#include "health/sight.h"
#include "health/spec.h"
#include "health/track.h"
#include "health/verdict.h"

struct ask;

enum target_state {
    TARGET_SCHEDULED, /* its slot is in the schedule */
    TARGET_RUNNING,   /* being asked */
    TARGET_CLOSING,   /* the same, but nobody wants to know: the end of its probe frees it */
};

/* As it was before the failures that its history ends with, in case these turn out to be our own. */
struct calm {
    struct verdict verdict;
    struct damping damping;
    mono_ms_t since, until; /* until the first failure */
};

/* One endpoint under one probe.  There may be 10,000: what is large is shared or not kept. */
struct target {
    struct health *health;
    struct target *next; /* in its bucket */
    uint64_t hash;       /* of probe name and endpoint */
    unsigned refs;
    enum target_state state;
    struct ask *ask; /* while running */
    struct slot slot;
    struct spec *spec;      /* referenced */
    struct probe_dest dest; /* host is owned */
    struct verdict verdict;
    struct damping damping;
    mono_ms_t since, last_at;
    dur_ms_t last_ms;
    uint64_t probes, failures;
    bool is_recalled; /* and not asked since */
    struct seen seen;
    struct calm calm;
    struct track track;
    char *last_text; /* of the last result, or NULL */
    bool last_is_good;
    void *data;
};

struct targets {
    struct target **buckets;
    size_t n, n_buckets; /* a power of two, or 0; at most one target a bucket on average */
};

uint64_t targets_hash(const char *probe, const struct probe_dest *dest, uint64_t seed);

struct target *targets_find(const struct targets *ts, uint64_t hash, const char *probe,
                            const struct probe_dest *dest); /* or NULL */
void targets_add(struct targets *ts, struct target *t);
void targets_remove(struct targets *ts, struct target *t);
/* Each once, in no order, from NULL to NULL.  One may be removed once its follower is in hand. */
struct target *targets_next(const struct targets *ts, const struct target *t);
void targets_fini(struct targets *ts); /* not the targets */

/* One that is in no table and no schedule any more. */
void target_free(struct target *t);
