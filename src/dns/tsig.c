/* SPDX-License-Identifier: BSD-2-Clause */
#include "dns/tsig.h"

#include "dns/name.h"
#include "dns/types.h"

#define TSIG_BADKEY 17 /* RFC 8945 §3 */

/*
 *      algorithm name, not compressed        time signed, 48 bits    fudge, 16 bits
 *      MAC size, 16 bits, and MAC            original ID             error
 *      other length, 16 bits, and other data                         RFC 8945 §4.2
 */
enum { TIMES_LEN = 6 + 2 };

/* The length of a name that is not compressed, and moves behind it; 0: it is none. */
static uint16_t skip_plain_name(struct rd *r)
{
    const uint8_t *start = r->at;

    for (uint8_t len = rd_u8(r); len != 0; len = rd_u8(r)) {
        if (len > LABEL_MAX_LEN || rd_bytes(r, len) == NULL)
            return 0;
    }
    const size_t whole = (size_t)(r->at - start);
    return r->short_read || whole > NAME_MAX_LEN ? 0 : (uint16_t)whole;
}

/*
 * The key's name, written out: what a pointer points at need not be in the answer.  It lies before
 * its rdata, all of it; pointers go towards the packet's begin only (RFC 1035 §4.1.4: a prior
 * occurrence), so that a loop ends.
 */
static bool put_key_name(struct wr *w, const struct tsig *t)
{
    const uint8_t *at = t->owner, *limit = t->owner, *end = t->rdata, *start = w->at;

    while (*at != 0) {
        const uint8_t len = *at;
        if (len >= 0xc0) {
            at = t->packet + (get_u16(at) & 0x3fff);
            if (at >= limit || at < t->packet + DNS_HEADER_LEN)
                return false;
            limit = at;
            continue;
        }
        if (len > LABEL_MAX_LEN || end - at <= 1 + len || w->at - start > NAME_MAX_LEN)
            return false;
        wr_bytes(w, at, 1u + len);
        at += 1 + len;
    }
    wr_u8(w, 0);
    return !w->full && w->at - start <= NAME_MAX_LEN;
}

bool tsig_read(struct tsig *t, const uint8_t *packet, const uint8_t *owner, uint16_t class,
               const uint8_t *rdata, uint16_t len)
{
    const struct tsig read = {.rdata = rdata, .packet = packet, .owner = owner};
    uint8_t name[NAME_MAX_LEN + LABEL_MAX_LEN];
    struct wr scratch = wr_init(name, sizeof(name));
    struct rd r = rd_init(rdata, len);
    const uint16_t algorithm_len = skip_plain_name(&r);

    rd_bytes(&r, TIMES_LEN);
    rd_bytes(&r, rd_u16(&r));
    rd_u32(&r);
    rd_bytes(&r, rd_u16(&r));
    if (class != CLASS_ANY || algorithm_len == 0 || r.short_read || rd_left(&r) > 0 ||
        !put_key_name(&scratch, &read))
        return false;
    *t = read;
    t->algorithm_len = algorithm_len;
    return true;
}

bool tsig_write_badkey(struct wr *w, const struct tsig *t, uint16_t id)
{
    uint8_t *const start = w->at;

    put_key_name(w, t);
    wr_u16(w, TYPE_TSIG);
    wr_u16(w, CLASS_ANY);
    wr_u32(w, 0);
    wr_u16(w, t->algorithm_len + TIMES_LEN + 2 + 2 + 2 + 2);
    wr_bytes(w, t->rdata, t->algorithm_len + (size_t)TIMES_LEN); /* times as they were sent */
    wr_u16(w, 0);                                                /* no MAC */
    wr_u16(w, id);
    wr_u16(w, TSIG_BADKEY);
    wr_u16(w, 0); /* no other data */
    if (!w->full)
        return true;
    w->at = start;
    w->full = false;
    return false;
}
