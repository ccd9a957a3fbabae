/* SPDX-License-Identifier: BSD-2-Clause */
#include "dns/query.h"

#include <string.h>

#include "base/cursor.h"

static bool read_question(struct query *q, struct rd *r)
{
    const uint8_t *start = r->at;

    /* A pointer is refused: there is nothing before the question that it could point at. */
    if (!name_key_read(&q->name, start, rd_left(r)))
        return false;
    rd_bytes(r, q->name.len);
    q->type = rd_u16(r);
    q->class = rd_u16(r);
    if (r->short_read)
        return false;
    q->question = start;
    q->question_len = (uint16_t)(r->at - start);
    return true;
}

/* OPT (RFC 6891 §6.1.2): the owner is the root, one octet, and has been read. */
static enum query_status read_opt(struct edns *e, uint16_t class, uint32_t ttl,
                                  const uint8_t *rdata, uint16_t rdlen)
{
    if (e->present)
        return QUERY_FORMERR; /* a second one (§6.1.1) */
    edns_read_fixed(e, class, ttl);
    if (e->version != 0)
        return QUERY_BADVERS;
    return edns_read_options(e, rdata, rdlen) ? QUERY_OK : QUERY_FORMERR;
}

/* Over a name that is of no interest; a pointer ends it (RFC 1035 §4.1.4). */
static void skip_name(struct rd *r)
{
    for (;;) {
        const uint8_t len = rd_u8(r);
        if (len >= 0xc0) {
            rd_u8(r);
            return;
        }
        if (len > LABEL_MAX_LEN)
            r->short_read = true;
        if (len == 0 || r->short_read)
            return;
        rd_bytes(r, len);
    }
}

/* What the header says that there is: questions, records before the additional section and in it. */
struct counts {
    unsigned questions, before, additional;
};

/* Nothing behind the question is ours but OPT in the additional section and TSIG at its end. */
static enum query_status read_record(struct query *q, struct rd *r, const uint8_t *packet,
                                     bool additional, bool last)
{
    const uint8_t *owner = r->at;

    skip_name(r);
    const uint16_t type = rd_u16(r), class = rd_u16(r);
    const uint32_t ttl = rd_u32(r);
    const uint16_t rdlen = rd_u16(r);
    const uint8_t *rdata = rd_bytes(r, rdlen);
    if (rdata == NULL)
        return QUERY_FORMERR;
    if (type == TYPE_OPT)
        return additional && *owner == 0 ? read_opt(&q->edns, class, ttl, rdata, rdlen)
                                         : QUERY_FORMERR;
    if (type == TYPE_TSIG &&
        !(additional && last && tsig_read(&q->tsig, packet, owner, class, rdata, rdlen)))
        return QUERY_FORMERR; /* RFC 8945 §5.1 */
    return QUERY_OK;
}

static enum query_status read_records(struct query *q, struct rd *r, const uint8_t *packet,
                                      const struct counts *counts)
{
    const unsigned all = counts->before + counts->additional;

    for (unsigned i = 0; i < all; i++) {
        const bool additional = i >= counts->before;
        const enum query_status status = read_record(q, r, packet, additional, i + 1 == all);
        if (status != QUERY_OK)
            return status;
    }
    return QUERY_OK;
}

/*
 * An opcode that is not ours is answered NOTIMP, whatever its message looks like (RFC 8906 §3.1.4);
 * one that looks like any other, as those of today do, tells its OPT (RFC 6891 §6.1.1).
 */
static enum query_status read_foreign(struct query *q, struct rd *r, const uint8_t *packet,
                                      const struct counts *counts)
{
    for (unsigned i = 0; i < counts->questions; i++) {
        skip_name(r);
        if (rd_bytes(r, 4) == NULL)
            return QUERY_NOTIMP;
    }
    if (read_records(q, r, packet, counts) != QUERY_OK)
        q->edns = (struct edns){0};
    return QUERY_NOTIMP;
}

enum query_status query_read(struct query *q, const uint8_t *packet, size_t len)
{
    struct rd r = rd_init(packet, len);
    const uint8_t *header = rd_bytes(&r, DNS_HEADER_LEN);

    if (header == NULL || header[2] & FLAG_QR >> 8)
        return QUERY_DROP; /* answering answers would make two servers talk for ever */
    const struct counts counts = {get_u16(header + 4), get_u16(header + 6) + get_u16(header + 8),
                                  get_u16(header + 10)};
    q->id = get_u16(header);
    q->flags = get_u16(header + 2);
    q->question_len = 0;
    q->type = q->class = 0;
    q->edns = (struct edns){0};
    q->tsig.rdata = NULL;
    if (query_opcode(q) != OPCODE_QUERY)
        return read_foreign(q, &r, packet, &counts);
    if (counts.questions > 1 || (counts.questions == 1 && !read_question(q, &r)))
        return QUERY_FORMERR; /* RFC 9619 §4 */
    const enum query_status status = read_records(q, &r, packet, &counts);
    return status == QUERY_OK && counts.questions == 0 ? QUERY_EMPTY : status;
}
