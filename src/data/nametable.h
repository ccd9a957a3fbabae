/*
 * The nodes of a zone by name: an open-addressed hash table of small slots over nodes that lie in
 * blocks and never move.  Part of a zone's inside; the slots hold the hash, so that a probe that misses
 * touches no node, and one that hits touches a slot and the node.
 *
 * A block is counted and holds nodes in the order of their making.  Nothing in it depends on which
 * table it belongs to or where it stands in it, so tables can have blocks in common: the next generation
 * of a zone begins with the blocks of the last, takes what did not change, and puts the rest into blocks of
 * its own.  What it has not taken of a lent block is waste, and bounded.
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
    uint32_t
        ref; /* of the node; 0: free.  The builder has refs of its own beside (zone_making.h) */
};

struct node_block {
    atomic_uint refs; /* tables that have it */
    uint32_t used;    /* octets with this head; nodes and gaps of zeros between them */
    uint32_t room;    /* octets with this head */
    uint32_t nodes;   /* dead ones too */
};

struct nametable {
    struct name_slot *slots;
    uint32_t mask; /* slots - 1, a power of two less one */
    uint32_t n;    /* names */
    uint32_t n_blocks;
    struct node_block **blocks;
    /* Of a table that began with the blocks of another. */
    uint32_t
        *live; /* how many nodes of each block are its own, as its slots say; NULL: see NODE_DEAD */
    uint32_t n_lent;  /* the first so many blocks are the other's too: nothing in them is changed */
    size_t lent_used; /* octets of nodes that it has there */
    uint32_t last_used; /* of the last block, before the last node */
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
/* The blocks of a sealed table, and none of its names: they are taken one by one. */
void nametable_init_lent(struct nametable *t, const struct nametable *from);
/* No more nodes: give back the room for them, and the blocks of which nothing was taken. */
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
 * nametable_find in steps, none of which waits for memory that the one before has asked for: the slot;
 * the node, of which nothing but the hash has been seen, NULL: the name is not there.  Its octets are to
 * be compared by the caller; should they differ, nametable_find looks for another with that hash.
 */
static inline void nametable_prefetch(const struct nametable *t, uint32_t hash)
{
    __builtin_prefetch(&t->slots[hash & t->mask]);
}
static inline const struct node *nametable_likely(const struct nametable *t, uint32_t hash)
{
    uint32_t i = hash & t->mask;

    while (t->slots[i].ref != 0 && t->slots[i].hash != hash)
        i = (i + 1) & t->mask;
    if (t->slots[i].ref == 0)
        return NULL;
    const struct node *n = nametable_node(t, t->slots[i].ref);
    __builtin_prefetch(n);
    __builtin_prefetch((const uint8_t *)n + 63); /* one that begins late in its cache line */
    return n;
}

/* Which slot a node of the table has. */
uint32_t nametable_slot(const struct nametable *t, const struct node *n);
/* The child "*" of a node that has one. */
const struct node *nametable_wildcard(const struct nametable *t, const struct node *n);

/* Room for a node of so many octets; returns its ref. */
uint32_t nametable_alloc(struct nametable *t, size_t size);
/* Take back the room that was given last. */
void nametable_undo_alloc(struct nametable *t);
/* The ref of a lent node that has this name, by the table that lends; 0: there is none. */
uint32_t nametable_lent(const struct nametable *from, const uint8_t *name, size_t len,
                        uint32_t hash);
/* A lent node is the table's own from now on; the one at ref is none of its nodes any more. */
void nametable_take(struct nametable *t, uint32_t ref);
void nametable_drop(struct nametable *t, uint32_t ref);
static inline bool nametable_is_lent(const struct nametable *t, uint32_t ref)
{
    return ref >> NODE_REF_BITS < t->n_lent;
}
/* The lent blocks are larger than what was taken of them by more than a third, or more than its size asks
 * for, as each generation adds one at least: better have none. */
bool nametable_is_wasteful(const struct nametable *t);

/* Make a name known that is not in the table.  The slots may move. */
void nametable_insert(struct nametable *t, uint32_t hash, uint32_t ref);
/* Copy all nodes but dead ones into new blocks. */
void nametable_compact(struct nametable *t);

/*
 * All nodes in the order of their making, dead ones left out.  *at: 0 before the first, then the ref
 * of the node returned; NULL: it was the last.
 */
struct node *nametable_walk(const struct nametable *t, uint32_t *at);
