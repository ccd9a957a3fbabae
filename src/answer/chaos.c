/*
 * Class CH: who answers (RFC 4892 §2).  SPDX-License-Identifier: BSD-2-Clause
 */
#include "answer/work.h"

#include <string.h>

static bool asks_identity(const struct query *q)
{
    static const uint8_t id_server[] = "\2id\6server", hostname_bind[] = "\10hostname\4bind";

    return q->type == TYPE_TXT &&
           (name_equal(q->name.wire, id_server) || name_equal(q->name.wire, hostname_bind));
}

void chaos_answer(struct work *w)
{
    const struct answer_opts *opts = &w->snap->opts;
    uint8_t rr[12 + 1 + sizeof(opts->identity)];
    struct wr wr = wr_init(rr, sizeof(rr));

    if (opts->identity_len == 0 || !asks_identity(w->q)) {
        w->resp->rcode = RCODE_REFUSED;
        return;
    }
    wr_u16(&wr, 0xc000 | DNS_HEADER_LEN);
    wr_u16(&wr, TYPE_TXT);
    wr_u16(&wr, CLASS_CH);
    wr_u32(&wr, 0); /* RFC 4892 §2: not to be cached */
    wr_u16(&wr, 1u + opts->identity_len);
    wr_u8(&wr, opts->identity_len);
    wr_bytes(&wr, opts->identity, opts->identity_len);
    w->resp->flags |= FLAG_AA;
    resp_add(w->resp, SECTION_ANSWER,
             &(struct resp_records){.wire = rr,
                                    .len = (uint32_t)wr_len(&wr),
                                    .ttl_s = RESP_TTL_AS_IS,
                                    .type = TYPE_TXT,
                                    .count = 1});
}
