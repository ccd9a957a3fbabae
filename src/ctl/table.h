/*
 * A table for people: columns as wide as their widest cell, two spaces between them, the last one as
 * long as it likes.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum tint { TINT_NONE, TINT_HEAD, TINT_GOOD, TINT_WARN, TINT_BAD };

/* The escape sequence that begins a tint, and the one that ends it; "" without colour. */
const char *tint_on(enum tint tint, bool colour);
const char *tint_off(enum tint tint, bool colour);

struct table {
    size_t columns, n_rows;
    char **cells; /* by row, owned */
    enum tint *tints;
};

/* The first row is the head. */
void table_init(struct table *t, size_t columns, const char *const *head);
void table_fini(struct table *t);
/* Copies columns cells; NULL is an empty one. */
void table_row(struct table *t, enum tint tint, const char *const *cells);
/* Nothing if there is but the head. */
void table_print(const struct table *t, FILE *to, bool colour);
