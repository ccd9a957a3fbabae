/*
 * The walk is one recursion over all trees.  What is decided at a leaf depends on few things: the
 * network rules that match, and what each database says.  Those are numbers; each combination is
 * worked out once and remembered.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "load/mapcompile.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/intern.h"
#include "base/xalloc.h"
#include "data/geobuild.h"
#include "data/ip4in6.h"
#include "load/ranker.h"

/* Fences that met and left nothing: reported once. */
struct conflict {
    const struct rule_spec *a, *b;
};

struct compiler {
    const struct map_spec *map;
    struct geodb *db;
    struct err *err;
    struct maprules *rules;
    const struct netrules *networks; /* of rules */
    struct ranker ranker;
    regionset_t all;
    struct geobuild *build;
    struct prefix block; /* where the walk stands */

    struct intern classes; /* places, as far as rules can tell them apart */
    uint32_t
        *class_of[GEODB_MAX]; /* by database and its number of a place: class + 1; 0: not yet */
    uint32_t n_class_of[GEODB_MAX];
    struct intern cases;  /* a chain of network rules and a class for each database */
    uint32_t *ranking_of; /* by case */
    struct ranking *scratch;

    bool knows_asn, knows_subdivision;
    struct conflict *conflicts;
    size_t n_conflicts;
};

static void compiler_init(struct compiler *c, const struct map_spec *map,
                          const struct region_spec *regions, size_t n_regions, struct geodb *db,
                          struct err *err)
{
    *c = (struct compiler){.map = map, .db = db, .err = err};
    c->rules = maprules_new(map, err);
    c->networks = maprules_networks(c->rules);
    ranker_init(&c->ranker, regions, n_regions, &map->unknown);
    c->all = UINT64_MAX >> (REGIONS_MAX - n_regions);
    c->build = geobuild_new(n_regions);
    intern_init(&c->classes, sizeof(struct place));
    intern_init(&c->cases, (1 + geodb_count(db)) * sizeof(uint32_t));
    c->scratch = xmalloc(ranker_size(&c->ranker));
}

static void compiler_fini(struct compiler *c)
{
    maprules_free(c->rules);
    geobuild_free(c->build);
    intern_fini(&c->classes);
    for (size_t i = 0; i < GEODB_MAX; i++)
        free(c->class_of[i]);
    intern_fini(&c->cases);
    free(c->ranking_of);
    free(c->scratch);
    free(c->conflicts);
}

static uint32_t classify(struct compiler *c, const struct place *place)
{
    struct place p;
    bool fresh;

    memcpy(&p, place, sizeof(p)); /* with its padding */
    c->knows_asn |= p.asn != 0;
    c->knows_subdivision |= p.subdivision[0] != '\0';
    if (p.asn != 0 && !maprules_has_asn(c->rules, p.asn))
        p.asn = PLACE_ASN_OTHER;
    return intern_id(&c->classes, &p, &fresh);
}

/* Double the table of a database until it has room for a place. */
static void make_room(struct compiler *c, size_t db, uint32_t place)
{
    const uint32_t had = c->n_class_of[db];
    uint32_t n = had > 0 ? had : 64;

    while (n <= place)
        n *= 2;
    c->class_of[db] = xrealloc(c->class_of[db], n * sizeof(uint32_t));
    memset(c->class_of[db] + had, 0, (n - had) * sizeof(uint32_t));
    c->n_class_of[db] = n;
}

static uint32_t class_at(struct compiler *c, size_t db, const struct geocursor *leaf)
{
    const uint32_t place = geodb_place_id(c->db, db, leaf);

    if (place >= c->n_class_of[db])
        make_room(c, db, place);
    uint32_t *class = &c->class_of[db][place];
    if (*class == 0)
        *class = 1 + classify(c, geodb_place(c->db, db, place));
    return *class - 1;
}

static bool conflict_is_new(struct compiler *c, struct conflict conflict)
{
    for (size_t i = 0; i < c->n_conflicts; i++)
        if (c->conflicts[i].a == conflict.a && c->conflicts[i].b == conflict.b)
            return false;
    c->conflicts = xgrow(c->conflicts, c->n_conflicts, sizeof(*c->conflicts));
    c->conflicts[c->n_conflicts++] = conflict;
    return true;
}

/* The narrower fence of a conflict: one that excludes the other by itself, if there is one. */
static const struct rule_spec *other_side(const struct match *m)
{
    for (size_t i = 0; i < m->n_fences; i++)
        if (m->fences[i] != m->conflict && (m->fences[i]->only & m->conflict->only) == 0)
            return m->fences[i];
    return m->fences[0];
}

static void report_conflict(struct compiler *c, const struct match *m)
{
    const struct rule_spec *narrow = other_side(m);
    char block[PREFIX_TEXT];

    if (!conflict_is_new(c, (struct conflict){narrow, m->conflict}))
        return;
    err_at(c->err, narrow->pos,
           "map %s: no region is left for %s, where both this `only` and that of line %u hold; let "
           "them share a region, or say `fence: off` here",
           c->map->name, prefix_print(&c->block, block), m->conflict->pos.line);
}

/* key: chain, then a class for each database. */
static uint32_t rank_case(struct compiler *c, const uint32_t *key)
{
    struct place place = {0};
    struct match match;

    for (size_t i = 0; i < geodb_count(c->db); i++)
        place_fill(&place, intern_key(&c->classes, key[1 + i]));
    place_complete(&place);
    maprules_match(c->rules, key[0], &place, c->all, &match);
    if (match.conflict != NULL)
        report_conflict(c, &match);
    ranker_order(&c->ranker, &place, match.prefer != NULL ? &match.prefer->prefer : NULL,
                 match.allowed, c->scratch);
    return geobuild_ranking(c->build, c->scratch);
}

static uint32_t rank_leaf(struct compiler *c, const struct geocursor *leaf, uint32_t chain)
{
    uint32_t key[1 + GEODB_MAX] = {chain};
    bool fresh;

    for (size_t i = 0; i < geodb_count(c->db); i++)
        key[1 + i] = class_at(c, i, leaf);
    const uint32_t id = intern_id(&c->cases, key, &fresh);
    if (fresh) {
        c->ranking_of = xgrow(c->ranking_of, id, sizeof(*c->ranking_of));
        c->ranking_of[id] = rank_case(c, key);
    }
    return c->ranking_of[id];
}

static void walk(struct compiler *c, const struct geocursor *at, uint32_t node, uint32_t chain);

static void walk_halves(struct compiler *c, const struct geocursor *at, uint32_t node,
                        uint32_t chain)
{
    struct geocursor half[2];
    uint8_t *byte = &c->block.addr.bytes[c->block.bits / 8];
    const uint8_t bit = (uint8_t)(0x80 >> c->block.bits % 8);

    geodb_split(c->db, at, half);
    geobuild_split(c->build);
    c->block.bits++;
    walk(c, &half[0], netrules_half(c->networks, node, false), chain);
    *byte |= bit;
    walk(c, &half[1], netrules_half(c->networks, node, true), chain);
    *byte &= (uint8_t)~bit;
    c->block.bits--;
}

/* The block that c stands at: its record in each database, its node among the network rules, the
 * chain of rules that hold above it. */
static void walk(struct compiler *c, const struct geocursor *at, uint32_t node, uint32_t chain)
{
    chain = netrules_chain(c->networks, node, chain);
    if (netrules_embedded(c->networks, node))
        geobuild_embedded(c->build);
    else if ((node == NETRULES_NONE && geodb_is_leaf(c->db, at)) ||
             c->block.bits == ipaddr_bits(&c->block.addr))
        geobuild_leaf(c->build, rank_leaf(c, at, chain));
    else
        walk_halves(c, at, node, chain);
}

static void walk_family(struct compiler *c, uint8_t family)
{
    const struct geocursor root = geodb_root(c->db, family);

    c->block = (struct prefix){.addr.family = family};
    walk(c, &root, netrules_root(c->networks, family), 0);
}

/* A rule that no database can make match is told, once for each kind. */
static void warn_blind(struct compiler *c, enum rule_kind kind, const char *what)
{
    for (size_t i = 0; i < c->map->n_rules; i++) {
        if (c->map->rules[i].kind != kind)
            continue;
        err_warn_at(c->err, c->map->rules[i].pos,
                    "map %s: no geo database here knows %s, so this rule matches nobody; add one "
                    "that does",
                    c->map->name, what);
        return;
    }
}

static struct geomap *seal(struct compiler *c)
{
    struct geomap *map = geobuild_seal(c->build);

    c->build = NULL;
    if (map == NULL)
        err_at(c->err, c->map->pos,
               "map %s: more different orders of regions than a map can hold; "
               "take fewer regions or a coarser database",
               c->map->name);
    return map;
}

struct geomap *mapcompile(const struct map_spec *map, const struct region_spec *regions,
                          size_t n_regions, struct geodb *db, struct err *err)
{
    struct compiler c;
    struct geomap *result = NULL;

    compiler_init(&c, map, regions, n_regions, db, err);
    walk_family(&c, FAMILY_IP4);
    walk_family(&c, FAMILY_IP6);
    if (!c.knows_asn)
        warn_blind(&c, RULE_ASN, "ASNs");
    if (!c.knows_subdivision)
        warn_blind(&c, RULE_SUBDIVISION, "codes of subdivisions");
    if (geodb_intact(db, err) && c.n_conflicts == 0)
        result = seal(&c);
    compiler_fini(&c);
    return result;
}

void mapcompile_reason(const struct map_spec *map, const struct region_spec *regions,
                       size_t n_regions, struct geodb *db, const struct ipaddr *addr,
                       struct map_reason *out)
{
    struct err ignored; /* warnings that mapcompile gave already */
    struct ranker ranker;
    struct match match;
    struct ipaddr ip4;
    uint8_t offset;

    err_init(&ignored);
    ranker_init(&ranker, regions, n_regions, &map->unknown);
    struct maprules *rules = maprules_new(map, &ignored);
    const struct ipaddr *client = ip4in6_find(addr, &ip4, &offset) ? &ip4 : addr;
    *out = (struct map_reason){.ranking = xmalloc(ranker_size(&ranker))};
    geodb_find(db, client, &out->place);
    maprules_match(rules, netrules_find(maprules_networks(rules), client), &out->place,
                   UINT64_MAX >> (REGIONS_MAX - n_regions), &match);
    out->prefer = match.prefer;
    out->by_unknown = !out->place.has_at;
    out->n_fences = match.n_fences;
    memcpy(out->fences, match.fences, sizeof(out->fences));
    ranker_order(&ranker, &out->place, match.prefer != NULL ? &match.prefer->prefer : NULL,
                 match.allowed, out->ranking);
    for (size_t i = 0; i < n_regions; i++)
        out->distance_km[i] = ranker_km(&ranker, &out->place, i);
    maprules_free(rules);
    err_fini(&ignored);
}
