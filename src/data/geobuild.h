/*
 * Making a geomap.  The builder is led through each family's address space in order, IPv4 first:
 * at every block the caller says either what its ranking is, or that its halves differ, and then
 * speaks of the halves, the lower one first.
 *
 *   split                            0.0.0.0/0
 *     leaf A                         0.0.0.0/1
 *     split                          128.0.0.0/1
 *       leaf B   leaf A              128.0.0.0/2, 192.0.0.0/2
 *
 * Halves that turn out equal become one block again, so leaves come out as large as they can be,
 * whatever the caller's steps were: that makes the scope exact.  A builder begins with IPv4, goes
 * to IPv6 by itself and is done after that.
 *
 * One thread at a time.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "data/geomap.h"

struct geobuild;

/* n_regions: no ranking will name a region above it.  Returns owned. */
struct geobuild *geobuild_new(size_t n_regions);
void geobuild_free(struct geobuild *b); /* NULL is fine; for those never sealed */

/* The id of a ranking; equal ones share it.  r is copied. */
uint32_t geobuild_ranking(struct geobuild *b, const struct ranking *r);

void geobuild_split(struct geobuild *b);
void geobuild_leaf(struct geobuild *b, uint32_t ranking);
/* In IPv6: the block carries IPv4 addresses (ip4in6.h), and is looked up by those. */
void geobuild_embedded(struct geobuild *b);

/*
 * Takes the builder, gives the map, one reference.  NULL if there were more rankings than a map can
 * tell apart, 2^23 - 1.  Both families must have been told of whole.
 */
struct geomap *geobuild_seal(struct geobuild *b);
