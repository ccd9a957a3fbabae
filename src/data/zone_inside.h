/*
 * The inside of a zone, shared by the file that builds it and the one that reads it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "base/arena.h"
#include "data/nametable.h"
#include "data/zone.h"

struct zone_draft; /* what only a zone in the making has */

struct zone {
    unsigned refs; /* control thread */
    struct arena *arena;
    struct nametable names;
    struct node *apex;
    const struct dyn **dyns;
    size_t n_dyns, n_records;
    const struct rrset *negative_soa;
    struct zone_draft *draft; /* NULL once sealed */
};

void zone_draft_free(struct zone_draft *d); /* NULL is fine */
