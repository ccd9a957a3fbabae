/*
 * How a denial is made when its zone is sealed.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "data/denial_inside.h"
#include "data/zone_inside.h"

void denial_free(struct denial *d)
{
    if (d == NULL)
        return;
    free(d->nsec);
    free(d->slots);
    free(d->of);
    free(d);
}

/* ---- NSEC ---- */

static int by_name(const void *va, const void *vb)
{
    const struct node *const *a = va, *const *b = vb;

    return name_compare((*a)->name, (*b)->name);
}

/* Signers write their zones in canonical order: then there is nothing to sort. */
static bool is_sorted(const struct denial *d)
{
    for (uint32_t i = 1; i < d->n_nsec; i++)
        if (by_name(&d->nsec[i - 1], &d->nsec[i]) > 0)
            return false;
    return true;
}

/* NSEC of what a delegation or DNAME hides is no part of the chain (RFC 4035 §2.3). */
static bool is_nsec_owner(const struct node *n)
{
    return !(n->flags & NODE_OCCLUDED) && node_rrset(n, TYPE_NSEC) != NULL;
}

static bool build_nsec(struct denial *d)
{
    uint32_t at = 0;

    if (!is_nsec_owner(zone_apex_node(d->zone)))
        return false;
    for (const struct node *n; (n = zone_walk(d->zone, &at)) != NULL;)
        d->n_nsec += is_nsec_owner(n);
    d->nsec = xcalloc(d->n_nsec, sizeof(*d->nsec));
    d->n_nsec = 0;
    at = 0;
    for (const struct node *n; (n = zone_walk(d->zone, &at)) != NULL;)
        if (is_nsec_owner(n))
            d->nsec[d->n_nsec++] = n;
    if (!is_sorted(d))
        qsort(d->nsec, d->n_nsec, sizeof(struct node *), by_name);
    return true;
}

/* ---- NSEC3 ---- */

/* Does the node own a record of the chain? */
static bool is_of_chain(const struct node *n, const struct nsec3_params *params)
{
    const struct rrset *set = node_rrset(n, TYPE_NSEC3);
    struct nsec3_params p;
    uint8_t flags;

    if (set == NULL)
        return false;
    for (const uint8_t *rr = set->wire; rr < set->wire + set->len; rr = rr_next(rr))
        if (nsec3_params_read(rr_rdata(rr), rr_rdlen(rr), &flags, &p) &&
            nsec3_params_equal(&p, params))
            return true;
    return false;
}

static int by_hash(const void *a, const void *b)
{
    return memcmp(a, b, NSEC3_HASH_LEN);
}

static void gather_chain(struct denial *d)
{
    uint32_t at = 0;

    d->slots = xcalloc(zone_nsec3_count(d->zone), sizeof(*d->slots));
    d->n_slots = 0;
    for (const struct node *owner; (owner = zone_nsec3_walk(d->zone, &at)) != NULL;) {
        struct nsec3_slot *slot = &d->slots[d->n_slots];
        if (!is_of_chain(owner, &d->params))
            continue;
        zone_nsec3_owner(zone_apex(d->zone), owner->name, slot->hash);
        slot->owner = owner;
        d->n_slots++;
    }
    if (d->n_slots > 0)
        qsort(d->slots, d->n_slots, sizeof(*d->slots), by_hash);
}

static uint32_t slot_of(const struct denial *d, const uint8_t *name)
{
    uint8_t hash[NSEC3_HASH_LEN];

    nsec3_hash(&d->params, name, hash);
    const uint32_t slot = denial_slot(d, hash);
    return memcmp(d->slots[slot].hash, hash, NSEC3_HASH_LEN) == 0 ? slot | NSEC3_MATCH : slot;
}

/* A chain that does not begin with the apex is none that a validator could use. */
static bool has_apex(struct denial *d)
{
    if (d->n_slots == 0)
        return false;
    const uint32_t slot = slot_of(d, zone_apex(d->zone));
    d->apex_slot = slot & ~NSEC3_MATCH;
    return (slot & NSEC3_MATCH) != 0;
}

static bool build_chain(struct denial *d, const uint8_t *rdata, uint16_t rdlen)
{
    uint8_t flags;

    if (!nsec3_params_read(rdata, rdlen, &flags, &d->params) || flags != 0)
        return false; /* RFC 5155 §4.1.2: not one to answer with */
    free(d->slots);
    gather_chain(d);
    return has_apex(d);
}

/* Of several chains the first that NSEC3PARAM names and that is there. */
static bool find_chain(struct denial *d)
{
    const struct rrset *set = node_rrset(zone_apex_node(d->zone), TYPE_NSEC3PARAM);

    if (set == NULL)
        return false;
    for (const uint8_t *rr = set->wire; rr < set->wire + set->len; rr = rr_next(rr))
        if (build_chain(d, rr_rdata(rr), rr_rdlen(rr)))
            return true;
    return false;
}

/* A name whose wildcard would be too long encloses none that is asked for. */
static uint32_t wildcard_slot(const struct denial *d, const struct node *n)
{
    uint8_t name[NAME_MAX_LEN] = "\1*";

    if (n->name_len + 2u > sizeof(name))
        return d->apex_slot;
    memcpy(name + 2, n->name, n->name_len);
    return slot_of(d, name);
}

/* All names that are known beforehand are hashed beforehand. */
static void hash_nodes(struct denial *d)
{
    const struct nametable *names = &d->zone->names;
    uint32_t at = 0;

    d->of = xcalloc((size_t)names->mask + 1, sizeof(*d->of));
    for (const struct node *n; (n = zone_walk(d->zone, &at)) != NULL;) {
        struct nsec3_of *of = &d->of[nametable_slot(names, n)];
        if (n->flags & NODE_OCCLUDED)
            continue;
        of->self = slot_of(d, n->name);
        if (!(n->flags & (NODE_CUT | NODE_DNAME)))
            of->wildcard = wildcard_slot(d, n);
    }
}

static bool build_nsec3(struct denial *d)
{
    if (zone_nsec3_count(d->zone) == 0 || !find_chain(d))
        return false;
    if (d->params.iterations <= NSEC3_ITERATIONS_MAX)
        hash_nodes(d);
    return true;
}

bool zone_nsec3_owner(const uint8_t *apex, const uint8_t *owner, uint8_t hash[NSEC3_HASH_LEN])
{
    return nsec3_label_read(owner, hash) && name_equal(name_parent(owner), apex);
}

struct denial *denial_new(struct zone *z)
{
    struct denial *d = xcalloc(1, sizeof(*d));

    d->zone = z;
    if (build_nsec3(d) || build_nsec(d))
        return d;
    denial_free(d);
    return NULL;
}
