/* Words about the RRset that one of the replies lacks.  SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "dns/types.h"
#include "feature_inside.h"

#define UDP_SIZE     1232 /* of all four */
#define RECORD_FIXED 12   /* a pointer, type, class, TTL, length */

GET(owner)
{
    if (item != NULL && item->set != NULL)
        feature_text(out, place_name(world_locate(d->world, item->set->owner).place));
}

/* Is the set's owner a name that no zone has, so that only a wildcard can have made it? */
GET(made)
{
    if (item != NULL && item->set != NULL)
        feature_text(out, world_has(d->world, item->set->owner) ? "no" : "yes");
}

GET(owner_zone)
{
    if (item != NULL && item->set != NULL)
        feature_same_zone(out, d, item->set->owner);
}

/* Does the set's owner lie at or below a delegation that a reply refers to? */
static bool below_referral(const struct reply *r, const uint8_t *owner)
{
    for (size_t i = 0; i < r->section[AUTHORITY].n; i++) {
        const struct rrset *set = &r->section[AUTHORITY].set[i];
        if (set->type == TYPE_NS && name_within(owner, set->owner))
            return true;
    }
    return false;
}

GET(glue)
{
    if (item != NULL && item->set != NULL)
        feature_text(out, below_referral(d->ours, item->set->owner) ? "inside" : "elsewhere");
}

/* Does our referral lack addresses below the delegation that the zone has (RFC 9471 §3.1)? */
static bool lacks_glue(const struct difference *d, const struct rrset *ns, const uint8_t *host)
{
    static const uint16_t types[] = {TYPE_A, TYPE_AAAA};
    const struct zone *z = world_locate(d->world, ns->owner).zone;

    for (size_t i = 0; z != NULL && name_within(host, ns->owner) && i < 2; i++) {
        const struct rrset like = {.owner = (uint8_t *)host, .type = types[i], .class = CLASS_IN};
        if (zone_has(z, host, types[i]) && reply_find(d->ours, ADDITIONAL, &like) == NULL)
            return true;
    }
    return false;
}

GET(lacks_glue)
{
    const struct section *s = &d->ours->section[AUTHORITY];
    bool lacks = false;

    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; s->set[i].type == TYPE_NS && k < s->set[i].n; k++)
            lacks = lacks || lacks_glue(d, &s->set[i], s->set[i].rdata[k].octets);
    feature_text(out, lacks ? "yes" : "no");
}

/* Octets of a set, its owner compressed to a pointer, with its RRSIGs if the reply has them. */
static size_t set_len(const struct reply *r, const struct rrset *set)
{
    size_t len = 0;

    for (unsigned s = 0; s < N_SECTIONS; s++) {
        for (size_t i = 0; i < r->section[s].n; i++) {
            const struct rrset *other = &r->section[s].set[i];
            if (!name_equal(other->owner, set->owner) ||
                (other != set && other->covered != set->type && set->covered != other->type))
                continue;
            for (size_t k = 0; k < other->n; k++)
                len += RECORD_FIXED + other->rdata[k].len;
        }
    }
    return len;
}

/* Would the set have had room in the reply that lacks it? */
GET(fits)
{
    const struct query *q = d->query;
    size_t limit = DNS_UDP_PLAIN;

    if (item == NULL || item->set == NULL || strpbrk(item->text, "+-") == NULL)
        return;
    const bool is_ours = strchr(item->text, '+') != NULL;
    const struct reply *has = is_ours ? d->ours : d->theirs, *lacks = is_ours ? d->theirs : d->ours;
    if (q->edns.present && q->edns.size > limit)
        limit = q->edns.size < UDP_SIZE ? q->edns.size : UDP_SIZE;
    if (q->tcp)
        limit = DNS_TCP_MAX;
    feature_text(out, lacks->len + set_len(has, item->set) <= limit ? "yes" : "no");
}

/* Octets before the name of a host in rdata; -1: none. */
static int host_at(uint16_t t, const struct rdata *rdata)
{
    size_t at = 4;

    switch (t) {
    case TYPE_NS:
    case TYPE_PTR:
    case 7: /* MB */ return 0;
    case TYPE_MX:
    case TYPE_SVCB:
    case TYPE_HTTPS:
    case 18: /* AFSDB */
    case 21: /* RT */
    case 36: /* KX */
    case 107: /* LP */ return 2;
    case TYPE_SRV: return 6;
    case TYPE_NAPTR: /* behind three strings */
        for (unsigned i = 0; i < 3 && at < rdata->len; i++)
            at += 1u + rdata->octets[at];
        return (int)at;
    default: return -1;
    }
}

/* "." in SVCB and HTTPS is their owner (RFC 9460 §2.5.2). */
static bool names(const struct rrset *set, const struct rdata *rdata, const uint8_t *owner)
{
    const int at = host_at(set->type, rdata);

    if (at < 0 || (size_t)at >= rdata->len)
        return false;
    const uint8_t *host = rdata->octets + at;
    if (host[0] == 0 && (set->type == TYPE_SVCB || set->type == TYPE_HTTPS))
        host = set->owner;
    return name_equal(host, owner);
}

static bool points_at(const struct rrset *set, const uint8_t *owner)
{
    for (size_t i = 0; i < set->n; i++)
        if (names(set, &set->rdata[i], owner))
            return true;
    return false;
}

/* Which records of either reply name the owner as a host. */
GET(added_for)
{
    const struct reply *const replies[] = {d->ours, d->theirs};

    if (item == NULL || item->set == NULL)
        return;
    for (unsigned r = 0; r < 2; r++)
        for (unsigned s = 0; s < N_SECTIONS; s++)
            for (size_t i = 0; i < replies[r]->section[s].n; i++)
                if (points_at(&replies[r]->section[s].set[i], item->set->owner))
                    feature_type(out, replies[r]->section[s].set[i].type);
}
