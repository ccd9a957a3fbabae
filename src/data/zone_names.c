/*
 * The names of a zone in the making: each once, all between an owner and the apex, and those that say
 * what the generation before said of them in its own nodes.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <assert.h>
#include <string.h>

#include "data/zone_making.h"

struct nametable *making_table(struct zone *z, bool is_nsec3)
{
    return is_nsec3 ? z->nsec3s : &z->names;
}

/* The node that has the name of a slot, perhaps not its records any more. */
static struct node *named_node(struct zone *z, bool is_nsec3, uint32_t ref)
{
    const uint32_t known = ref & BACK ? z->draft->backs[is_nsec3].items[ref & ~BACK].ref : ref;

    return nametable_node(making_table(z, is_nsec3), known);
}

struct name_slot *making_slot(struct zone *z, bool is_nsec3, const uint8_t *name, size_t len,
                              uint32_t hash)
{
    const struct nametable *t = making_table(z, is_nsec3);

    assert(t->slots != NULL); /* closed only when the zone is sealed */
    for (uint32_t i = hash & t->mask; t->slots[i].ref != 0; i = (i + 1) & t->mask) {
        if (t->slots[i].hash != hash)
            continue;
        const struct node *n = named_node(z, is_nsec3, t->slots[i].ref);
        if (n->name_len == len && memcmp(n->name, name, len) == 0)
            return &t->slots[i];
    }
    return NULL;
}

struct node *making_own(struct zone *z, struct name_slot *slot)
{
    struct nametable *t = &z->names;
    uint32_t *const ref =
        slot->ref & BACK ? &z->draft->backs[false].items[slot->ref & ~BACK].ref : &slot->ref;

    if (!nametable_is_lent(t, *ref))
        return nametable_node(t, *ref);
    const struct node *lent = nametable_node(t, *ref);
    const size_t size = node_size(lent);
    const uint32_t copy = nametable_alloc(t, size);
    memcpy(nametable_node(t, copy), lent, size);
    nametable_drop(t, *ref);
    *ref = copy;
    return nametable_node(t, copy);
}

/* Names that are found by their suffixes are counted by their labels; a wildcard is known to its parent,
 * which is there. */
void making_insert(struct zone *z, const struct node *n, uint32_t hash, uint32_t ref)
{
    const unsigned labels = name_labels(n->name);

    nametable_insert(&z->names, hash, ref);
    z->label_counts[labels / 64] |= (uint64_t)1 << labels % 64;
    if (!name_is_wildcard(n->name) || n->name_len == z->draft->apex_len)
        return;
    const size_t len = n->name_len - 2u;
    struct name_slot *above = making_slot(z, false, n->name + 2, len, name_hash(n->name + 2, len));
    z->has_wildcards = true;
    if (!(named_node(z, false, above->ref)->flags & NODE_WILDCARD))
        making_own(z, above)->flags |= NODE_WILDCARD;
}

const struct node *making_prefer_lent(struct zone *z, const struct node *n, uint32_t hash,
                                      uint32_t *ref)
{
    const struct zone *before = z->draft->before;
    const uint32_t lent =
        z->names.n_lent > 0 ? nametable_lent(&before->names, n->name, n->name_len, hash) : 0;

    if (lent == 0 || !node_same(n, nametable_node(&z->names, lent)) ||
        (n->flags & ~nametable_node(&z->names, lent)->flags & NODE_WILDCARD))
        return n;
    nametable_undo_alloc(&z->names);
    nametable_take(&z->names, lent);
    *ref = lent;
    return nametable_node(&z->names, lent);
}

static void insert_empty(struct zone *z, const uint8_t *name, uint32_t hash)
{
    const struct node_start start = {.name = name, .name_len = (uint8_t)name_len(name)};
    uint32_t ref;

    const struct node *made = draft_freeze(&(struct draft){0}, &z->names, &start, &ref);
    const struct node *n = making_prefer_lent(z, made, hash, &ref);
    making_insert(z, n, hash, ref);
}

void making_parents(struct zone *z, const struct owner *o)
{
    struct zone_draft *d = z->draft;
    const uint8_t *missing[NAME_MAX_LABELS];
    uint32_t hash[NAME_MAX_LABELS];
    unsigned n = 0;

    const uint8_t *parent = name_parent(o->name);
    size_t len = o->len - 1u - o->name[0];
    if (memcmp(parent, d->parent, len) == 0) /* names end themselves: as long, too */
        return;
    for (const uint8_t *name = parent; len > d->apex_len; name = name_parent(name)) {
        hash[n] = name_hash(name, len);
        if (making_slot(z, false, name, len, hash[n]) != NULL)
            break;
        missing[n++] = name;
        len -= 1u + name[0];
    }
    while (n-- > 0)
        insert_empty(z, missing[n], hash[n]);
    memcpy(d->parent, parent, o->len - 1u - o->name[0]);
}
