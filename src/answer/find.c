/* SPDX-License-Identifier: BSD-2-Clause */
#include "answer/find.h"

#include <stdlib.h>

static struct found found_picked(struct found f, const struct steered *s, struct pick pick)
{
    f.pick = pick;
    f.steered = pick.kind == PICK_SET || pick.kind == PICK_ALL;
    f.set = pick.set;
    f.negative_ttl_s = s->negative_ttl_s;
    switch (pick.kind) {
    case PICK_SET: f.outcome = s->kind == DYN_ALIAS ? FOUND_CNAME : FOUND_RRSET; return f;
    case PICK_ALL: f.outcome = FOUND_ALL; return f;
    case PICK_NODATA: f.outcome = FOUND_NODATA; return f;
    case PICK_SERVFAIL: f.outcome = FOUND_FAILED; return f;
    }
    abort();
}

static struct found found_at_node(struct found f, uint16_t type)
{
    f.set = type == TYPE_ANY ? node_any(f.node) : node_rrset(f.node, type);
    if (f.set != NULL) {
        f.outcome = FOUND_RRSET;
        return f;
    }
    f.set = node_rrset(f.node, TYPE_CNAME);
    f.outcome = f.set != NULL ? FOUND_CNAME : FOUND_NODATA;
    return f;
}

/* ANY at a DYNA: the first set that this client has, steered or not. */
static struct found found_any(struct found f, const struct steered *s, const struct ipaddr *client)
{
    struct pick pick = {.kind = PICK_NODATA};

    for (uint8_t i = 0; i < s->n_types; i++) {
        pick = steer_pick(s, &s->types[i], client);
        if (pick.kind == PICK_SET || pick.kind == PICK_ALL)
            return found_picked(f, s, pick);
    }
    return node_sets(f.node) != NULL ? found_at_node(f, TYPE_ANY) : found_picked(f, s, pick);
}

/* A DYNC redirects every type, as a CNAME does. */
static struct found found_node(const struct snapshot *snap, struct found f, uint16_t type,
                               const struct ipaddr *client)
{
    if (!(f.node->flags & NODE_STEERED))
        return found_at_node(f, type);
    const struct steered *s = snap->steering->steered[f.entry->steer_base + node_dyn_index(f.node)];
    if (type == TYPE_ANY && s->kind == DYN_ADDRESSES)
        return found_any(f, s, client);
    const struct steer_type *st = s->kind == DYN_ALIAS ? &s->types[0] : steered_type(s, type);
    return st != NULL ? found_picked(f, s, steer_pick(s, st, client)) : found_at_node(f, type);
}

/* At or below a delegation: a referral, except for the DS of the delegated name itself. */
static struct found found_cut(struct found f, const struct name_key *name, uint16_t type)
{
    if (type == TYPE_DS && name->len == f.node->name_len)
        return found_at_node(f, type);
    f.outcome = FOUND_CUT;
    f.set = node_rrset(f.node, TYPE_NS);
    return f;
}

struct found find(const struct snapshot *snap, const struct name_key *name, uint16_t type,
                  const struct ipaddr *client)
{
    struct found f = {.outcome = FOUND_OUTSIDE, .negative_ttl_s = UINT32_MAX};

    f.entry = zonedb_answers(snap->zones, name, type);
    if (f.entry == NULL)
        return f;
    if (f.entry->zone == NULL) {
        f.outcome = FOUND_FAILED;
        return f;
    }
    const enum zone_found result = zone_find(f.entry->zone, name, &f.node);
    f.wildcard = result == ZONE_WILDCARD;
    switch (result) {
    case ZONE_EXACT:
    case ZONE_WILDCARD: return found_node(snap, f, type, client);
    case ZONE_CUT: return found_cut(f, name, type);
    case ZONE_DNAME:
        f.outcome = FOUND_DNAME;
        f.set = node_rrset(f.node, TYPE_DNAME);
        return f;
    case ZONE_NXDOMAIN: f.outcome = FOUND_NXDOMAIN; return f;
    }
    abort();
}
