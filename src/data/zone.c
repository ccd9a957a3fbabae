/* SPDX-License-Identifier: BSD-2-Clause */
#include "data/zone.h"

#include <assert.h>
#include <stdlib.h>

#include "data/zone_inside.h"

struct zone *zone_ref(struct zone *z)
{
    z->refs++;
    return z;
}

void zone_unref(struct zone *z)
{
    if (z == NULL || --z->refs > 0)
        return;
    zone_draft_free(z->draft);
    denial_free(z->denial);
    if (z->nsec3s != NULL)
        nametable_fini(z->nsec3s);
    free(z->nsec3s);
    nametable_fini(&z->names);
    free(z->dyns);
    arena_free(z->arena);
    free(z);
}

const uint8_t *zone_apex(const struct zone *z)
{
    return z->apex->name;
}

const struct node *zone_apex_node(const struct zone *z)
{
    return z->apex;
}

const struct rrset *zone_soa(const struct zone *z)
{
    return node_rrset(z->apex, TYPE_SOA);
}

/* The five numbers of a SOA stand at its end, behind two names (RFC 1035 §3.3.13). */
uint32_t zone_serial(const struct zone *z)
{
    const struct rrset *soa = zone_soa(z);

    return soa != NULL ? get_u32(soa->wire + soa->len - 20) : 0;
}

const struct rrset *zone_negative_soa(const struct zone *z)
{
    return z->negative_soa;
}

size_t zone_records(const struct zone *z)
{
    return z->n_records;
}

size_t zone_node_count(const struct zone *z)
{
    return z->names.n;
}

const struct node *zone_node_at(const struct zone *z, size_t index)
{
    assert(index < z->names.n);
    return nametable_node(&z->names, (uint32_t)index);
}

size_t zone_nsec3_count(const struct zone *z)
{
    return z->nsec3s != NULL ? z->nsec3s->n : 0;
}

const struct node *zone_nsec3_at(const struct zone *z, size_t index)
{
    assert(index < zone_nsec3_count(z));
    return nametable_node(z->nsec3s, (uint32_t)index);
}

const struct denial *zone_denial(const struct zone *z)
{
    return z->denial;
}

size_t zone_dyn_count(const struct zone *z)
{
    return z->n_dyns;
}

const struct dyn *zone_dyn(const struct zone *z, size_t index)
{
    assert(index < z->n_dyns);
    return z->dyns[index];
}

const struct node *zone_node(const struct zone *z, const uint8_t *name)
{
    const size_t len = name_len(name);

    return nametable_find(&z->names, name, len, name_hash(name, len), NULL);
}

const struct rrset *node_rrset(const struct node *n, uint16_t type)
{
    const struct rrset *set = n->sets;

    while (set != NULL && set->type != type)
        set = set->next;
    return set;
}

const struct rrset *node_any(const struct node *n)
{
    const struct rrset *set = n->sets;

    while (set != NULL && (set->type == TYPE_RRSIG || set->type == TYPE_NSEC))
        set = set->next;
    return set != NULL ? set : n->sets;
}

/* An RRSIG's rdata begins with the type that it covers (RFC 4034 §3.1). */
struct sigs node_sigs(const struct node *n, uint16_t covered)
{
    const struct rrset *set = n->flags & NODE_SIGS ? node_rrset(n, TYPE_RRSIG) : NULL;
    struct sigs sigs = {0};

    if (set == NULL)
        return sigs;
    for (const uint8_t *rr = set->wire; rr < set->wire + set->len; rr = rr_next(rr)) {
        if (rr_rdlen(rr) < 2 || get_u16(rr_rdata(rr)) != covered)
            continue;
        if (sigs.count++ == 0)
            sigs.wire = rr;
        sigs.len += RR_FIXED_LEN + rr_rdlen(rr);
    }
    return sigs;
}

/* The cut or DNAME nearest to the apex among n and its ancestors, or NULL: what lies above hides
 * all that lies below (RFC 1034 §4.3.2 step 3b, RFC 6672 §3.2). */
static const struct node *highest_break(const struct node *n)
{
    const struct node *found = NULL;

    for (; n != NULL; n = n->parent)
        if (n->flags & (NODE_CUT | NODE_DNAME))
            found = n;
    return found;
}

static enum zone_found found_break(const struct node *at, const struct node **node)
{
    *node = at;
    return at->flags & NODE_CUT ? ZONE_CUT : ZONE_DNAME;
}

/* The name is a node of the zone. */
static enum zone_found found_node(const struct node *n, const struct node **node)
{
    if (n->flags & NODE_OCCLUDED)
        return found_break(highest_break(n->parent), node);
    if (n->flags & NODE_CUT)
        return found_break(n, node);
    *node = n;
    return ZONE_EXACT; /* a DNAME's owner is not redirected itself (RFC 6672 §2.3) */
}

/* The name is no node; encloser is its closest (RFC 4592 §3.3.1). */
static enum zone_found found_encloser(const struct node *encloser, const struct node **node)
{
    if (encloser->flags & (NODE_OCCLUDED | NODE_CUT | NODE_DNAME))
        return found_break(highest_break(encloser), node);
    *node = encloser->wildcard != NULL ? encloser->wildcard : encloser;
    return encloser->wildcard != NULL ? ZONE_WILDCARD : ZONE_NXDOMAIN;
}

enum zone_found zone_find(const struct zone *z, const struct name_key *key,
                          const struct node **node)
{
    for (unsigned i = 0; i <= key->labels; i++) {
        const struct node *n =
            nametable_find(&z->names, key->wire + key->at[i], (size_t)key->len - key->at[i],
                           name_key_hash(key, i), NULL);
        if (n != NULL)
            return i == 0 ? found_node(n, node) : found_encloser(n, node);
    }
    abort(); /* the apex is a node, and the caller has seen that the name is below it */
}
