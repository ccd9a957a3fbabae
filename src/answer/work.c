/* SPDX-License-Identifier: BSD-2-Clause */
#include "answer/work.h"

bool work_add(struct work *w, enum section section, const uint8_t *owner, const struct rrset *set)
{
    return resp_add(w->resp, section,
                    &(struct resp_records){.owner = owner,
                                           .wire = set->wire,
                                           .len = set->len,
                                           .ttl_s = RESP_TTL_AS_IS,
                                           .type = set->type,
                                           .count = set->count});
}

bool work_add_signed(struct work *w, enum section section, const uint8_t *owner,
                     const struct node *node, const struct rrset *set)
{
    if (!w->q->edns.dnssec_ok || !(node->flags & NODE_SIGS))
        return work_add(w, section, owner, set);

    const struct sigs sigs = node_sigs(node, set->type);
    return resp_add(w->resp, section,
                    &(struct resp_records){.owner = owner,
                                           .wire = set->wire,
                                           .len = set->len,
                                           .sigs = sigs.wire,
                                           .sigs_len = sigs.len,
                                           .ttl_s = RESP_TTL_AS_IS,
                                           .type = set->type,
                                           .count = set->count,
                                           .n_sigs = sigs.count});
}

void work_fail(struct work *w, uint16_t rcode, enum ede why, const char *text)
{
    w->resp->rcode = rcode;
    w->opt->has_error = true;
    w->opt->error = (uint16_t)why;
    w->opt->error_text = text;
}
