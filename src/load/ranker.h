/*
 * In which order to try regions (proxima.yaml(5)): those that a rule prefers, then the rest by
 * great-circle distance, or, for a client whose coordinates nobody knows, by `unknown` and as
 * declared.  The compiler and `explain` both ask here, so they cannot disagree.
 *
 * Immutable once made; any thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "data/geomap.h"
#include "load/mapspec.h"
#include "load/place.h"

struct ranker {
    size_t n;
    bool biased; /* any region is */
    bool has_at[REGIONS_MAX];
    regionset_t located;        /* the same as a set */
    double at[REGIONS_MAX][3];  /* on the unit sphere */
    double factor[REGIONS_MAX]; /* of its distance, by its bias */
    struct region_list unknown;
};

void ranker_init(struct ranker *r, const struct region_spec *regions, size_t n,
                 const struct region_list *unknown);

/* Octets of a ranking of all regions. */
size_t ranker_size(const struct ranker *r);

/*
 * The order for a client.
 *
 *   prefer   what a rule wants first, or NULL
 *   allowed  what the fences leave, not empty; the others are left out
 *   out      ranker_size() octets, all zero or a ranking of these regions: sorting begins with its
 *            order, which is nearly right when neighbours are ranked one after the other
 */
void ranker_order(const struct ranker *r, const struct place *place,
                  const struct region_list *prefer, regionset_t allowed, struct ranking *out);

/* Kilometres to a region, bias not applied; negative: one of both has no coordinates. */
double ranker_km(const struct ranker *r, const struct place *place, size_t region);
