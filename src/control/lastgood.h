/*
 * The last good generation: a copy of every file that was read without an error and is in force,
 * kept in the state folder, so that a start finds something to answer with whatever lies on the
 * disk by then (proximad(8)).
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
char *lastgood_zone_path(const char *state, const uint8_t *apex);
char *lastgood_config_path(const char *state);
char *lastgood_database_path(const char *state, size_t i);

/* A copy in the making. */
struct lastgood {
    char *path, *tmp; /* NULL: nothing to do */
    FILE *file;       /* written by the caller until lastgood_finish */
    bool failed;
};

void lastgood_begin(struct lastgood *copy, char *path); /* takes path */
/* A copy of a whole file, finished; nothing is done if the copy that is there has its size and time. */
void lastgood_copy_file(struct lastgood *copy, char *path, const char *from);
void lastgood_finish(struct lastgood *copy); /* all is written; the file is closed */
/* Bring all finished copies to the disk, at once: before they are committed. */
void lastgood_sync(const char *state);
/* Move it to its place, or throw it away; both leave an empty struct.  False: it could not be
 * written or moved, which the log says, and the copy that was there stays. */
bool lastgood_commit(struct lastgood *copy);
void lastgood_drop(struct lastgood *copy);
/* Remove the copies of all zones but these, and what an earlier server left half done; nothing may be
 * in the making. */
void lastgood_keep_zones(const char *state, const uint8_t *const *apexes, size_t n);

/*
 * Where a configuration that does not load says its state folder is, by looking for `state:` in
 * its text; fallback where it says nothing.  Owned.  Better than nothing for the one
 * case in which the folder has to be found without a configuration.
 */
char *lastgood_guess_state(const char *config_path, const char *fallback);
