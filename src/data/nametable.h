/*
 * The nodes of a zone by name: an open-addressed hash table of small slots over nodes in blocks
 * that never move.  Part of zone.c's inside; the slots hold the hash, so that a probe that misses
 * touches no node.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>

#include "base/arena.h"
#include "data/zone.h"

struct name_slot {
    uint32_t hash;
    uint32_t index_1; /* of the node, plus 1; 0: free */
};

struct nametable {
    struct name_slot *slots;
    uint32_t mask;        /* slots - 1, a power of two less one */
    uint32_t n;           /* nodes */
    struct node **blocks; /* NODES_PER_BLOCK each, from the arena */
};

#define NODES_PER_BLOCK 1024u

static inline struct node *nametable_node(const struct nametable *t, uint32_t index)
{
    return &t->blocks[index / NODES_PER_BLOCK][index % NODES_PER_BLOCK];
}

void nametable_init(struct nametable *t);
void nametable_fini(struct nametable *t);  /* the nodes are the arena's */
void nametable_close(struct nametable *t); /* names are no longer looked up, only nodes by index */

/* The node of a lower-case name of len octets, or NULL; index out if not NULL. */
struct node *nametable_find(const struct nametable *t, const uint8_t *name, size_t len,
                            uint32_t hash, uint32_t *index);
/* Add a node for a name that is not there; copies the name.  Returns its index. */
uint32_t nametable_add(struct nametable *t, struct arena *a, const uint8_t *name, size_t len,
                       uint32_t hash);
