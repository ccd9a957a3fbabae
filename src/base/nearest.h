/*
 * "Did you mean …": the candidate nearest to a misspelt word.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>

/*
 * The candidate with the fewest edits (Damerau-Levenshtein, adjacent transpositions count one), or
 * NULL if none is within a third of the word's length, at least one.  Case does not count.
 */
const char *nearest(const char *word, const char *const *candidates, size_t n);
