/*
 * What the steps of answering one query share.  Inside of answer/.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "answer/answer.h"
#include "answer/cookie.h"
#include "answer/find.h"
#include "dns/resp.h"

struct chain;

struct work {
    const struct snapshot *snap;
    const struct answer_request *request;
    const struct query *q;
    const struct ipaddr *client; /* the client subnet's address, or the source of the message */
    const struct found *found;   /* for the question's name, where it was looked for; or NULL */
    struct resp *resp;
    struct edns_reply *opt; /* of the response */
    struct stats *stats;
    enum cookie_status cookie;
    struct chain *chain; /* the aliases followed so far */
    uint8_t scope;       /* longest over all steered sets in the answer (RFC 7871 §7.2.1) */
    bool steered;
};

/* Add a set; owner NULL: the question's name.  False: it does not fit. */
bool work_add(struct work *w, enum section section, const uint8_t *owner, const struct rrset *set);

/* Add a set of a node of a zone, for who asks for DNSSEC with its signatures: both or none
 * (RFC 4035 §3.1.1).  owner: the node's name, or one that a wildcard stands for. */
bool work_add_signed(struct work *w, enum section section, const uint8_t *owner,
                     const struct node *node, const struct rrset *set);

/* An error, and why, for those who asked with EDNS (RFC 8914); text: "" where the code says all. */
void work_fail(struct work *w, uint16_t rcode, enum ede why, const char *text);

/* respond.c: a whole reply, into at most limit octets; returns its length, 0: nothing to send.  asked
 * has what is known before, up to found, and stats. */
size_t respond(const struct work *asked, enum query_status status, uint8_t *out, size_t limit);

/* opt.c: what of the query's options needs an answer whatever comes of it: a cookie, the time that
 * a connection may idle.  Returns status, or FORMERR for options that cannot be. */
enum query_status opt_check(struct work *w, enum query_status status);
/* And what was asked for beside an answer: NSID, a client subnet, which then is the client. */
void opt_answer(struct work *w);
/* Does the query's client subnet count, if it has one? */
bool opt_takes_ecs(const struct snapshot *snap, const struct answer_request *request);

/* What every outcome for a name tells the response: whether we speak for it, and for whom. */
static inline void work_note(struct work *w, const struct found *f)
{
    if (f->outcome != FOUND_CUT && f->outcome != FOUND_OUTSIDE && f->outcome != FOUND_FAILED)
        w->resp->flags |= FLAG_AA;
    if (!f->steered)
        return;
    w->steered = true;
    if (f->pick.scope > w->scope)
        w->scope = f->pick.scope;
}

/* chain.c: answer the question from our zones, what it leads to included, with proofs and addresses.
 * f: what was found for its name. */
void chain_answer(struct work *w, const struct found *f);

/* additional.c: what the zone knows of the names that an answer points at, as far as it fits
 * (RFC 1035 §3.3.9, RFC 9460 §4.1 …); owner as in work_add. */
void additional_add(struct work *w, const struct zone *zone, const uint8_t *owner,
                    const struct rrset *set);
/* The same for a delegation: false if glue that the client cannot do without does not fit (RFC 9471 §3.1). */
bool additional_add_glue(struct work *w, const struct zone *zone, const struct node *cut,
                         const struct rrset *ns);

/* chaos.c: class CH (RFC 4892). */
void chaos_answer(struct work *w);
