/*
 * Zones for tests: from text, and held against each other.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>

#include "load/zoneload.h"

/* Load a zone from memory; messages name the file "z".  NULL where there is an error. */
struct zone *zonekit_load(const char *apex, const char *text, size_t len, struct err *err);

/* A zone as text, everything absolute, one record a line, the steered names at the end: a master file
 * that loads to the same zone.  Owned. */
char *zonekit_print(const struct zone *z);
/* The lines of a text, sorted; owned. */
char *zonekit_sorted(const char *text);

/* Do the two hold the same names, records, TTLs and steered names?  False: *why says what differs,
 * owned. */
bool zonekit_same(const struct zone *a, const struct zone *b, char **why);
