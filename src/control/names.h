/*
 * Look-ups in arrays of structs whose first member is their name: options, words, regions, maps,
 * probes, policies.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct names {
    const void *first; /* borrowed; the first member of each is a char pointer */
    size_t n, stride;
};

#define NAMES(array, count) ((struct names){(array), (count), sizeof(*(array))})

const char *names_get(const struct names *names, size_t i);

/* The first of that name (case counts), out its index. */
bool names_find(const struct names *names, const char *word, size_t *out);

/*
 * What to say behind an unknown word: `: did you mean "x"?`, or what there is to choose from.
 * Returns owned text.
 */
char *names_hint(const struct names *names, const char *word);

/* "open, all, servfail, nodata": a few at most, then "…".  Returns owned text. */
char *names_list(const struct names *names);
