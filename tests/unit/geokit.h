/*
 * Maps and rankings in a few letters, for the tests of geo modules.  Regions are a (Virginia),
 * b (Dublin), c (Seoul) and d (without coordinates).  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "data/geomap.h"
#include "load/mapspec.h"

#define GEOKIT_REGIONS 4
extern const struct region_spec geokit_regions[GEOKIT_REGIONS];

/*
 * A map from rules, a line each, in the order of the lines.  Returns owned: geokit_free.
 *
 *   10.0.0.0/8 >ca      network: prefer c, a         +EU =b       continent: only b
 *   AS64496 =ab         ASN: only a, b               US-CA off    subdivision: fence off
 *   KR >c =ac           country: prefer c, only a, c ?c           unknown: c
 */
struct map_spec *geokit_map(const char *rules);
void geokit_free(struct map_spec *map);

/* A ranking as letters, "cab". */
const char *geokit_text(const struct ranking *r, char out[REGIONS_MAX + 1]);
/* The other way round; NULL or "": no region. */
struct region_list geokit_list(const char *letters);
regionset_t geokit_set(const char *letters);

/* $SRCDIR/path, from `make check`; elsewhere relative to the top of the source.  In out. */
const char *geokit_path(const char *path, char out[4096]);
