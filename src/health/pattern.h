/*
 * What an answer is to contain: some octets, or what a regular expression of Perl's kind describes.
 * The only user of PCRE2.
 *
 * Immutable but for its count, which belongs to one thread at a time: the one that reads the
 * configuration, then control.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct pattern;

/* Octets to be found as they are.  Returns owned, as the next one: release with pattern_unref. */
struct pattern *pattern_text(const char *text);
/* NULL: it is none, and *why says so in PCRE2's words, owned by the caller. */
struct pattern *pattern_regex(const char *text, char **why);

struct pattern *pattern_ref(struct pattern *p);                       /* NULL gives NULL */
void pattern_unref(struct pattern *p);                                /* NULL is fine */
bool pattern_equal(const struct pattern *a, const struct pattern *b); /* NULL equals NULL */

enum pattern_found {
    PATTERN_FOUND,
    PATTERN_ABSENT,
    PATTERN_GAVE_UP, /* an expression that backtracks without end on this text */
};

/* Takes bounded time, whatever the expression and the text. */
enum pattern_found pattern_find(const struct pattern *p, const char *text, size_t len);

const char *pattern_print(const struct pattern *p); /* as the operator wrote it; borrowed */
