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

void work_fail(struct work *w, uint16_t rcode, enum ede why, const char *text)
{
    w->resp->rcode = rcode;
    w->opt->has_error = true;
    w->opt->error = (uint16_t)why;
    w->opt->error_text = text;
}
