/*
 * Class IN: the name that was asked and, through CNAME and DNAME, those that it leads to
 * (RFC 1034 §4.3.2).  SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>

#include "answer/work.h"

/* CNAMEs and DNAMEs followed in one answer.  Longer chains are an operator's mistake; the resolver
 * goes on from the last name it was given, as with a loop (RFC 1034 §3.6.2). */
#define CHAIN_MAX 16

/* The names of one chain so far. */
struct chain {
    unsigned n;
    uint32_t hash[CHAIN_MAX];            /* of each name */
    const struct node *dname[CHAIN_MAX]; /* whose DNAME led on from it, or NULL */
};

static void truncate(struct work *w)
{
    w->resp->flags |= FLAG_TC;
}

static void note_scope(struct work *w, const struct found *f)
{
    if (!f->steered)
        return;
    w->steered = true;
    if (f->pick.scope > w->scope)
        w->scope = f->pick.scope;
}

static void add_negative_soa(struct work *w, const struct found *f)
{
    const struct rrset *soa = zone_negative_soa(f->entry->zone);

    if (soa == NULL)
        return;
    const bool shorter = f->negative_ttl_s < soa->ttl_s;
    if (!resp_add(w->resp, SECTION_AUTHORITY,
                  &(struct resp_records){.owner = f->entry->apex,
                                         .wire = soa->wire,
                                         .len = soa->len,
                                         .ttl_s = shorter ? f->negative_ttl_s : RESP_TTL_AS_IS,
                                         .type = TYPE_SOA,
                                         .count = 1}))
        truncate(w);
}

static void add_answer(struct work *w, const uint8_t *owner, const struct found *f)
{
    if (!work_add(w, SECTION_ANSWER, owner, f->set))
        truncate(w);
    else
        additional_add(w, f->entry->zone, f->set);
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

static void add_referral(struct work *w, const struct found *f)
{
    if (!work_add(w, SECTION_AUTHORITY, f->node->name, f->set) ||
        !additional_add_glue(w, f->entry->zone, f->node, f->set))
        truncate(w);
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
    if (!work_add(w, SECTION_ANSWER, owner, f->set)) {
        truncate(w);
        return false;
    }
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
    return work_add(w, SECTION_ANSWER, f->node->name, f->set);
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
    if (!add_synthesised_cname(w, owner, target, f->set->ttl_s)) {
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
static bool answer_name(struct work *w, const struct name_key *name, const uint8_t *owner,
                        struct name_key *next)
{
    const struct found f = find(w->snap, name, w->q->type, w->client);

    note_scope(w, &f);
    if (f.outcome != FOUND_CUT && f.outcome != FOUND_OUTSIDE && f.outcome != FOUND_FAILED)
        w->resp->flags |= FLAG_AA;
    switch (f.outcome) {
    case FOUND_RRSET: add_answer(w, owner, &f); return false;
    case FOUND_ALL: add_all(w, owner, &f); return false;
    case FOUND_CNAME: return follow_cname(w, owner, &f, next);
    case FOUND_DNAME: return follow_dname(w, owner, &f, name, next);
    case FOUND_CUT: add_referral(w, &f); return false;
    case FOUND_NXDOMAIN:
        w->resp->rcode = RCODE_NXDOMAIN;
        add_negative_soa(w, &f);
        return false;
    case FOUND_NODATA: add_negative_soa(w, &f); return false;
    case FOUND_OUTSIDE:
        if (owner == NULL)
            work_fail(w, RCODE_REFUSED, EDE_NOT_AUTHORITATIVE, "");
        return false;
    case FOUND_FAILED: fail(w, &f); return false;
    }
    abort();
}

/* Has the chain been at this name?  It is a loop then, or, once in 2^32, seems one: the resolver
 * goes on from the last name it was given either way. */
static bool chain_has(const struct chain *c, const struct name_key *name)
{
    for (unsigned i = 0; i < c->n; i++)
        if (c->hash[i] == name->hash[0])
            return true;
    return false;
}

static void walk(struct work *w)
{
    struct chain *c = w->chain;
    struct name_key keys[2];
    const struct name_key *name = &w->q->name;

    for (c->n = 0; c->n < CHAIN_MAX && !chain_has(c, name); c->n++) {
        struct name_key *next = &keys[c->n % 2];
        c->hash[c->n] = name->hash[0];
        c->dname[c->n] = NULL;
        if (!answer_name(w, name, c->n > 0 ? name->wire : NULL, next))
            return;
        name = next;
    }
}

void chain_answer(struct work *w)
{
    struct chain chain;

    w->chain = &chain;
    walk(w);
    w->chain = NULL;
}
