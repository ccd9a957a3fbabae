/*
 * Making a geomap.  A builder is led through address space in order: at every block the caller says
 * either what its ranking is, or that its halves differ, and then speaks of the halves, the lower
 * one first.
 *
 *   split                            0.0.0.0/0
 *     leaf A                         0.0.0.0/1
 *     split                          128.0.0.0/1
 *       leaf B   leaf A              128.0.0.0/2, 192.0.0.0/2
 *
 * Neighbours that turn out equal become one run, so scopes are exact, whatever the caller's steps
 * were.  A builder begins with IPv4, goes to IPv6 by itself and is done after that; or several of
 * them, one for each thread, are led through one part after the other (geobuild_part).
 *
 * One thread at a time for each builder.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "data/geomap.h"

struct geobuild;

/* n_regions: no ranking will name a region above it.  Returns owned. */
struct geobuild *geobuild_new(size_t n_regions);
void geobuild_free(struct geobuild *b); /* NULL is fine; for those never sealed */

/* The builder's id of a ranking; equal ones share it.  r is copied. */
uint32_t geobuild_ranking(struct geobuild *b, const struct ranking *r);

#define GEOBUILD_PART_BITS 16 /* a part's prefix is no longer */

/* What is spoken of next is this block and no more. */
void geobuild_part(struct geobuild *b, const struct prefix *block);

struct prefix geobuild_where(const struct geobuild *b); /* the block that is spoken of next */
void geobuild_split(struct geobuild *b);
void geobuild_leaf(struct geobuild *b, uint32_t ranking);
/* In IPv6: the block carries IPv4 addresses (ip4in6.h), and is looked up by those. */
void geobuild_embedded(struct geobuild *b);

/*
 * Takes the builders, gives the map, one reference.  NULL if there were more rankings than a map can
 * tell apart, 2^23 - 1.  Both families must have been told of whole, by all builders together.
 */
struct geomap *geobuild_seal(struct geobuild *const *builders, size_t n);
