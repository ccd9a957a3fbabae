/*
 * A zone is complete: what finding needs is worked out, and what only making it needed goes.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <assert.h>
#include <string.h>

#include "base/xalloc.h"
#include "data/negative.h"
#include "data/zone_making.h"

/* Nodes of those that came back, in place of their first ones. */
static void freeze_backs(struct zone *z, bool is_nsec3)
{
    struct nametable *t = making_table(z, is_nsec3);
    const struct backs *b = &z->draft->backs[is_nsec3];
    size_t dead = 0;

    for (uint32_t i = 0; i < b->n; i++) {
        struct node *old = nametable_node(t, b->items[i].ref);
        struct owner o = {.len = old->name_len,
                          .is_nsec3 = is_nsec3,
                          .hash = name_hash(old->name, old->name_len)};
        uint32_t ref;
        memcpy(o.name, old->name, o.len);
        struct name_slot *slot = making_slot(z, is_nsec3, o.name, o.len, o.hash);
        making_freeze(z, &b->items[i].draft, &o, old->flags & NODE_WILDCARD, &ref);
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
            making_own(z, &z->names.slots[nametable_slot(&z->names, n)])->flags = flags;
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
    making_close(z);
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
