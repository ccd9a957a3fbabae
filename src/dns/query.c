/* SPDX-License-Identifier: BSD-2-Clause */
#include "dns/query.h"

#include <string.h>

#include "base/cursor.h"

/*
 * The question's name: lower-cased, its labels found, every suffix hashed.  A pointer is refused
 * here: there is nothing before the question that it could point at, and following it would only
 * serve loops.
 */
static bool read_name(struct rd *r, struct name_key *key)
{
    uint32_t label_hash[NAME_MAX_LABELS];
    unsigned n = 0, len = 0;

    for (;;) {
        const uint8_t label_len = rd_u8(r);
        if (label_len > LABEL_MAX_LEN || len + 1u + label_len + (label_len > 0) > NAME_MAX_LEN)
            return false;
        const uint8_t *label = rd_bytes(r, label_len);
        if (label == NULL)
            return false;
        key->at[n] = (uint8_t)len;
        key->wire[len++] = label_len;
        if (label_len == 0)
            break;
        for (unsigned i = 0; i < label_len; i++)
            key->wire[len + i] = name_lower_octet(label[i]);
        label_hash[n++] = name_hash_label(key->wire + len, label_len);
        len += label_len;
    }
    key->len = (uint8_t)len;
    key->labels = (uint8_t)n;
    key->hash[n] = NAME_HASH_ROOT;
    while (n-- > 0)
        key->hash[n] = name_hash_join(key->hash[n + 1], label_hash[n]);
    return true;
}

static bool read_question(struct query *q, struct rd *r)
{
    const uint8_t *start = r->at;

    if (!read_name(r, &q->name))
        return false;
    q->type = rd_u16(r);
    q->class = rd_u16(r);
    if (r->short_read)
        return false;
    q->question = start;
    q->question_len = (uint16_t)(r->at - start);
    return true;
}

/*
 *      +---------------+---------------+---------------+---------------+
 *      |            FAMILY             | SOURCE P.-LEN | SCOPE P.-LEN  |
 *      +---------------+---------------+---------------+---------------+
 *      |                 ADDRESS, ceil(SOURCE / 8) octets …            |    RFC 7871 §6
 *
 * A family we do not know is fine as long as it says nothing (source 0); everything else that
 * §6 forbids is a FORMERR (§7.2.1).
 */
static bool read_ecs(struct ecs *ecs, const uint8_t *data, uint16_t len)
{
    struct rd r = rd_init(data, len);
    const uint16_t family = rd_u16(&r);
    const uint8_t source = rd_u8(&r), scope = rd_u8(&r);
    struct ipaddr a = {.family = FAMILY_NONE};

    if (r.short_read || scope != 0 || rd_left(&r) != (source + 7u) / 8)
        return false;
    if (source > 0) {
        if (family != FAMILY_IP4 && family != FAMILY_IP6)
            return false;
        a.family = (uint8_t)family;
        if (source > ipaddr_bits(&a))
            return false;
        memcpy(a.bytes, r.at, rd_left(&r));
        const struct ipaddr masked = ipaddr_mask(&a, source);
        if (!ipaddr_equal(&masked, &a))
            return false;
    }
    *ecs = (struct ecs){.present = true, .family = family, .source_bits = source, .addr = a};
    return true;
}

static bool read_options(struct edns *e, const uint8_t *data, uint16_t len)
{
    struct rd r = rd_init(data, len);

    while (rd_left(&r) > 0) {
        const uint16_t code = rd_u16(&r), option_len = rd_u16(&r);
        const uint8_t *option = rd_bytes(&r, option_len);
        if (option == NULL)
            return false;
        if (code == OPTION_ECS && (e->ecs.present || !read_ecs(&e->ecs, option, option_len)))
            return false;
        if (code == OPTION_NSID)
            e->nsid = true;
    }
    return true;
}

/* OPT (RFC 6891 §6.1.2): the owner is the root, one octet, and has been read. */
static enum query_status read_opt(struct edns *e, uint16_t class, uint32_t ttl,
                                  const uint8_t *rdata, uint16_t rdlen)
{
    if (e->present)
        return QUERY_FORMERR; /* a second one (§6.1.1) */
    e->present = true;
    e->udp_size = class;
    e->version = (uint8_t)(ttl >> 16);
    e->dnssec_ok = ttl >> 15 & 1;
    if (e->version != 0)
        return QUERY_BADVERS;
    return read_options(e, rdata, rdlen) ? QUERY_OK : QUERY_FORMERR;
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

/* Records behind the question: nothing in them is ours but OPT in the additional section. */
static enum query_status read_records(struct query *q, struct rd *r, unsigned before,
                                      unsigned additional)
{
    for (unsigned i = 0; i < before + additional; i++) {
        const bool root = rd_left(r) > 0 && *r->at == 0;
        skip_name(r);
        const uint16_t type = rd_u16(r), class = rd_u16(r);
        const uint32_t ttl = rd_u32(r);
        const uint16_t rdlen = rd_u16(r);
        const uint8_t *rdata = rd_bytes(r, rdlen);
        if (rdata == NULL)
            return QUERY_FORMERR;
        if (type != TYPE_OPT)
            continue;
        if (i < before || !root)
            return QUERY_FORMERR;
        const enum query_status status = read_opt(&q->edns, class, ttl, rdata, rdlen);
        if (status != QUERY_OK)
            return status;
    }
    return QUERY_OK;
}

enum query_status query_read(struct query *q, const uint8_t *packet, size_t len)
{
    struct rd r = rd_init(packet, len);

    q->id = rd_u16(&r);
    q->flags = rd_u16(&r);
    const uint16_t questions = rd_u16(&r), answers = rd_u16(&r);
    const uint16_t authority = rd_u16(&r), additional = rd_u16(&r);
    q->question_len = 0;
    q->type = q->class = 0;
    q->edns = (struct edns){0};
    if (r.short_read || q->flags & FLAG_QR)
        return QUERY_DROP; /* answering answers would make two servers talk for ever */
    if (query_opcode(q) != OPCODE_QUERY)
        return QUERY_NOTIMP;
    if (questions != 1 || !read_question(q, &r))
        return QUERY_FORMERR; /* RFC 9619 §4 */
    return read_records(q, &r, (unsigned)answers + authority, additional);
}
