/*
 * Blocks are completed bottom-up: a stack holds the lower halves that wait for their upper ones.
 * Whatever differs is put where it belongs at once; nodes whose 64 slots are complete go up by
 * value, because siblings must lie side by side, which only their parent can see to.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "data/geobuild.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/intern.h"
#include "base/xalloc.h"
#include "data/geotrie.h"

#define SLOTS  (1u << GEO_STRIDE)
#define FRAMES ((128 - GEO_DIRECT_IP6 + GEO_STRIDE - 1) / GEO_STRIDE)

/* What a completed block is: a ranking's id, or one of these. */
#define EMBEDDED GEO_IDS_MAX /* as an id of its own; lookups do not come here (geomap_find) */
#define MIXED    UINT32_MAX  /* it has been put into the trie already */

/* A node in the making. */
struct frame {
    uint64_t children, starts;
    unsigned n_nodes;
    uint32_t leaf[SLOTS];        /* where starts has a bit */
    struct geonode nodes[SLOTS]; /* n_nodes of them, in the order of their slots */
};

struct geobuild {
    struct geomap *map;
    struct intern rankings;
    size_t ranking_size;
    bool overflow;
    uint32_t ip4;        /* what all of IPv4 is; MIXED: not one ranking */
    unsigned family;     /* 0: IPv4, 1: IPv6, 2: done */
    unsigned depth;      /* of the block that is spoken of */
    geokey_t path;       /* its address */
    uint32_t lower[129]; /* by depth: the lower half, where path has a one */
    struct frame frames[FRAMES];
};

static void begin_family(struct geobuild *b, uint8_t direct_bits)
{
    struct geotrie *t = &b->map->trie[b->family];

    t->direct_bits = direct_bits;
    t->direct = xcalloc((size_t)1 << direct_bits, sizeof(*t->direct));
    b->depth = 0;
    b->path = 0;
}

struct geobuild *geobuild_new(size_t n_regions)
{
    struct geobuild *b = xcalloc(1, sizeof(*b));
    const size_t align = _Alignof(struct ranking);

    assert(n_regions >= 1 && n_regions <= REGIONS_MAX);
    b->map = xcalloc(1, sizeof(*b->map));
    b->map->refs = 1;
    b->ranking_size = (offsetof(struct ranking, region) + n_regions + align - 1) & ~(align - 1);
    intern_init(&b->rankings, b->ranking_size);
    begin_family(b, GEO_DIRECT_IP4);
    return b;
}

void geobuild_free(struct geobuild *b)
{
    if (b == NULL)
        return;
    geomap_unref(b->map);
    intern_fini(&b->rankings);
    free(b);
}

uint32_t geobuild_ranking(struct geobuild *b, const struct ranking *r)
{
    _Alignas(struct ranking) uint8_t key[sizeof(struct ranking) + REGIONS_MAX] = {0};
    const size_t len = offsetof(struct ranking, region) + r->n;
    bool fresh;

    assert(r->n >= 1 && r->allowed != 0 && len <= b->ranking_size);
    memcpy(key, r, len);
    const uint32_t id = intern_id(&b->rankings, key, &fresh);
    b->overflow |= id >= GEO_IDS_MAX;
    return id < GEO_IDS_MAX ? id : 0;
}

static struct geotrie *trie(struct geobuild *b)
{
    return &b->map->trie[b->family];
}

static bool begins_frame(struct geobuild *b, unsigned depth)
{
    const unsigned direct = trie(b)->direct_bits;

    return depth >= direct && (depth - direct) % GEO_STRIDE == 0;
}

/* The frame in which blocks of a depth below the direct bits have their slots. */
static struct frame *frame_of(struct geobuild *b, unsigned depth)
{
    return &b->frames[(depth - 1 - trie(b)->direct_bits) / GEO_STRIDE];
}

/* The first slot of the block at path, in the frame of its depth. */
static unsigned slot_of(struct geobuild *b, unsigned depth, geokey_t path)
{
    const unsigned direct = trie(b)->direct_bits;
    const unsigned start = depth - 1 - (depth - 1 - direct) % GEO_STRIDE;

    return (unsigned)(path << start >> (128 - GEO_STRIDE));
}

static void put_direct(struct geotrie *t, unsigned depth, geokey_t path, uint32_t word)
{
    uint32_t *at = &t->direct[(uint32_t)(path >> (128 - t->direct_bits))];
    const size_t n = (size_t)1 << (t->direct_bits - depth);

    for (size_t i = 0; i < n; i++)
        at[i] = word;
}

static void put_leaf(struct geobuild *b, unsigned depth, geokey_t path, uint32_t ranking)
{
    const uint32_t word = GEO_LEAF | ranking << 8 | depth;

    if (depth <= trie(b)->direct_bits) {
        put_direct(trie(b), depth, path, word);
        return;
    }
    struct frame *f = frame_of(b, depth);
    const unsigned slot = slot_of(b, depth, path);
    f->starts |= (uint64_t)1 << slot;
    f->leaf[slot] = word;
}

static uint32_t add_node(struct geotrie *t, struct geonode node)
{
    assert(t->n_nodes < GEO_LEAF);
    t->nodes = xgrow(t->nodes, t->n_nodes, sizeof(*t->nodes));
    t->nodes[t->n_nodes] = node;
    return t->n_nodes++;
}

static void add_leaf(struct geotrie *t, uint32_t word)
{
    assert(t->n_leaves < UINT32_MAX);
    t->leaves = xgrow(t->leaves, t->n_leaves, sizeof(*t->leaves));
    t->leaves[t->n_leaves++] = word;
}

static struct geonode seal_frame(struct geotrie *t, const struct frame *f)
{
    const struct geonode node = {
        .children = f->children,
        .starts = f->starts,
        .first_child = t->n_nodes,
        .first_leaf = t->n_leaves,
    };

    for (unsigned i = 0; i < f->n_nodes; i++)
        add_node(t, f->nodes[i]);
    for (uint64_t left = f->starts; left != 0; left &= left - 1)
        add_leaf(t, f->leaf[__builtin_ctzll(left)]);
    return node;
}

/* The block at path, of a depth that begins a frame, is mixed and complete. */
static void put_node(struct geobuild *b, unsigned depth, geokey_t path)
{
    const struct geonode node = seal_frame(trie(b), frame_of(b, depth + 1));

    if (depth == trie(b)->direct_bits) {
        put_direct(trie(b), depth, path, add_node(trie(b), node));
        return;
    }
    struct frame *f = frame_of(b, depth);
    f->children |= (uint64_t)1 << slot_of(b, depth, path);
    f->nodes[f->n_nodes++] = node;
}

static geokey_t bit_of(unsigned depth)
{
    return (geokey_t)1 << (128 - depth);
}

/* Both halves of a block are complete; b->path and b->depth are the upper one's. */
static uint32_t join(struct geobuild *b, uint32_t lower, uint32_t upper)
{
    const geokey_t block = b->path & ~bit_of(b->depth);

    if (lower == upper && lower != MIXED)
        return lower;
    if (lower != MIXED)
        put_leaf(b, b->depth, block, lower);
    if (upper != MIXED)
        put_leaf(b, b->depth, b->path, upper);
    if (begins_frame(b, b->depth - 1))
        put_node(b, b->depth - 1, block);
    return MIXED;
}

static void end_family(struct geobuild *b, uint32_t all)
{
    if (all != MIXED)
        put_leaf(b, 0, 0, all);
    if (b->family++ == 0) {
        b->ip4 = all;
        begin_family(b, GEO_DIRECT_IP6);
    }
}

/* The block spoken of is complete: go on to the next, upwards as far as upper halves end. */
static void complete(struct geobuild *b, uint32_t block)
{
    assert(b->family < 2);
    while (b->depth > 0 && (b->path & bit_of(b->depth)) != 0) {
        block = join(b, b->lower[b->depth], block);
        b->path &= ~bit_of(b->depth--);
    }
    if (b->depth == 0) {
        end_family(b, block);
        return;
    }
    b->lower[b->depth] = block;
    b->path |= bit_of(b->depth);
}

void geobuild_split(struct geobuild *b)
{
    assert(b->family < 2 && b->depth < (b->family == 0 ? 32 : 128));
    b->depth++;
    if (begins_frame(b, b->depth - 1)) {
        struct frame *f = frame_of(b, b->depth);
        f->children = f->starts = 0;
        f->n_nodes = 0;
    }
}

void geobuild_leaf(struct geobuild *b, uint32_t ranking)
{
    complete(b, ranking);
}

void geobuild_embedded(struct geobuild *b)
{
    assert(b->family == 1);
    complete(b, b->ip4 != MIXED ? b->ip4 : EMBEDDED);
}

/* Arrays grow by doubling; what a map keeps is no more than it needs. */
static void *fit(void *p, size_t n, size_t size)
{
    return n > 0 ? xrealloc(p, n * size) : p;
}

/* What the rankings allow, each set once; there are as many as fences that differ, so few. */
static void collect_fences(struct geomap *map)
{
    struct intern sets;
    bool fresh;

    intern_init(&sets, sizeof(regionset_t));
    for (uint32_t i = 0; i < map->n_rankings; i++)
        intern_id(&sets, &geomap_ranking(map, i)->allowed, &fresh);
    map->n_fences = sets.n;
    map->fences = xmemdup(sets.keys, sets.n * sizeof(regionset_t));
    intern_fini(&sets);
}

struct geomap *geobuild_seal(struct geobuild *b)
{
    assert(b->family == 2);
    struct geomap *map = b->overflow ? NULL : b->map;

    if (map != NULL) {
        for (size_t i = 0; i < 2; i++) {
            struct geotrie *t = &map->trie[i];
            t->nodes = fit(t->nodes, t->n_nodes, sizeof(*t->nodes));
            t->leaves = fit(t->leaves, t->n_leaves, sizeof(*t->leaves));
        }
        map->n_rankings = b->rankings.n;
        map->ranking_size = b->ranking_size;
        map->rankings = xmemdup(b->rankings.keys, b->rankings.n * b->ranking_size);
        collect_fences(map);
        b->map = NULL;
    }
    geobuild_free(b);
    return map;
}
