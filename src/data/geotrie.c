/*
 * Making a trie from runs, top down: a block is a leaf if one run covers it, a bucket if its runs are
 * few, else a node, whose slots are blocks again.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "data/geotrie.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

#define SLOTS (1u << GEO_STRIDE)

/* The runs that a block touches; the first may begin before it. */
struct runs {
    const geokey_t *key;
    const uint32_t *id;
    size_t n;
};

/* The runs of the block from start to last; those that end before it are dropped from r, so that
 * whoever goes on from block to block looks at each run once. */
static struct runs take_runs(struct runs *r, geokey_t start, geokey_t last)
{
    size_t n = 1;

    while (r->n > 1 && r->key[1] <= start) {
        r->key++;
        r->id++;
        r->n--;
    }
    while (n < r->n && r->key[n] <= last)
        n++;
    return (struct runs){r->key, r->id, n};
}

/* The last address of a block. */
static geokey_t last_of(geokey_t start, unsigned bits)
{
    return bits == 0 ? ~(geokey_t)0 : start | (((geokey_t)1 << (128 - bits)) - 1);
}

static uint32_t leaf_word(uint32_t id, unsigned bits)
{
    return GEO_LEAF | id << 8 | bits;
}

/* How many bits the largest block takes that begins at slot s and ends at slot `end` or before. */
static unsigned block_bits(uint32_t s, uint32_t end)
{
    const unsigned room = 31 - (unsigned)__builtin_clz(end - s);
    const unsigned aligned = s == 0 ? 31 : (unsigned)__builtin_ctz(s);

    return room < aligned ? room : aligned;
}

/* ---- buckets ---- */

static bool fits_bucket(const struct runs *r, unsigned bits)
{
    const unsigned end = bits + GEO_BUCKET_BITS;

    if (r->n > GEO_BUCKET_MAX)
        return false;
    for (size_t i = 1; i < r->n && end < 128; i++)
        if (r->key[i] << end != 0)
            return false;
    return true;
}

static void add_unit(struct geotrie *t, uint32_t unit)
{
    assert(t->n_units < GEO_BUCKET);
    t->units = xgrow(t->units, t->n_units, sizeof(*t->units));
    t->units[t->n_units++] = (uint16_t)unit;
}

/* Where run i of a bucket starts: the bits that follow the bucket's own. */
static uint32_t start_of(const struct runs *r, size_t i, unsigned bits)
{
    return (uint32_t)(r->key[i] << bits >> (128 - GEO_BUCKET_BITS));
}

static bool is_narrow(const struct runs *r, unsigned bits)
{
    uint32_t all = 0;

    for (size_t i = 1; i < r->n; i++)
        all |= start_of(r, i, bits);
    return (all & 0xff) == 0;
}

/* Octets in the order in which they lie in memory. */
static void add_narrow_starts(struct geotrie *t, const struct runs *r, unsigned bits)
{
    for (size_t i = 1; i < r->n; i += 2) {
        const uint8_t pair[2] = {
            (uint8_t)(start_of(r, i, bits) >> 8),
            i + 1 < r->n ? (uint8_t)(start_of(r, i + 1, bits) >> 8) : 0,
        };
        uint16_t unit;
        memcpy(&unit, pair, sizeof(unit));
        add_unit(t, unit);
    }
}

static uint32_t add_bucket(struct geotrie *t, const struct runs *r, unsigned bits)
{
    const uint32_t word = GEO_BUCKET | t->n_units;
    const bool narrow = is_narrow(r, bits);

    add_unit(t, (uint32_t)r->n | (narrow ? GEO_NARROW : 0));
    if (narrow)
        add_narrow_starts(t, r, bits);
    for (size_t i = 1; i < r->n && !narrow; i++)
        add_unit(t, start_of(r, i, bits));
    for (size_t i = 0; i < r->n; i++) {
        add_unit(t, r->id[i] & 0xffff);
        if (t->is_wide)
            add_unit(t, r->id[i] >> 16);
    }
    return word;
}

/* ---- nodes ---- */

static uint32_t add_node(struct geotrie *t, struct geonode node)
{
    assert(t->n_nodes < GEO_BUCKET);
    t->nodes = xgrow(t->nodes, t->n_nodes, sizeof(*t->nodes));
    t->nodes[t->n_nodes] = node;
    return t->n_nodes++;
}

static void add_word(struct geotrie *t, uint32_t word)
{
    t->words = xgrow(t->words, t->n_words, sizeof(*t->words));
    t->words[t->n_words++] = word;
}

/* A node in the making: its children and its words must lie side by side, so they wait. */
struct frame {
    struct geonode node;
    unsigned n_nodes, n_words;
    struct geonode nodes[SLOTS];
    uint32_t words[SLOTS];
};

static struct geonode seal_frame(struct geotrie *t, struct frame *f)
{
    f->node.first_child = t->n_nodes;
    f->node.first_word = t->n_words;
    for (unsigned i = 0; i < f->n_nodes; i++)
        add_node(t, f->nodes[i]);
    for (unsigned i = 0; i < f->n_words; i++)
        add_word(t, f->words[i]);
    return f->node;
}

static void put_word(struct frame *f, unsigned slot, uint32_t word)
{
    f->node.starts |= (uint64_t)1 << slot;
    f->words[f->n_words++] = word;
}

static struct geonode make_node(struct geotrie *t, geokey_t start, unsigned bits,
                                const struct runs *r);

/* What stands in a slot of a node that is `bits` deep; left: the runs from there on.  Returns the
 * next slot. */
static unsigned fill_slot(struct geotrie *t, struct frame *f, unsigned slot, geokey_t start,
                          unsigned bits, struct runs *left)
{
    const unsigned below = bits + GEO_STRIDE, shift = 128 - below;
    const geokey_t at = start | (geokey_t)slot << shift;
    const struct runs in = take_runs(left, at, last_of(at, below));

    if (in.n == 1) {
        const bool is_last = left->n == 1;
        const uint32_t end = is_last ? SLOTS : (uint32_t)((in.key[1] - start) >> shift);
        const unsigned wide = block_bits(slot, end);
        put_word(f, slot, leaf_word(in.id[0], below - wide));
        return slot + (1u << wide);
    }
    if (fits_bucket(&in, below)) {
        put_word(f, slot, add_bucket(t, &in, below));
    } else {
        f->node.children |= (uint64_t)1 << slot;
        f->nodes[f->n_nodes++] = make_node(t, at, below, &in);
    }
    return slot + 1;
}

/* Ends: at 118 bits or before, a slot's 16 addresses fit a bucket. */
static struct geonode make_node(struct geotrie *t, geokey_t start, unsigned bits,
                                const struct runs *r)
{
    struct runs left = *r;
    struct frame f;

    assert(bits + GEO_STRIDE < 128);
    f.node = (struct geonode){0};
    f.n_nodes = f.n_words = 0;
    for (unsigned slot = 0; slot < SLOTS;)
        slot = fill_slot(t, &f, slot, start, bits, &left);
    return seal_frame(t, &f);
}

/* ---- the direct table ---- */

/* A leaf's length is wrong yet where its block is larger than a slot. */
static uint32_t direct_word(struct geotrie *t, geokey_t start, const struct runs *in)
{
    const unsigned bits = t->direct_bits;

    if (in->n == 1)
        return leaf_word(in->id[0], bits);
    if (fits_bucket(in, bits))
        return add_bucket(t, in, bits);
    return add_node(t, make_node(t, start, bits, in));
}

static void fill_direct(struct geotrie *t, const struct geopart *part)
{
    const unsigned shift = 128 - t->direct_bits;
    const uint32_t first = (uint32_t)(part->key[0] >> shift);
    const uint32_t n = 1u << (t->direct_bits - part->bits);
    struct runs left = {part->key, part->id, part->n};

    for (uint32_t slot = first; slot < first + n; slot++) {
        const geokey_t start = (geokey_t)slot << shift;
        const struct runs in = take_runs(&left, start, last_of(start, t->direct_bits));
        t->direct[slot] = direct_word(t, start, &in);
    }
}

/* Leaves of one ranking from slot s to before `end`: as few blocks as they can be. */
static void merge_leaves(struct geotrie *t, uint32_t s, uint32_t end)
{
    const uint32_t word = t->direct[s];

    while (s < end) {
        const unsigned wide = block_bits(s, end);
        for (uint32_t left = 1u << wide; left > 0; left--)
            t->direct[s++] = word - wide;
    }
}

static void merge_direct(struct geotrie *t)
{
    const uint32_t n = 1u << t->direct_bits;
    uint32_t end;

    for (uint32_t slot = 0; slot < n; slot = end) {
        const uint32_t word = t->direct[slot];
        for (end = slot + 1; (word & GEO_LEAF) && end < n && t->direct[end] == word;)
            end++;
        if (word & GEO_LEAF)
            merge_leaves(t, slot, end);
    }
}

/* Arrays grow by doubling; what a map keeps is no more than it needs. */
static void *fit(void *p, size_t n, size_t size)
{
    return n > 0 ? xrealloc(p, n * size) : p;
}

void geotrie_build(struct geotrie *t, uint8_t direct_bits, bool is_wide,
                   const struct geopart *parts, size_t n)
{
    *t = (struct geotrie){.direct_bits = direct_bits, .is_wide = is_wide};
    t->direct = xcalloc((size_t)1 << direct_bits, sizeof(*t->direct));
    for (size_t i = 0; i < n; i++)
        fill_direct(t, &parts[i]);
    merge_direct(t);
    t->nodes = fit(t->nodes, t->n_nodes, sizeof(*t->nodes));
    t->words = fit(t->words, t->n_words, sizeof(*t->words));
    t->units = fit(t->units, t->n_units, sizeof(*t->units));
}

void geotrie_fini(struct geotrie *t)
{
    free(t->direct);
    free(t->nodes);
    free(t->words);
    free(t->units);
}

size_t geotrie_size(const struct geotrie *t)
{
    return ((size_t)1 << t->direct_bits) * sizeof(*t->direct) + t->n_nodes * sizeof(*t->nodes) +
           t->n_words * sizeof(*t->words) + t->n_units * sizeof(*t->units);
}
