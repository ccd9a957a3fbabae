/* SPDX-License-Identifier: BSD-2-Clause */
#include "data/zone_draft.h"

#include <string.h>

#include "dns/canonical.h"

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
    uint16_t covers;     /* of RRSIGs: there is a draft for each type, and one set in the end */
    bool hashed;         /* a set of one record has no duplicates and needs no hash */
    uint32_t ttl_s, len; /* len: octets when rendered */
};

uint16_t draft_covers(uint16_t type, const uint8_t *rdata, uint16_t rdlen)
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
    struct draft_set *set = arena_alloc(a, sizeof(*set), _Alignof(struct draft_set));
    *set = (struct draft_set){.next = *at, .type = type, .covers = covers, .ttl_s = ttl_s};
    set->last = &set->first;
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

static void hash_all(struct draft_set *set)
{
    for (struct draft_rr *rr = set->first; rr != NULL; rr = rr->next)
        rr->hash = canonical_hash(set->type, rr->rdata, rr->rdlen);
    set->hashed = true;
}

static bool set_has(const struct draft_set *set, uint32_t hash, const uint8_t *rdata,
                    uint16_t rdlen)
{
    for (const struct draft_rr *rr = set->first; rr != NULL; rr = rr->next)
        if (rr->hash == hash && canonical_equal(set->type, rr->rdata, rr->rdlen, rdata, rdlen))
            return true;
    return false;
}

static void append(struct draft_set *set, struct arena *a, uint32_t hash, const uint8_t *rdata,
                   uint16_t rdlen)
{
    struct draft_rr *rr = arena_alloc(a, sizeof(*rr) + rdlen, _Alignof(struct draft_rr));

    rr->next = NULL;
    rr->hash = hash;
    rr->rdlen = rdlen;
    if (rdlen > 0)
        memcpy(rr->rdata, rdata, rdlen);
    *set->last = rr;
    set->last = &rr->next;
    set->count++;
    set->len += RR_FIXED_LEN + (uint32_t)rdlen;
}

enum zone_added draft_add(struct draft *d, struct arena *a, uint16_t type, uint32_t ttl_s,
                          const uint8_t *rdata, uint16_t rdlen)
{
    if (RR_FIXED_LEN + (size_t)rdlen > RRSET_MAX)
        return ZONE_FULL;
    struct draft_set *set = want_set(a, &d->sets, type, draft_covers(type, rdata, rdlen), ttl_s);
    uint32_t hash = 0;

    if (set->count > 0) {
        if (!set->hashed)
            hash_all(set);
        hash = canonical_hash(type, rdata, rdlen);
        if (set_has(set, hash, rdata, rdlen))
            return ZONE_DUPLICATE;
    }
    if (whole_len(first_of_type(d->sets, set)) + RR_FIXED_LEN + rdlen > RRSET_MAX)
        return ZONE_FULL;
    append(set, a, hash, rdata, rdlen);
    return set->ttl_s == ttl_s ? ZONE_ADDED : ZONE_TTL_DIFFERS;
}

void draft_thaw(struct draft *d, struct arena *a, const struct node *n)
{
    *d = (struct draft){.dyn_1 = n->flags & NODE_STEERED ? node_dyn_index(n) + 1 : 0};
    for (const struct rrset *set = node_sets(n); set != NULL; set = rrset_next(set)) {
        for (const uint8_t *rr = set->wire; rr < set->wire + set->len; rr = rr_next(rr)) {
            const uint16_t covers = draft_covers(set->type, rr_rdata(rr), rr_rdlen(rr));
            append(want_set(a, &d->sets, set->type, covers, rr_ttl(rr)), a, 0, rr_rdata(rr),
                   rr_rdlen(rr));
        }
    }
}

/* ---- rendering ---- */

static const struct draft_set *next_type(const struct draft_set *d)
{
    const uint16_t type = d->type;

    while (d != NULL && d->type == type)
        d = d->next;
    return d;
}

/* One set of all drafts of a type, of which some may have no record: what was too much is left out. */
static void render_set(struct rrset *set, const struct draft_set *draft)
{
    const uint16_t type = draft->type;
    uint8_t *at = set->wire;

    *set = (struct rrset){.type = type, .len = (uint16_t)whole_len(draft)};
    for (; draft != NULL && draft->type == type; draft = draft->next) {
        for (const struct draft_rr *rr = draft->first; rr != NULL; rr = rr->next)
            at = rr_render(at, type, draft->ttl_s, rr->rdata, rr->rdlen);
        set->count = (uint16_t)(set->count + draft->count);
    }
}

static void render_sets(const struct draft_set *draft, uint8_t *at)
{
    while (draft != NULL) {
        struct rrset *set = (struct rrset *)(void *)at;
        render_set(set, draft);
        at += rrset_size(set->len);
        draft = next_type(draft);
        set->more = draft != NULL;
    }
}

static size_t sets_size(const struct draft_set *draft)
{
    size_t size = 0;

    for (; draft != NULL; draft = next_type(draft))
        size += rrset_size(whole_len(draft));
    return size;
}

struct node *draft_freeze(const struct draft *d, struct nametable *t,
                          const struct node_start *start, uint32_t *ref)
{
    const bool steered = (start->flags & NODE_STEERED) != 0;

    *ref = nametable_alloc(t, node_size_for(start->name_len, steered, sets_size(d->sets)));
    struct node *n = nametable_node(t, *ref);
    uint8_t *at = node_init(n, start);
    render_sets(d->sets, at);
    return n;
}
