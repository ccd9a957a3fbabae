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
#include "dns/canonical.h"

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
    uint16_t covers;     /* of RRSIGs: there is a draft for each type, and one set in the end */
};

struct zone_draft {
    struct arena *arena;
    struct draft_set **sets;  /* by node index */
    struct draft_set **nsec3; /* by index in the table of NSEC3 owners */
    uint32_t last_owner;      /* index: most records come behind another of the same owner */
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
    z->apex = nametable_node(&z->names,
                             nametable_add(&z->names, z->arena, lower, len, name_hash(lower, len)));
    return z;
}

void zone_draft_free(struct zone_draft *d)
{
    if (d == NULL)
        return;
    free(d->sets);
    free(d->nsec3);
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
                               name_key_hash(&key, i), &index);
        if (above != NULL)
            break;
    }
    while (i-- > 0) {
        index =
            add_node(z, key.wire + key.at[i], (size_t)key.len - key.at[i], name_key_hash(&key, i));
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

/* The index of a name in the table of NSEC3 owners. */
static uint32_t nsec3_index(struct zone *z, const uint8_t *owner)
{
    const size_t len = name_len(owner);
    const uint32_t hash = name_hash(owner, len);
    uint32_t index;

    if (z->nsec3s == NULL) {
        z->nsec3s = xcalloc(1, sizeof(*z->nsec3s));
        nametable_init(z->nsec3s);
    }
    if (nametable_find(z->nsec3s, owner, len, hash, &index) != NULL)
        return index;
    index = nametable_add(z->nsec3s, z->arena, owner, len, hash);
    z->draft->nsec3 = xgrow(z->draft->nsec3, index, sizeof(*z->draft->nsec3));
    z->draft->nsec3[index] = NULL;
    return index;
}

bool zone_nsec3_owner(const struct zone *z, const uint8_t *owner, uint8_t hash[NSEC3_HASH_LEN])
{
    return nsec3_label_read(owner, hash) && name_equal(name_parent(owner), z->apex->name);
}

/* The sets of the owner.  What proves by hashes stands apart: NSEC3 and the RRSIGs of it, as far as
 * their owner is a hash (RFC 5155 §7.1). */
static struct draft_set **want_sets(struct zone *z, const uint8_t *owner, uint16_t type,
                                    uint16_t covers)
{
    uint8_t hash[NSEC3_HASH_LEN], lower[NAME_MAX_LEN];

    if ((type != TYPE_NSEC3 && covers != TYPE_NSEC3) || !zone_nsec3_owner(z, owner, hash)) {
        const uint32_t index = owner_index(z, owner); /* which may move the array */
        return &z->draft->sets[index];
    }
    memcpy(lower, owner, name_len(owner));
    name_lower(lower);
    const uint32_t index = nsec3_index(z, lower);
    return &z->draft->nsec3[index];
}

/* Of which type the set is in a node's order: RRSIGs by the type that they cover (RFC 4034 §3.1.1). */
static uint16_t type_covered(uint16_t type, const uint8_t *rdata, uint16_t rdlen)
{
    return type == TYPE_RRSIG && rdlen >= 2 ? get_u16(rdata) : 0;
}

static bool comes_before(const struct draft_set *set, uint16_t type, uint16_t covers)
{
    return set->type != type ? set->type < type : set->covers < covers;
}

static struct draft_set *want_set(struct arena *a, struct draft_set **at, uint16_t type,
                                  uint16_t covers, uint32_t ttl_s)
{
    while (*at != NULL && comes_before(*at, type, covers))
        at = &(*at)->next;
    if (*at != NULL && (*at)->type == type && (*at)->covers == covers)
        return *at;
    struct draft_set *set = arena_new_array(a, struct draft_set, 1);
    set->next = *at;
    set->last = &set->first;
    set->type = type;
    set->covers = covers;
    set->ttl_s = ttl_s;
    return *at = set;
}

/* Octets that the set will have: of all its drafts, which stand together. */
static uint32_t whole_len(const struct draft_set *first)
{
    const uint16_t type = first->type;
    uint32_t len = 0;

    for (; first != NULL && first->type == type; first = first->next)
        len += first->len;
    return len;
}

/* The first draft of a set's type.  Only RRSIGs have several: no other list is searched. */
static const struct draft_set *first_of_type(const struct draft_set *sets,
                                             const struct draft_set *set)
{
    if (set->type != TYPE_RRSIG)
        return set;
    while (sets->type != set->type)
        sets = sets->next;
    return sets;
}

static bool set_has(const struct draft_set *set, uint32_t hash, const uint8_t *rdata,
                    uint16_t rdlen)
{
    for (const struct draft_rr *rr = set->first; rr != NULL; rr = rr->next)
        if (rr->hash == hash && canonical_equal(set->type, rr->rdata, rr->rdlen, rdata, rdlen))
            return true;
    return false;
}

enum zone_added zone_add_rr(struct zone *z, const uint8_t *owner, uint16_t type, uint32_t ttl_s,
                            const uint8_t *rdata, uint16_t rdlen)
{
    struct zone_draft *d = z->draft;
    const uint16_t covers = type_covered(type, rdata, rdlen);
    struct draft_set **sets = want_sets(z, owner, type, covers);
    struct draft_set *set = want_set(d->arena, sets, type, covers, ttl_s);
    const uint32_t hash = canonical_hash(type, rdata, rdlen);

    if (set_has(set, hash, rdata, rdlen))
        return ZONE_DUPLICATE;
    if (whole_len(first_of_type(*sets, set)) + RR_FIXED_LEN + rdlen > SET_MAX)
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

/* One set of all drafts of a type; they stand together. */
static struct rrset *render_set(struct arena *a, const struct draft_set *draft)
{
    const uint16_t type = draft->type;
    const uint32_t len = whole_len(draft);
    struct rrset *set = arena_alloc(a, sizeof(*set) + len, _Alignof(struct rrset));
    uint8_t *at = set->wire;

    *set = (struct rrset){.type = type, .ttl_s = draft->ttl_s, .len = len};
    for (; draft != NULL && draft->type == type; draft = draft->next) {
        for (const struct draft_rr *rr = draft->first; rr != NULL; rr = rr->next)
            at = rr_render(at, type, draft->ttl_s, rr->rdata, rr->rdlen);
        set->count += draft->count;
    }
    return set;
}

static const struct draft_set *next_type(const struct draft_set *d)
{
    const uint16_t type = d->type;

    while (d != NULL && d->type == type)
        d = d->next;
    return d;
}

static uint8_t flags_of(uint16_t type, bool is_apex)
{
    switch (type) {
    case TYPE_NS: return is_apex ? 0 : NODE_CUT;
    case TYPE_DNAME: return NODE_DNAME;
    case TYPE_RRSIG: return NODE_SIGS;
    }
    return 0;
}

static void render_node(struct zone *z, struct node *n, const struct draft_set *draft)
{
    const struct rrset **last = &n->sets;

    for (; draft != NULL; draft = next_type(draft)) {
        struct rrset *set = render_set(z->arena, draft);
        *last = set;
        last = &set->next;
        n->flags |= flags_of(set->type, n == z->apex);
    }
}

static void render_nodes(struct zone *z)
{
    for (uint32_t i = 0; i < z->names.n; i++)
        render_node(z, nametable_node(&z->names, i), z->draft->sets[i]);
    for (uint32_t i = 0; i < zone_nsec3_count(z); i++)
        render_node(z, nametable_node(z->nsec3s, i), z->draft->nsec3[i]);
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
    render_nodes(z);
    for (uint32_t i = 0; i < z->names.n; i++) {
        struct node *n = nametable_node(&z->names, i);
        if (is_occluded(n))
            n->flags |= NODE_OCCLUDED;
    }
    const struct rrset *soa = zone_soa(z);
    if (soa != NULL)
        z->negative_soa = make_negative_soa(z->arena, soa);
    z->denial = denial_new(z);
    if (z->nsec3s != NULL)
        nametable_close(z->nsec3s);
    zone_draft_free(z->draft);
    z->draft = NULL;
}
