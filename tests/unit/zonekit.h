/*
 * Zones for tests: from text, and held against each other.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>

#include "load/zoneload.h"

/*
 * Load a zone from memory; messages name the file "z".
 *
 *   copy   out: the text of opts->copy, owned; NULL: not wanted
 *
 * NULL where there is an error.
 */
struct zone *zonekit_load(const char *apex, const char *text, size_t len, char **copy,
                          struct err *err);

/* Do the two hold the same names, records, TTLs and steered names?  False: *why says what differs,
 * owned. */
bool zonekit_same(const struct zone *a, const struct zone *b, char **why);
