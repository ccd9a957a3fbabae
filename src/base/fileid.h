/*
 * Whether a file is still the one that was read: without reading it again.
 *
 * The change time is what no program can set: it moves with whatever is done to a file, also where size
 * and modification time stay.  Only its grain is left: what is changed twice within one, with a
 * reading between, looks the same, so a file is known again only if it had been left alone for a while.
 *
 * Any thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/clock.h"

struct fileid {
    uint64_t device, inode, size;
    int64_t modified_ns, changed_ns; /* since 1970 */
};

struct fileid fileid_of(const struct stat *st);
bool fileid_equal(const struct fileid *a, const struct fileid *b);

/* Whether the path leads to the very same file, unchanged. */
bool fileid_is_at(const struct fileid *id, const char *path);

/* Seen at this time: had it been left alone long enough for a later change to show in its times? */
bool fileid_is_settled(const struct fileid *id, real_ms_t seen_at);
