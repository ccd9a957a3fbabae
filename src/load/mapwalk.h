/*
 * One thread's share of compiling a map: a walk over all search trees and the network rules at once,
 * block by block.
 *
 * What is decided at a leaf depends on few things: the network rules that match, and what each
 * database says.  Those are numbers; each combination is worked out once and remembered.
 *
 * One thread for each walker; what it is made from, many may share.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "base/intern.h"
#include "data/geobuild.h"
#include "load/geowalk.h"
#include "load/maprules.h"
#include "load/ranker.h"
#include "load/recordmap.h"

/* What all walkers of a compilation share and only read. */
struct mapwork {
    const struct geodb *db;
    const struct maprules *rules;
    const struct ranker *ranker;
    size_t n_regions;
};

/* So many bits of an address. */
struct mapblock {
    geokey_t at;
    unsigned bits;
};

/* Fences that met and left nothing, and where they first did. */
struct mapconflict {
    const struct rule_spec *narrow, *wide;
    struct prefix block;
};

struct mapwalk {
    const struct mapwork *work;
    struct geowalk geo;
    struct geobuild *build;
    const struct netrules *networks; /* of work's rules */
    struct geocursor nothing;        /* nobody knows anything */

    unsigned max_bits;     /* of addresses of this part's family */
    bool has_sole;         /* in this part one database knows something, and only one: */
    size_t sole;           /* which; and while it is walked alone: */
    uint32_t chain;        /* the network rules that hold */
    uint32_t last_record;  /* of the block before */
    struct mapblock block; /* which is being worked out */

    struct recordmap
        ranks[GEODB_MAX]; /* by sole database: the ranking of each leaf, no rule holding */
    struct recordmap records[GEODB_MAX]; /* by database, elsewhere: the place of each leaf */
    struct place *places;                /* as far as rules can tell them apart */
    uint32_t n_places;
    struct intern vague;  /* those without coordinates, each once; there are few */
    uint32_t *place_of;   /* by number in vague */
    struct intern cases;  /* a chain of network rules and a place for each database */
    uint32_t *ranking_of; /* by case */
    struct ranking *scratch;

    bool knows_asn, knows_subdivision;
    struct mapconflict *conflicts; /* each pair once */
    size_t n_conflicts;
};

void mapwalk_init(struct mapwalk *w, const struct mapwork *work);
/* Walk over one block, of at most GEOBUILD_PART_BITS bits, as a part of its builder. */
void mapwalk_part(struct mapwalk *w, const struct prefix *block);
void mapwalk_fini(struct mapwalk *w); /* build too, unless it was taken: NULL */
