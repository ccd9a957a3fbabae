/*
 * `proximactl advise`: what the server tells of a policy and its endpoints' histories, other settings
 * played against these, and the few worth suggesting.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "model/replay.h"

struct advise_opts {
    bool json, colour;
    const char *svg; /* a file's name, "-": nothing but the plot to standard output; NULL: none */
};

/* What the server told, and what follows from it.  False and an error: that makes no sense, or the
 * plot's file cannot be written. */
bool advise_print(json_t *result, const struct advise_opts *o, FILE *to, struct err *err);

/* ---- between the files of this module ---- */

struct advice_subject {
    const json_t *result; /* the server's, borrowed */
    const char *policy, *probe;
    bool is_told; /* the probe is: it has no thresholds worth a change */
    struct settings now;
    struct outages *histories; /* n of them, in the order of the result */
    size_t n;
    double recorded_ms; /* the longest */
};

/* NULL and an error: what is in it makes no sense.  Returns owned; borrows result. */
struct advice_subject *advice_subject_new(const json_t *result, struct err *err);
void advice_subject_free(struct advice_subject *s); /* NULL is fine */

struct candidate {
    struct settings settings;
    struct figures figures; /* in what was recorded */
    struct figures crash;   /* in a crash of a minute */
};

enum advice_goal { ADVICE_FEWEST_FAILURES, ADVICE_FEWEST_QUERIES, ADVICE_BALANCED, ADVICE_GOALS };
const char *advice_goal_name(enum advice_goal g);

struct advice {
    struct candidate *candidates; /* n of them, the present settings first; owned */
    size_t n;
    /* By goal, an index; 0: nothing is better than what there is.  Two may be the same. */
    size_t picks[ADVICE_GOALS];
    bool is_of_crash; /* nothing has failed yet: figures are the crash's, and none is picked */
};

/* Play them all.  Takes a second or so where much has failed. */
struct advice *advice_new(const struct advice_subject *s);
void advice_free(struct advice *a); /* NULL is fine */

/* Other settings that may be tried in the place of these, owned, *n of them; these come first. */
struct settings *advice_grid(const struct settings *now, dur_ms_t slowest_ms, bool is_told,
                             size_t *n);
/* The best for a goal; 0: none is worth a change.  candidates[0] are the present settings. */
size_t advice_pick(const struct candidate *candidates, size_t n, enum advice_goal goal);

/* What is to be written into proxima.yaml, two lines at most; owned. */
char *advice_yaml(const struct advice_subject *s, const struct settings *to);

void advice_show(const struct advice_subject *s, const struct advice *a, FILE *to, bool colour);
/* The same as JSON: a new reference. */
json_t *advice_json(const struct advice_subject *s, const struct advice *a);
void advice_svg(const struct advice_subject *s, const struct advice *a, FILE *to);
