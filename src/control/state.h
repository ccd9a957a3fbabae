/*
 * The state folder: locked by the one server that uses it.
 *
 *   lock          held while the server runs
 *   good/         the last good configuration, zones and databases (lastgood.h)
 *   drains.json   what an operator drained (drains.h)
 *   journal       who ordered what (journal.h)
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "base/err.h"

struct state;

/*
 * Open the folder, made with its parents if need be, and lock it.
 *
 *   user   NULL, or whose folder it is to be: for a server that drops root's rights afterwards
 *
 * NULL and an error, also when another server has it.  Returns owned.
 */
struct state *state_open(const char *path, const char *user, struct err *err);
void state_close(struct state *s); /* NULL is fine; lets go of the lock */

const char *state_path(const struct state *s); /* absolute */
