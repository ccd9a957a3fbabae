/* SPDX-License-Identifier: BSD-2-Clause */
#include "data/nametable.h"

#include <stdlib.h>
#include <string.h>

#include "base/octets.h"
#include "base/xalloc.h"

#define FIRST_SLOTS 16u

void nametable_init(struct nametable *t)
{
    *t = (struct nametable){.slots = xcalloc(FIRST_SLOTS, sizeof(struct name_slot)),
                            .mask = FIRST_SLOTS - 1};
}

void nametable_fini(struct nametable *t)
{
    free(t->slots);
    free(t->blocks);
}

void nametable_close(struct nametable *t)
{
    free(t->slots);
    t->slots = NULL;
}

struct node *nametable_find(const struct nametable *t, const uint8_t *name, size_t len,
                            uint32_t hash, uint32_t *index)
{
    for (uint32_t i = hash & t->mask; t->slots[i].index_1 != 0; i = (i + 1) & t->mask) {
        if (t->slots[i].hash != hash)
            continue;
        struct node *n = nametable_node(t, t->slots[i].index_1 - 1);
        if (n->name_len == len && octets_equal(n->name, name, len)) {
            if (index != NULL)
                *index = t->slots[i].index_1 - 1;
            return n;
        }
    }
    return NULL;
}

static void insert(struct nametable *t, struct name_slot slot)
{
    uint32_t i = slot.hash & t->mask;

    while (t->slots[i].index_1 != 0)
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
        if (old[i].index_1 != 0)
            insert(t, old[i]);
    free(old);
}

uint32_t nametable_add(struct nametable *t, struct arena *a, const uint8_t *name, size_t len,
                       uint32_t hash)
{
    const uint32_t index = t->n, block = index / NODES_PER_BLOCK;

    if (index % NODES_PER_BLOCK == 0) {
        t->blocks = xgrow(t->blocks, block, sizeof(*t->blocks));
        t->blocks[block] = arena_new_array(a, struct node, NODES_PER_BLOCK);
    }
    if (2 * (t->n + 1) > t->mask + 1)
        grow(t);
    t->n++;
    struct node *n = nametable_node(t, index);
    n->name = arena_dup(a, name, len, 1);
    n->name_len = (uint8_t)len;
    n->index = index;
    insert(t, (struct name_slot){hash, index + 1});
    return index;
}
