/*
 * What came of an endpoint's probes so far, as runs of equal results: what `proximactl advise` plays
 * settings against.
 *
 *   results   + + + + + + - - - - + + +          + + + +
 *   runs      └ good ─────┴ bad ──┴ good┴ unseen ┴ good ─
 *
 * A run begins with its first result and goes to where the next begins; an unseen one is a time in
 * which nobody looked: the server was away, or blind (sight.h).
 *
 * Runs are allocated as they happen, so one that never failed costs some 60 octets.  What fails all the
 * time is bounded by track_limit.  Pure; time is an argument.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

enum track_kind { TRACK_BAD, TRACK_GOOD, TRACK_UNSEEN };

struct track_run {
    mono_ms_t from;
    uint32_t worst_ms; /* the longest that one of its probes took */
    uint32_t n : 30;   /* results; unseen: 0 */
    uint32_t kind : 2; /* enum track_kind */
};

/* All zero: never asked. */
struct track {
    struct track_run *runs; /* n of them, by time; owned */
    uint32_t n;
    mono_ms_t last; /* when the newest result came in */
};

/* Runs of an endpoint: 256 are four hours of one that loses every twentieth probe, asked each 5 s. */
#define TRACK_RUNS_MAX 256

/* How many runs each of so many targets may have, so that all together take about 4 MiB: 256 up to
 * 1,024 targets, 26 of 10,000, at least 8. */
unsigned track_limit(size_t n_targets);

struct track_result {
    bool is_good;
    dur_ms_t took_ms;
    mono_ms_t at;       /* not before any time given earlier */
    dur_ms_t within_ms; /* after twice that without a result nobody looked; > 0 */
};

/* A result that counts.  At most runs_max are kept, ≥ 3, and none that ended a month ago. */
void track_add(struct track *t, const struct track_result *r, unsigned runs_max);
/* What came in from then on was no result; until then all was as before. */
void track_take_back(struct track *t, mono_ms_t since);
/* Forget all of it. */
void track_fini(struct track *t);

/* Until the next run; the newest: until the last result. */
dur_ms_t track_length(const struct track *t, size_t run);

struct track_sum {
    dur_ms_t seen_ms, bad_ms; /* seen: good and bad; between the first result and the last */
    uint64_t results, failures;
    unsigned falls; /* runs of failures */
    uint32_t worst_good_ms;
};
struct track_sum track_sum(const struct track *t);

/*
 * As text, and back: "+17280:38:86400000 -3:2001:15000 ?600000", for each run its results, the
 * longest that one took, and its length; unseen: the length.  Where it stands in time is the caller's
 * to know: `end` is that of its last result.
 */
char *track_print(const struct track *t); /* returns owned */
bool track_parse(const char *text, mono_ms_t end, struct track *out);
