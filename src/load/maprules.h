/*
 * Which rules of a map match a client, and what they amount to (proxima.yaml(5)): who orders, and
 * what the fences leave.
 *
 * Immutable once made; any thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "load/mapspec.h"
#include "load/netrules.h"
#include "load/place.h"

struct maprules;

/* Borrows the map.  Returns owned. */
struct maprules *maprules_new(const struct map_spec *map, struct err *err);
void maprules_free(struct maprules *r); /* NULL is fine */
const struct netrules *maprules_networks(const struct maprules *r);

/* Whether any rule asks for this ASN: clients of all others can be treated alike. */
bool maprules_has_asn(const struct maprules *r, uint32_t asn);

#define MATCH_FENCES 8

struct match {
    const struct rule_spec
        *prefer;         /* the most specific with `prefer`; of equals the first; or NULL */
    regionset_t allowed; /* the intersection of all fences that hold */
    size_t n_fences;
    const struct rule_spec
        *fences[MATCH_FENCES];        /* that hold, most specific first; the first eight */
    const struct rule_spec *conflict; /* the fence that leaves nothing, NULL: something is left */
};

/* chain: the network rules that match (netrules.h); all: every region. */
void maprules_match(const struct maprules *r, uint32_t chain, const struct place *place,
                    regionset_t all, struct match *out);
