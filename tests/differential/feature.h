/*
 * What can be said of a difference: the words that a line of the list of explanations may use in
 * its conditions.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "compare.h"
#include "query.h"
#include "reply.h"
#include "world.h"

struct difference {
    const struct world *world;
    const struct query *query;
    enum server_kind peer;
    const struct reply *ours, *theirs;
};

#define FEATURE_TEXT 1100

struct feature;

/* NULL: no such word. */
const struct feature *feature_find(const char *name, size_t len);
/* Its value, or values with commas between them; item may be NULL.  Returns out. */
const char *feature_get(const struct feature *f, const struct difference *d,
                        const struct item *item, char out[FEATURE_TEXT]);
/* For a report: without an item all that is true of the difference, with one what it adds to that. */
void feature_print(const struct difference *d, const struct item *item);
