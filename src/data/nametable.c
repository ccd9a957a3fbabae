/* SPDX-License-Identifier: BSD-2-Clause */
#include "data/nametable.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "dns/name.h"

#define FIRST_SLOTS 16u
#define CACHE_LINE  64u

void nametable_init(struct nametable *t)
{
    *t = (struct nametable){.slots = xcalloc(FIRST_SLOTS, sizeof(struct name_slot)),
                            .mask = FIRST_SLOTS - 1};
}

static void block_unref(struct node_block *b)
{
    if (atomic_fetch_sub(&b->refs, 1) == 1)
        free(b);
}

void nametable_fini(struct nametable *t)
{
    for (uint32_t i = 0; i < t->n_blocks; i++)
        block_unref(t->blocks[i]);
    free(t->blocks);
    free(t->slots);
}

void nametable_close(struct nametable *t)
{
    free(t->slots);
    t->slots = NULL;
}

uint32_t nametable_slot(const struct nametable *t, const struct node *n)
{
    const uint32_t hash = name_hash(n->name, n->name_len);
    uint32_t i = hash & t->mask;

    while (t->slots[i].hash != hash || nametable_node(t, t->slots[i].ref) != n)
        i = (i + 1) & t->mask;
    return i;
}

const struct node *nametable_wildcard(const struct nametable *t, const struct node *n)
{
    uint8_t star[2 + NAME_MAX_LEN] = "\1*";
    const size_t len = 2u + n->name_len;

    memcpy(star + 2, n->name, n->name_len);
    return nametable_find(t, star, len, name_hash(star, len));
}

static void put_slot(struct nametable *t, struct name_slot slot)
{
    uint32_t i = slot.hash & t->mask;

    while (t->slots[i].ref != 0)
        i = (i + 1) & t->mask;
    t->slots[i] = slot;
}

/* Keep the table at most half full: a miss, which every NXDOMAIN is, then ends after 1.5 slots. */
static void grow(struct nametable *t)
{
    struct name_slot *old = t->slots;
    const uint32_t n = t->mask + 1;

    t->slots = xcalloc((size_t)n * 2, sizeof(*t->slots));
    t->mask = n * 2 - 1;
    for (uint32_t i = 0; i < n; i++)
        if (old[i].ref != 0)
            put_slot(t, old[i]);
    free(old);
}

void nametable_insert(struct nametable *t, uint32_t hash, uint32_t ref)
{
    if (2 * (t->n + 1) > t->mask + 1)
        grow(t);
    t->n++;
    put_slot(t, (struct name_slot){hash, ref});
}

/* ---- blocks ---- */

static struct node_block *block_new(size_t room)
{
    struct node_block *b = aligned_alloc(CACHE_LINE, (room + CACHE_LINE - 1) & -(size_t)CACHE_LINE);

    if (b == NULL)
        abort();
    *b = (struct node_block){.used = sizeof(*b), .room = (uint32_t)room};
    atomic_init(&b->refs, 1);
    return b;
}

static struct node_block *add_block(struct nametable *t, size_t room)
{
    struct node_block *b = block_new(room);

    t->blocks = xgrow(t->blocks, t->n_blocks, sizeof(struct node_block *));
    t->blocks[t->n_blocks++] = b;
    return b;
}

/*
 * Where a node of so many octets goes: behind the last one, or, where it would touch a cache line more
 * than it must, at the beginning of one.  Of names that own an address each, one in ten octets is
 * such a gap, and a look-up reads one line and not two.
 */
static uint32_t place(uint32_t used, size_t size)
{
    const size_t within = used % CACHE_LINE;
    const size_t lines = (within + size + CACHE_LINE - 1) / CACHE_LINE;

    return lines > (size + CACHE_LINE - 1) / CACHE_LINE
               ? (used + CACHE_LINE - 1) & -(uint32_t)CACHE_LINE
               : used;
}

uint32_t nametable_alloc(struct nametable *t, size_t size)
{
    struct node_block *b = t->n_blocks > 0 ? t->blocks[t->n_blocks - 1] : NULL;

    if (b == NULL || place(b->used, size) + size > b->room) {
        const size_t alone = place(sizeof(*b), size) + size;
        b = add_block(t, alone > NODE_BLOCK ? alone : NODE_BLOCK);
    }
    const uint32_t at = place(b->used, size);
    memset((uint8_t *)b + b->used, 0, at - b->used);
    b->used = at + (uint32_t)size;
    return (t->n_blocks - 1) << NODE_REF_BITS | at / NODE_ALIGN;
}

void nametable_trim(struct nametable *t)
{
    struct node_block **last = t->n_blocks > 0 ? &t->blocks[t->n_blocks - 1] : NULL;

    if (last == NULL || (*last)->used == (*last)->room)
        return;
    struct node_block *b = block_new((*last)->used);
    memcpy(b + 1, *last + 1, (*last)->used - sizeof(*b));
    b->used = (*last)->used;
    free(*last);
    *last = b;
}

/* Gaps end with their cache line. */
static struct node *node_or_gap(struct node_block *b, uint32_t *at)
{
    struct node *n = (struct node *)((uint8_t *)b + *at);

    if (n->name_len > 0)
        return n;
    *at = (*at + CACHE_LINE) & -(uint32_t)CACHE_LINE;
    return NULL;
}

struct node *nametable_walk(const struct nametable *t, uint32_t *at)
{
    uint32_t i = *at >> NODE_REF_BITS;
    uint32_t offset = (*at & ((1u << NODE_REF_BITS) - 1)) * NODE_ALIGN;

    offset =
        *at == 0 ? sizeof(struct node_block) : offset + (uint32_t)node_size(nametable_node(t, *at));
    for (; i < t->n_blocks; i++, offset = sizeof(struct node_block)) {
        while (offset < t->blocks[i]->used) {
            struct node *n = node_or_gap(t->blocks[i], &offset);
            if (n == NULL)
                continue;
            *at = i << NODE_REF_BITS | offset / NODE_ALIGN;
            if (!(n->flags & NODE_DEAD))
                return n;
            offset += (uint32_t)node_size(n);
        }
    }
    return NULL;
}

/* A block is given back once its last node is copied, so that there never are two tables. */
void nametable_compact(struct nametable *t)
{
    struct nametable old = *t;
    uint32_t at = 0, done = 0;

    t->blocks = NULL;
    t->n_blocks = 0;
    memset(t->slots, 0, ((size_t)t->mask + 1) * sizeof(*t->slots));
    for (const struct node *n; (n = nametable_walk(&old, &at)) != NULL;) {
        const size_t size = node_size(n);
        const uint32_t ref = nametable_alloc(t, size);
        memcpy(nametable_node(t, ref), n, size);
        put_slot(t, (struct name_slot){name_hash(n->name, n->name_len), ref});
        while (done < at >> NODE_REF_BITS)
            block_unref(old.blocks[done++]);
    }
    while (done < old.n_blocks)
        block_unref(old.blocks[done++]);
    free(old.blocks);
}
