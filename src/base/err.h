/*
 * What is wrong with an operator's input: a list, because all mistakes of a file are told in one
 * run.  Every function that reads such input takes a struct err and returns false or NULL exactly
 * when it added an error; warnings alone do not make it fail.
 *
 * Messages read `FILE:LINE:COLUMN: what, and what would help`.  One thread at a time.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum err_level { ERR_WARNING, ERR_ERROR };

struct err_item {
    enum err_level level;
    char *text; /* without a newline */
};

struct err {
    struct err_item *items; /* in the order they were found */
    size_t n, errors;       /* errors: how many of the n are no warnings */
};

/* A place in a file; line and column count from 1, 0 = not known and not printed. */
struct err_pos {
    const char *file; /* borrowed; NULL = no file */
    unsigned line, column;
};

void err_init(struct err *e);
void err_fini(struct err *e);

void err_add(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void err_at(struct err *e, struct err_pos pos, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void err_warn(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void err_warn_at(struct err *e, struct err_pos pos, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Move all of from's items to the end of e; from is empty afterwards and can be used again. */
void err_move(struct err *e, struct err *from);

/* All items, a line each, as "…" and "warning: …".  Returns owned text, "" when there is none. */
char *err_text(const struct err *e);
