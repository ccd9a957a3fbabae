/* SPDX-License-Identifier: BSD-2-Clause */
#include "answer/find.h"

#include <stdlib.h>

/* DS lives above the cut (RFC 4035 §3.1.4.1): the parent's zone answers, if it is ours too. */
static const struct zone_entry *find_zone(const struct zonedb *db, const struct name_key *name,
                                          uint16_t type)
{
    if (type == TYPE_DS) {
        const struct zone_entry *parent = zonedb_find(db, name, true);
        if (parent != NULL)
            return parent;
    }
    return zonedb_find(db, name, false);
}

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

/* The types of a steered name that are steered; a DYNC redirects every type, as a CNAME does. */
static const struct steer_type *find_steered_type(const struct steered *s, uint16_t type)
{
    if (s->kind == DYN_ALIAS || (type == TYPE_ANY && s->n_types > 0))
        return &s->types[0];
    return steered_type(s, type);
}

/* RFC 8482 §4.1: ANY is answered with one RRset of the name. */
static struct found found_at_node(struct found f, uint16_t type)
{
    f.set = type == TYPE_ANY ? f.node->sets : node_rrset(f.node, type);
    if (f.set != NULL) {
        f.outcome = FOUND_RRSET;
        return f;
    }
    f.set = node_rrset(f.node, TYPE_CNAME);
    f.outcome = f.set != NULL ? FOUND_CNAME : FOUND_NODATA;
    return f;
}

static struct found found_node(const struct snapshot *snap, struct found f, uint16_t type,
                               const struct ipaddr *client)
{
    if (f.node->dyn != NULL) {
        const struct steered *s = snap->steering->steered[f.entry->steer_base + f.node->dyn->index];
        const struct steer_type *st = find_steered_type(s, type);
        if (st != NULL)
            return found_picked(f, s, steer_pick(s, st, client));
    }
    return found_at_node(f, type);
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

    f.entry = find_zone(snap->zones, name, type);
    if (f.entry == NULL)
        return f;
    if (f.entry->zone == NULL) {
        f.outcome = FOUND_FAILED;
        return f;
    }
    switch (zone_find(f.entry->zone, name, &f.node)) {
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
