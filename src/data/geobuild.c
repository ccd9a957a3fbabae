/*
 * Builders gather runs of equal rankings under numbers of their own; sealing gives the rankings
 * their final numbers, in the order of addresses, so that a map is the same however many threads made
 * it, and makes the tries of both families at once.
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
    uint32_t *final; /* of sealing */
};

geokey_t geokey(const struct ipaddr *addr)
{
    geokey_t key = 0;

    for (size_t i = 0; i < 16; i++)
        key = key << 8 | addr->bytes[i];
    return key;
}

/* What lies behind a block; 0: nothing does. */
static geokey_t end_of(geokey_t start, unsigned bits)
{
    return bits > 0 ? start + ((geokey_t)1 << (128 - bits)) : 0;
}

struct geobuild *geobuild_new(size_t n_regions)
{
    struct geobuild *b = xcalloc(1, sizeof(*b));
    const size_t align = _Alignof(struct ranking);

    assert(n_regions >= 1 && n_regions <= REGIONS_MAX);
    b->ranking_size = (offsetof(struct ranking, region) + n_regions + align - 1) & ~(align - 1);
    intern_init(&b->rankings, b->ranking_size);
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
    free(b->final);
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
    assert(block->bits <= GEOBUILD_PART_BITS);
    b->parts = xgrow(b->parts, b->n_parts, sizeof(*b->parts));
    b->parts[b->n_parts++] = (struct part){.family = block->addr.family - 1u,
                                           .start = geokey(&block->addr),
                                           .bits = block->bits,
                                           .first = b->n_runs};
}

static void add_run(struct geobuild *b, geokey_t at, uint32_t id)
{
    if (b->n_runs == b->cap) {
        b->cap = b->cap > 0 ? 2 * b->cap : 1024;
        b->key = xrealloc(b->key, b->cap * sizeof(*b->key));
        b->id = xrealloc(b->id, b->cap * sizeof(*b->id));
    }
    b->key[b->n_runs] = at;
    b->id[b->n_runs++] = id;
}

void geobuild_run(struct geobuild *b, geokey_t at, uint32_t ranking)
{
    const struct part *part = &b->parts[b->n_parts - 1];

    if (b->n_runs == part->first) {
        assert(at == part->start);
        add_run(b, at, ranking);
        return;
    }
    assert(at > b->key[b->n_runs - 1]);
    if (b->id[b->n_runs - 1] != ranking)
        add_run(b, at, ranking);
}

/* ---- sealing: the parts of all builders, in order ---- */

struct sealed_part {
    struct geobuild *b;
    struct part *part;
    uint32_t *final; /* by the builder's number of a ranking: the map's; or NOT_YET */
};

struct seal {
    struct geobuild *const *builders;
    size_t n;
    struct geomap *map;
    struct sealed_part *parts[2]; /* by family, in order */
    size_t n_parts[2];
};

#define NOT_YET UINT32_MAX

static void collect_parts(struct seal *s, struct geobuild *b)
{
    uint32_t *final = xmalloc((b->rankings.n + 1) * sizeof(*final));

    for (uint32_t i = 0; i < b->rankings.n; i++)
        final[i] = NOT_YET;
    for (size_t i = 0; i < b->n_parts; i++) {
        struct part *p = &b->parts[i];
        struct sealed_part **to = &s->parts[p->family];
        const size_t end = i + 1 < b->n_parts ? b->parts[i + 1].first : b->n_runs;
        p->n = end - p->first;
        assert(p->n > 0);
        *to = xgrow(*to, s->n_parts[p->family], sizeof(**to));
        (*to)[s->n_parts[p->family]++] = (struct sealed_part){b, p, final};
    }
    b->final = final;
}

static int compare_parts(const void *a, const void *b)
{
    const geokey_t x = ((const struct sealed_part *)a)->part->start;
    const geokey_t y = ((const struct sealed_part *)b)->part->start;

    return (x > y) - (x < y);
}

static void sort_parts(struct seal *s, unsigned family)
{
    geokey_t next = 0;

    assert(s->n_parts[family] > 0);
    qsort(s->parts[family], s->n_parts[family], sizeof(struct sealed_part), compare_parts);
    for (size_t i = 0; i < s->n_parts[family]; i++) {
        const struct part *p = s->parts[family][i].part;
        assert(p->start == next);
        next = end_of(next, p->bits);
    }
    assert(next == 0); /* it went round: the space is whole */
}

/* ---- sealing: the rankings ---- */

static void renumber_part(const struct sealed_part *p, struct intern *all)
{
    uint32_t *id = p->b->id + p->part->first;
    bool fresh;

    for (size_t i = 0; i < p->part->n; i++) {
        if (id[i] == GEOBUILD_EMBEDDED)
            continue;
        uint32_t *final = &p->final[id[i]];
        if (*final == NOT_YET)
            *final = intern_id(all, intern_key(&p->b->rankings, id[i]), &fresh);
        id[i] = *final;
    }
}

static void renumber(struct seal *s)
{
    struct intern all;

    s->map->ranking_size = s->builders[0]->ranking_size;
    intern_init(&all, s->map->ranking_size);
    for (unsigned family = 0; family < 2; family++)
        for (size_t i = 0; i < s->n_parts[family]; i++)
            renumber_part(&s->parts[family][i], &all);
    s->map->n_rankings = all.n;
    s->map->rankings = xmemdup(all.keys, all.n * s->map->ranking_size);
    intern_fini(&all);
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

/* What all of IPv4 is; GEOBUILD_EMBEDDED: not one ranking. */
static uint32_t ip4_ranking(const struct seal *s)
{
    const struct sealed_part *first = &s->parts[0][0];
    const uint32_t all = first->b->id[first->part->first];

    for (size_t i = 0; i < s->n_parts[0]; i++) {
        const struct sealed_part *p = &s->parts[0][i];
        if (p->part->n != 1 || p->b->id[p->part->first] != all)
            return GEOBUILD_EMBEDDED;
    }
    return all;
}

/* Embedded blocks get an id: then neighbours may be equal that were not. */
static void settle_embedded(struct geobuild *b, struct part *part, uint32_t id)
{
    size_t to = part->first;

    for (size_t i = part->first; i < part->first + part->n; i++) {
        if (b->id[i] == GEOBUILD_EMBEDDED)
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
    const uint32_t ip4 = ip4_ranking(s), id = ip4 != GEOBUILD_EMBEDDED ? ip4 : s->map->n_rankings;

    for (size_t i = 0; i < s->n_parts[1]; i++)
        settle_embedded(s->parts[1][i].b, s->parts[1][i].part, id);
}

/* ---- sealing: the tries ---- */

static void build_trie(void *arg, unsigned family)
{
    struct seal *s = arg;
    const size_t n = s->n_parts[family];
    struct geopart *parts = xcalloc(n, sizeof(*parts));

    for (size_t i = 0; i < n; i++) {
        const struct sealed_part *p = &s->parts[family][i];
        const size_t first = p->part->first;
        parts[i] = (struct geopart){p->b->key + first, p->b->id + first, p->part->n, p->part->bits};
    }
    geotrie_build(&s->map->trie[family], family == 0 ? GEO_DIRECT_IP4 : GEO_DIRECT_IP6,
                  s->map->n_rankings >= UINT16_MAX, parts, n);
    free(parts);
}

static struct geomap *seal(struct seal *s)
{
    s->map = xcalloc(1, sizeof(*s->map));
    s->map->refs = 1;
    for (size_t i = 0; i < s->n; i++)
        collect_parts(s, s->builders[i]);
    sort_parts(s, 0);
    sort_parts(s, 1);
    renumber(s);
    if (s->map->n_rankings >= GEO_IDS_MAX) {
        geomap_unref(s->map);
        return NULL;
    }
    settle_all_embedded(s);
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
