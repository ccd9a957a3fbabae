/* Reading a map; geotrie.h has the drawing, geotrie.c makes it.  SPDX-License-Identifier: BSD-2-Clause */
#include "data/geomap.h"

#include <assert.h>
#include <stdlib.h>

#include "base/cursor.h"
#include "data/geotrie.h"
#include "data/ip4in6.h"

static inline unsigned popcount(uint64_t v)
{
#ifdef __POPCNT__
    return (unsigned)__builtin_popcountll(v);
#else
    /* Inline, because without the instruction compilers call a function that reads a table. */
    v -= v >> 1 & 0x5555555555555555u;
    v = (v & 0x3333333333333333u) + (v >> 2 & 0x3333333333333333u);
    v = (v + (v >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (unsigned)(v * 0x0101010101010101u >> 56);
#endif
}

/* An address in two words: shifting 128 bits by a variable number took half of a look-up's time. */
struct key {
    uint64_t hi, lo;
};

static inline struct key key_of(const struct ipaddr *addr)
{
    return (struct key){(uint64_t)get_u32(addr->bytes) << 32 | get_u32(addr->bytes + 4),
                        (uint64_t)get_u32(addr->bytes + 8) << 32 | get_u32(addr->bytes + 12)};
}

/* n bits of a key from the bit `at`, n ≤ 32; behind its end are zeros. */
static inline uint32_t bits_of(const struct key *k, unsigned at, unsigned n)
{
    if (at + n <= 64)
        return (uint32_t)(k->hi << at >> (64 - n));
    if (at < 64)
        return (uint32_t)((k->hi << at | k->lo >> (64 - at)) >> (64 - n));
    return (uint32_t)(k->lo << (at - 64) >> (64 - n));
}

/* Where a key was found to end. */
struct found {
    uint32_t word; /* what stands there: a leaf or a bucket */
    unsigned bits; /* of the key, that led there: below 128 */
};

/* Ends, because every node lies deeper than the one before, and the deepest has words only. */
static struct found find_word(const struct geotrie *t, const struct key *key)
{
    uint32_t word = t->direct[bits_of(key, 0, t->direct_bits)];
    unsigned bits = t->direct_bits;

    while (!(word & (GEO_LEAF | GEO_BUCKET))) {
        const struct geonode *node = &t->nodes[word];
        const uint64_t bit = (uint64_t)1 << bits_of(key, bits, GEO_STRIDE);

        bits += GEO_STRIDE;
        if (node->children & bit)
            word = node->first_child + popcount(node->children & (bit - 1));
        else
            word = t->words[node->first_word + popcount(node->starts & (bit | (bit - 1))) - 1];
    }
    return (struct found){word, bits};
}

/* The run that holds a key: the last that starts at or before it.  No branch to mispredict. */
static inline uint32_t find_run(const uint16_t *bucket, uint32_t n, uint32_t key)
{
    uint32_t run = 0;

    while (n > 1) {
        const uint32_t half = n / 2;
        run += bucket[run + half] <= key ? half : 0;
        n -= half;
    }
    return run;
}

/*
 * The largest block around the key in its run, which is from `first` to before `end`: as long as its
 * prefix differs neither from that of the key before the run nor of the one behind it.
 */
static inline unsigned run_block_bits(uint32_t key, uint32_t first, uint32_t end)
{
    const uint32_t before = key ^ (first - 1), behind = key ^ end;

    return 31 - (unsigned)__builtin_clz(before < behind ? before : behind);
}

static uint32_t find_in_bucket(const struct geotrie *t, const struct found *f, const struct key *k,
                               uint8_t *scope)
{
    const uint16_t *bucket = &t->units[f->word & ~GEO_BUCKET];
    const uint32_t n = bucket[0], key = bits_of(k, f->bits, GEO_BUCKET_BITS);
    const uint32_t run = find_run(bucket, n, key);
    const uint32_t first = run > 0 ? bucket[run] : 0;
    const uint32_t end = run + 1 < n ? bucket[run + 1] : 1u << GEO_BUCKET_BITS;

    *scope = (uint8_t)(f->bits + GEO_BUCKET_BITS - run_block_bits(key, first, end));
    return t->is_wide ? bucket[n + 2 * run] | (uint32_t)bucket[n + 2 * run + 1] << 16
                      : bucket[n + run];
}

static uint32_t find(const struct geomap *map, const struct ipaddr *addr, uint8_t *scope)
{
    const struct geotrie *t = &map->trie[addr->family - 1];
    const struct key key = key_of(addr);
    const struct found f = find_word(t, &key);

    if (f.word & GEO_BUCKET && !(f.word & GEO_LEAF))
        return find_in_bucket(t, &f, &key, scope);
    *scope = (uint8_t)f.word;
    return (f.word & ~GEO_LEAF) >> 8;
}

uint32_t geomap_find(const struct geomap *map, const struct ipaddr *addr, uint8_t *scope)
{
    struct ipaddr ip4;
    uint8_t offset;

    if (ip4in6_find(addr, &ip4, &offset)) {
        const uint32_t id = find(map, &ip4, scope);
        if (*scope > 0) {
            *scope = (uint8_t)(*scope + offset);
            return id;
        }
        /* All of IPv4 has one ranking, so the block may be larger than the prefix of the embedding:
         * the IPv6 trie knows (GEOBUILD_EMBEDDED). */
    }
    return find(map, addr, scope);
}

uint32_t geomap_rankings(const struct geomap *map)
{
    return map->n_rankings;
}

const struct ranking *geomap_ranking(const struct geomap *map, uint32_t id)
{
    assert(id < map->n_rankings);
    return (const struct ranking *)(const void *)(map->rankings + id * map->ranking_size);
}

uint32_t geomap_fences(const struct geomap *map)
{
    return map->n_fences;
}

regionset_t geomap_fence(const struct geomap *map, uint32_t i)
{
    assert(i < map->n_fences);
    return map->fences[i];
}

size_t geomap_size(const struct geomap *map)
{
    return sizeof(*map) + map->n_rankings * map->ranking_size +
           map->n_fences * sizeof(*map->fences) + geotrie_size(&map->trie[0]) +
           geotrie_size(&map->trie[1]);
}

struct geomap *geomap_ref(struct geomap *map)
{
    map->refs++;
    return map;
}

void geomap_unref(struct geomap *map)
{
    if (map == NULL || --map->refs > 0)
        return;
    geotrie_fini(&map->trie[0]);
    geotrie_fini(&map->trie[1]);
    free(map->rankings);
    free(map->fences);
    free(map);
}
