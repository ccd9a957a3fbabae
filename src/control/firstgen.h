/*
 * The generation that a server starts with: of what is there, as much as loads, and the last good copies
 * of the rest.
 *
 * Control thread, before its loop runs.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "control/generation.h"

/*
 * What there is to start with.  A configuration that loads but loses zones or maps, say because a
 * policy went that they use, or fences leave nothing, is given up for the last good one where that
 * loses fewer.
 *
 * Takes files.  NULL and errors: no map of theirs can be compiled.  Returns owned.
 */
struct generation *firstgen_read(struct sources *files, const char *config_path,
                                 struct goodzones *good, struct err *err);
/* Tell people of all in it that does not load, and what is in force instead. */
void firstgen_log(const struct generation *g, const char *config_path);
