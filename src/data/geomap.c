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

/* What is left of an address, its next bit the highest; behind its end are zeros. */
struct key {
    uint64_t hi, lo;
};

static inline struct key key_of(const struct ipaddr *addr)
{
    return (struct key){(uint64_t)get_u32(addr->bytes) << 32 | get_u32(addr->bytes + 4),
                        (uint64_t)get_u32(addr->bytes + 8) << 32 | get_u32(addr->bytes + 12)};
}

/* The next n bits; n is a number that the compiler knows, shifting two words by any other takes half
 * of a look-up's time. */
static inline uint32_t take_bits(struct key *k, unsigned n)
{
    const uint32_t bits = (uint32_t)(k->hi >> (64 - n));

    k->hi = k->hi << n | k->lo >> (64 - n);
    k->lo <<= n;
    return bits;
}

/* The run that holds a key: the last that starts at or before it.  No branch to mispredict. */
static inline uint32_t find_run16(const uint16_t *start, uint32_t n, uint32_t key)
{
    uint32_t run = 0;

    while (n > 1) {
        const uint32_t half = n / 2;
        run += start[run + half - 1] <= key ? half : 0;
        n -= half;
    }
    return run;
}

static inline uint32_t find_run8(const uint8_t *start, uint32_t n, uint32_t key)
{
    uint32_t run = 0;

    while (n > 1) {
        const uint32_t half = n / 2;
        run += start[run + half - 1] <= key ? half : 0;
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

static inline uint32_t bucket_id(const struct geotrie *t, const uint16_t *ids, uint32_t run)
{
    return t->is_wide ? ids[2 * run] | (uint32_t)ids[2 * run + 1] << 16 : ids[run];
}

/* bits: of the address, that led to the bucket; k: what follows. */
static inline uint32_t find_in_bucket(const struct geotrie *t, const uint16_t *bucket,
                                      unsigned bits, const struct key *k, uint8_t *scope)
{
    const uint32_t n = bucket[0], key = (uint32_t)(k->hi >> 48);
    const uint16_t *start = bucket + 1;
    const uint32_t run = find_run16(start, n, key);
    const uint32_t first = run > 0 ? start[run - 1] : 0;
    const uint32_t end = run + 1 < n ? start[run] : 1u << 16;

    *scope = (uint8_t)(bits + 16 - run_block_bits(key, first, end));
    return bucket_id(t, start + n - 1, run);
}

static inline uint32_t find_in_narrow(const struct geotrie *t, const uint16_t *bucket,
                                      unsigned bits, const struct key *k, uint8_t *scope)
{
    const uint32_t n = bucket[0] & ~GEO_NARROW, key = (uint32_t)(k->hi >> 56);
    const uint8_t *start = (const uint8_t *)(bucket + 1);
    const uint32_t run = find_run8(start, n, key);
    const uint32_t first = run > 0 ? start[run - 1] : 0;
    const uint32_t end = run + 1 < n ? start[run] : 1u << 8;

    *scope = (uint8_t)(bits + 8 - run_block_bits(key, first, end));
    return bucket_id(t, bucket + 1 + n / 2, run);
}

/* Ends, because every node lies deeper than the one before, and the deepest has words only. */
static inline uint32_t find(const struct geotrie *t, const struct ipaddr *addr,
                            unsigned direct_bits, uint8_t *scope)
{
    struct key key = key_of(addr);
    uint32_t word = t->direct[take_bits(&key, direct_bits)];
    unsigned bits = direct_bits;

    while (!(word & (GEO_LEAF | GEO_BUCKET))) {
        const struct geonode *node = &t->nodes[word];
        const uint64_t bit = (uint64_t)1 << take_bits(&key, GEO_STRIDE);

        bits += GEO_STRIDE;
        if (node->children & bit)
            word = node->first_child + popcount(node->children & (bit - 1));
        else
            word = t->words[node->first_word + popcount(node->starts & (bit | (bit - 1))) - 1];
    }
    if (word & GEO_LEAF) {
        *scope = (uint8_t)word;
        return (word & ~GEO_LEAF) >> 8;
    }
    const uint16_t *bucket = &t->units[word & ~GEO_BUCKET];
    return bucket[0] & GEO_NARROW ? find_in_narrow(t, bucket, bits, &key, scope)
                                  : find_in_bucket(t, bucket, bits, &key, scope);
}

/* A call of its own: in line it would make IPv4 save registers, 19 instructions. */
static __attribute__((noinline)) uint32_t find_ip6(const struct geomap *map,
                                                   const struct ipaddr *addr, uint8_t *scope)
{
    struct ipaddr ip4;
    uint8_t offset;

    if (ip4in6_find(addr, &ip4, &offset)) {
        const uint32_t id = find(&map->trie[0], &ip4, GEO_DIRECT_IP4, scope);
        if (*scope > 0) {
            *scope = (uint8_t)(*scope + offset);
            return id;
        }
        /* All of IPv4 has one ranking, so the block may be larger than the prefix of the embedding:
         * the IPv6 trie knows (GEOBUILD_EMBEDDED). */
    }
    return find(&map->trie[1], addr, GEO_DIRECT_IP6, scope);
}

uint32_t geomap_find(const struct geomap *map, const struct ipaddr *addr, uint8_t *scope)
{
    if (addr->family == FAMILY_IP4)
        return find(&map->trie[0], addr, GEO_DIRECT_IP4, scope);
    return find_ip6(map, addr, scope);
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
