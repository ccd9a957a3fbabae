/*
 * Results as people read them.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* Print the result of a command; warnings are not in it.  colour: escape sequences are welcome. */
void show_result(const char *command, const json_t *result, FILE *to, bool colour);

/* ---- between the files of this module ---- */

void show_status(const json_t *status, FILE *to, bool colour);
void show_pools(const json_t *status, FILE *to, bool colour);
void show_explain(const json_t *result, FILE *to, bool colour);

struct table;

/* A table below an empty line, if it has rows; then it is gone. */
void show_rows(struct table *t, FILE *to, bool colour);
/* "it fell too often: held for another 5m"; owned. */
char *show_hold(json_int_t left_ms);

/* Members of objects; a missing one is "", 0, false. */
const char *show_text(const json_t *o, const char *key);
json_int_t show_integer(const json_t *o, const char *key);
bool show_bool(const json_t *o, const char *key);
double show_real(const json_t *o, const char *key); /* of an integer, too */

/* "root", or "uid 1234" where nobody has that number.  Borrowed until the next call. */
const char *show_user(const json_t *o);
/* "a, b, c"; owned. */
char *show_list(const json_t *texts);
