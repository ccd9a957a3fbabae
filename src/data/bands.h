/*
 * Clients that come back to a region little by little: what a client gets depends on its *slot*, one of
 * 256, that is its block's own in a pool, and slots come back in order.
 *
 *   slot  0 ──────────── until ──────────────────────── until ────────── 255
 *         │ all are back │ the region that was back last │ none that    │
 *         │              │ is not there for these yet    │ ramps is     │
 *         └ band 0       └ band 1                        └ band 2
 *
 * A block is the client's unit: /24 for IPv4, also inside of IPv6, /48 for IPv6.  Its slot follows from
 * the pool's name alone, so it is the same after a restart and on every server.
 *
 * Made by the steering compiler, immutable, read by any thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "base/hash.h"
#include "data/geomap.h"

#define SLOTS 256

struct choice_table;

struct band {
    uint16_t until;              /* the first slot that is not of it */
    struct choice_table *choice; /* a reference */
};

struct bands {
    uint64_t seed;      /* bands_seed() */
    uint8_t n;          /* ≥ 2 */
    struct band band[]; /* ascending; the last one ends at SLOTS, the first may be empty */
};

/* So that the blocks that come first for one pool are not those that come first for all. */
uint64_t bands_seed(const uint8_t *pool);

/*
 * The slot of a client, below SLOTS.
 *
 *   unit   out: length of its block, in addr's own family
 */
unsigned bands_slot(uint64_t seed, const struct ipaddr *addr, uint8_t *unit);

/*
 * What a client of a ranking gets.
 *
 *   scope  in: of the ranking; out: no shorter than the client's block where the slot matters for its
 *          ranking, since others around it may get another region
 */
uint8_t bands_choice(const struct bands *b, uint32_t ranking, const struct ipaddr *addr,
                     uint8_t *scope);

struct bands *bands_new(uint64_t seed, uint8_t n); /* bands are the caller's to fill in */
void bands_free(struct bands *b);                  /* with its references; NULL is fine */
