/*
 * Making a geomap.  A builder is led through address space a part at a time, and through each part in
 * order: it is told from which address on which ranking holds.
 *
 *   part 0.0.0.0/0                 run 0.0.0.0 A    run 128.0.0.0 B    run 192.0.0.0 A
 *
 * What is told twice in a row is one run, so scopes are exact, whatever the caller's steps were.
 * There may be several builders, one for each thread: their parts together are all addresses of both
 * families.
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

typedef unsigned __int128 geokey_t; /* an address, its first bit the highest; IPv4: the rest zero */
geokey_t geokey(const struct ipaddr *addr);

/* What is spoken of next is this block and no more. */
void geobuild_part(struct geobuild *b, const struct prefix *block);

/* In IPv6, as a ranking: the block carries IPv4 addresses (ip4in6.h), and is looked up by those. */
#define GEOBUILD_EMBEDDED UINT32_MAX
/* From `at` on, in the part.  The first run of a part begins where it does; the next ones behind it. */
void geobuild_run(struct geobuild *b, geokey_t at, uint32_t ranking);

/*
 * Takes the builders, gives the map, one reference.  NULL if there were more rankings than a map can
 * tell apart, 2^23 - 1.
 */
struct geomap *geobuild_seal(struct geobuild *const *builders, size_t n);
