/* SPDX-License-Identifier: BSD-2-Clause */
#include "answer/direct.h"

#include "base/octets.h"
#include "data/negative.h"

/* Does the answer need more than the records that were found and their signatures? */
static inline bool needs_proof(const struct direct *d)
{
    const struct found *f = d->f;

    return d->q->edns.dnssec_ok && zone_denial(f->entry->zone) != NULL &&
           (f->wildcard || f->outcome != FOUND_RRSET);
}

/* Octets of all but the records. */
static inline size_t frame_len(const struct direct *d)
{
    const struct query *q = d->q;
    const unsigned opt_len = q->edns.present ? OPT_FIXED_LEN : 0;

    return DNS_HEADER_LEN + (size_t)q->question_len + opt_len +
           (d->ecs ? edns_ecs_len(&q->edns.ecs) : 0);
}

static inline uint8_t *put_octets(uint8_t *at, const uint8_t *from, size_t len)
{
    octets_copy(at, from, len);
    return at + len;
}

/* What comes before the records: so many answers, or a negative answer's SOA. */
static inline uint8_t *put_start(uint8_t *at, const struct direct *d, uint16_t rcode,
                                 uint16_t n_answers)
{
    const struct query *q = d->q;

    put_u16(at, q->id);
    put_u16(at + 2, (uint16_t)(FLAG_QR | FLAG_AA | (q->flags & FLAG_RD) | rcode));
    put_u16(at + 4, 1);
    put_u16(at + 6, n_answers);
    put_u16(at + 8, n_answers == 0);
    put_u16(at + 10, q->edns.present);
    return put_octets(at + DNS_HEADER_LEN, q->question, q->question_len);
}

/* And what behind them. */
static inline uint8_t *put_end(uint8_t *at, const struct direct *d)
{
    const struct edns *e = &d->q->edns;
    const unsigned ecs_len = d->ecs ? edns_ecs_len(&e->ecs) : 0;

    if (!e->present)
        return at;
    at = edns_put_fixed(at, d->udp_size, RCODE_NOERROR, e->dnssec_ok, (uint16_t)ecs_len);
    if (ecs_len > 0)
        at = edns_put_ecs(at, &e->ecs, d->located && d->f->steered ? d->f->pick.scope : 0);
    return at;
}

static size_t write_signed(const struct direct *d, uint8_t *out, size_t limit)
{
    const struct rrset *set = d->f->set;
    const struct sigs sigs = node_sigs(d->f->node, set->type);

    if (frame_len(d) + set->len + sigs.len > limit)
        return 0;
    uint8_t *at = put_start(out, d, RCODE_NOERROR, (uint16_t)(set->count + sigs.count));
    at = put_octets(at, set->wire, set->len);
    if (sigs.count > 0)
        at = put_octets(at, sigs.wire, sigs.len);
    return (size_t)(put_end(at, d) - out);
}

/* Steered sets are never signed: they are none of the node's. */
static size_t write_set(const struct direct *d, uint8_t *out, size_t limit)
{
    const struct found *f = d->f;
    const struct rrset *set = f->set;

    if (!type_is_plain(set->type) || needs_proof(d))
        return 0;
    if (d->q->edns.dnssec_ok && !f->steered && f->node->flags & NODE_SIGS)
        return write_signed(d, out, limit);
    if (frame_len(d) + set->len > limit)
        return 0;
    uint8_t *at = put_start(out, d, RCODE_NOERROR, set->count);
    at = put_octets(at, set->wire, set->len);
    return (size_t)(put_end(at, d) - out);
}

static size_t write_negative(const struct direct *d, uint8_t *out, size_t limit)
{
    const struct query *q = d->q;
    const struct zone *zone = d->f->entry->zone;
    const struct negative *n = zone_negative(zone);

    if (n == NULL || frame_len(d) + n->len > limit || !negative_suits(n, &q->name))
        return 0;
    if (q->edns.dnssec_ok && (needs_proof(d) || zone_apex_node(zone)->flags & NODE_SIGS))
        return 0;
    const uint16_t rcode = d->f->outcome == FOUND_NXDOMAIN ? RCODE_NXDOMAIN : RCODE_NOERROR;
    uint8_t *at = put_start(out, d, rcode, 0);
    at = negative_write(n, &q->name, d->f->negative_ttl_s, at);
    return (size_t)(put_end(at, d) - out);
}

size_t direct_write(const struct direct *d, uint8_t *out, size_t limit)
{
    const enum outcome outcome = d->f->outcome;

    if (outcome == FOUND_RRSET)
        return write_set(d, out, limit);
    if (outcome == FOUND_NODATA || outcome == FOUND_NXDOMAIN)
        return write_negative(d, out, limit);
    return 0;
}
