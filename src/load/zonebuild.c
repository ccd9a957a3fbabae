/* SPDX-License-Identifier: BSD-2-Clause */
#include "load/zonebuild.h"

#include <stdlib.h>
#include <string.h>

#include "dns/canonical.h"

/* What NSD and Knot take where a file says nothing of TTLs. */
#define DEFAULT_TTL_S 3600

void zonebuild_init(struct zonebuild *b, const struct zoneload_opts *opts)
{
    *b = (struct zonebuild){.opts = opts,
                            .zone = zone_new_like(opts->apex, opts->before),
                            .dollar_ttl_s = ZONEITEM_NO_TTL,
                            .last_ttl_s = ZONEITEM_NO_TTL};
    zonereport_init(&b->report);
    zonereport_file(&b->report, opts->path);
    zoneplaces_init(&b->places);
}

struct zone *zonebuild_finish(struct zonebuild *b, struct err *err)
{
    struct zone *zone = b->zone;

    zone_seal(zone);
    if (!zonereport_is_full(&b->report))
        zonecheck(b);
    if (b->report.count[ERR_ERROR] > 0 && !b->opts->even_broken) {
        zone_unref(zone);
        zone = NULL;
    }
    zonereport_tell(&b->report, err);
    zonereport_fini(&b->report);
    zoneplaces_fini(&b->places);
    return zone;
}

/* ---- records ---- */

static const uint8_t *rdata_of(const struct zoneitem *item)
{
    return item->octets + item->owner_len;
}

/* The TTL of a record that names none: $TTL, the last one named, or one of our own, which is not
 * the SOA's MINIMUM (RFC 2308 §4, RFC 1035 §5.1). */
static uint32_t implied_ttl(struct zonebuild *b, const struct zoneitem *item)
{
    if (b->dollar_ttl_s != ZONEITEM_NO_TTL)
        return b->dollar_ttl_s;
    if (b->last_ttl_s != ZONEITEM_NO_TTL)
        return b->last_ttl_s;
    if (!b->warned_no_ttl)
        zonereport_warning(&b->report, item->at, "no TTL here or before: %u is taken; write $TTL",
                           DEFAULT_TTL_S);
    b->warned_no_ttl = true;
    return DEFAULT_TTL_S;
}

static uint32_t ttl_of(struct zonebuild *b, const struct zoneitem *item)
{
    if (item->ttl_s == ZONEITEM_NO_TTL)
        return implied_ttl(b, item);
    b->last_ttl_s = item->ttl_s;
    return item->ttl_s;
}

/* An SOA that may go into the zone: the first, at the apex.  Its last field is MINIMUM. */
static bool take_soa(struct zonebuild *b, const struct zoneitem *item)
{
    char name[NAME_TEXT];

    if (!name_equal(item->octets, b->opts->apex)) {
        zonereport_warning(&b->report, item->at,
                           "SOA of %s is left out: only the zone's own name has one",
                           name_print(item->octets, name));
        return false;
    }
    if (b->soa_rdlen == 0) {
        memcpy(b->soa_rdata, rdata_of(item), item->rdlen);
        b->soa_rdlen = item->rdlen;
        return true;
    }
    if (canonical_equal(TYPE_SOA, b->soa_rdata, b->soa_rdlen, rdata_of(item), item->rdlen))
        return true;
    zonereport_error(&b->report, item->at, "a second SOA: a zone has one (RFC 1035 §5.2)");
    return false;
}

static void add_rr(struct zonebuild *b, const struct zoneitem *item, uint32_t ttl_s)
{
    const uint16_t type = item->type;
    const uint8_t *rdata = rdata_of(item);
    char name[TYPE_TEXT];

    switch (zone_add_rr(b->zone, item->octets, type, ttl_s, rdata, item->rdlen)) {
    case ZONE_DUPLICATE:
        zonereport_warning(&b->report, item->at, "the same %s record again",
                           type_print(type, name));
        return;
    case ZONE_FULL:
        zonereport_error(&b->report, item->at,
                         "more %s records than fit into one message: spread them over names",
                         type_print(type, name));
        return;
    case ZONE_TTL_DIFFERS:
        /* Of RRSIGs those that sign the same set (RFC 4034 §3). */
        zonereport_warning(&b->report, item->at,
                           "TTL differs from the earlier %s records of the name, whose TTL is "
                           "taken (RFC 2181 §5.2)",
                           type_print(type, name));
        break;
    case ZONE_ADDED: break;
    }
    zoneplaces_add(&b->places, item->owner_key, type, item->at);
}

/* Without an owner: one outside of the zone, or none that can be read; but its TTL is the last one. */
static void take_rr(struct zonebuild *b, const struct zoneitem *item)
{
    const uint32_t ttl_s = ttl_of(b, item);

    if (item->owner_len > 0 && (item->type != TYPE_SOA || take_soa(b, item)))
        add_rr(b, item, ttl_s);
}

static void take_dyn(struct zonebuild *b, const struct zoneitem *item)
{
    const uint8_t *pool = item->octets + item->owner_len;
    const struct zoneplace entry = {.file = item->at.file, .line = item->line};
    const struct dyn d = {.kind = item->dyn_kind,
                          .max_s = item->ttl_s,
                          .min_s = item->min_s,
                          .pool = pool,
                          .policy = (const char *)pool + name_len(pool),
                          .file = b->report.files[entry.file],
                          .line = entry.line};

    if (!zone_add_dyn(b->zone, item->octets, &d)) {
        zonereport_error(&b->report, item->at,
                         "the name is steered already: one DYNA or DYNC a name");
        return;
    }
    zoneplaces_add(&b->places, item->owner_key, ZONEPLACES_DYN, entry);
}

static void take(struct zonebuild *b, const struct zoneitem *item)
{
    switch ((enum zoneitem_kind)item->kind) {
    case ZONEITEM_RR: take_rr(b, item); return;
    case ZONEITEM_DYN: take_dyn(b, item); return;
    case ZONEITEM_TTL: b->dollar_ttl_s = item->ttl_s; return;
    case ZONEITEM_SOA_SEEN: b->soa_seen = true; return;
    case ZONEITEM_UNREAD:
        zoneplaces_add(&b->places, item->owner_key, ZONEPLACES_UNREAD, item->at);
        return;
    case ZONEITEM_UNREAD_MANY: b->unread = true; return;
    case ZONEITEM_WARNING:
        zonereport_warning(&b->report, item->at, "%s", (const char *)item->octets);
        return;
    case ZONEITEM_ERROR:
        zonereport_error(&b->report, item->at, "%s", (const char *)item->octets);
        return;
    }
    abort();
}

bool zonebuild_take(struct zonebuild *b, const struct zonestream *s)
{
    for (const struct zoneitem *item = NULL; (item = zonestream_next(s, item)) != NULL;) {
        if (item->starts && zonereport_is_full(&b->report))
            return false;
        take(b, item);
    }
    return !zonereport_is_full(&b->report);
}
