/*
 * The nodes of a zone by name: an open-addressed hash table of small slots over nodes that lie in
 * blocks and never move.  Part of a zone's inside; the slots hold the hash, so that a probe that misses
 * touches no node, and one that hits touches a slot and the node.
 *
 * A block is counted and holds nodes in the order of their making.  Nothing in it depends on which
 * table it belongs to or where it stands in it, so tables can have blocks in common.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdatomic.h>
#include <stddef.h>

#include "base/octets.h"
#include "data/node.h"

struct name_slot {
    uint32_t hash;
    uint32_t ref; /* of the node; 0: free.  The builder has refs of its own beside (zone_build.c) */
};

struct node_block {
    atomic_uint refs; /* tables that have it */
    uint32_t used;    /* octets with this head; nodes and gaps of zeros between them */
    uint32_t room;    /* octets with this head */
};

struct nametable {
    struct name_slot *slots;
    uint32_t mask; /* slots - 1, a power of two less one */
    uint32_t n;    /* names */
    uint32_t n_blocks;
    struct node_block **blocks;
};

/*
 * A ref is a block's number and where in it the node begins, in units of NODE_ALIGN.  A block is as
 * large as refs reach, but for one that holds a single node that is larger.
 */
#define NODE_REF_BITS 14
#define NODE_BLOCK    ((size_t)NODE_ALIGN << NODE_REF_BITS)

static inline struct node *nametable_node(const struct nametable *t, uint32_t ref)
{
    uint8_t *const block = (uint8_t *)t->blocks[ref >> NODE_REF_BITS];

    return (struct node *)(block + (size_t)NODE_ALIGN * (ref & ((1u << NODE_REF_BITS) - 1)));
}

void nametable_init(struct nametable *t);
void nametable_fini(struct nametable *t);
/* No more nodes: give back the room for them.  Before it no block is shared. */
void nametable_trim(struct nametable *t);
void nametable_close(struct nametable *t); /* names are no longer looked up, only walked */

/* The node of a lower-case name of len octets, or NULL. */
static inline const struct node *nametable_find(const struct nametable *t, const uint8_t *name,
                                                size_t len, uint32_t hash)
{
    for (uint32_t i = hash & t->mask; t->slots[i].ref != 0; i = (i + 1) & t->mask) {
        if (t->slots[i].hash != hash)
            continue;
        const struct node *n = nametable_node(t, t->slots[i].ref);
        if (n->name_len == len && octets_equal(n->name, name, len))
            return n;
    }
    return NULL;
}
/*
 * Two steps ahead of nametable_find, without waiting: fetch the slot where it will begin; once that is
 * there, the node that it will come to.  A node that begins late in its cache line goes on in the next.
 */
static inline void nametable_prefetch_slot(const struct nametable *t, uint32_t hash)
{
    __builtin_prefetch(&t->slots[hash & t->mask]);
}
static inline void nametable_prefetch_node(const struct nametable *t, uint32_t hash)
{
    uint32_t i = hash & t->mask;

    while (t->slots[i].ref != 0 && t->slots[i].hash != hash)
        i = (i + 1) & t->mask;
    if (t->slots[i].ref == 0)
        return;
    const uint8_t *node = (const uint8_t *)nametable_node(t, t->slots[i].ref);
    __builtin_prefetch(node);
    __builtin_prefetch(node + 63);
}
/* Which slot a node of the table has. */
uint32_t nametable_slot(const struct nametable *t, const struct node *n);
/* The child "*" of a node that has one. */
const struct node *nametable_wildcard(const struct nametable *t, const struct node *n);

/* Room for a node of so many octets; returns its ref. */
uint32_t nametable_alloc(struct nametable *t, size_t size);
/* Make a name known that is not in the table.  The slots may move. */
void nametable_insert(struct nametable *t, uint32_t hash, uint32_t ref);
/* Copy all nodes but dead ones into new blocks. */
void nametable_compact(struct nametable *t);

/*
 * All nodes in the order of their making, dead ones left out.  *at: 0 before the first, then the ref
 * of the node returned; NULL: it was the last.
 */
struct node *nametable_walk(const struct nametable *t, uint32_t *at);
