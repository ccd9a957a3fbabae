/* SPDX-License-Identifier: BSD-2-Clause */
#include "answer/find.h"

#include <stdlib.h>

struct question {
    const struct snapshot *snap;
    const struct name_key *name;
    const struct ipaddr *client;
    uint16_t type;
};

static void found_picked(struct found *f, const struct steered *s)
{
    f->steered = f->pick.kind == PICK_SET || f->pick.kind == PICK_ALL;
    f->set = f->pick.set;
    f->negative_ttl_s = s->negative_ttl_s;
    switch (f->pick.kind) {
    case PICK_SET: f->outcome = s->kind == DYN_ALIAS ? FOUND_CNAME : FOUND_RRSET; return;
    case PICK_ALL: f->outcome = FOUND_ALL; return;
    case PICK_NODATA: f->outcome = FOUND_NODATA; return;
    case PICK_SERVFAIL: f->outcome = FOUND_FAILED; return;
    }
    abort();
}

static void found_at_node(struct found *f, uint16_t type)
{
    f->set = type == TYPE_ANY ? node_any(f->node) : node_rrset(f->node, type);
    if (f->set != NULL) {
        f->outcome = FOUND_RRSET;
        return;
    }
    f->set = node_rrset(f->node, TYPE_CNAME);
    f->outcome = f->set != NULL ? FOUND_CNAME : FOUND_NODATA;
}

/* ANY at a DYNA: the first set that this client has, steered or not. */
static void found_any(struct found *f, const struct steered *s, const struct ipaddr *client)
{
    f->pick = (struct pick){.kind = PICK_NODATA};
    for (uint8_t i = 0; i < s->n_types; i++) {
        steer_pick(s, &s->types[i], client, &f->pick);
        if (f->pick.kind == PICK_SET || f->pick.kind == PICK_ALL)
            break;
    }
    if (f->pick.kind == PICK_SET || f->pick.kind == PICK_ALL || node_sets(f->node) == NULL)
        found_picked(f, s);
    else
        found_at_node(f, TYPE_ANY);
}

/* A DYNC redirects every type, as a CNAME does. */
static void found_steered(struct found *f, const struct steered *s, uint16_t type,
                          const struct ipaddr *client)
{
    if (type == TYPE_ANY && s->kind == DYN_ADDRESSES) {
        found_any(f, s, client);
        return;
    }
    const struct steer_type *st = s->kind == DYN_ALIAS ? &s->types[0] : steered_type(s, type);
    if (st == NULL) {
        found_at_node(f, type);
        return;
    }
    steer_pick(s, st, client, &f->pick);
    found_picked(f, s);
}

/* At or below a delegation: a referral, except for the DS of the delegated name itself. */
static void found_cut(struct found *f, const struct question *q)
{
    if (q->type == TYPE_DS && q->name->len == f->node->name_len) {
        found_at_node(f, q->type);
        return;
    }
    f->outcome = FOUND_CUT;
    f->set = node_rrset(f->node, TYPE_NS);
}

/* The node is the name's own, or the wildcard that makes it.  Most have what was asked for. */
static inline void found_owner(struct found *f, const struct question *q)
{
    if (!(f->node->flags & NODE_STEERED)) {
        f->set = node_rrset(f->node, q->type);
        f->outcome = FOUND_RRSET;
        if (f->set == NULL)
            found_at_node(f, q->type); /* ANY, an alias, or nothing */
        return;
    }
    const uint32_t index = f->entry->steer_base + node_dyn_index(f->node);
    found_steered(f, q->snap->steering->steered[index], q->type, q->client);
}

static void found_in_zone(struct found *f, const struct question *q, bool absent)
{
    const struct zone *zone = f->entry->zone;
    const enum zone_found result =
        absent ? zone_find_absent(zone, q->name, &f->node) : zone_find(zone, q->name, &f->node);

    f->wildcard = result == ZONE_WILDCARD;
    switch (result) {
    case ZONE_EXACT:
    case ZONE_WILDCARD: found_owner(f, q); return;
    case ZONE_CUT: found_cut(f, q); return;
    case ZONE_DNAME:
        f->outcome = FOUND_DNAME;
        f->set = node_rrset(f->node, TYPE_DNAME);
        return;
    case ZONE_NXDOMAIN: f->outcome = FOUND_NXDOMAIN; return;
    }
    abort();
}

/* absent: the name is no node of the zone that it is in. */
static void found_somewhere(struct found *f, const struct question *q, bool absent)
{
    if (q->snap->only != NULL)
        f->entry = zonedb_answers(q->snap->zones, q->name, q->type); /* or is it outside? */
    if (f->entry == NULL)
        f->outcome = FOUND_OUTSIDE;
    else if (f->entry->zone == NULL)
        f->outcome = FOUND_FAILED;
    else
        found_in_zone(f, q, absent);
}

/* A name that the zone has is found before anything else is known of the zone; where there is only one
 * zone, that takes 125 instructions in place of 250. */
void find_there(const struct snapshot *snap, const struct name_key *name, uint16_t type,
                const struct ipaddr *client, struct found *f)
{
    const struct question q = {snap, name, client, type};
    const struct zone *zone = f->entry != NULL ? f->entry->zone : NULL;

    f->negative_ttl_s = UINT32_MAX;
    f->node = zone != NULL && f->node != NULL ? zone_own_of(zone, name, f->node) : NULL;
    if (f->node != NULL && !(f->node->flags & (NODE_OCCLUDED | NODE_CUT)))
        found_owner(f, &q);
    else
        found_somewhere(f, &q, zone != NULL && f->node == NULL);
}

void find(const struct snapshot *snap, const struct name_key *name, uint16_t type,
          const struct ipaddr *client, struct found *f)
{
    const struct zone_entry *entry = find_entry(snap, name, type);

    *f = (struct found){.entry = entry, .node = find_likely(entry, name)};
    find_there(snap, name, type, client, f);
}
