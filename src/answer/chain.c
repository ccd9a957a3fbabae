/*
 * Class IN: the name that was asked and, through CNAME and DNAME, those that it leads to
 * (RFC 1034 §4.3.2).  SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>

#include "answer/proof.h"
#include "answer/work.h"

/* CNAMEs and DNAMEs followed in one answer.  Longer chains are an operator's mistake; the resolver
 * goes on from the last name it was given, as with a loop (RFC 1034 §3.6.2). */
#define CHAIN_MAX 16

_Static_assert(PROOFS_MAX >= CHAIN_MAX + 3, "proof.h counts what a chain can need");

/* The names of one chain so far, and what goes behind its answers. */
struct chain {
    unsigned n;
    uint32_t hash[CHAIN_MAX];            /* of each name */
    const struct node *dname[CHAIN_MAX]; /* whose DNAME led on from it, or NULL */
    struct name_key keys[2];             /* the last name and the next, in turns */
    struct proofs proofs;

    const struct rrset *points; /* names in it get their addresses along; or NULL */
    const uint8_t *owner;       /* that set's; NULL: the question's name */
    const struct zone *zone;    /* that set's */
    const struct node *cut;     /* points is the NS of this delegation; or NULL */
};

static void truncate(struct work *w)
{
    w->resp->flags |= FLAG_TC;
}

/* The signature's TTL follows the SOA's, which is lower here than in the zone (RFC 4034 §3). */
static void add_negative_soa(struct work *w, const struct found *f)
{
    const struct zone *zone = f->entry->zone;
    const struct rrset *soa = zone_negative_soa(zone);
    struct sigs sigs = {0};

    if (soa == NULL)
        return;
    const uint32_t ttl_s = f->negative_ttl_s < rrset_ttl(soa) ? f->negative_ttl_s : rrset_ttl(soa);
    if (w->q->edns.dnssec_ok)
        sigs = node_sigs(zone_apex_node(zone), TYPE_SOA);
    if (!resp_add(w->resp, SECTION_AUTHORITY,
                  &(struct resp_records){.owner = f->entry->apex,
                                         .wire = soa->wire,
                                         .len = soa->len,
                                         .sigs = sigs.wire,
                                         .sigs_len = sigs.len,
                                         .ttl_s = ttl_s,
                                         .type = TYPE_SOA,
                                         .count = 1,
                                         .n_sigs = sigs.count}))
        truncate(w);
}

/* What was found for a name.  Steered sets are never signed: they are none of the node's. */
static bool add_set(struct work *w, const uint8_t *owner, const struct found *f)
{
    if (f->steered ? work_add(w, SECTION_ANSWER, owner, f->set)
                   : work_add_signed(w, SECTION_ANSWER, owner, f->node, f->set))
        return true;
    truncate(w);
    return false;
}

static void add_answer(struct work *w, const uint8_t *owner, const struct found *f)
{
    if (!add_set(w, owner, f))
        return;
    w->chain->points = f->set;
    w->chain->owner = owner;
    w->chain->zone = f->entry->zone;
}

/* Every allowed region's records as one RRset: all or none. */
static void add_all(struct work *w, const uint8_t *owner, const struct found *f)
{
    const struct resp_mark mark = resp_mark(w->resp);

    for (unsigned i = 0; i < REGIONS_MAX; i++) {
        if (!(f->pick.all >> i & 1))
            continue;
        if (!work_add(w, SECTION_ANSWER, owner, f->pick.answers->set[i])) {
            resp_rollback(w->resp, mark);
            truncate(w);
            return;
        }
    }
}

/* NS, and from a signed zone the DS (RFC 4035 §3.1.4); the proof that there is none, and glue, come
 * behind. */
static void add_referral(struct work *w, const struct found *f)
{
    const struct node *cut = f->node;
    const bool signed_zone = w->q->edns.dnssec_ok && zone_denial(f->entry->zone) != NULL;
    const struct rrset *ds = signed_zone ? node_rrset(cut, TYPE_DS) : NULL;

    if (!work_add(w, SECTION_AUTHORITY, cut->name, f->set) ||
        (ds != NULL && !work_add_signed(w, SECTION_AUTHORITY, cut->name, cut, ds))) {
        truncate(w);
        return;
    }
    w->chain->points = f->set;
    w->chain->zone = f->entry->zone;
    w->chain->cut = cut;
}

/*
 * The name that a DNAME makes of another (RFC 6672 §2.2): what stands before the owner, put before
 * the target.  False: longer than a name can be, YXDOMAIN.
 */
static bool substitute(const struct name_key *name, const struct node *owner, const uint8_t *target,
                       uint8_t out[NAME_MAX_LEN])
{
    const size_t kept = (size_t)name->len - owner->name_len, target_len = name_len(target);

    if (kept + target_len > NAME_MAX_LEN)
        return false;
    memcpy(out, name->wire, kept);
    memcpy(out + kept, target, target_len);
    return true;
}

/* The CNAME that explains a DNAME to those who do not know it (RFC 6672 §3.1), with its TTL. */
static bool add_synthesised_cname(struct work *w, const uint8_t *owner, const uint8_t *target,
                                  uint32_t ttl_s)
{
    uint8_t rr[RR_FIXED_LEN + NAME_MAX_LEN];
    const uint8_t *end = rr_render(rr, TYPE_CNAME, ttl_s, target, (uint16_t)name_len(target));

    return resp_add(w->resp, SECTION_ANSWER,
                    &(struct resp_records){.owner = owner,
                                           .wire = rr,
                                           .len = (uint32_t)(end - rr),
                                           .ttl_s = RESP_TTL_AS_IS,
                                           .type = TYPE_CNAME,
                                           .count = 1});
}

/* Where an alias leads: true and next when there is a name to go on with. */
static bool follow_cname(struct work *w, const uint8_t *owner, const struct found *f,
                         struct name_key *next)
{
    if (!add_set(w, owner, f))
        return false;
    if (w->q->type == TYPE_CNAME || w->q->type == TYPE_ANY)
        return false; /* the alias itself was asked for (RFC 1034 §3.6.2) */
    name_key_init(next, rr_rdata(f->set->wire));
    return true;
}

/* The DNAME itself, unless the chain has been through it: a set stands in a message once. */
static bool add_dname(struct work *w, const struct found *f)
{
    struct chain *c = w->chain;

    for (unsigned i = 0; i < c->n; i++)
        if (c->dname[i] == f->node)
            return true;
    c->dname[c->n] = f->node;
    return work_add_signed(w, SECTION_ANSWER, f->node->name, f->node, f->set);
}

static bool follow_dname(struct work *w, const uint8_t *owner, const struct found *f,
                         const struct name_key *name, struct name_key *next)
{
    uint8_t target[NAME_MAX_LEN];

    if (!add_dname(w, f)) {
        truncate(w);
        return false;
    }
    if (!substitute(name, f->node, rr_rdata(f->set->wire), target)) {
        w->resp->rcode = RCODE_YXDOMAIN;
        return false;
    }
    if (!add_synthesised_cname(w, owner, target, rrset_ttl(f->set))) {
        truncate(w);
        return false;
    }
    if (w->q->type == TYPE_CNAME)
        return false;
    name_key_init(next, target);
    return true;
}

/* SERVFAIL, and which of the two it is. */
static void fail(struct work *w, const struct found *f)
{
    if (f->entry->zone == NULL)
        work_fail(w, RCODE_SERVFAIL, EDE_NOT_READY, "");
    else
        work_fail(w, RCODE_SERVFAIL, EDE_OTHER, "all endpoints are down");
}

/*
 * One name of the chain; true: go on with next.  owner is NULL for the name that was asked.
 * The rcode is that of the last name (RFC 6604 §3); what lies outside our zones ends the chain.
 */
static bool answer_name(struct work *w, const struct found *f, const struct name_key *name,
                        const uint8_t *owner, struct name_key *next)
{
    work_note(w, f);
    if (w->q->edns.dnssec_ok)
        proof_gather(&w->chain->proofs, f, name);
    switch (f->outcome) {
    case FOUND_RRSET: add_answer(w, owner, f); return false;
    case FOUND_ALL: add_all(w, owner, f); return false;
    case FOUND_CNAME: return follow_cname(w, owner, f, next);
    case FOUND_DNAME: return follow_dname(w, owner, f, name, next);
    case FOUND_CUT: add_referral(w, f); return false;
    case FOUND_NXDOMAIN:
        w->resp->rcode = RCODE_NXDOMAIN;
        add_negative_soa(w, f);
        return false;
    case FOUND_NODATA: add_negative_soa(w, f); return false;
    case FOUND_OUTSIDE:
        if (owner == NULL)
            work_fail(w, RCODE_REFUSED, EDE_NOT_AUTHORITATIVE, "");
        return false;
    case FOUND_FAILED: fail(w, f); return false;
    }
    abort();
}

/* Has the chain been at this name?  It is a loop then, or, once in 2^32, seems one: the resolver
 * goes on from the last name it was given either way. */
static bool chain_has(const struct chain *c, const struct name_key *name)
{
    for (unsigned i = 0; i < c->n; i++)
        if (c->hash[i] == name->hash)
            return true;
    return false;
}

static void walk(struct work *w, const struct found *first)
{
    struct chain *c = w->chain;
    const struct name_key *name = &w->q->name;
    struct found f = *first;

    for (c->n = 0; c->n < CHAIN_MAX && !chain_has(c, name); c->n++) {
        struct name_key *next = &c->keys[c->n % 2];
        if (c->n > 0)
            find(w->snap, name, w->q->type, w->client, &f);
        c->hash[c->n] = name->hash;
        c->dname[c->n] = NULL;
        if (!answer_name(w, &f, name, c->n > 0 ? name->wire : NULL, next))
            return;
        name = next;
    }
}

static bool add_proofs(struct work *w)
{
    const struct proofs *p = &w->chain->proofs;

    for (unsigned i = 0; i < p->n; i++) {
        const struct node *n = p->owner[i];
        if (!work_add_signed(w, SECTION_AUTHORITY, n->name, n, proof_record(n)))
            return false;
    }
    return true;
}

static bool add_addresses(struct work *w)
{
    const struct chain *c = w->chain;

    if (c->cut != NULL)
        return additional_add_glue(w, c->zone, c->cut, c->points);
    if (c->points != NULL)
        additional_add(w, c->zone, c->owner, c->points);
    return true;
}

void chain_answer(struct work *w, const struct found *f)
{
    struct chain chain;

    chain.proofs.n = 0;
    chain.points = NULL;
    chain.cut = NULL;
    w->chain = &chain;
    walk(w, f);
    if (!(w->resp->flags & FLAG_TC) && !(add_proofs(w) && add_addresses(w)))
        truncate(w);
    w->chain = NULL;
}
