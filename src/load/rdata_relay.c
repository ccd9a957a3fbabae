/* Rdata whose later fields depend on earlier ones.  SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "load/rdata_kind.h"

/* ---- the gateway of IPSECKEY (RFC 4025 §2.5) and the relay of AMTRELAY (RFC 8777 §4.2) ---- */

enum gateway { GATEWAY_NONE, GATEWAY_IP4, GATEWAY_IP6, GATEWAY_NAME };

#define RELAY_DISCOVERY 0x80 /* AMTRELAY's D bit beside the type */

/* The kind of both is in the second octet. */
static const struct rdata_kind *gateway_kind(const uint8_t *rdata)
{
    switch (rdata[1] & (uint8_t)~RELAY_DISCOVERY) {
    case GATEWAY_IP4: return &rdata_ip4;
    case GATEWAY_IP6: return &rdata_ip6;
    case GATEWAY_NAME: return &rdata_name;
    }
    return NULL;
}

static bool is_none(const uint8_t *rdata)
{
    return (rdata[1] & (uint8_t)~RELAY_DISCOVERY) == GATEWAY_NONE;
}

static bool read_gateway(struct rdata_reader *r)
{
    if (wr_len(r->out) < 2)
        return true; /* full, as the caller sees */
    const struct rdata_kind *kind = gateway_kind(r->start);
    if (kind != NULL)
        return kind->read(r);
    if (!is_none(r->start))
        return rdata_fail(r->e, 1, "gateway type %u: there are 0 to 3", r->start[1]);
    if (!zonelex_is(rdata_word(r), "."))
        return rdata_refuse(r, "is a gateway, and type 0 has none: write \".\"");
    r->i++;
    return true;
}

static bool show_gateway(struct rdata_view *v)
{
    const struct rdata_kind *kind = gateway_kind(v->start);

    if (kind != NULL)
        return kind->show(v);
    if (v->to != NULL)
        putc_unlocked('.', v->to);
    return is_none(v->start);
}

const struct rdata_kind rdata_gateway = {"a gateway", read_gateway, show_gateway, RDATA_NEEDED};

/* "0 3": the D bit and the type share an octet. */
static bool read_relay_type(struct rdata_reader *r)
{
    uint64_t discovery, type;

    if (!rdata_read_number(r, 1, &discovery))
        return false;
    if (r->i == r->text->n)
        return rdata_fail(r->e, r->i, "a relay type is missing");
    if (!rdata_read_number(r, 127, &type))
        return false;
    wr_u8(r->out, (uint8_t)((discovery ? RELAY_DISCOVERY : 0) | type));
    return true;
}

static bool show_relay_type(struct rdata_view *v)
{
    const uint8_t octet = rd_u8(&v->rd);

    if (v->to != NULL)
        fprintf(v->to, "%d %d", octet >> 7, octet & 127);
    return true;
}

const struct rdata_kind rdata_relay_type = {"the D bit", read_relay_type, show_relay_type,
                                            RDATA_NEEDED};

/* ---- HIP (RFC 8005 §5, §6): algorithm, HIT, key; the lengths come first on the wire ---- */

static bool read_one(struct rdata_reader *r, const struct rdata_kind *kind)
{
    const struct rdata_text one = {r->text->tokens, r->i + 1, r->text->origin};
    struct rdata_reader word = *r;

    if (r->i == r->text->n)
        return rdata_fail(r->e, r->i, "%s is missing", kind->what);
    word.text = &one;
    if (!kind->read(&word))
        return false;
    r->i = word.i;
    return true;
}

static bool read_hip(struct rdata_reader *r)
{
    uint8_t *head = wr_room(r->out, 4);
    uint64_t algorithm;

    if (!rdata_read_number(r, UINT8_MAX, &algorithm))
        return false;
    const uint8_t *hit = r->out->at;
    if (!read_one(r, &rdata_hex))
        return false;
    const size_t hit_len = (size_t)(r->out->at - hit);
    const uint8_t *key = r->out->at;
    if (!read_one(r, &rdata_base64))
        return false;
    if (hit_len == 0 || hit_len > UINT8_MAX)
        return rdata_fail(r->e, 1, "HIT of %zu octets: 1 to 255 (RFC 8005 §5)", hit_len);
    if (head == NULL)
        return true;
    head[0] = (uint8_t)hit_len;
    head[1] = (uint8_t)algorithm;
    put_u16(head + 2, (uint16_t)(r->out->at - key));
    return true;
}

static bool show_hip(struct rdata_view *v)
{
    const uint8_t hit_len = rd_u8(&v->rd), algorithm = rd_u8(&v->rd);
    const uint16_t key_len = rd_u16(&v->rd);
    const uint8_t *hit = rd_bytes(&v->rd, hit_len), *key = rd_bytes(&v->rd, key_len);

    if (key == NULL || hit_len == 0 || key_len == 0)
        return false;
    if (v->to != NULL) {
        fprintf(v->to, "%u ", algorithm);
        rdata_put_hex(hit, hit_len, v->to);
        putc_unlocked(' ', v->to);
        rdata_put_base64(key, key_len, v->to);
    }
    return true;
}

const struct rdata_kind rdata_hip = {"an algorithm", read_hip, show_hip, RDATA_NEEDED};

/* ---- A6 (RFC 2874 §3.1): prefix length, the bits behind the prefix, the prefix's name ---- */

#define IP6_BITS 128

static bool read_a6(struct rdata_reader *r)
{
    uint8_t address[16];
    struct wr whole = wr_init(address, sizeof(address));
    uint64_t prefix;

    if (!rdata_read_number(r, IP6_BITS, &prefix))
        return false;
    wr_u8(r->out, (uint8_t)prefix);
    if (prefix < IP6_BITS) {
        struct rdata_reader word = *r;
        word.out = &whole;
        if (!read_one(&word, &rdata_ip6))
            return false;
        r->i = word.i;
        address[prefix / 8] &= (uint8_t)(0xff >> prefix % 8);
        wr_bytes(r->out, address + prefix / 8, sizeof(address) - prefix / 8);
    }
    return prefix == 0 || read_one(r, &rdata_name);
}

static bool show_a6(struct rdata_view *v)
{
    const uint8_t prefix = rd_u8(&v->rd);
    uint8_t address[16] = {0};

    if (prefix > IP6_BITS)
        return false;
    if (v->to != NULL)
        fprintf(v->to, "%u", prefix);
    const size_t len = sizeof(address) - prefix / 8;
    const uint8_t *suffix = rd_bytes(&v->rd, len);
    if (suffix == NULL || (len > 0 && suffix[0] & (uint8_t) ~(0xff >> prefix % 8)))
        return false;
    memcpy(address + sizeof(address) - len, suffix, len);
    if (len > 0) {
        struct rdata_view whole = {.rd = rd_init(address, sizeof(address)), .to = v->to};
        if (v->to != NULL)
            putc_unlocked(' ', v->to);
        rdata_ip6.show(&whole);
    }
    if (prefix > 0 && v->to != NULL)
        putc_unlocked(' ', v->to);
    return prefix == 0 || rdata_put_name(v);
}

const struct rdata_kind rdata_a6 = {"a prefix length", read_a6, show_a6, RDATA_NEEDED};
