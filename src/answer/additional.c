/*
 * The additional section: addresses of names that an answer points at (RFC 1034 §4.3.2 step 6,
 * RFC 2782, RFC 9471).  Steered addresses are never put there, because a scope for data that was
 * not asked for is undefined (RFC 7871 §7.4).
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "answer/work.h"

/* Names whose addresses are looked up for one message: enough for the root's 13 servers. */
#define TARGETS_MAX 16

struct targets {
    const struct node *node[TARGETS_MAX];
    uint8_t n;
};

static const struct node *target_node(const struct zone *zone, const uint8_t *name)
{
    struct name_key key;

    name_key_init(&key, name);
    return name_within(key.wire, zone_apex(zone)) ? zone_node(zone, key.wire) : NULL;
}

/* False: it is there already, or there is no room to remember it. */
static bool targets_put(struct targets *t, const struct node *n)
{
    for (uint8_t i = 0; i < t->n; i++)
        if (t->node[i] == n)
            return false;
    if (t->n == TARGETS_MAX)
        return false;
    t->node[t->n++] = n;
    return true;
}

/* Nodes that may be told beside an answer.  Below a cut only a server's name is: as glue. */
static void collect(struct targets *t, const struct zone *zone, const struct rrset *set)
{
    const size_t offset = rdata_host(set->type);

    if (offset == RDATA_NO_HOST)
        return;
    for (const uint8_t *rr = set->wire; rr < set->wire + set->len; rr = rr_next(rr)) {
        const struct node *n = target_node(zone, rr_rdata(rr) + offset);
        if (n == NULL || n->dyn != NULL)
            continue;
        if (!(n->flags & (NODE_OCCLUDED | NODE_CUT)) || set->type == TYPE_NS)
            targets_put(t, n);
    }
}

static bool add_addresses(struct work *w, const struct node *n)
{
    static const uint16_t types[] = {TYPE_A, TYPE_AAAA};
    bool whole = true;

    for (unsigned i = 0; i < 2; i++) {
        const struct rrset *set = node_rrset(n, types[i]);
        if (set != NULL)
            whole &= work_add_signed(w, SECTION_ADDITIONAL, n->name, n, set);
    }
    return whole;
}

void additional_add(struct work *w, const struct zone *zone, const struct rrset *set)
{
    struct targets t = {.n = 0};

    collect(&t, zone, set);
    for (uint8_t i = 0; i < t.n; i++)
        add_addresses(w, t.node[i]);
}

/* The addresses of those servers that are within the delegation, or of those that are not. */
static bool add_glue(struct work *w, const struct zone *zone, const struct node *cut,
                     const struct rrset *ns, bool within)
{
    bool whole = true;

    for (const uint8_t *rr = ns->wire; rr < ns->wire + ns->len; rr = rr_next(rr)) {
        const struct node *n = target_node(zone, rr_rdata(rr));
        if (n != NULL && n->dyn == NULL && name_within(n->name, cut->name) == within)
            whole &= add_addresses(w, n);
    }
    return whole;
}

/* All of a delegation's own glue, however much (RFC 9471 §3.1), then that of siblings, which is
 * welcome and not needed (§3.2). */
bool additional_add_glue(struct work *w, const struct zone *zone, const struct node *cut,
                         const struct rrset *ns)
{
    const bool whole = add_glue(w, zone, cut, ns, true);

    add_glue(w, zone, cut, ns, false);
    return whole;
}
