/*
 * The additional section: what is known of the names that an answer points at (RFC 1034 §4.3.2
 * step 6, RFC 2782, RFC 9460 §4.1, RFC 9471).  Steered addresses are never put there, because a
 * scope for data that was not asked for is undefined (RFC 7871 §7.4).
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "answer/proof.h"
#include "answer/work.h"

/* Names looked up for one message: enough for the root's 13 servers. */
#define TARGETS_MAX 16

struct target {
    const uint8_t *name;     /* as it is pointed at */
    const struct node *node; /* its own, or the wildcard that makes it */
};

struct targets {
    const struct zone *zone;
    struct target at[TARGETS_MAX];
    uint8_t n;
};

/*
 * What the zone may tell of a name beside an answer, or NULL: nothing that a delegation or a DNAME
 * hides (RFC 2181 §5.4.1), but for the glue of a server.  Steered addresses are no sets of a node.
 */
static const struct node *target_node(const struct zone *zone, const struct name_key *name,
                                      bool server)
{
    const struct node *apex = zone_apex_node(zone), *n;

    if (!name_key_within(name, apex->name, apex->name_len))
        return NULL;
    switch (zone_find(zone, name, &n)) {
    case ZONE_EXACT:
    case ZONE_WILDCARD: return n;
    case ZONE_CUT: return server ? zone_own(zone, name) : NULL;
    case ZONE_DNAME:
    case ZONE_NXDOMAIN: return NULL;
    }
    abort();
}

static void targets_put(struct targets *t, struct target target)
{
    for (uint8_t i = 0; i < t->n; i++)
        if (t->at[i].node == target.node && name_equal(t->at[i].name, target.name))
            return;
    if (t->n < TARGETS_MAX)
        t->at[t->n++] = target;
}

/* The name that one record of a set points at, or NULL. */
static const uint8_t *record_target(const uint8_t *owner, uint16_t type, const uint8_t *rdata)
{
    const uint8_t *name = rdata + (type_is_svcb(type) ? SVCB_TARGET : rdata_host(type));

    if (*name != 0 || type == TYPE_NS)
        return name;
    /* "." is no host (RFC 2782, RFC 7505 §3), no service in AliasMode, the owner in ServiceMode
     * (RFC 9460 §2.5). */
    return type_is_svcb(type) && get_u16(rdata) > 0 ? owner : NULL;
}

static void collect(struct targets *t, const uint8_t *owner, const struct rrset *set)
{
    struct name_key key;

    for (const uint8_t *rr = set->wire; rr < set->wire + set->len; rr = rr_next(rr)) {
        const uint8_t *name = record_target(owner, set->type, rr_rdata(rr));
        if (name == NULL)
            continue;
        name_key_init(&key, name);
        const struct node *n = target_node(t->zone, &key, set->type == TYPE_NS);
        if (n != NULL)
            targets_put(t, (struct target){name, n});
    }
}

static bool add_addresses(struct work *w, const uint8_t *name, const struct node *n)
{
    static const uint16_t types[] = {TYPE_A, TYPE_AAAA};
    bool whole = true;

    for (unsigned i = 0; i < 2; i++) {
        const struct rrset *set = node_rrset(n, types[i]);
        if (set != NULL)
            whole &= work_add_signed(w, SECTION_ADDITIONAL, name, n, set);
    }
    return whole;
}

/* More of the type where an alias or a service leads to, which points at names in its turn. */
static void add_services(struct work *w, struct targets *t, uint16_t type, struct target target)
{
    const struct rrset *set = node_rrset(target.node, type);

    if (set != NULL && work_add_signed(w, SECTION_ADDITIONAL, target.name, target.node, set))
        collect(t, target.name, set);
}

/*
 * That a signed zone lacks some of what was looked for at a target (RFC 9460 §4.1).  A wildcard's
 * would need more proof than it is worth.
 */
static void add_absence(struct work *w, const struct zone *zone, const struct target *target,
                        uint16_t type)
{
    const struct node *n = target->node;

    if (!w->q->edns.dnssec_ok || zone_denial(zone) == NULL || !name_equal(target->name, n->name) ||
        (node_rrset(n, TYPE_A) && node_rrset(n, TYPE_AAAA) && node_rrset(n, type)))
        return;
    const struct node *owner = proof_of_types(zone_denial(zone), n);
    if (owner != NULL)
        work_add_signed(w, SECTION_ADDITIONAL, owner->name, owner, proof_record(owner));
}

void additional_add(struct work *w, const struct zone *zone, const uint8_t *owner,
                    const struct rrset *set)
{
    struct targets t;

    if (rdata_host(set->type) == RDATA_NO_HOST && !type_is_svcb(set->type))
        return;
    t.zone = zone;
    t.n = 0;
    if (owner == NULL)
        owner = w->q->name.wire;
    collect(&t, owner, set);
    for (uint8_t i = 0; i < t.n; i++) {
        const struct target target = t.at[i];
        if (type_is_svcb(set->type) && !name_equal(target.name, owner))
            add_services(w, &t, set->type, target);
        add_addresses(w, target.name, target.node);
        if (type_is_svcb(set->type))
            add_absence(w, zone, &target, set->type);
    }
}

struct glue {
    struct work *w;
    const struct zone *zone;
    const struct node *cut;
    const struct rrset *ns;
};

/* The addresses of those servers that are within the delegation, or of those that are not; others is
 * how many there are of the other kind. */
static bool add_glue(const struct glue *g, bool within, unsigned *others)
{
    const struct node *cut = g->cut;
    struct name_key key;
    bool whole = true;

    *others = 0;
    for (const uint8_t *rr = g->ns->wire; rr < g->ns->wire + g->ns->len; rr = rr_next(rr)) {
        name_key_init(&key, rr_rdata(rr));
        if (name_key_within(&key, cut->name, cut->name_len) != within) {
            ++*others;
            continue;
        }
        const struct node *n = target_node(g->zone, &key, true);
        if (n != NULL)
            whole &= add_addresses(g->w, rr_rdata(rr), n);
    }
    return whole;
}

/* All of a delegation's own glue, however much (RFC 9471 §3.1), then that of siblings, which is
 * welcome and not needed (§3.2). */
bool additional_add_glue(struct work *w, const struct zone *zone, const struct node *cut,
                         const struct rrset *ns)
{
    const struct glue g = {w, zone, cut, ns};
    unsigned siblings, own;
    const bool whole = add_glue(&g, true, &siblings);

    if (siblings > 0)
        add_glue(&g, false, &own);
    return whole;
}
