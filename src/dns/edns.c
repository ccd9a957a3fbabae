/* SPDX-License-Identifier: BSD-2-Clause */
#include "dns/edns.h"

#include <assert.h>
#include <string.h>

/* ---- reading ---- */

/*
 *      +---------------+---------------+---------------+---------------+
 *      |            FAMILY             | SOURCE P.-LEN | SCOPE P.-LEN  |
 *      +---------------+---------------+---------------+---------------+
 *      |                 ADDRESS, ceil(SOURCE / 8) octets …            |    RFC 7871 §6
 *
 * A family we do not know is fine as long as it says nothing (source 0); everything else that
 * §6 forbids is a FORMERR (§7.2.1).
 */
static bool is_ecs(const uint8_t *data, uint16_t len)
{
    if (len < ECS_FIXED_LEN || data[3] != 0)
        return false;
    const uint16_t family = get_u16(data);
    const uint8_t source = data[2], loose = source % 8;
    const unsigned most = family == FAMILY_IP4 ? 32 : family == FAMILY_IP6 ? 128 : 0;
    if (source > most || len != ECS_FIXED_LEN + ecs_octets(source))
        return false;
    return loose == 0 || (data[len - 1] & 0xff >> loose) == 0; /* nothing beyond the prefix */
}

static bool read_ecs(struct ecs *ecs, const uint8_t *data, uint16_t len)
{
    if (!is_ecs(data, len))
        return false;
    ecs->present = true;
    ecs->family = get_u16(data);
    ecs->source_bits = data[2];
    if (ecs->source_bits == 0)
        return true;
    ecs->addr.family = (uint8_t)ecs->family;
    memcpy(ecs->addr.bytes, data + ECS_FIXED_LEN, ecs_octets(ecs->source_bits));
    return true;
}

/* False: FORMERR.  Options that we do not know are ignored (RFC 6891 §6.1.2). */
static bool read_option(struct edns *e, uint16_t code, const uint8_t *data, uint16_t len)
{
    switch (code) {
    case OPTION_NSID: e->nsid = true; break;
    case OPTION_ECS:
        if (e->ecs.present || !read_ecs(&e->ecs, data, len))
            return false;
        break;
    case OPTION_COOKIE:
        if (e->cookie == NULL) {
            e->cookie = data;
            e->cookie_len = len;
        }
        break;
    case OPTION_KEEPALIVE:
        e->keepalive = true;
        e->keepalive_timeout |= len > 0;
        break;
    default: return true;
    }
    e->options = true;
    return true;
}

bool edns_read_options(struct edns *e, const uint8_t *rdata, uint16_t len)
{
    const uint8_t *at = rdata, *end = rdata + len;
    bool ok = true;

    while (at < end) {
        if (end - at < OPTION_HEADER_LEN)
            return false;
        const uint16_t code = get_u16(at), option_len = get_u16(at + 2);
        at += OPTION_HEADER_LEN;
        if (option_len > end - at)
            return false;
        ok &= read_option(e, code, at, option_len);
        at += option_len;
    }
    return ok;
}

/* ---- writing ---- */

uint16_t edns_len(const struct edns *e, const struct edns_reply *reply)
{
    unsigned len = OPT_FIXED_LEN;

    if (!e->present)
        return 0;
    if (!e->options)
        return OPT_FIXED_LEN; /* what most ask with */
    if (reply->nsid_len > 0)
        len += OPTION_HEADER_LEN + reply->nsid_len;
    if (reply->cookie)
        len += OPTION_HEADER_LEN + COOKIE_LEN;
    if (reply->ecs)
        len += edns_ecs_len(&e->ecs);
    if (reply->keepalive)
        len += OPTION_HEADER_LEN + 2;
    return (uint16_t)len;
}

static void put_option(struct wr *w, uint16_t code, const void *data, uint16_t len)
{
    wr_u16(w, code);
    wr_u16(w, len);
    wr_bytes(w, data, len);
}

static void put_asked(struct wr *w, const struct edns *e, const struct edns_reply *reply)
{
    if (reply->nsid_len > 0)
        put_option(w, OPTION_NSID, reply->nsid, reply->nsid_len);
    if (reply->cookie)
        put_option(w, OPTION_COOKIE, reply->cookie_data, COOKIE_LEN);
    if (reply->ecs)
        edns_put_ecs(wr_room(w, edns_ecs_len(&e->ecs)), &e->ecs, reply->ecs_scope);
    if (reply->keepalive) {
        wr_u16(w, OPTION_KEEPALIVE);
        wr_u16(w, 2);
        wr_u16(w, reply->idle_100ms);
    }
}

/* Whole, without its text, or not at all: it must not cost a record. */
static void put_error(struct wr *w, const struct edns_reply *reply)
{
    const size_t left = (size_t)(w->end - w->at);
    size_t text_len = strlen(reply->error_text);

    if (left < OPTION_HEADER_LEN + 2 + text_len)
        text_len = 0;
    if (left < OPTION_HEADER_LEN + 2)
        return;
    wr_u16(w, OPTION_ERROR);
    wr_u16(w, (uint16_t)(2 + text_len));
    wr_u16(w, reply->error);
    wr_bytes(w, reply->error_text, text_len);
}

void edns_write(struct wr *w, const struct edns *e, const struct edns_reply *reply, uint16_t rcode)
{
    uint8_t *opt = wr_room(w, OPT_FIXED_LEN);

    assert(opt != NULL);
    edns_put_fixed(opt, reply->udp_size, rcode, e->dnssec_ok, 0);
    if (e->options)
        put_asked(w, e, reply);
    if (reply->has_error)
        put_error(w, reply);
    assert(!w->full);
    put_u16(opt + 9, (uint16_t)(w->at - opt - OPT_FIXED_LEN));
}
