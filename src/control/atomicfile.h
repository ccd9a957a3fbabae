/*
 * Files of the state folder, replaced whole: after a power cut there is the old one or the new one.
 *
 * Blocks on the disk: for the thread pool, and for start.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Write folder/name.tmp, fsync it, rename it to folder/name and fsync the folder; mode 0640. */
bool atomicfile_write(const char *folder, const char *name, const void *data, size_t len,
                      struct err *err);

/* The same for what nobody else may read; mode 0600. */
bool atomicfile_write_secret(const char *folder, const char *name, const void *data, size_t len,
                             struct err *err);

/* The whole of folder/name, with a NUL behind it; owned.  NULL without an error: there is none.
 * One of over 256 MiB is none of ours: an error. */
char *atomicfile_read(const char *folder, const char *name, size_t *len, struct err *err);

/* Rename folder/name to folder/name.broken, to be looked at by people; none is fine. */
bool atomicfile_put_aside(const char *folder, const char *name, struct err *err);

/* Bring a file's name to the disk, after a rename: fsync of its folder.  False: errno. */
bool atomicfile_sync_folder_of(const char *path);
