/*
 * How a zone is made.  Records gather in a draft of their owner until another owner comes, which
 * makes a node of it; most files name an owner once.  One that comes back has its node turned into a
 * draft again, which then stays until the zone is sealed.  Sealing works out what finding needs.
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
#include "data/negative.h"
#include "data/zone_draft.h"
#include "data/zone_inside.h"

/* In a slot while the zone is built: not a node's ref but the index of an owner that came back. */
#define BACK UINT32_C(0x80000000)

struct back {
    struct draft draft;
    uint32_t ref; /* of its first node, which still has the name */
};

/* The backs of one table. */
struct backs {
    struct back *items;
    uint32_t n;
};

struct owner {
    uint8_t name[NAME_MAX_LEN]; /* lower-case */
    uint8_t len;
    bool is_nsec3; /* of the table of those */
    uint32_t hash;
    uint32_t back_1; /* index of its draft among those that came back, plus 1; 0: it is `fresh` */
};

struct zone_draft {
    struct owner open;     /* whose records are coming in */
    struct draft fresh;    /* its records, if it has no node yet */
    struct arena *once;    /* of fresh */
    struct arena *arena;   /* of those that came back; NULL: none has */
    struct backs backs[2]; /* of the names, of the owners of NSEC3 */
    uint8_t apex[NAME_MAX_LEN];
    uint8_t apex_len;
    uint8_t parent[NAME_MAX_LEN]; /* of the last owner: is a node, and all above it are */
    const struct zone *before;    /* the generation before, to share with; NULL: none */
};

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

/* ---- names ---- */

static struct nametable *table_of(struct zone *z, bool is_nsec3)
{
    return is_nsec3 ? z->nsec3s : &z->names;
}

/* The node that has the name of a slot, perhaps not its records any more. */
static struct node *named_node(struct zone *z, bool is_nsec3, uint32_t ref)
{
    const uint32_t known = ref & BACK ? z->draft->backs[is_nsec3].items[ref & ~BACK].ref : ref;

    return nametable_node(table_of(z, is_nsec3), known);
}

static struct name_slot *find_slot(struct zone *z, bool is_nsec3, const uint8_t *name, size_t len,
                                   uint32_t hash)
{
    const struct nametable *t = table_of(z, is_nsec3);

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

/* A node that is ours to change: a copy, if it is lent. */
static struct node *own_node(struct zone *z, struct name_slot *slot)
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
static void insert(struct zone *z, const struct node *n, uint32_t hash, uint32_t ref)
{
    const unsigned labels = name_labels(n->name);

    nametable_insert(&z->names, hash, ref);
    z->label_counts[labels / 64] |= (uint64_t)1 << labels % 64;
    if (!name_is_wildcard(n->name) || n->name_len == z->draft->apex_len)
        return;
    const size_t len = n->name_len - 2u;
    struct name_slot *above = find_slot(z, false, n->name + 2, len, name_hash(n->name + 2, len));
    z->has_wildcards = true;
    if (!(named_node(z, false, above->ref)->flags & NODE_WILDCARD))
        own_node(z, above)->flags |= NODE_WILDCARD;
}

/* Take the node of the generation before in place of the one that was just made, if they say the same.
 * Returns the one that stays. */
static const struct node *prefer_lent(struct zone *z, const struct node *n, uint32_t hash,
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
    const struct node *n = prefer_lent(z, made, hash, &ref);
    insert(z, n, hash, ref);
}

/* All between a new owner and the apex is there, if only as empty nodes (RFC 4592 §2.2.2). */
static void want_parents(struct zone *z, const struct owner *o)
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
        if (find_slot(z, false, name, len, hash[n]) != NULL)
            break;
        missing[n++] = name;
        len -= 1u + name[0];
    }
    while (n-- > 0)
        insert_empty(z, missing[n], hash[n]);
    memcpy(d->parent, parent, o->len - 1u - o->name[0]);
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

/* A node of the draft.  kept: flags that are not its own records'. */
static const struct node *freeze(struct zone *z, const struct draft *draft, const struct owner *o,
                                 uint8_t kept, uint32_t *ref)
{
    struct zone_draft *d = z->draft;
    const struct node_start start = {.name = o->name,
                                     .name_len = o->len,
                                     .flags = draft->dyn_1 > 0 ? NODE_STEERED : 0,
                                     .dyn_index = draft->dyn_1 - 1,
                                     .has_sets = draft->sets != NULL};
    struct node *n = draft_freeze(draft, table_of(z, o->is_nsec3), &start, ref);

    n->flags = (uint8_t)(flags_of(draft, n, !o->is_nsec3 && o->len == d->apex_len) | kept);
    z->has_breaks |= (n->flags & (NODE_CUT | NODE_DNAME)) != 0;
    return o->is_nsec3 ? n : prefer_lent(z, n, o->hash, ref);
}

/* No more of the open owner for now.  What came back stays a draft. */
static void close_owner(struct zone *z)
{
    struct zone_draft *d = z->draft;
    uint32_t ref;

    if (d->open.back_1 > 0)
        return;
    const struct node *n = freeze(z, &d->fresh, &d->open, 0, &ref);
    if (d->open.is_nsec3)
        nametable_insert(z->nsec3s, d->open.hash, ref);
    else
        insert(z, n, d->open.hash, ref);
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
    const struct node *n = nametable_node(table_of(z, is_nsec3), slot->ref);
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
    close_owner(z);
    memcpy(o->name, name, len);
    o->len = (uint8_t)len;
    o->is_nsec3 = is_nsec3;
    o->hash = name_hash(name, len);
    o->back_1 = 0;
    struct name_slot *slot = find_slot(z, is_nsec3, name, len, o->hash);
    if (slot != NULL)
        o->back_1 = come_back(z, is_nsec3, slot);
    else if (!is_nsec3)
        want_parents(z, o);
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

enum zone_added zone_add_rr(struct zone *z, const uint8_t *owner, uint16_t type, uint32_t ttl_s,
                            const uint8_t *rdata, uint16_t rdlen)
{
    struct zone_draft *d = z->draft;

    open_owner(z, owner, stands_apart(z, owner, type, draft_covers(type, rdata, rdlen)));
    struct arena *a = d->open.back_1 > 0 ? d->arena : d->once;
    const enum zone_added added = draft_add(open_draft(d), a, type, ttl_s, rdata, rdlen);
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

/* ---- sealing ---- */

/* Nodes of those that came back, in place of their first ones. */
static void freeze_backs(struct zone *z, bool is_nsec3)
{
    struct nametable *t = table_of(z, is_nsec3);
    const struct backs *b = &z->draft->backs[is_nsec3];
    size_t dead = 0;

    for (uint32_t i = 0; i < b->n; i++) {
        struct node *old = nametable_node(t, b->items[i].ref);
        struct owner o = {.len = old->name_len,
                          .is_nsec3 = is_nsec3,
                          .hash = name_hash(old->name, old->name_len)};
        uint32_t ref;
        memcpy(o.name, old->name, o.len);
        struct name_slot *slot = find_slot(z, is_nsec3, o.name, o.len, o.hash);
        freeze(z, &b->items[i].draft, &o, old->flags & NODE_WILDCARD, &ref);
        slot->ref = ref;
        nametable_drop(t, b->items[i].ref);
        dead += node_size(old);
    }
    /* What is left of the dead is at most an eighth of the whole. */
    if (dead > t->n_blocks * NODE_BLOCK / 8)
        nametable_compact(t);
}

static void find_apex(struct zone *z)
{
    const size_t len = z->draft->apex_len;

    z->apex = nametable_find(&z->names, z->draft->apex, len, name_hash(z->draft->apex, len));
}

static bool is_occluded(const struct zone *z, const struct node *n)
{
    const uint8_t apex_len = z->apex->name_len;
    const uint8_t *name = n->name;
    size_t len = n->name_len;

    if (z->apex->flags & NODE_DNAME && n != z->apex)
        return true;
    while (len - 1u - name[0] > apex_len) {
        len -= 1u + name[0];
        name = name_parent(name);
        const struct node *above = nametable_find(&z->names, name, len, name_hash(name, len));
        if (above->flags & (NODE_CUT | NODE_DNAME))
            return true;
    }
    return false;
}

/* What other names make of a node. */
static uint8_t outer_flags(const struct zone *z, const struct node *n)
{
    uint8_t flags = 0;

    if (n->flags & NODE_WILDCARD && nametable_wildcard(&z->names, n) != NULL)
        flags |= NODE_WILDCARD;
    if (z->has_breaks && is_occluded(z, n))
        flags |= NODE_OCCLUDED;
    return flags;
}

/* Cuts hide what is below them, and a lent node may tell of cuts and wildcards that are no more. */
static void fix_flags(struct zone *z)
{
    uint32_t at = 0;

    for (const struct node *n; (n = nametable_walk(&z->names, &at)) != NULL;) {
        const uint8_t flags = (uint8_t)((n->flags & NODE_OWN_FLAGS) | outer_flags(z, n));
        if (flags != n->flags)
            own_node(z, &z->names.slots[nametable_slot(&z->names, n)])->flags = flags;
    }
    find_apex(z);
}

static bool may_have_other_flags(const struct zone *z)
{
    const struct zone *before = z->draft->before;

    return z->has_breaks || (before != NULL && (before->has_breaks || before->has_wildcards));
}

static void find_dyn_owners(struct zone *z)
{
    uint32_t at = 0;

    for (const struct node *n; (n = nametable_walk(&z->names, &at)) != NULL;)
        if (n->flags & NODE_STEERED)
            z->dyns[node_dyn_index(n)]->owner = n;
}

/* The SOA as a negative answer carries it: TTL = min(TTL, MINIMUM) (RFC 2308 §5). */
static struct rrset *make_negative_soa(const struct rrset *soa)
{
    struct rrset *neg = xmemdup(soa, sizeof(*soa) + soa->len);
    const uint32_t minimum_s = get_u32(soa->wire + soa->len - 4), ttl_s = rrset_ttl(soa);

    put_u32(neg->wire + 6, minimum_s < ttl_s ? minimum_s : ttl_s);
    neg->more = false;
    return neg;
}

static void seal_names(struct zone *z)
{
    close_owner(z);
    freeze_backs(z, false);
    find_apex(z);
    if (may_have_other_flags(z))
        fix_flags(z);
    if (z->names.n_lent > 0 && nametable_is_wasteful(&z->names))
        nametable_compact(&z->names);
    nametable_trim(&z->names);
    find_apex(z);
}

void zone_seal(struct zone *z)
{
    assert(z->draft != NULL);
    seal_names(z);
    if (z->nsec3s != NULL) {
        freeze_backs(z, true);
        nametable_trim(z->nsec3s);
    }
    if (z->n_dyns > 0)
        find_dyn_owners(z);
    zone_draft_free(z->draft);
    z->draft = NULL;
    const struct rrset *soa = zone_soa(z);
    if (soa != NULL) {
        z->negative_soa = make_negative_soa(soa);
        z->negative = negative_new(z->apex->name, z->negative_soa);
    }
    z->denial = denial_new(z);
    if (z->nsec3s != NULL)
        nametable_close(z->nsec3s);
}
