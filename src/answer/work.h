/*
 * What the steps of answering one query share.  Inside of answer/.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "answer/find.h"
#include "data/stats.h"
#include "dns/resp.h"

struct chain;

struct work {
    const struct snapshot *snap;
    const struct query *q;
    const struct ipaddr *client; /* the client subnet's address, or the source of the message */
    struct resp *resp;
    struct stats *stats;
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

/* Signatures alone; ttl_s as in resp_add. */
bool work_add_sigs(struct work *w, enum section section, const uint8_t *owner,
                   const struct sigs *sigs, uint32_t ttl_s);

/* chain.c: answer the question from our zones. */
void chain_answer(struct work *w);

/* additional.c: what the zone knows of the names that an answer points at, as far as it fits
 * (RFC 1035 §3.3.9, RFC 9460 §4.1 …); owner as in work_add. */
void additional_add(struct work *w, const struct zone *zone, const uint8_t *owner,
                    const struct rrset *set);
/* The same for a delegation: false if glue that the client cannot do without does not fit (RFC 9471 §3.1). */
bool additional_add_glue(struct work *w, const struct zone *zone, const struct node *cut,
                         const struct rrset *ns);

/* chaos.c: class CH (RFC 4892). */
void chaos_answer(struct work *w);
