/*
 * Class CH: who answers and what runs (RFC 4892 §2, and the names that BIND began with).
 * Without AA, as in NSD and Knot: there is no zone.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "answer/work.h"

/* What is told for a name; NULL: nothing is. */
static const struct told_text *find_text(const struct answer_opts *opts, const uint8_t *name)
{
    const struct {
        const uint8_t *name;
        const struct told_text *text;
    } rows[] = {
        {(const uint8_t *)"\2id\6server", &opts->identity},
        {(const uint8_t *)"\10hostname\4bind", &opts->hostname},
        {(const uint8_t *)"\7version\4bind", &opts->version},
        {(const uint8_t *)"\7version\6server", &opts->version},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].text->len > 0 && name_equal(name, rows[i].name))
            return rows[i].text;
    return NULL;
}

void chaos_answer(struct work *w)
{
    const struct query *q = w->q;
    const bool is_text = q->type == TYPE_TXT || q->type == TYPE_ANY;
    const struct told_text *text = is_text ? find_text(&w->snap->opts, q->name.wire) : NULL;
    uint8_t rr[12 + 1 + sizeof(text->text)];
    struct wr wr = wr_init(rr, sizeof(rr));

    if (text == NULL) {
        work_fail(w, RCODE_REFUSED, EDE_NOT_SUPPORTED, "");
        return;
    }
    wr_u16(&wr, 0xc000 | DNS_HEADER_LEN);
    wr_u16(&wr, TYPE_TXT);
    wr_u16(&wr, CLASS_CH);
    wr_u32(&wr, 0); /* RFC 4892 §2: not to be cached */
    wr_u16(&wr, 1u + text->len);
    wr_u8(&wr, text->len);
    wr_bytes(&wr, text->text, text->len);
    resp_add(w->resp, SECTION_ANSWER,
             &(struct resp_records){.wire = rr,
                                    .len = (uint32_t)wr_len(&wr),
                                    .ttl_s = RESP_TTL_AS_IS,
                                    .type = TYPE_TXT,
                                    .count = 1});
}
