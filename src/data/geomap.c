/* Reading a map; geotrie.h has the drawing, geobuild.c makes it.  SPDX-License-Identifier: BSD-2-Clause */
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

static inline geokey_t key_of(const struct ipaddr *addr)
{
    const uint64_t hi = (uint64_t)get_u32(addr->bytes) << 32 | get_u32(addr->bytes + 4);
    const uint64_t lo = (uint64_t)get_u32(addr->bytes + 8) << 32 | get_u32(addr->bytes + 12);

    return (geokey_t)hi << 64 | lo;
}

/* Ends, because every node lies deeper than the one before, and the deepest has leaves only. */
static uint32_t find_leaf(const struct geotrie *t, geokey_t key)
{
    uint32_t word = t->direct[(uint32_t)(key >> (128 - t->direct_bits))];

    key <<= t->direct_bits;
    while (!(word & GEO_LEAF)) {
        const struct geonode *node = &t->nodes[word];
        const uint64_t bit = (uint64_t)1 << (unsigned)(key >> (128 - GEO_STRIDE));

        key <<= GEO_STRIDE;
        if (node->children & bit)
            word = node->first_child + popcount(node->children & (bit - 1));
        else
            word = t->leaves[node->first_leaf + popcount(node->starts & (bit | (bit - 1))) - 1];
    }
    return word;
}

static inline uint32_t leaf_ranking(uint32_t word)
{
    return (word & ~GEO_LEAF) >> 8;
}

static uint32_t find(const struct geomap *map, const struct ipaddr *addr, uint8_t *scope)
{
    const uint32_t word = find_leaf(&map->trie[addr->family - 1], key_of(addr));

    *scope = (uint8_t)word;
    return leaf_ranking(word);
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
         * the IPv6 trie knows (geobuild_embedded). */
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

static size_t trie_size(const struct geotrie *t)
{
    return ((size_t)1 << t->direct_bits) * sizeof(*t->direct) + t->n_nodes * sizeof(*t->nodes) +
           t->n_leaves * sizeof(*t->leaves);
}

size_t geomap_size(const struct geomap *map)
{
    return sizeof(*map) + map->n_rankings * map->ranking_size + trie_size(&map->trie[0]) +
           trie_size(&map->trie[1]);
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
    for (size_t i = 0; i < 2; i++) {
        free(map->trie[i].direct);
        free(map->trie[i].nodes);
        free(map->trie[i].leaves);
    }
    free(map->rankings);
    free(map->fences);
    free(map);
}
