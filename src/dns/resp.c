/* SPDX-License-Identifier: BSD-2-Clause */
#include "dns/resp.h"

#include <assert.h>
#include <string.h>

#include "base/octets.h"

#define QUESTION (0xc000 | DNS_HEADER_LEN) /* a pointer to the question's name */

/* A rendered record's fixed part, see data/rrset.h: pointer, type, class, TTL, rdata length. */
enum { RR_POINTER = 2, RR_TTL = 6, RR_RDLEN = 10, RR_RDATA = 12 };

void resp_init(struct resp *r, const struct query *q, uint8_t *out, size_t cap,
               const struct edns_reply *opt)
{
    r->q = q;
    r->opt_room = edns_len(&q->edns, opt);
    assert(cap >= DNS_HEADER_LEN + (size_t)q->question_len + r->opt_room);
    r->w = wr_init(out, cap - r->opt_room);
    r->flags = q->flags & (0x7800 | FLAG_RD); /* the opcode; CD goes (RFC 4035 §3.1.6) */
    r->rcode = RCODE_NOERROR;
    memset(r->count, 0, sizeof(r->count));
    r->names.n = r->names.n_question = 0;
    r->badkey = false;
    wr_room(&r->w, DNS_HEADER_LEN);
    wr_bytes(&r->w, q->question, q->question_len);
}

struct resp_mark resp_mark(const struct resp *r)
{
    struct resp_mark m = {.at = r->w.at, .n_names = r->names.n};

    memcpy(m.count, r->count, sizeof(m.count));
    return m;
}

void resp_rollback(struct resp *r, struct resp_mark mark)
{
    r->w.at = mark.at;
    r->w.full = false;
    r->names.n = mark.n_names;
    memcpy(r->count, mark.count, sizeof(r->count));
}

/* An owner as it was told: a name that has been written once is two octets from then on. */
struct owner {
    const uint8_t *name;
    uint16_t pointer; /* 0: not written yet, or nothing can point at it */
};

static uint16_t put_name(struct resp *r, const uint8_t *name)
{
    if (r->names.n == 0)
        compress_begin(&r->names, r->w.start, DNS_HEADER_LEN);
    return compress_put(&r->names, &r->w, name);
}

static void put_owner(struct resp *r, struct owner *owner)
{
    if (owner->pointer != 0)
        wr_u16(&r->w, owner->pointer);
    else
        owner->pointer = put_name(r, owner->name);
}

/* Rdata with names that may be compressed (RFC 3597 §4). */
static void put_rdata(struct resp *r, const uint8_t *rdata, uint16_t rdlen,
                      struct rdata_names names)
{
    uint8_t *length = wr_room(&r->w, 2);
    const uint8_t *at = rdata;

    for (unsigned i = 0; i < names.n; i++) {
        wr_bytes(&r->w, at, names.skip[i]);
        at += names.skip[i];
        put_name(r, at);
        at += name_len(at);
    }
    wr_bytes(&r->w, at, (size_t)(rdata + rdlen - at));
    if (!r->w.full)
        put_u16(length, (uint16_t)(r->w.at - length - 2));
}

/* All of a record but its owner, which is octets that need no change. */
static void put_as_is(struct resp *r, const uint8_t *rr, uint32_t ttl_s)
{
    const size_t len = RR_RDATA - RR_POINTER + (size_t)get_u16(rr + RR_RDLEN);
    uint8_t *at = wr_room(&r->w, len);

    if (at == NULL)
        return;
    octets_copy(at, rr + RR_POINTER, len);
    if (ttl_s != RESP_TTL_AS_IS)
        put_u32(at + RR_TTL - RR_POINTER, ttl_s);
}

static void put_compressed(struct resp *r, const uint8_t *rr, uint32_t ttl_s,
                           struct rdata_names names)
{
    wr_bytes(&r->w, rr + RR_POINTER, RR_TTL - RR_POINTER);
    wr_u32(&r->w, ttl_s == RESP_TTL_AS_IS ? get_u32(rr + RR_TTL) : ttl_s);
    put_rdata(r, rr + RR_RDATA, get_u16(rr + RR_RDLEN), names);
}

/* Records of one type; an owner that is the question's name is rendered already. */
static void put_records(struct resp *r, struct owner *owner, const struct resp_records *rs)
{
    const struct rdata_names names = rdata_names(rs->type);

    if (owner->pointer == QUESTION && names.n == 0 && rs->ttl_s == RESP_TTL_AS_IS) {
        uint8_t *at = wr_room(&r->w, rs->len); /* what most answers are */
        if (at != NULL)
            octets_copy(at, rs->wire, rs->len);
        return;
    }
    const uint8_t *rr = rs->wire, *end = rs->wire + rs->len;
    for (; rr < end && !r->w.full; rr += RR_RDATA + get_u16(rr + RR_RDLEN)) {
        put_owner(r, owner);
        if (names.n > 0)
            put_compressed(r, rr, rs->ttl_s, names);
        else
            put_as_is(r, rr, rs->ttl_s);
    }
}

bool resp_add(struct resp *r, enum section section, const struct resp_records *rs)
{
    const struct resp_mark mark = resp_mark(r);
    struct owner owner = {rs->owner, rs->owner == NULL ? QUESTION : 0};

    put_records(r, &owner, rs);
    if (rs->sigs_len > 0)
        put_records(
            r, &owner,
            &(struct resp_records){
                .wire = rs->sigs, .len = rs->sigs_len, .ttl_s = rs->ttl_s, .type = TYPE_RRSIG});
    if (r->w.full) {
        resp_rollback(r, mark);
        return false;
    }
    r->count[section] = (uint16_t)(r->count[section] + rs->count + rs->n_sigs);
    return true;
}

size_t resp_finish(struct resp *r, const struct edns_reply *opt)
{
    uint8_t *h = r->w.start;

    r->w.end += r->opt_room;
    if (r->q->edns.present) {
        edns_write(&r->w, &r->q->edns, opt, r->rcode);
        r->count[SECTION_ADDITIONAL]++;
    }
    if (r->badkey && tsig_write_badkey(&r->w, &r->q->tsig, r->q->id))
        r->count[SECTION_ADDITIONAL]++;
    put_u16(h, r->q->id);
    put_u16(h + 2, (uint16_t)(FLAG_QR | r->flags | (r->rcode & 15)));
    put_u16(h + 4, r->q->question_len > 0);
    put_u16(h + 6, r->count[SECTION_ANSWER]);
    put_u16(h + 8, r->count[SECTION_AUTHORITY]);
    put_u16(h + 10, r->count[SECTION_ADDITIONAL]);
    return wr_len(&r->w);
}
