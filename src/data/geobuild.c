/*
 * Builders gather runs of equal rankings under numbers of their own; sealing gives the rankings
 * their final numbers, in the order of what they say, so that a map is the same however many threads
 * made it, and makes the tries of both families at once.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "data/geobuild.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/intern.h"
#include "base/parallel.h"
#include "base/xalloc.h"
#include "data/geotrie.h"

/* In IPv6, as an id of its own: looked up by the IPv4 inside. */
#define EMBEDDED UINT32_MAX

/* A part that was spoken of, and its runs. */
struct part {
    unsigned family; /* 0: IPv4, 1: IPv6 */
    geokey_t start;
    uint8_t bits;
    size_t first, n; /* runs */
};

struct geobuild {
    struct intern rankings;
    size_t ranking_size;
    geokey_t *key; /* n_runs */
    uint32_t *id;
    size_t n_runs, cap;
    struct part *parts;
    size_t n_parts;
    bool whole;     /* IPv6 follows by itself */
    unsigned depth; /* of the block that is spoken of */
    geokey_t path;  /* its address */
};

static void begin_part(struct geobuild *b, unsigned family, geokey_t start, uint8_t bits)
{
    b->parts = xgrow(b->parts, b->n_parts, sizeof(*b->parts));
    b->parts[b->n_parts++] =
        (struct part){.family = family, .start = start, .bits = bits, .first = b->n_runs};
    b->path = start;
    b->depth = bits;
}

struct geobuild *geobuild_new(size_t n_regions)
{
    struct geobuild *b = xcalloc(1, sizeof(*b));
    const size_t align = _Alignof(struct ranking);

    assert(n_regions >= 1 && n_regions <= REGIONS_MAX);
    b->ranking_size = (offsetof(struct ranking, region) + n_regions + align - 1) & ~(align - 1);
    intern_init(&b->rankings, b->ranking_size);
    begin_part(b, 0, 0, 0);
    b->whole = true;
    return b;
}

void geobuild_free(struct geobuild *b)
{
    if (b == NULL)
        return;
    intern_fini(&b->rankings);
    free(b->key);
    free(b->id);
    free(b->parts);
    free(b);
}

uint32_t geobuild_ranking(struct geobuild *b, const struct ranking *r)
{
    _Alignas(struct ranking) uint8_t key[sizeof(struct ranking) + REGIONS_MAX] = {0};
    const size_t len = offsetof(struct ranking, region) + r->n;
    bool fresh;

    assert(r->n >= 1 && r->allowed != 0 && len <= b->ranking_size);
    memcpy(key, r, len);
    return intern_id(&b->rankings, key, &fresh);
}

void geobuild_part(struct geobuild *b, const struct prefix *block)
{
    geokey_t start = 0;

    assert(block->bits <= GEOBUILD_PART_BITS);
    for (size_t i = 0; i < 16; i++)
        start = start << 8 | block->addr.bytes[i];
    if (b->whole) {
        b->whole = false;
        b->n_parts = 0; /* the one that geobuild_new began */
    }
    begin_part(b, block->addr.family - 1u, start, block->bits);
}

struct prefix geobuild_where(const struct geobuild *b)
{
    struct prefix p = {.bits = (uint8_t)b->depth,
                       .addr.family =
                           b->parts[b->n_parts - 1].family == 0 ? FAMILY_IP4 : FAMILY_IP6};

    for (size_t i = 0; i < 16; i++)
        p.addr.bytes[i] = (uint8_t)(b->path >> (120 - 8 * i));
    return p;
}

static struct part *last_part(struct geobuild *b)
{
    return &b->parts[b->n_parts - 1];
}

static geokey_t bit_of(unsigned depth)
{
    return (geokey_t)1 << (128 - depth);
}

/* The block spoken of is complete: go on to the next, upwards as far as upper halves end. */
static void complete(struct geobuild *b)
{
    struct part *part = last_part(b);

    while (b->depth > part->bits && (b->path & bit_of(b->depth)) != 0)
        b->path &= ~bit_of(b->depth--);
    if (b->depth > part->bits) {
        b->path |= bit_of(b->depth);
        return;
    }
    part->n = b->n_runs - part->first;
    if (b->whole && part->family == 0)
        begin_part(b, 1, 0, 0);
}

static void add_run(struct geobuild *b, uint32_t id)
{
    if (b->n_runs == b->cap) {
        b->cap = b->cap > 0 ? 2 * b->cap : 1024;
        b->key = xrealloc(b->key, b->cap * sizeof(*b->key));
        b->id = xrealloc(b->id, b->cap * sizeof(*b->id));
    }
    b->key[b->n_runs] = b->path;
    b->id[b->n_runs++] = id;
}

void geobuild_split(struct geobuild *b)
{
    assert(last_part(b)->n == 0 && b->depth < (last_part(b)->family == 0 ? 32 : 128));
    b->depth++;
}

void geobuild_leaf(struct geobuild *b, uint32_t ranking)
{
    assert(last_part(b)->n == 0);
    if (b->n_runs == last_part(b)->first || b->id[b->n_runs - 1] != ranking)
        add_run(b, ranking);
    complete(b);
}

void geobuild_embedded(struct geobuild *b)
{
    assert(last_part(b)->family == 1);
    geobuild_leaf(b, EMBEDDED);
}

/* ---- sealing: the rankings of all builders ---- */

struct seal {
    struct geobuild *const *builders;
    size_t n;
    struct geomap *map;
    struct geopart *parts[2]; /* by family, in order */
    size_t n_parts[2];
};

static int compare_rankings(const void *a, const void *b, void *size)
{
    return memcmp(a, b, *(const size_t *)size);
}

/* All of them, each once, in order. */
static void merge_rankings(struct seal *s)
{
    size_t size = s->builders[0]->ranking_size;
    struct intern all;
    bool fresh;

    intern_init(&all, size);
    for (size_t i = 0; i < s->n; i++)
        for (uint32_t r = 0; r < s->builders[i]->rankings.n; r++)
            intern_id(&all, intern_key(&s->builders[i]->rankings, r), &fresh);
    s->map->n_rankings = all.n;
    s->map->ranking_size = size;
    s->map->rankings = xmemdup(all.keys, all.n * size);
    qsort_r(s->map->rankings, all.n, size, compare_rankings, &size);
    intern_fini(&all);
}

static uint32_t final_id(const struct geomap *map, const void *ranking)
{
    size_t lo = 0, hi = map->n_rankings;

    while (lo < hi) {
        const size_t mid = (lo + hi) / 2;
        if (memcmp(map->rankings + mid * map->ranking_size, ranking, map->ranking_size) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return (uint32_t)lo;
}

static void renumber(const struct geomap *map, struct geobuild *b)
{
    uint32_t *final = xcalloc(b->rankings.n + 1, sizeof(*final));

    for (uint32_t r = 0; r < b->rankings.n; r++)
        final[r] = final_id(map, intern_key(&b->rankings, r));
    for (size_t i = 0; i < b->n_runs; i++)
        if (b->id[i] != EMBEDDED)
            b->id[i] = final[b->id[i]];
    free(final);
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

/* ---- sealing: the IPv4 inside of IPv6 ---- */

/* What all of IPv4 is; EMBEDDED: not one ranking. */
static uint32_t ip4_ranking(const struct seal *s)
{
    uint32_t all = EMBEDDED;

    for (size_t i = 0; i < s->n; i++) {
        const struct geobuild *b = s->builders[i];
        for (size_t p = 0; p < b->n_parts; p++) {
            const struct part *part = &b->parts[p];
            if (part->family != 0)
                continue;
            if (part->n != 1 || (all != EMBEDDED && all != b->id[part->first]))
                return EMBEDDED;
            all = b->id[part->first];
        }
    }
    return all;
}

/* Embedded blocks get an id: then neighbours may be equal that were not. */
static void settle_embedded(struct geobuild *b, struct part *part, uint32_t id)
{
    size_t to = part->first;

    for (size_t i = part->first; i < part->first + part->n; i++) {
        if (b->id[i] == EMBEDDED)
            b->id[i] = id;
        if (to > part->first && b->id[to - 1] == b->id[i])
            continue;
        b->key[to] = b->key[i];
        b->id[to++] = b->id[i];
    }
    part->n = to - part->first;
}

/* Where all of IPv4 has one ranking the block around may be larger than the prefix of the embedding,
 * so that it counts; else nobody looks there (geomap_find), and it is told from its neighbours. */
static void settle_all_embedded(struct seal *s)
{
    const uint32_t ip4 = ip4_ranking(s), id = ip4 != EMBEDDED ? ip4 : s->map->n_rankings;

    for (size_t i = 0; i < s->n; i++)
        for (size_t p = 0; p < s->builders[i]->n_parts; p++)
            if (s->builders[i]->parts[p].family == 1)
                settle_embedded(s->builders[i], &s->builders[i]->parts[p], id);
}

/* ---- sealing: the tries ---- */

static int compare_parts(const void *a, const void *b)
{
    const geokey_t x = *((const struct geopart *)a)->key, y = *((const struct geopart *)b)->key;

    return (x > y) - (x < y);
}

static void collect_parts(struct seal *s, const struct geobuild *b)
{
    for (size_t i = 0; i < b->n_parts; i++) {
        const struct part *p = &b->parts[i];
        struct geopart **to = &s->parts[p->family];
        assert(p->n > 0);
        *to = xgrow(*to, s->n_parts[p->family], sizeof(**to));
        (*to)[s->n_parts[p->family]++] =
            (struct geopart){b->key + p->first, b->id + p->first, p->n, p->bits};
    }
}

static void sort_parts(struct seal *s, unsigned family)
{
    geokey_t next = 0;

    qsort(s->parts[family], s->n_parts[family], sizeof(struct geopart), compare_parts);
    for (size_t i = 0; i < s->n_parts[family]; i++) {
        const struct geopart *p = &s->parts[family][i];
        assert(*p->key == next);
        next = p->bits > 0 ? next + bit_of(p->bits) : 0;
    }
    assert(s->n_parts[family] > 0 && next == 0); /* it went round: the space is whole */
}

static void build_trie(void *arg, unsigned family)
{
    struct seal *s = arg;

    geotrie_build(&s->map->trie[family], family == 0 ? GEO_DIRECT_IP4 : GEO_DIRECT_IP6,
                  s->map->n_rankings >= UINT16_MAX, s->parts[family], s->n_parts[family]);
}

static struct geomap *seal(struct seal *s)
{
    s->map = xcalloc(1, sizeof(*s->map));
    s->map->refs = 1;
    merge_rankings(s);
    if (s->map->n_rankings >= GEO_IDS_MAX) {
        geomap_unref(s->map);
        return NULL;
    }
    for (size_t i = 0; i < s->n; i++)
        renumber(s->map, s->builders[i]);
    settle_all_embedded(s);
    for (size_t i = 0; i < s->n; i++)
        collect_parts(s, s->builders[i]);
    sort_parts(s, 0);
    sort_parts(s, 1);
    parallel_run(2, build_trie, s);
    collect_fences(s->map);
    return s->map;
}

struct geomap *geobuild_seal(struct geobuild *const *builders, size_t n)
{
    struct seal s = {.builders = builders, .n = n};
    struct geomap *map = seal(&s);

    free(s.parts[0]);
    free(s.parts[1]);
    for (size_t i = 0; i < n; i++)
        geobuild_free(builders[i]);
    return map;
}
