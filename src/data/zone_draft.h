/*
 * What one owner of a zone in the making has: records by type, unrendered.
 *
 * All memory is an arena's of the caller's.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "base/arena.h"
#include "data/nametable.h"
#include "data/zone.h"

struct draft {
    struct draft_set *sets; /* by type, RRSIGs also by the type that they cover */
    uint32_t dyn_1;         /* which of the zone's dyns the owner is, plus 1; 0: none */
};

enum zone_added draft_add(struct draft *d, struct arena *a, uint16_t type, uint32_t ttl_s,
                          const uint8_t *rdata, uint16_t rdlen);
/* Take what a node has into an empty draft. */
void draft_thaw(struct draft *d, struct arena *a, const struct node *n);

/* Of which type a record is in a node's order: RRSIGs by the type that they cover (RFC 4034 §3.1.1). */
uint16_t draft_covers(uint16_t type, const uint8_t *rdata, uint16_t rdlen);

/* Make a node of it in the table: *ref is new, and not yet in a slot. */
struct node *draft_freeze(const struct draft *d, struct nametable *t,
                          const struct node_start *start, uint32_t *ref);
