/* SPDX-License-Identifier: BSD-2-Clause */
#include "ctl/table.h"

#include <stdlib.h>

#include "base/xalloc.h"

const char *tint_on(enum tint tint, bool colour)
{
    if (!colour)
        return "";
    switch (tint) {
    case TINT_NONE: return "";
    case TINT_HEAD: return "\033[1m";  /* bold */
    case TINT_GOOD: return "\033[32m"; /* green */
    case TINT_WARN: return "\033[33m"; /* yellow */
    case TINT_BAD: return "\033[31m";  /* red */
    }
    abort();
}

const char *tint_off(enum tint tint, bool colour)
{
    return colour && tint != TINT_NONE ? "\033[0m" : "";
}

void table_init(struct table *t, size_t columns, const char *const *head)
{
    *t = (struct table){.columns = columns};
    table_row(t, TINT_HEAD, head);
}

void table_fini(struct table *t)
{
    for (size_t i = 0; i < t->n_rows * t->columns; i++)
        free(t->cells[i]);
    free(t->cells);
    free(t->tints);
}

void table_row(struct table *t, enum tint tint, const char *const *cells)
{
    t->tints = xgrow(t->tints, t->n_rows, sizeof(*t->tints));
    t->tints[t->n_rows] = tint;
    for (size_t i = 0; i < t->columns; i++) {
        const size_t at = t->n_rows * t->columns + i;
        t->cells = xgrow(t->cells, at, sizeof(*t->cells));
        t->cells[at] = xstrdup(cells[i] != NULL ? cells[i] : "");
    }
    t->n_rows++;
}

/* Characters of UTF-8 text; all that we print is one column wide. */
static size_t width(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static size_t column_width(const struct table *t, size_t column)
{
    size_t widest = 0;

    for (size_t row = 0; row < t->n_rows; row++) {
        const size_t w = width(t->cells[row * t->columns + column]);
        if (w > widest)
            widest = w;
    }
    return widest;
}

/* Spaces are put before the next cell that is not empty, so that no line ends in one. */
static void print_row(const struct table *t, size_t row, const size_t *widths, FILE *to)
{
    size_t gap = 0;

    for (size_t i = 0; i < t->columns; i++) {
        const char *cell = t->cells[row * t->columns + i];
        if (*cell != '\0') {
            fprintf(to, "%*s%s", (int)gap, "", cell);
            gap = 0;
        }
        gap += widths[i] - width(cell) + 2;
    }
}

void table_print(const struct table *t, FILE *to, bool colour)
{
    size_t *widths = xcalloc(t->columns, sizeof(*widths));

    for (size_t i = 0; i < t->columns; i++)
        widths[i] = column_width(t, i);
    for (size_t row = 0; t->n_rows > 1 && row < t->n_rows; row++) {
        fputs(tint_on(t->tints[row], colour), to);
        print_row(t, row, widths, to);
        fprintf(to, "%s\n", tint_off(t->tints[row], colour));
    }
    free(widths);
}
