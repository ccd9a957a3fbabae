/* SPDX-License-Identifier: BSD-2-Clause */
#include "load/mapwalk.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

void mapwalk_init(struct mapwalk *w, const struct mapwork *work)
{
    *w = (struct mapwalk){.work = work, .networks = maprules_networks(work->rules)};
    geowalk_init(&w->geo, work->db);
    w->build = geobuild_new(work->n_regions);
    for (size_t i = 0; i < w->geo.n; i++) {
        recordmap_init(&w->ranks[i]);
        recordmap_init(&w->records[i]);
        w->nothing.record[i] = GEO_NOTHING;
    }
    intern_init(&w->vague, sizeof(struct place));
    intern_init(&w->cases, (1 + w->geo.n) * sizeof(uint32_t));
    w->scratch = xcalloc(1, ranker_size(work->ranker));
}

void mapwalk_fini(struct mapwalk *w)
{
    geobuild_free(w->build);
    for (size_t i = 0; i < w->geo.n; i++) {
        recordmap_fini(&w->ranks[i]);
        recordmap_fini(&w->records[i]);
    }
    free(w->places);
    intern_fini(&w->vague);
    free(w->place_of);
    intern_fini(&w->cases);
    free(w->ranking_of);
    free(w->scratch);
    free(w->conflicts);
}

/* ---- from a leaf to a ranking ---- */

/* What a leaf says, as far as rules can tell it from others. */
static void read_place(struct mapwalk *w, size_t db, uint32_t leaf, struct place *out)
{
    if (!geodb_place(w->work->db, db, leaf, out)) {
        w->geo.corrupt[db] = "a record cannot be decoded";
        memset(out, 0, sizeof(*out));
    }
    w->knows_asn |= out->asn != 0;
    w->knows_subdivision |= out->subdivision[0] != '\0';
    if (out->asn != 0 && !maprules_has_asn(w->work->rules, out->asn))
        out->asn = PLACE_ASN_OTHER;
}

static uint32_t add_place(struct mapwalk *w, const struct place *p)
{
    w->places = xgrow(w->places, w->n_places, sizeof(*w->places));
    w->places[w->n_places] = *p;
    return w->n_places++;
}

/*
 * The number of a place.  Of a city database nearly every record is a place of its own, so they are not
 * compared; country and ASN databases say the same in many records, and it is by such that the
 * combinations of several databases stay few.
 */
static uint32_t number_place(struct mapwalk *w, const struct place *p)
{
    bool fresh;

    if (p->has_at)
        return add_place(w, p);
    const uint32_t id = intern_id(&w->vague, p, &fresh);
    if (fresh) {
        w->place_of = xgrow(w->place_of, id, sizeof(*w->place_of));
        w->place_of[id] = add_place(w, p);
    }
    return w->place_of[id];
}

static uint32_t place_at(struct mapwalk *w, size_t db, uint32_t leaf)
{
    struct place place;
    uint32_t number;

    if (w->geo.corrupt[db] != NULL)
        leaf = GEO_NOTHING;
    if (!recordmap_find(&w->records[db], leaf, &number)) {
        read_place(w, db, leaf, &place);
        number = number_place(w, &place);
        recordmap_add(&w->records[db], leaf, number);
    }
    return number;
}

/* The narrower fence of a conflict: one that excludes the other by itself, if there is one. */
static const struct rule_spec *other_side(const struct match *m)
{
    for (size_t i = 0; i < m->n_fences; i++)
        if (m->fences[i] != m->conflict && (m->fences[i]->only & m->conflict->only) == 0)
            return m->fences[i];
    return m->fences[0];
}

static struct prefix prefix_of(const struct mapwalk *w, const struct mapblock *block)
{
    struct prefix p = {.bits = (uint8_t)block->bits, .addr.family = w->geo.family};

    for (size_t i = 0; i < 16; i++)
        p.addr.bytes[i] = (uint8_t)(block->at >> (120 - 8 * i));
    return p;
}

static void note_conflict(struct mapwalk *w, const struct match *m)
{
    const struct mapconflict met = {other_side(m), m->conflict, prefix_of(w, &w->block)};

    for (size_t i = 0; i < w->n_conflicts; i++)
        if (w->conflicts[i].narrow == met.narrow && w->conflicts[i].wide == met.wide)
            return;
    w->conflicts = xgrow(w->conflicts, w->n_conflicts, sizeof(*w->conflicts));
    w->conflicts[w->n_conflicts++] = met;
}

static uint32_t rank(struct mapwalk *w, uint32_t chain, struct place *place)
{
    const regionset_t all = UINT64_MAX >> (REGIONS_MAX - w->work->n_regions);
    struct match match;

    place_complete(place);
    maprules_match(w->work->rules, chain, place, all, &match);
    if (match.conflict != NULL)
        note_conflict(w, &match);
    ranker_order(w->work->ranker, place, match.prefer != NULL ? &match.prefer->prefer : NULL,
                 match.allowed, w->scratch);
    return geobuild_ranking(w->build, w->scratch);
}

/* key: chain, then a place for each database. */
static uint32_t rank_case(struct mapwalk *w, const uint32_t *key)
{
    struct place place = {0};

    for (size_t i = 0; i < w->geo.n; i++)
        place_fill(&place, &w->places[key[1 + i]]);
    return rank(w, key[0], &place);
}

static void check_leaf(struct mapwalk *w, size_t db, uint32_t record)
{
    if (record < w->geo.tree[db].n)
        w->geo.corrupt[db] = "its search tree is deeper than addresses are long";
}

/* Only one database knows anything here, and no network rule matches: most blocks of most maps. */
static uint32_t rank_alone(struct mapwalk *w, uint32_t leaf)
{
    struct recordmap *ranks = &w->ranks[w->sole];
    struct place place;
    uint32_t ranking;

    check_leaf(w, w->sole, leaf);
    if (w->geo.corrupt[w->sole] != NULL)
        leaf = GEO_NOTHING;
    if (!recordmap_find(ranks, leaf, &ranking)) {
        read_place(w, w->sole, leaf, &place);
        ranking = rank(w, 0, &place);
        recordmap_add(ranks, leaf, ranking);
    }
    return ranking;
}

static uint32_t rank_leaf(struct mapwalk *w, const struct geocursor *leaf, uint32_t chain)
{
    uint32_t key[1 + GEODB_MAX] = {chain};
    bool fresh;

    for (size_t i = 0; i < w->geo.n; i++) {
        check_leaf(w, i, leaf->record[i]);
        key[1 + i] = place_at(w, i, leaf->record[i]);
    }
    const uint32_t id = intern_id(&w->cases, key, &fresh);
    if (fresh) {
        w->ranking_of = xgrow(w->ranking_of, id, sizeof(*w->ranking_of));
        w->ranking_of[id] = rank_case(w, key);
    }
    return w->ranking_of[id];
}

/* ---- the walk ---- */

static struct mapblock half_of(const struct mapblock *block, bool upper)
{
    return (struct mapblock){block->at | (geokey_t)upper << (127 - block->bits), block->bits + 1};
}

static uint32_t rank_sole(struct mapwalk *w, uint32_t record)
{
    struct geocursor leaf;

    if (w->chain == 0)
        return rank_alone(w, record);
    leaf = w->nothing;
    leaf.record[w->sole] = record;
    return rank_leaf(w, &leaf, w->chain);
}

/* Networks are seldom as long as blocks are: many a block has the record of the one before. */
static void walk_sole(struct mapwalk *w, uint32_t record, geokey_t at, unsigned bits)
{
    uint32_t half[2] = {GEO_NOTHING, GEO_NOTHING};

    if (record < w->geo.tree[w->sole].n && bits < w->max_bits) {
        geowalk_split_one(&w->geo, w->sole, record, half);
        walk_sole(w, half[0], at, bits + 1);
        walk_sole(w, half[1], at | (geokey_t)1 << (127 - bits), bits + 1);
    } else if (record != w->last_record) {
        w->block = (struct mapblock){at, bits};
        w->last_record = record;
        geobuild_run(w->build, at, rank_sole(w, record));
    }
}

/* In a block that only one database knows and in which no network rule differs there is one tree to
 * go down in: that is nearly everywhere. */
static void begin_sole(struct mapwalk *w, uint32_t record, const struct mapblock *block,
                       uint32_t chain)
{
    w->chain = chain;
    w->last_record = w->geo.tree[w->sole].n; /* which no block has: geowalk_take */
    walk_sole(w, record, block->at, block->bits);
}

static void walk(struct mapwalk *w, const struct geocursor *at, const struct mapblock *block,
                 uint32_t node, uint32_t chain);

static void walk_halves(struct mapwalk *w, const struct geocursor *at, const struct mapblock *block,
                        uint32_t node, uint32_t chain)
{
    struct geocursor half[2] = {w->nothing, w->nothing};
    const struct mapblock lower = half_of(block, false), upper = half_of(block, true);

    geowalk_split(&w->geo, at, half);
    walk(w, &half[0], &lower, netrules_half(w->networks, node, false), chain);
    walk(w, &half[1], &upper, netrules_half(w->networks, node, true), chain);
}

static void tell_leaf(struct mapwalk *w, const struct geocursor *at, const struct mapblock *block,
                      uint32_t chain)
{
    w->block = *block;
    geobuild_run(w->build, block->at, rank_leaf(w, at, chain));
}

/* A block: its record in each database, its node among the network rules, the chain of rules that
 * hold above it. */
static void walk(struct mapwalk *w, const struct geocursor *at, const struct mapblock *block,
                 uint32_t node, uint32_t chain)
{
    chain = netrules_chain(w->networks, node, chain);
    if (netrules_embedded(w->networks, node))
        geobuild_run(w->build, block->at, GEOBUILD_EMBEDDED);
    else if (node == NETRULES_NONE && w->has_sole)
        begin_sole(w, at->record[w->sole], block, chain);
    else if ((node == NETRULES_NONE && geowalk_is_leaf(&w->geo, at)) || block->bits == w->max_bits)
        tell_leaf(w, at, block, chain);
    else
        walk_halves(w, at, block, node, chain);
}

/* The nodes above a part are read by every part below them, which says nothing of the tree. */
static struct geocursor descend(struct mapwalk *w, const struct prefix *block)
{
    struct geocursor at = geowalk_root(&w->geo, block->addr.family);
    struct geocursor half[2] = {w->nothing, w->nothing};
    uint32_t *reads = w->geo.reads[block->addr.family - 1], before[GEODB_MAX];

    memcpy(before, reads, sizeof(before));
    for (unsigned i = 0; i < block->bits; i++) {
        geowalk_split(&w->geo, &at, half);
        at = half[ipaddr_bit(&block->addr, i)];
    }
    memcpy(reads, before, sizeof(before));
    return at;
}

/* Databases are often of one family each, or of one continent. */
static void find_sole(struct mapwalk *w, const struct geocursor *at)
{
    size_t n = 0;

    for (size_t i = 0; i < w->geo.n; i++) {
        if (at->record[i] == GEO_NOTHING)
            continue;
        w->sole = i;
        n++;
    }
    w->has_sole = n == 1;
}

void mapwalk_part(struct mapwalk *w, const struct prefix *block)
{
    const struct geocursor at = descend(w, block);
    const struct mapblock whole = {geokey(&block->addr), block->bits};
    uint32_t node = netrules_root(w->networks, block->addr.family), chain = 0;

    for (unsigned i = 0; i < block->bits; i++) {
        chain = netrules_chain(w->networks, node, chain);
        node = netrules_half(w->networks, node, ipaddr_bit(&block->addr, i));
    }
    find_sole(w, &at);
    w->max_bits = ipaddr_bits(&block->addr);
    geobuild_part(w->build, block);
    walk(w, &at, &whole, node, chain);
}
