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
    free(z->negative);
    free(z->negative_soa);
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

const struct negative *zone_negative(const struct zone *z)
{
    return z->negative;
}

size_t zone_records(const struct zone *z)
{
    return z->n_records;
}

bool zone_first_expiry(const struct zone *z, uint32_t *when)
{
    if (z->has_sigs)
        *when = z->sigs_end;
    return z->has_sigs;
}

size_t zone_node_count(const struct zone *z)
{
    return z->names.n;
}

const struct node *zone_walk(const struct zone *z, uint32_t *at)
{
    return nametable_walk(&z->names, at);
}

size_t zone_nsec3_count(const struct zone *z)
{
    return z->nsec3s != NULL ? z->nsec3s->n : 0;
}

const struct node *zone_nsec3_walk(const struct zone *z, uint32_t *at)
{
    return z->nsec3s != NULL ? nametable_walk(z->nsec3s, at) : NULL;
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

const struct dyn *zone_dyn_of(const struct zone *z, const struct node *n)
{
    return n->flags & NODE_STEERED ? z->dyns[node_dyn_index(n)] : NULL;
}

const struct node *zone_node(const struct zone *z, const uint8_t *name)
{
    const size_t len = name_len(name);

    return nametable_find(&z->names, name, len, name_hash(name, len));
}

const struct node *zone_parent(const struct zone *z, const struct node *n)
{
    return n != z->apex ? zone_node(z, name_parent(n->name)) : NULL;
}

void zone_prefetch(const struct zone *z, const struct name_key *key)
{
    nametable_prefetch(&z->names, key->hash);
}

const struct node *zone_likely(const struct zone *z, const struct name_key *key)
{
    return nametable_likely(&z->names, key->hash);
}

static const struct node *find_suffix(const struct zone *z, const struct name_key *key, unsigned i)
{
    return nametable_find(&z->names, key->wire + key->at[i], (size_t)key->len - key->at[i],
                          name_key_hash(key, i));
}

/*
 * Report a cut or DNAME.  at: the node of suffix i; one that is not hidden itself is the highest there
 * is.  Else what lies above hides all that lies below (RFC 1034 §4.3.2 step 3b, RFC 6672 §3.2).
 */
static enum zone_found found_break(const struct zone *z, const struct name_key *key, unsigned i,
                                   const struct node *at, const struct node **node)
{
    const struct node *found = at;

    while (at->flags & NODE_OCCLUDED && at != z->apex) {
        at = find_suffix(z, key, ++i);
        if (at->flags & (NODE_CUT | NODE_DNAME))
            found = at;
    }
    *node = found;
    return found->flags & NODE_CUT ? ZONE_CUT : ZONE_DNAME;
}

/* The name is no node; encloser, the node of suffix i, is its closest (RFC 4592 §3.3.1). */
static enum zone_found found_encloser(const struct zone *z, const struct name_key *key, unsigned i,
                                      const struct node *encloser, const struct node **node)
{
    if (encloser->flags & (NODE_OCCLUDED | NODE_CUT | NODE_DNAME))
        return found_break(z, key, i, encloser, node);
    const bool wild = (encloser->flags & NODE_WILDCARD) != 0;
    *node = wild ? nametable_wildcard(&z->names, encloser) : encloser;
    return wild ? ZONE_WILDCARD : ZONE_NXDOMAIN;
}

const struct node *zone_own(const struct zone *z, const struct name_key *key)
{
    return nametable_find(&z->names, key->wire, key->len, key->hash);
}

/* The name is a node, the one of suffix 0. */
static enum zone_found found_node(const struct zone *z, const struct name_key *key,
                                  const struct node *n, const struct node **node)
{
    if (n->flags & (NODE_OCCLUDED | NODE_CUT))
        return found_break(z, key, 0, n, node);
    *node = n;
    return ZONE_EXACT; /* a DNAME's owner is not redirected itself (RFC 6672 §2.3) */
}

/* Up to the apex, which is there and needs no look-up: that was half of what a name that does not exist
 * took. */
enum zone_found zone_find_absent(const struct zone *z, const struct name_key *key,
                                 const struct node **node)
{
    const size_t apex_len = z->apex->name_len;
    unsigned i = 1;

    for (; (size_t)key->len - key->at[i] > apex_len; i++) {
        const unsigned labels = key->labels - i;
        if (!(z->label_counts[labels / 64] >> labels % 64 & 1))
            continue;
        const struct node *n = find_suffix(z, key, i);
        if (n != NULL)
            return found_encloser(z, key, i, n, node);
    }
    return found_encloser(z, key, i, z->apex, node);
}

enum zone_found zone_find(const struct zone *z, const struct name_key *key,
                          const struct node **node)
{
    const struct node *n = zone_own(z, key);

    return n != NULL ? found_node(z, key, n, node) : zone_find_absent(z, key, node);
}
