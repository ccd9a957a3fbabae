/*
 * What only the whole zone shows.  An error is what no one of NSD, Knot and BIND loads, and what
 * would make a steered name wrong; all else that is odd is a warning.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>


#include "base/xalloc.h"
#include "dns/types.h"
#include "load/zonebuild.h"

static struct zoneplace place_of(struct zonebuild *b, const struct node *n, uint16_t type)
{
    return zoneplaces_find(&b->places, n->name, type, 0);
}

static struct zoneplace later(struct zoneplace a, struct zoneplace b)
{
    if (a.file != b.file)
        return a.file > b.file ? a : b;
    return a.line > b.line ? a : b;
}

/* What may stand beside a CNAME: RFC 2181 §10.1, RFC 4035 §2.5 and what RFC 2535 called them. */
static bool may_join_cname(uint16_t type)
{
    switch (type) {
    case TYPE_RRSIG:
    case TYPE_NSEC:
    case 24: /* SIG */
    case 25: /* KEY, RFC 3007 */
    case 30: /* NXT */ return true;
    }
    return false;
}

/* Is it steered in this way? */
static bool is_dyn(const struct zonebuild *b, const struct node *n, enum dyn_kind kind)
{
    const struct dyn *dyn = zone_dyn_of(b->zone, n);

    return dyn != NULL && dyn->kind == kind;
}

static bool is_alias(const struct zonebuild *b, const struct node *n)
{
    return node_rrset(n, TYPE_CNAME) != NULL || is_dyn(b, n, DYN_ALIAS);
}

static void check_cname(struct zonebuild *b, const struct node *n)
{
    const struct rrset *cname = node_rrset(n, TYPE_CNAME);
    const bool steered = is_dyn(b, n, DYN_ALIAS);
    const char *what = steered ? "DYNC" : "CNAME";
    const uint16_t what_type = steered ? ZONEPLACES_DYN : TYPE_CNAME;
    char name[NAME_TEXT], type[TYPE_TEXT];

    if (cname != NULL && cname->count > 1)
        zonereport_error(&b->report, zoneplaces_find(&b->places, n->name, TYPE_CNAME, 1),
                         "%s has more than one CNAME (RFC 2181 §10.1)", name_print(n->name, name));
    for (const struct rrset *s = node_sets(n); s != NULL; s = rrset_next(s)) {
        if (may_join_cname(s->type) || (s == cname && !steered))
            continue;
        zonereport_error(&b->report, later(place_of(b, n, what_type), place_of(b, n, s->type)),
                         "%s has %s and %s: beside a %s there is no other data (RFC 2181 §10.1)",
                         name_print(n->name, name), what, type_print(s->type, type), what);
        return;
    }
}

static void check_dname(struct zonebuild *b, const struct node *n)
{
    const struct rrset *dname = node_rrset(n, TYPE_DNAME);
    char name[NAME_TEXT];

    if (dname == NULL)
        return;
    if (dname->count > 1)
        zonereport_error(&b->report, zoneplaces_find(&b->places, n->name, TYPE_DNAME, 1),
                         "%s has more than one DNAME (RFC 6672 §2.4)", name_print(n->name, name));
    if (n->flags & NODE_CUT)
        zonereport_warning(
            &b->report, later(place_of(b, n, TYPE_DNAME), place_of(b, n, TYPE_NS)),
            "%s has a DNAME and is a delegation: the DNAME is never answered (RFC 6672 "
            "§2.3)",
            name_print(n->name, name));
}

/* A DYNA owns none of what it answers with. */
static void check_dyna(struct zonebuild *b, const struct node *n)
{
    static const uint16_t forbidden[] = {TYPE_A, TYPE_AAAA, TYPE_CNAME, TYPE_DNAME};
    char name[NAME_TEXT], type[TYPE_TEXT];

    for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++) {
        if (node_rrset(n, forbidden[i]) == NULL)
            continue;
        zonereport_error(&b->report,
                         later(place_of(b, n, ZONEPLACES_DYN), place_of(b, n, forbidden[i])),
                         "%s has DYNA and %s: its addresses are those of the pool",
                         name_print(n->name, name), type_print(forbidden[i], type));
    }
}

/* The delegation or DNAME that hides a name: the highest one. */
static const struct node *hidden_by(const struct zone *z, const struct node *n)
{
    const struct node *by = NULL;

    for (n = zone_parent(z, n); n != NULL; n = zone_parent(z, n))
        if (n->flags & (NODE_CUT | NODE_DNAME))
            by = n;
    return by;
}

struct glue {
    bool gathered;
    const struct node **nodes; /* sorted by address */
    size_t n;
};

static int by_address(const void *va, const void *vb)
{
    const uintptr_t a = (uintptr_t) * (const struct node *const *)va;
    const uintptr_t b = (uintptr_t) * (const struct node *const *)vb;

    return (a > b) - (a < b);
}

static void gather_set(const struct zone *z, const struct rrset *ns, struct glue *g)
{
    const uint8_t *end = ns->wire + ns->len;

    for (const uint8_t *rr = ns->wire; rr < end; rr = rr_next(rr)) {
        uint8_t target[NAME_MAX_LEN];
        memcpy(target, rr_rdata(rr), rr_rdlen(rr));
        name_lower(target);
        const struct node *n = name_within(target, zone_apex(z)) ? zone_node(z, target) : NULL;
        if (n == NULL)
            continue;
        g->nodes = xgrow(g->nodes, g->n, sizeof(*g->nodes));
        g->nodes[g->n++] = n;
    }
}

/* The names that any NS points at: their addresses are glue (RFC 9471 §2), in the zone or beside it.
 * Gathered only once a zone has addresses below a delegation. */
static void gather_glue(const struct zone *z, struct glue *g)
{
    uint32_t at = 0;

    for (const struct node *n; (n = zone_walk(z, &at)) != NULL;) {
        const struct rrset *ns = node_rrset(n, TYPE_NS);
        if (ns != NULL)
            gather_set(z, ns, g);
    }
    if (g->n > 0)
        qsort(g->nodes, g->n, sizeof(*g->nodes), by_address);
    g->gathered = true;
}

static bool is_glue(const struct zone *z, const struct node *n, struct glue *g)
{
    if (!g->gathered)
        gather_glue(z, g);
    return g->n > 0 && bsearch(&n, g->nodes, g->n, sizeof(*g->nodes), by_address) != NULL;
}

/* At the delegation itself only these are answered, or signed for the parent (RFC 4035 §2.4). */
static bool belongs_to_cut(uint16_t type)
{
    return type == TYPE_NS || type == TYPE_DS || type == TYPE_NSEC || type == TYPE_RRSIG ||
           type == TYPE_DNAME; /* told by check_dname */
}

/* Records that no answer will ever hold. */
static void check_hidden(struct zonebuild *b, const struct node *n, struct glue *g)
{
    const struct node *by = n->flags & NODE_OCCLUDED ? hidden_by(b->zone, n) : n;
    const char *what = by->flags & NODE_CUT ? "the delegation" : "the DNAME";
    char name[NAME_TEXT], above[NAME_TEXT], type[TYPE_TEXT];

    for (const struct rrset *s = node_sets(n); s != NULL; s = rrset_next(s)) {
        const bool address = s->type == TYPE_A || s->type == TYPE_AAAA;
        if (by == n && belongs_to_cut(s->type))
            continue;
        if (by->flags & NODE_CUT && address && is_glue(b->zone, n, g))
            continue;
        zonereport_warning(&b->report, place_of(b, n, s->type),
                           "%s %s is never answered: %s %s hides it", name_print(n->name, name),
                           type_print(s->type, type), what, name_print(by->name, above));
    }
    if (n->flags & NODE_STEERED)
        zonereport_warning(&b->report, place_of(b, n, ZONEPLACES_DYN),
                           "%s is never steered: %s %s hides it", name_print(n->name, name), what,
                           name_print(by->name, above));
}

static void check_node(struct zonebuild *b, const struct node *n, struct glue *g)
{
    if (is_alias(b, n))
        check_cname(b, n);
    if (n->flags & NODE_DNAME)
        check_dname(b, n);
    if (is_dyn(b, n, DYN_ADDRESSES))
        check_dyna(b, n);
    if (n->flags & (NODE_OCCLUDED | NODE_CUT))
        check_hidden(b, n, g);
    zonecheck_sense(b, n);
    if (!(n->flags & NODE_OCCLUDED))
        zonecheck_targets(b, n);
}

bool zonecheck_is_missing(struct zonebuild *b, const uint8_t *name)
{
    return !b->unread && !zoneplaces_has(&b->places, name, ZONEPLACES_UNREAD);
}

static void check_apex(struct zonebuild *b)
{
    const struct node *apex = zone_apex_node(b->zone);
    const struct zoneplace top = {.line = 1};
    char name[NAME_TEXT];

    name_print(apex->name, name);
    if (!b->soa_seen && !b->unread)
        zonereport_error(&b->report, top,
                         "no SOA of %s in the file (RFC 1035 §5.2); what others include "
                         "belongs in a folder of its own",
                         name);
    else if (node_rrset(apex, TYPE_NS) == NULL && zonecheck_is_missing(b, apex->name))
        zonereport_warning(&b->report, top, "no NS of %s in the file (RFC 1034 §4.2.1)", name);
    if (node_rrset(apex, TYPE_DS) != NULL)
        zonereport_warning(&b->report, place_of(b, apex, TYPE_DS),
                           "DS of the zone's own name: it belongs to the parent (RFC 4035 §2.4)");
    if (node_rrset(apex, TYPE_DNSKEY) != NULL && zone_dyn_count(b->zone) > 0)
        zonereport_error(
            &b->report, place_of(b, apex, TYPE_DNSKEY),
            "a zone with DNSKEY has no DYNA and DYNC: steered answers are not signed yet");
}

void zonecheck(struct zonebuild *b)
{
    struct glue glue = {0};
    bool has_sigs = false;
    uint32_t at = 0;

    check_apex(b);
    for (const struct node *n; (n = zone_walk(b->zone, &at)) != NULL;) {
        has_sigs |= (n->flags & NODE_SIGS) != 0;
        check_node(b, n, &glue);
    }
    if (has_sigs || zone_denial(b->zone) != NULL || zone_nsec3_count(b->zone) > 0)
        zonecheck_dnssec(b);
    free(glue.nodes);
}
