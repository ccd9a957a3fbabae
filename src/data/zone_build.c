/*
 * How a zone is made.  Records gather in a draft of their owner until another owner comes, which
 * makes a node of it; most files name an owner once.  One that comes back has its node turned into a
 * draft again, which then stays until the zone is sealed (zone_seal.c).
 *
 * A node that says what the generation before said of the name is thrown away again, and that one's is
 * taken: the two generations have it in common.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "data/sigtime.h"
#include "data/zone_making.h"

struct zone *zone_new(const uint8_t *apex)
{
    return zone_new_like(apex, NULL);
}

struct zone *zone_new_like(const uint8_t *apex, const struct zone *before)
{
    struct zone *z = xcalloc(1, sizeof(*z));
    struct zone_draft *d = xcalloc(1, sizeof(*d));

    d->apex_len = (uint8_t)name_len(apex);
    memcpy(d->apex, apex, d->apex_len);
    name_lower(d->apex);
    memcpy(d->parent, d->apex, d->apex_len);
    d->once = arena_new();
    memcpy(d->open.name, d->apex, d->apex_len);
    d->open.len = d->apex_len;
    d->open.hash = name_hash(d->apex, d->apex_len);
    z->refs = 1;
    d->before = before;
    if (before != NULL)
        nametable_init_lent(&z->names, &before->names);
    else
        nametable_init(&z->names);
    z->draft = d;
    return z;
}

void zone_draft_free(struct zone_draft *d)
{
    if (d == NULL)
        return;
    for (int i = 0; i < 2; i++)
        free(d->backs[i].items);
    arena_free(d->once);
    arena_free(d->arena);
    free(d);
}

/* ---- owners ---- */

static uint8_t flags_of(const struct draft *d, const struct node *n, bool is_apex)
{
    uint8_t flags = d->dyn_1 > 0 ? NODE_STEERED : 0;

    for (const struct rrset *set = node_sets(n); set != NULL; set = rrset_next(set)) {
        switch (set->type) {
        case TYPE_NS: flags |= is_apex ? 0 : NODE_CUT; break;
        case TYPE_DNAME: flags |= NODE_DNAME; break;
        case TYPE_RRSIG: flags |= NODE_SIGS; break;
        }
    }
    return flags;
}

const struct node *making_freeze(struct zone *z, const struct draft *draft, const struct owner *o,
                                 uint8_t kept, uint32_t *ref)
{
    struct zone_draft *d = z->draft;
    const struct node_start start = {.name = o->name,
                                     .name_len = o->len,
                                     .flags = draft->dyn_1 > 0 ? NODE_STEERED : 0,
                                     .dyn_index = draft->dyn_1 - 1,
                                     .has_sets = draft->sets != NULL};
    struct node *n = draft_freeze(draft, making_table(z, o->is_nsec3), &start, ref);

    n->flags = (uint8_t)(flags_of(draft, n, !o->is_nsec3 && o->len == d->apex_len) | kept);
    z->has_breaks |= (n->flags & (NODE_CUT | NODE_DNAME)) != 0;
    return o->is_nsec3 ? n : making_prefer_lent(z, n, o->hash, ref);
}

void making_close(struct zone *z)
{
    struct zone_draft *d = z->draft;
    uint32_t ref;

    if (d->open.back_1 > 0)
        return;
    const struct node *n = making_freeze(z, &d->fresh, &d->open, 0, &ref);
    if (d->open.is_nsec3)
        nametable_insert(z->nsec3s, d->open.hash, ref);
    else
        making_insert(z, n, d->open.hash, ref);
    d->fresh = (struct draft){0};
    arena_clear(d->once);
}

/* The owner of a slot is there again.  Returns its back_1. */
static uint32_t come_back(struct zone *z, bool is_nsec3, struct name_slot *slot)
{
    struct zone_draft *d = z->draft;
    struct backs *b = &d->backs[is_nsec3];

    if (slot->ref & BACK)
        return (slot->ref & ~BACK) + 1;
    if (d->arena == NULL)
        d->arena = arena_new();
    const struct node *n = nametable_node(making_table(z, is_nsec3), slot->ref);
    b->items = xgrow(b->items, b->n, sizeof(*b->items));
    draft_thaw(&b->items[b->n].draft, d->arena, n);
    b->items[b->n].ref = slot->ref;
    slot->ref = BACK | b->n;
    return ++b->n;
}

static void open_owner(struct zone *z, const uint8_t *owner, bool is_nsec3)
{
    struct owner *const o = &z->draft->open;
    const size_t len = name_len(owner);
    uint8_t name[NAME_MAX_LEN];

    memcpy(name, owner, len);
    name_lower(name);
    if (len == o->len && is_nsec3 == o->is_nsec3 && memcmp(name, o->name, len) == 0)
        return;
    making_close(z);
    memcpy(o->name, name, len);
    o->len = (uint8_t)len;
    o->is_nsec3 = is_nsec3;
    o->hash = name_hash(name, len);
    o->back_1 = 0;
    struct name_slot *slot = making_slot(z, is_nsec3, name, len, o->hash);
    if (slot != NULL)
        o->back_1 = come_back(z, is_nsec3, slot);
    else if (!is_nsec3)
        making_parents(z, o);
}

static struct draft *open_draft(struct zone_draft *d)
{
    const struct owner *o = &d->open;

    return o->back_1 > 0 ? &d->backs[o->is_nsec3].items[o->back_1 - 1].draft : &d->fresh;
}

/* ---- records ---- */

/* What proves by hashes stands apart: NSEC3 and the RRSIGs of it, as far as their owner is a hash
 * (RFC 5155 §7.1). */
static bool stands_apart(struct zone *z, const uint8_t *owner, uint16_t type, uint16_t covers)
{
    uint8_t hash[NSEC3_HASH_LEN];

    if ((type != TYPE_NSEC3 && covers != TYPE_NSEC3) ||
        !zone_nsec3_owner(z->draft->apex, owner, hash))
        return false;
    if (z->nsec3s == NULL) {
        z->nsec3s = xcalloc(1, sizeof(*z->nsec3s));
        nametable_init(z->nsec3s);
    }
    return true;
}

static void note_sig(struct zone *z, const uint8_t *rdata, uint16_t rdlen)
{
    if (rdlen < SIG_FIXED_LEN)
        return;
    const uint32_t end = get_u32(rdata + SIG_EXPIRATION);
    if (!z->has_sigs || sigtime_is_before(end, z->sigs_end))
        z->sigs_end = end;
    z->has_sigs = true;
}

enum zone_added zone_add_rr(struct zone *z, const uint8_t *owner, uint16_t type, uint32_t ttl_s,
                            const uint8_t *rdata, uint16_t rdlen)
{
    struct zone_draft *d = z->draft;

    open_owner(z, owner, stands_apart(z, owner, type, draft_covers(type, rdata, rdlen)));
    struct arena *a = d->open.back_1 > 0 ? d->arena : d->once;
    const enum zone_added added = draft_add(open_draft(d), a, type, ttl_s, rdata, rdlen);
    if (type == TYPE_RRSIG)
        note_sig(z, rdata, rdlen);
    z->n_records += added == ZONE_ADDED || added == ZONE_TTL_DIFFERS;
    return added;
}

bool zone_add_dyn(struct zone *z, const uint8_t *owner, const struct dyn *dyn)
{
    open_owner(z, owner, false);
    struct draft *draft = open_draft(z->draft);
    if (draft->dyn_1 > 0)
        return false;
    if (z->arena == NULL)
        z->arena = arena_new();
    struct dyn *d = arena_dup(z->arena, dyn, sizeof(*dyn), _Alignof(struct dyn));
    uint8_t *pool = arena_dup(z->arena, dyn->pool, name_len(dyn->pool), 1);
    name_lower(pool);
    d->pool = pool;
    d->policy = arena_strdup(z->arena, dyn->policy);
    d->file = dyn->file != NULL ? arena_strdup(z->arena, dyn->file) : NULL;
    d->index = (uint32_t)z->n_dyns;
    d->owner = NULL;
    z->dyns = xgrow(z->dyns, z->n_dyns, sizeof(struct dyn *));
    z->dyns[z->n_dyns++] = d;
    draft->dyn_1 = (uint32_t)z->n_dyns;
    return true;
}
