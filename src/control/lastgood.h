/*
 * The last good configuration and databases: a copy of each that was read without an error and is in
 * force, kept in the state folder, so that a start finds something to answer with whatever lies on
 * the disk by then (proximad(8)).  Those of zones are goodzones.h's.
 *
 * A copy is written beside its place while the original is read, and moved there only when the
 * original comes into force.  Blocks on the disk: for the thread pool, and for start.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

/* Paths in the state folder; owned by the caller. */
char *lastgood_config_path(const char *state);
char *lastgood_database_path(const char *state, size_t i);

/* A copy in the making. */
struct lastgood {
    char *path, *tmp; /* NULL: nothing to do */
    FILE *file;       /* until lastgood_finish */
    bool failed;
};

void lastgood_begin(struct lastgood *copy, char *path); /* takes path */
/* A copy of a whole file, finished; nothing is done if the copy that is there has its size and time. */
void lastgood_copy_file(struct lastgood *copy, char *path, const char *from);
void lastgood_finish(struct lastgood *copy); /* all is written; the file is closed */
/* Bring it to the disk and move it to its place, or throw it away; both leave an empty struct.  False:
 * it could not be written or moved, which the log says, and the copy that was there stays. */
bool lastgood_commit(struct lastgood *copy);
void lastgood_drop(struct lastgood *copy);

/*
 * Where a configuration that does not load says its state folder is, by looking for `state:` in
 * its text; fallback where it says nothing.  Owned.  Better than nothing for the one
 * case in which the folder has to be found without a configuration.
 */
char *lastgood_guess_state(const char *config_path, const char *fallback);
