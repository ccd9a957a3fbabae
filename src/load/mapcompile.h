/*
 * From databases and rules to a trie: walks every database and the network rules at once, gives
 * each block its ranking, merges equal neighbours (proxima.yaml(5)).
 *
 * Control thread or its thread pool.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "data/geomap.h"
#include "load/geodb.h"
#include "load/maprules.h"
#include "load/mapspec.h"

/*
 * Compile one map; db must be loaded.  NULL and errors if it cannot be: a damaged database, or
 * fences that leave nothing for somebody, told with the lines of both rules and an address for
 * which both hold (fences that exclude each other, but never meet, are no error).  Warns of rules
 * that cannot match anything.  Returns owned, one reference.
 */
struct geomap *mapcompile(const struct map_spec *map, const struct region_spec *regions,
                          size_t n_regions, struct geodb *db, struct err *err);

/* The same by so many threads, 1 to PARALLEL_MAX, where mapcompile decides by the work that there is. */
struct geomap *mapcompile_on(unsigned n_threads, const struct map_spec *map,
                             const struct region_spec *regions, size_t n_regions, struct geodb *db,
                             struct err *err);

/* Why an address has its ranking: for `proximactl explain`. */
struct map_reason {
    struct place place;
    const struct rule_spec *prefer; /* the rule that ordered, NULL: distance or `unknown` */
    bool by_unknown;                /* no coordinates: `unknown`, then as declared */
    size_t n_fences;
    const struct rule_spec *fences[MATCH_FENCES]; /* rules whose `only` apply; the first eight */
    struct ranking *ranking;                      /* owned by the caller: free() */
    double distance_km[REGIONS_MAX]; /* by region, bias not applied; negative: not known */
};

/* db must be loaded and the map one that compiled. */
void mapcompile_reason(const struct map_spec *map, const struct region_spec *regions,
                       size_t n_regions, struct geodb *db, const struct ipaddr *addr,
                       struct map_reason *out);
