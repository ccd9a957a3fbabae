/* SPDX-License-Identifier: BSD-2-Clause */
#include "dns/resp.h"

#include <assert.h>
#include <string.h>

#define POINTER_LIMIT 0x4000u /* offsets a compression pointer can hold (RFC 1035 §4.1.4) */

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
    r->n_names = 0;
    r->badkey = false;
    wr_room(&r->w, DNS_HEADER_LEN);
    wr_bytes(&r->w, q->question, q->question_len);
}

struct resp_mark resp_mark(const struct resp *r)
{
    struct resp_mark m = {.at = r->w.at, .n_names = r->n_names};

    memcpy(m.count, r->count, sizeof(m.count));
    return m;
}

void resp_rollback(struct resp *r, struct resp_mark mark)
{
    r->w.at = mark.at;
    r->w.full = false;
    r->n_names = mark.n_names;
    memcpy(r->count, mark.count, sizeof(r->count));
}

static void remember(struct resp *r, uint32_t hash, size_t offset)
{
    if (r->n_names < RESP_NAMES_MAX && offset < POINTER_LIMIT)
        r->names[r->n_names++] = (struct resp_name){hash, (uint16_t)offset};
}

/* The first name that is compressed makes the question's suffixes known. */
static void remember_question(struct resp *r)
{
    const struct name_key *key = &r->q->name;

    for (unsigned i = 0; i < key->labels; i++)
        remember(r, name_key_hash(key, i), DNS_HEADER_LEN + (size_t)key->at[i]);
}

/* Is the name at this offset of our own message the one at name, whatever the case? */
static bool is_name_at(const struct resp *r, size_t offset, const uint8_t *name)
{
    const uint8_t *msg = r->w.start;

    for (;;) {
        while (msg[offset] >= 0xc0)
            offset = get_u16(msg + offset) & (POINTER_LIMIT - 1);
        if (msg[offset] != *name)
            return false;
        if (*name == 0)
            return true;
        for (unsigned i = 1; i <= *name; i++)
            if (name_lower_octet(msg[offset + i]) != name_lower_octet(name[i]))
                return false;
        offset += 1u + *name;
        name += 1 + *name;
    }
}

/*
 * Among the first n names only: the name that is being written is known already, but not whole yet,
 * and a client can choose labels whose hashes collide, so that the comparison would run on into
 * what the buffer held before.
 */
static const struct resp_name *find_suffix(const struct resp *r, uint16_t n, uint32_t hash,
                                           const uint8_t *suffix)
{
    for (uint16_t i = 0; i < n; i++)
        if (r->names[i].hash == hash && is_name_at(r, r->names[i].offset, suffix))
            return &r->names[i];
    return NULL;
}

static void put_name(struct resp *r, const uint8_t *name)
{
    struct name_key key;

    if (r->w.full)
        return; /* the name before may be cut off: nothing may point at it */
    if (r->n_names == 0)
        remember_question(r);
    const uint16_t whole = r->n_names;
    name_key_init(&key, name);
    for (unsigned i = 0; i < key.labels; i++) {
        const uint8_t *label = name + key.at[i];
        const uint32_t hash = name_key_hash(&key, i);
        const struct resp_name *seen = find_suffix(r, whole, hash, label);
        if (seen != NULL) {
            wr_u16(&r->w, (uint16_t)(0xc000 | seen->offset));
            return;
        }
        const size_t offset = wr_len(&r->w);
        wr_bytes(&r->w, label, 1u + *label);
        if (!r->w.full)
            remember(r, hash, offset);
    }
    wr_u8(&r->w, 0);
}

static void put_owner(struct resp *r, const uint8_t *owner)
{
    if (owner == NULL)
        wr_u16(&r->w, 0xc000 | DNS_HEADER_LEN);
    else
        put_name(r, owner);
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

static void put_record(struct resp *r, const uint8_t *rr, const uint8_t *owner, uint32_t ttl_s,
                       struct rdata_names names)
{
    const uint16_t rdlen = get_u16(rr + RR_RDLEN);

    put_owner(r, owner);
    wr_bytes(&r->w, rr + RR_POINTER, RR_TTL - RR_POINTER);
    if (ttl_s == RESP_TTL_AS_IS)
        wr_bytes(&r->w, rr + RR_TTL, 4);
    else
        wr_u32(&r->w, ttl_s);
    if (names.n > 0) {
        put_rdata(r, rr + RR_RDATA, rdlen, names);
    } else {
        wr_u16(&r->w, rdlen);
        wr_bytes(&r->w, rr + RR_RDATA, rdlen);
    }
}

bool resp_add(struct resp *r, enum section section, const struct resp_records *rs)
{
    const struct resp_mark mark = resp_mark(r);
    const struct rdata_names names = rdata_names(rs->type);

    if (rs->owner == NULL && names.n == 0 && rs->ttl_s == RESP_TTL_AS_IS) {
        wr_bytes(&r->w, rs->wire, rs->len); /* as rendered: what most answers are */
    } else {
        const uint8_t *rr = rs->wire;
        for (; rr < rs->wire + rs->len && !r->w.full; rr += RR_RDATA + get_u16(rr + RR_RDLEN))
            put_record(r, rr, rs->owner, rs->ttl_s, names);
    }
    if (r->w.full) {
        resp_rollback(r, mark);
        return false;
    }
    r->count[section] = (uint16_t)(r->count[section] + rs->count);
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
