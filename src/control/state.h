/*
 * The state folder: locked by the one server that uses it.
 *
 *   lock          held while the server runs
 *   good/         the last good configuration, zones and databases (lastgood.h)
 *   drains.json   what an operator drained (drains.h)
 *   health.json   verdicts and penalties (memory.h)
 *   history.json  what came of probes (histories.h)
 *   journal       who ordered what (journal.h)
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"

struct state;

/*
 * Make the folder that a file is to lie in, and those above it, if need be.  One that is made is
 * given to user (NULL: stays), one that is there is left alone.  False and errno: it could not be.
 */
bool state_make_folder_of(const char *file, const char *user);

/*
 * Open the folder, made with its parents if need be, and lock it.
 *
 *   user   NULL, or whose folder it is to be: for a server that drops root's rights afterwards
 *
 * NULL and an error when another server has it.  A folder that cannot be made or written is a
 * problem that state_problem tells: the server answers without, is not ready, and refuses drains.
 * Returns owned.
 */
struct state *state_open(const char *path, const char *user, struct err *err);
void state_close(struct state *s); /* NULL is fine; lets go of the lock */

const char *state_path(const struct state *s);    /* absolute, but for one with a problem */
const char *state_problem(const struct state *s); /* borrowed; NULL: none */
