/* SPDX-License-Identifier: BSD-2-Clause */
#include "dns/query.h"

#include <string.h>

#include "base/cursor.h"
#include "dns/name_read.h"

/* A pointer is refused: there is nothing before the question that it could point at. */
static inline bool read_question(struct query *q, const uint8_t *question, size_t left)
{
    const size_t name_len = name_key_read(&q->name, question, left);

    if (name_len == 0 || left < name_len + 4)
        return false;
    q->type = get_u16(question + name_len);
    q->class = get_u16(question + name_len + 2);
    q->question = question;
    q->question_len = (uint16_t)(name_len + 4);
    return true;
}

/* OPT (RFC 6891 §6.1.2): the owner is the root, one octet, and has been read. */
static inline enum query_status read_opt(struct edns *e, uint16_t class, uint32_t ttl,
                                         const uint8_t *rdata, uint16_t rdlen)
{
    if (e->present)
        return QUERY_FORMERR; /* a second one (§6.1.1) */
    edns_read_fixed(e, class, ttl);
    if (e->version != 0)
        return QUERY_BADVERS;
    return rdlen == 0 || edns_read_options(e, rdata, rdlen) ? QUERY_OK : QUERY_FORMERR;
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

static enum query_status read_records(struct query *q, struct rd *r, const uint8_t *packet)
{
    const unsigned before = get_u16(packet + 6) + get_u16(packet + 8);
    const unsigned all = before + get_u16(packet + 10);

    for (unsigned i = 0; i < all; i++) {
        const enum query_status status = read_record(q, r, packet, i >= before, i + 1 == all);
        if (status != QUERY_OK)
            return status;
    }
    return QUERY_OK;
}

/*
 * An opcode that is not ours is answered NOTIMP, whatever its message looks like (RFC 8906 §3.1.4);
 * one that looks like any other, as those of today do, tells its OPT (RFC 6891 §6.1.1).
 */
__attribute__((noinline)) static enum query_status read_foreign(struct query *q,
                                                                const uint8_t *packet, size_t len)
{
    struct rd r = rd_init(packet + DNS_HEADER_LEN, len - DNS_HEADER_LEN);

    for (unsigned n = get_u16(packet + 4); n > 0; n--) {
        skip_name(&r);
        if (rd_bytes(&r, 4) == NULL)
            return QUERY_NOTIMP;
    }
    if (read_records(q, &r, packet) != QUERY_OK)
        q->edns = (struct edns){0};
    return QUERY_NOTIMP;
}

/* What comes seldom; in line its cursor would cost every query a frame. */
__attribute__((noinline)) static enum query_status read_many(struct query *q, const uint8_t *packet,
                                                             const uint8_t *at, size_t left)
{
    struct rd r = rd_init(at, left);

    return read_records(q, &r, packet);
}

static inline bool is_opt(const uint8_t *rr, size_t left)
{
    return left >= OPT_FIXED_LEN && rr[0] == 0 && get_u16(rr + 1) == TYPE_OPT &&
           get_u16(rr + 9) <= left - OPT_FIXED_LEN;
}

/*
 * What stands behind the question.  Nothing, or OPT alone, in nearly all that ever comes: that is read
 * without a cursor that checks each step, which saves 150 instructions.
 *
 *   counts   of the answer, authority and additional section, 16 bits each
 */
static inline enum query_status read_rest(struct query *q, const uint8_t *packet, size_t len,
                                          uint64_t counts)
{
    const uint8_t *at = packet + DNS_HEADER_LEN + q->question_len;
    const size_t left = (size_t)(packet + len - at);

    if (counts == 0)
        return QUERY_OK;
    if (counts > 1 || !is_opt(at, left))
        return read_many(q, packet, at, left);
    return read_opt(&q->edns, get_u16(at + 3), get_u32(at + 5), at + OPT_FIXED_LEN,
                    get_u16(at + 9));
}

enum query_status query_read(struct query *q, const uint8_t *packet, size_t len)
{
    if (len < DNS_HEADER_LEN || packet[2] & FLAG_QR >> 8)
        return QUERY_DROP; /* answering answers would make two servers talk for ever */
    q->id = get_u16(packet);
    q->flags = get_u16(packet + 2);
    q->question_len = 0;
    q->type = q->class = 0;
    q->edns = (struct edns){0};
    q->tsig.rdata = NULL;
    if (query_opcode(q) != OPCODE_QUERY)
        return read_foreign(q, packet, len);
    const uint64_t counts = get_u64(packet + 4);
    const uint64_t questions = counts >> 48;
    if (questions > 1 ||
        (questions == 1 && !read_question(q, packet + DNS_HEADER_LEN, len - DNS_HEADER_LEN)))
        return QUERY_FORMERR; /* RFC 9619 §4 */
    const enum query_status status = read_rest(q, packet, len, counts & 0xffffffffffff);
    return status == QUERY_OK && questions == 0 ? QUERY_EMPTY : status;
}
