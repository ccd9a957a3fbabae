/*
 * Lists of drains and the JSON that they are kept as.  Part of drains.c's inside.
 *
 * Pure.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "control/drains.h"

struct drain_list {
    struct drain *items; /* owned, as all in them; oldest first */
    size_t n;
};

void drain_copy(struct drain *to, const struct drain *from);
void drain_fini(struct drain *d);
void drainlist_fini(struct drain_list *l);

const struct drain *drainlist_find(const struct drain_list *l, const char *region,
                                   const uint8_t *pool);
/* out: a copy of l with d, or without the one that has d's region and pool. */
void drainlist_with(struct drain_list *out, const struct drain_list *l, const struct drain *d);
void drainlist_without(struct drain_list *out, const struct drain_list *l, const struct drain *d);

char *drainlist_text(const struct drain_list *l); /* owned */
/* False and an error naming path; out is then empty. */
bool drainlist_read(struct drain_list *out, const char *path, const char *text, size_t len,
                    struct err *err);
