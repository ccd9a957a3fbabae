/*
 * The zone directory: which zones there are.
 *
 * Thread pool, and start.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "control/zone_source.h"

struct zone_list {
    struct zone_source **at; /* each with a reference */
    size_t n;
};

void zone_list_fini(struct zone_list *list);

/*
 * The zones of a directory, in the order of their file names, none read yet.  False and errors: it
 * cannot be listed, a name is no zone's, two files are the same zone.  *out is owned, also on false:
 * then it holds what there is.
 */
bool zonedir_list(const char *directory, struct zone_list *out, struct err *err);

/*
 * Add the zones that were in force and whose file is not there any more, taken from their last good
 * copies: only a reload drops a zone, not a start that finds a folder empty or not mounted.
 */
void zonedir_add_gone(const char *directory, const struct zone_copies *copies,
                      struct zone_list *zones);

/* The file of one zone, not read yet, owned; NULL and an error: there is none, or two. */
struct zone_source *zonedir_find(const char *directory, const uint8_t *apex, struct err *err);
