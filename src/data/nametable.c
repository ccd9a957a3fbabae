/* SPDX-License-Identifier: BSD-2-Clause */
#include "data/nametable.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "dns/name.h"

#define FIRST_SLOTS 16u
#define CACHE_LINE  64u

/* What refs have bits for, less the one that is the builder's: 8 GiB of nodes. */
#define BLOCKS_MAX (UINT32_C(1) << (31 - NODE_REF_BITS))
/* Lent blocks that a table may have beside twice as many as its nodes there fill. */
#define BLOCKS_SPARE 64

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
    free(t->live);
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

    if (t->n_blocks == BLOCKS_MAX)
        abort(); /* as where there is no memory */
    if (t->live != NULL) {
        t->live = xrealloc(t->live, (t->n_blocks + 1) * sizeof(*t->live));
        t->live[t->n_blocks] = 0;
    }
    t->blocks = xrealloc(t->blocks, (t->n_blocks + 1) * sizeof(struct node_block *));
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

/* What was made for a node larger than a block, which was taken back, has room where no ref reaches. */
static bool has_room(const struct node_block *b, size_t size)
{
    const size_t at = place(b->used, size);

    return at + size <= b->room && at < NODE_BLOCK;
}

uint32_t nametable_alloc(struct nametable *t, size_t size)
{
    struct node_block *b = t->n_blocks > t->n_lent ? t->blocks[t->n_blocks - 1] : NULL;

    if (b == NULL || !has_room(b, size)) {
        const size_t alone = place(sizeof(*b), size) + size;
        b = add_block(t, alone > NODE_BLOCK ? alone : NODE_BLOCK);
    }
    const uint32_t at = place(b->used, size);
    memset((uint8_t *)b + b->used, 0, at - b->used);
    t->last_used = b->used;
    b->used = at + (uint32_t)size;
    b->nodes++;
    if (t->live != NULL)
        t->live[t->n_blocks - 1]++;
    return (t->n_blocks - 1) << NODE_REF_BITS | at / NODE_ALIGN;
}

void nametable_undo_alloc(struct nametable *t)
{
    struct node_block *b = t->blocks[t->n_blocks - 1];

    b->used = t->last_used;
    b->nodes--;
    if (t->live != NULL)
        t->live[t->n_blocks - 1]--;
}

/* In place: a copy would leave a hole that no aligned block fits into again, 6 KiB a zone where a hundred
 * thousand are small.  Were it moved, it would only be aligned less well. */
static void trim_last(struct nametable *t)
{
    struct node_block **last = t->n_blocks > t->n_lent ? &t->blocks[t->n_blocks - 1] : NULL;

    if (last == NULL || (*last)->used == (*last)->room)
        return;
    *last = xrealloc(*last, (*last)->used);
    (*last)->room = (*last)->used;
}

/* ---- what is lent ---- */

void nametable_init_lent(struct nametable *t, const struct nametable *from)
{
    *t = (struct nametable){.slots = xcalloc((size_t)from->mask + 1, sizeof(struct name_slot)),
                            .mask = from->mask,
                            .n_blocks = from->n_blocks,
                            .blocks = xmemdup(from->blocks, from->n_blocks * sizeof(*t->blocks)),
                            .live = xcalloc(from->n_blocks, sizeof(*t->live)),
                            .n_lent = from->n_blocks};
    for (uint32_t i = 0; i < t->n_blocks; i++)
        atomic_fetch_add(&t->blocks[i]->refs, 1);
}

uint32_t nametable_lent(const struct nametable *from, const uint8_t *name, size_t len,
                        uint32_t hash)
{
    for (uint32_t i = hash & from->mask; from->slots[i].ref != 0; i = (i + 1) & from->mask) {
        if (from->slots[i].hash != hash)
            continue;
        const struct node *n = nametable_node(from, from->slots[i].ref);
        if (n->name_len == len && octets_equal(n->name, name, len))
            return from->slots[i].ref;
    }
    return 0;
}

void nametable_take(struct nametable *t, uint32_t ref)
{
    t->live[ref >> NODE_REF_BITS]++;
    t->lent_used += node_size(nametable_node(t, ref));
}

void nametable_drop(struct nametable *t, uint32_t ref)
{
    struct node *n = nametable_node(t, ref);

    if (t->live != NULL)
        t->live[ref >> NODE_REF_BITS]--;
    if (nametable_is_lent(t, ref))
        t->lent_used -= node_size(n);
    else
        n->flags |= NODE_DEAD;
}

bool nametable_is_wasteful(const struct nametable *t)
{
    size_t used = 0, n = 0;

    for (uint32_t i = 0; i < t->n_lent; i++) {
        if (t->live[i] == 0)
            continue;
        used += t->blocks[i]->used;
        n++;
    }
    return used > t->lent_used + t->lent_used / 3 + NODE_BLOCK ||
           n > BLOCKS_SPARE + 2 * t->lent_used / NODE_BLOCK;
}

/* What is not needed of the blocks goes, and the numbers of the others close up. */
static void drop_blocks(struct nametable *t)
{
    uint32_t *number = xcalloc(t->n_blocks, sizeof(*number)), n = 0;

    for (uint32_t i = 0; i < t->n_blocks; i++) {
        number[i] = n;
        t->blocks[n] = t->blocks[i];
        if (t->live[i] > 0)
            t->live[n++] = t->live[i];
        else
            block_unref(t->blocks[i]);
    }
    for (uint32_t i = 0; n < t->n_blocks && i <= t->mask; i++) {
        const uint32_t ref = t->slots[i].ref;
        if (ref != 0)
            t->slots[i].ref =
                number[ref >> NODE_REF_BITS] << NODE_REF_BITS | (ref & ((1u << NODE_REF_BITS) - 1));
    }
    t->n_blocks = n;
    free(number);
}

void nametable_trim(struct nametable *t)
{
    trim_last(t);
    t->n_lent = 0;
    if (t->live != NULL)
        drop_blocks(t);
}

/* ---- walking ---- */

/* Gaps end with their cache line. */
static struct node *node_or_gap(struct node_block *b, uint32_t *at)
{
    struct node *n = (struct node *)((uint8_t *)b + *at);

    if (n->name_len > 0)
        return n;
    *at = (*at + CACHE_LINE) & -(uint32_t)CACHE_LINE;
    return NULL;
}

/* Of a block that another table filled, or that has dead nodes, the slots know which nodes are ours. */
static bool is_ours(const struct nametable *t, uint32_t block, const struct node *n)
{
    if (n->flags & NODE_DEAD)
        return false;
    return t->live == NULL || t->slots == NULL || t->live[block] == t->blocks[block]->nodes ||
           nametable_find(t, n->name, n->name_len, name_hash(n->name, n->name_len)) == n;
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
            if (is_ours(t, i, n))
                return n;
            offset += (uint32_t)node_size(n);
        }
    }
    return NULL;
}

static uint32_t slots_for(uint32_t names)
{
    uint32_t slots = FIRST_SLOTS;

    while (slots < 2 * names)
        slots *= 2;
    return slots;
}

/* A block is given back once its last node is copied, so that there never are two tables; but not where
 * the slots still have to say what is ours. */
void nametable_compact(struct nametable *t)
{
    struct nametable old = *t;
    uint32_t at = 0, done = 0;

    *t = (struct nametable){.mask = slots_for(old.n) - 1, .n = old.n};
    t->slots = xcalloc((size_t)t->mask + 1, sizeof(*t->slots));
    for (const struct node *n; (n = nametable_walk(&old, &at)) != NULL;) {
        const size_t size = node_size(n);
        const uint32_t ref = nametable_alloc(t, size);
        memcpy(nametable_node(t, ref), n, size);
        put_slot(t, (struct name_slot){name_hash(n->name, n->name_len), ref});
        while (old.live == NULL && done < at >> NODE_REF_BITS)
            block_unref(old.blocks[done++]);
    }
    while (done < old.n_blocks)
        block_unref(old.blocks[done++]);
    free(old.blocks);
    free(old.slots);
    free(old.live);
}
