/*
 * How a zone is made: records gather in a draft, by owner and type; sealing renders them and works
 * out what finding needs.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "data/zone_inside.h"

/* Octets of a set: what TCP carries, less a header and the shortest question.  It also bounds the
 * count, to some 5,000 records, and with it the search for duplicates. */
#define SET_MAX (DNS_TCP_MAX - DNS_HEADER_LEN - 5)

struct draft_rr {
    struct draft_rr *next;
    uint32_t hash; /* of the rdata: duplicates are found without comparing every pair whole */
    uint16_t rdlen;
    uint8_t rdata[];
};

struct draft_set {
    struct draft_set *next; /* by type */
    struct draft_rr *first, **last;
    uint16_t type, count;
    uint32_t ttl_s, len; /* len: octets when rendered */
};

struct zone_draft {
    struct arena *arena;
    struct draft_set **sets; /* by node index */
    uint32_t last_owner;     /* index: most records come behind another of the same owner */
};

struct zone *zone_new(const uint8_t *apex)
{
    struct zone *z = xcalloc(1, sizeof(*z));
    uint8_t lower[NAME_MAX_LEN];
    const size_t len = name_len(apex);

    memcpy(lower, apex, len);
    name_lower(lower);
    z->refs = 1;
    z->arena = arena_new();
    nametable_init(&z->names);
    z->draft = xcalloc(1, sizeof(*z->draft));
    z->draft->arena = arena_new();
    z->draft->sets = xgrow(NULL, 0, sizeof(struct draft_set *));
    z->draft->sets[0] = NULL;
    z->apex =
        nametable_node(&z->names, nametable_add(&z->names, z->arena, lower, len, name_hash(lower)));
    return z;
}

void zone_draft_free(struct zone_draft *d)
{
    if (d == NULL)
        return;
    free(d->sets);
    arena_free(d->arena);
    free(d);
}

static uint32_t add_node(struct zone *z, const uint8_t *name, size_t len, uint32_t hash)
{
    struct zone_draft *d = z->draft;
    const uint32_t index = nametable_add(&z->names, z->arena, name, len, hash);

    d->sets = xgrow(d->sets, index, sizeof(*d->sets));
    d->sets[index] = NULL;
    return index;
}

/* The node of a name, made with all between it and the apex if need be (RFC 4592 §2.2.2). */
static uint32_t want_node(struct zone *z, const uint8_t *name)
{
    struct name_key key;
    uint32_t index = 0;
    struct node *above = NULL;
    unsigned i = 0;

    name_key_init(&key, name);
    for (;; i++) {
        above = nametable_find(&z->names, key.wire + key.at[i], (size_t)key.len - key.at[i],
                               key.hash[i], &index);
        if (above != NULL)
            break;
    }
    while (i-- > 0) {
        index = add_node(z, key.wire + key.at[i], (size_t)key.len - key.at[i], key.hash[i]);
        struct node *n = nametable_node(&z->names, index);
        n->parent = above;
        if (name_is_wildcard(n->name))
            above->wildcard = n;
        above = n;
    }
    return index;
}

static uint32_t owner_index(struct zone *z, const uint8_t *owner)
{
    struct zone_draft *d = z->draft;
    const struct node *last = nametable_node(&z->names, d->last_owner);

    if (!name_equal(owner, last->name))
        d->last_owner = want_node(z, owner);
    return d->last_owner;
}

static struct draft_set *want_set(struct zone_draft *d, uint32_t index, uint16_t type,
                                  uint32_t ttl_s)
{
    struct draft_set **at = &d->sets[index];

    while (*at != NULL && (*at)->type < type)
        at = &(*at)->next;
    if (*at != NULL && (*at)->type == type)
        return *at;
    struct draft_set *set = arena_new_array(d->arena, struct draft_set, 1);
    set->next = *at;
    set->last = &set->first;
    set->type = type;
    set->ttl_s = ttl_s;
    return *at = set;
}

static bool set_has(const struct draft_set *set, uint32_t hash, const uint8_t *rdata,
                    uint16_t rdlen)
{
    for (const struct draft_rr *rr = set->first; rr != NULL; rr = rr->next)
        if (rr->hash == hash && rr->rdlen == rdlen && memcmp(rr->rdata, rdata, rdlen) == 0)
            return true;
    return false;
}

enum zone_added zone_add_rr(struct zone *z, const uint8_t *owner, uint16_t type, uint32_t ttl_s,
                            const uint8_t *rdata, uint16_t rdlen)
{
    struct zone_draft *d = z->draft;
    struct draft_set *set = want_set(d, owner_index(z, owner), type, ttl_s);
    const uint32_t hash = (uint32_t)hash_bytes(rdata, rdlen, type);

    if (set_has(set, hash, rdata, rdlen))
        return ZONE_DUPLICATE;
    if (set->len + RR_FIXED_LEN + rdlen > SET_MAX)
        return ZONE_FULL;
    struct draft_rr *rr = arena_alloc(d->arena, sizeof(*rr) + rdlen, _Alignof(struct draft_rr));
    rr->next = NULL;
    rr->hash = hash;
    rr->rdlen = rdlen;
    if (rdlen > 0)
        memcpy(rr->rdata, rdata, rdlen);
    *set->last = rr;
    set->last = &rr->next;
    set->count++;
    set->len += RR_FIXED_LEN + (uint32_t)rdlen;
    z->n_records++;
    return set->ttl_s == ttl_s ? ZONE_ADDED : ZONE_TTL_DIFFERS;
}

bool zone_add_dyn(struct zone *z, const uint8_t *owner, const struct dyn *dyn)
{
    struct node *n = nametable_node(&z->names, owner_index(z, owner));

    if (n->dyn != NULL)
        return false;
    struct dyn *d = arena_dup(z->arena, dyn, sizeof(*dyn), _Alignof(struct dyn));
    uint8_t *pool = arena_dup(z->arena, dyn->pool, name_len(dyn->pool), 1);
    name_lower(pool);
    d->pool = pool;
    d->policy = arena_strdup(z->arena, dyn->policy);
    d->file = dyn->file != NULL ? arena_strdup(z->arena, dyn->file) : NULL;
    d->index = (uint32_t)z->n_dyns;
    d->owner = n;
    n->dyn = d;
    z->dyns = xgrow(z->dyns, z->n_dyns, sizeof(*z->dyns));
    z->dyns[z->n_dyns++] = d;
    return true;
}

static struct rrset *render_set(struct arena *a, const struct draft_set *draft)
{
    struct rrset *set = arena_alloc(a, sizeof(*set) + draft->len, _Alignof(struct rrset));
    uint8_t *at = set->wire;

    *set = (struct rrset){
        .type = draft->type, .count = draft->count, .ttl_s = draft->ttl_s, .len = draft->len};
    for (const struct draft_rr *rr = draft->first; rr != NULL; rr = rr->next)
        at = rr_render(at, draft->type, draft->ttl_s, rr->rdata, rr->rdlen);
    return set;
}

static void render_node(struct zone *z, uint32_t index)
{
    struct node *n = nametable_node(&z->names, index);
    const struct rrset **last = &n->sets;

    for (const struct draft_set *d = z->draft->sets[index]; d != NULL; d = d->next) {
        struct rrset *set = render_set(z->arena, d);
        *last = set;
        last = &set->next;
        if (d->type == TYPE_NS && n != z->apex)
            n->flags |= NODE_CUT;
        if (d->type == TYPE_DNAME)
            n->flags |= NODE_DNAME;
    }
}

static bool is_occluded(const struct node *n)
{
    for (n = n->parent; n != NULL; n = n->parent)
        if (n->flags & (NODE_CUT | NODE_DNAME))
            return true;
    return false;
}

/* The SOA as a negative answer carries it: TTL = min(TTL, MINIMUM) (RFC 2308 §5). */
static const struct rrset *make_negative_soa(struct arena *a, const struct rrset *soa)
{
    struct rrset *neg = arena_dup(a, soa, sizeof(*soa) + soa->len, _Alignof(struct rrset));
    const uint32_t minimum_s = get_u32(soa->wire + soa->len - 4);

    if (minimum_s < neg->ttl_s)
        neg->ttl_s = minimum_s;
    put_u32(neg->wire + 6, neg->ttl_s);
    return neg;
}

void zone_seal(struct zone *z)
{
    assert(z->draft != NULL);
    for (uint32_t i = 0; i < z->names.n; i++)
        render_node(z, i);
    for (uint32_t i = 0; i < z->names.n; i++) {
        struct node *n = nametable_node(&z->names, i);
        if (is_occluded(n))
            n->flags |= NODE_OCCLUDED;
    }
    const struct rrset *soa = zone_soa(z);
    if (soa != NULL)
        z->negative_soa = make_negative_soa(z->arena, soa);
    zone_draft_free(z->draft);
    z->draft = NULL;
}
