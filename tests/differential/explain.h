/*
 * The list of differences that are meant to be, tests/differential/explained.  Its head describes
 * it.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "feature.h"

struct explained;

struct explained_line {
    unsigned line;       /* in the file */
    const char *why;     /* borrowed */
    size_t n[N_SERVERS]; /* differences that it had a part in */
};

/* Ends the program, with all mistakes, if there are any. */
struct explained *explained_read(const char *path);
void explained_free(struct explained *e);

/* The first line that allows this item, or NULL. */
struct explained_line *explained_find(struct explained *e, const struct difference *d,
                                      const struct item *item);

size_t explained_count(const struct explained *e);
const struct explained_line *explained_at(const struct explained *e, size_t i);
/* A peer that the line is for and that it never held for; NULL: none. */
const char *explained_stale(const struct explained *e, size_t i);
