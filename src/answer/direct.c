/* SPDX-License-Identifier: BSD-2-Clause */
#include "answer/direct.h"

#include <stdlib.h>

#include "base/octets.h"
#include "data/negative.h"

/* The records of a reply: a set and perhaps its signatures, or a negative answer's SOA. */
struct ready {
    const struct rrset *set;
    const struct negative *negative;
    struct sigs sigs;
    size_t len; /* octets altogether */
};

/* Does the answer need more than the records that were found and their signatures? */
static bool needs_proof(const struct direct *d)
{
    const struct found *f = d->f;

    return d->q->edns.dnssec_ok && zone_denial(f->entry->zone) != NULL &&
           (f->wildcard || f->outcome != FOUND_RRSET);
}

/* Steered sets are never signed: they are none of the node's. */
static bool ready_set(const struct direct *d, struct ready *r)
{
    const struct found *f = d->f;

    if (!type_is_plain(f->set->type) || needs_proof(d))
        return false;
    r->set = f->set;
    if (d->q->edns.dnssec_ok && !f->steered && f->node->flags & NODE_SIGS)
        r->sigs = node_sigs(f->node, f->set->type);
    r->len = (size_t)f->set->len + r->sigs.len;
    return true;
}

static bool ready_negative(const struct direct *d, struct ready *r)
{
    const struct zone *zone = d->f->entry->zone;

    r->negative = zone_negative(zone);
    if (r->negative == NULL || needs_proof(d) || !negative_suits(r->negative, &d->q->name))
        return false;
    r->len = r->negative->len;
    return !d->q->edns.dnssec_ok || !(zone_apex_node(zone)->flags & NODE_SIGS);
}

static bool make_ready(const struct direct *d, struct ready *r)
{
    switch (d->f->outcome) {
    case FOUND_RRSET: return ready_set(d, r);
    case FOUND_NODATA:
    case FOUND_NXDOMAIN: return ready_negative(d, r);
    case FOUND_ALL:
    case FOUND_CNAME:
    case FOUND_DNAME:
    case FOUND_CUT:
    case FOUND_OUTSIDE:
    case FOUND_FAILED: return false;
    }
    abort();
}

static uint8_t *put_header(uint8_t *at, const struct direct *d, const struct ready *r)
{
    const uint16_t rcode = d->f->outcome == FOUND_NXDOMAIN ? RCODE_NXDOMAIN : RCODE_NOERROR;

    put_u16(at, d->q->id);
    put_u16(at + 2, (uint16_t)(FLAG_QR | FLAG_AA | (d->q->flags & FLAG_RD) | rcode));
    put_u16(at + 4, 1);
    put_u16(at + 6, r->negative == NULL ? (uint16_t)(r->set->count + r->sigs.count) : 0);
    put_u16(at + 8, r->negative != NULL);
    put_u16(at + 10, d->q->edns.present);
    return at + DNS_HEADER_LEN;
}

static uint8_t *put_octets(uint8_t *at, const uint8_t *from, size_t len)
{
    octets_copy(at, from, len);
    return at + len;
}

static uint8_t *put_records(uint8_t *at, const struct direct *d, const struct ready *r)
{
    if (r->negative != NULL)
        return negative_write(r->negative, &d->q->name, d->f->negative_ttl_s, at);
    at = put_octets(at, r->set->wire, r->set->len);
    return r->sigs.len > 0 ? put_octets(at, r->sigs.wire, r->sigs.len) : at;
}

static uint8_t scope_of(const struct direct *d)
{
    return d->located && d->f->steered ? d->f->pick.scope : 0;
}

size_t direct_write(const struct direct *d, uint8_t *out, size_t limit)
{
    const struct edns *e = &d->q->edns;
    const unsigned ecs_len = d->ecs ? edns_ecs_len(&e->ecs) : 0;
    struct ready r = {0};

    if (!make_ready(d, &r) || DNS_HEADER_LEN + (size_t)d->q->question_len + r.len +
                                      (e->present ? OPT_FIXED_LEN + ecs_len : 0) >
                                  limit)
        return 0;
    uint8_t *at = put_header(out, d, &r);
    at = put_octets(at, d->q->question, d->q->question_len);
    at = put_records(at, d, &r);
    if (e->present)
        at = edns_put_fixed(at, d->udp_size, RCODE_NOERROR, e->dnssec_ok, (uint16_t)ecs_len);
    if (d->ecs)
        at = edns_put_ecs(at, &e->ecs, scope_of(d));
    return (size_t)(at - out);
}
