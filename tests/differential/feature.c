/* SPDX-License-Identifier: BSD-2-Clause */
#include "feature.h"

#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "dns/types.h"

#define UDP_SIZE       1232 /* of all four */
#define EXTENDED_ERROR 15
#define RECORD_FIXED   12 /* a pointer, type, class, TTL, length */

struct feature {
    const char *name;
    void (*get)(const struct difference *d, const struct item *item, char out[FEATURE_TEXT]);
};

static void number(char out[FEATURE_TEXT], unsigned n)
{
    snprintf(out, FEATURE_TEXT, "%u", n);
}

static void text(char out[FEATURE_TEXT], const char *s)
{
    snprintf(out, FEATURE_TEXT, "%s", s);
}

/* One word more, behind a comma. */
static void word(char out[FEATURE_TEXT], const char *s)
{
    const size_t len = strlen(out);

    snprintf(out + len, FEATURE_TEXT - len, "%s%s", len > 0 ? "," : "", s);
}

static void type(char out[FEATURE_TEXT], uint16_t t)
{
    char name[TYPE_TEXT];

    word(out, type_print(t, name));
}

/* ---- the query ---- */

#define GET(name)                                                               \
    static void get_##name(const struct difference *d, const struct item *item, \
                           char out[FEATURE_TEXT])

GET(world)
{
    text(out, d->world->name);
}
GET(kind)
{
    text(out, query_kind_name(d->query->kind));
}
GET(transport)
{
    text(out, d->query->tcp ? "tcp" : "udp");
}
GET(qtype)
{
    type(out, d->query->type);
}
GET(meta)
{
    text(out, type_is_meta(d->query->type) ? "yes" : "no");
}
GET(opcode)
{
    number(out, d->query->flags >> 11 & 15u);
}
GET(rd)
{
    number(out, (d->query->flags & FLAG_RD) != 0);
}
GET(cd)
{
    number(out, (d->query->flags & FLAG_CD) != 0);
}
GET(ad)
{
    number(out, (d->query->flags & FLAG_AD) != 0);
}
GET(tc)
{
    number(out, (d->query->flags & FLAG_TC) != 0);
}
GET(aa)
{
    number(out, (d->query->flags & FLAG_AA) != 0);
}
GET(z)
{
    number(out, (d->query->flags & 0x0040) != 0);
}
GET(rcode)
{
    number(out, d->query->flags & 15u);
}
GET(do)
{
    number(out, d->query->edns.flags >> 15);
}
GET(size)
{
    number(out, d->query->edns.present ? d->query->edns.size : 0);
}
GET(damage)
{
    text(out, d->query->damage != NULL ? d->query->damage : "none");
}

GET(qname)
{
    char name[NAME_TEXT];

    text(out, name_print(d->query->name, name));
}

GET(qclass)
{
    switch (d->query->class) {
    case CLASS_IN: text(out, "IN"); return;
    case CLASS_CH: text(out, "CH"); return;
    case CLASS_ANY: text(out, "ANY"); return;
    default: number(out, d->query->class);
    }
}

/* The version, or "no". */
GET(edns)
{
    if (d->query->edns.present)
        number(out, d->query->edns.version);
    else
        text(out, "no");
}

GET(option)
{
    char code[8];

    for (unsigned i = 0; i < d->query->edns.n_options; i++) {
        snprintf(code, sizeof(code), "%u", d->query->edns.option[i].code);
        word(out, code);
    }
}

GET(where)
{
    text(out, place_name(world_locate(d->world, d->query->name).place));
}

GET(zone)
{
    const struct location at = world_locate(d->world, d->query->name);

    text(out, at.zone != NULL ? at.zone->apex_text : "none");
}

/* What an apex is in the zone above it. */
GET(above)
{
    const struct location at = world_locate(d->world, d->query->name);

    if (at.place != PLACE_APEX)
        return;
    const struct zone *parent = world_parent(d->world, at.zone);
    text(out, parent != NULL ? place_name(zone_locate(parent, at.zone->apex).place) : "outside");
}

/* ---- the replies ---- */

static void rcode(char out[FEATURE_TEXT], const struct reply *r)
{
    if (r->state != REPLY_WHOLE)
        text(out, "none");
    else if (r->rcode == 9)
        text(out, "NOTAUTH");
    else
        text(out, rcode_name(r->rcode));
}

static void records(char out[FEATURE_TEXT], const struct reply *r, unsigned section)
{
    unsigned n = 0;

    for (size_t i = 0; i < r->section[section].n; i++)
        n += (unsigned)r->section[section].set[i].n;
    number(out, n);
}

static void types(char out[FEATURE_TEXT], const struct reply *r, unsigned section)
{
    for (size_t i = 0; i < r->section[section].n; i++)
        type(out, r->section[section].set[i].type);
}

GET(ours_rcode)
{
    rcode(out, d->ours);
}
GET(theirs_rcode)
{
    rcode(out, d->theirs);
}
GET(ours_tc)
{
    number(out, (d->ours->flags & FLAG_TC) != 0);
}
GET(theirs_tc)
{
    number(out, (d->theirs->flags & FLAG_TC) != 0);
}
GET(ours_aa)
{
    number(out, (d->ours->flags & FLAG_AA) != 0);
}
GET(theirs_aa)
{
    number(out, (d->theirs->flags & FLAG_AA) != 0);
}
GET(ours_records)
{
    records(out, d->ours, ANSWER);
}
GET(theirs_records)
{
    records(out, d->theirs, ANSWER);
}
GET(ours_answer)
{
    types(out, d->ours, ANSWER);
}
GET(theirs_answer)
{
    types(out, d->theirs, ANSWER);
}
GET(ours_authority)
{
    types(out, d->ours, AUTHORITY);
}
GET(theirs_authority)
{
    types(out, d->theirs, AUTHORITY);
}
GET(ours_aliases)
{
    number(out, (unsigned)reply_count(d->ours, ANSWER, TYPE_CNAME));
}
GET(theirs_aliases)
{
    number(out, (unsigned)reply_count(d->theirs, ANSWER, TYPE_CNAME));
}

/* The code of an extended error (RFC 8914 §2). */
static void extended_error(char out[FEATURE_TEXT], const struct reply *r)
{
    const struct reply_option *o = reply_option(r, EXTENDED_ERROR);

    if (o != NULL && o->len >= 2)
        number(out, get_u16(o->data));
    else
        text(out, "none");
}

GET(ours_ede)
{
    extended_error(out, d->ours);
}
GET(theirs_ede)
{
    extended_error(out, d->theirs);
}

/* Where the aliases of a reply lead: the target of the last, or the name that was asked. */
static const uint8_t *chain_end(const struct difference *d, const struct reply *r)
{
    const uint8_t *name = d->query->name;

    for (size_t i = 0; i < r->section[ANSWER].n; i++) {
        const struct rrset *set = &r->section[ANSWER].set[i];
        if (set->type == TYPE_CNAME && set->n > 0)
            name = set->rdata[set->n - 1].octets;
    }
    return name;
}

static void end(char out[FEATURE_TEXT], const struct difference *d, const struct reply *r)
{
    text(out, place_name(world_locate(d->world, chain_end(d, r)).place));
}

/* Is a name in the zone of the name that was asked? */
static void same_zone(char out[FEATURE_TEXT], const struct difference *d, const uint8_t *name)
{
    const struct zone *first = world_locate(d->world, d->query->name).zone;
    const struct zone *z = world_locate(d->world, name).zone;

    text(out, z == NULL ? "none" : z == first ? "same" : "other");
}

/* Is the first label of the name asked, or of where the chain ends, an asterisk? */
GET(star)
{
    const bool star = name_is_wildcard(d->query->name) || name_is_wildcard(chain_end(d, d->ours));

    text(out, star ? "yes" : "no");
}

/* What the wildcard is that makes the end of the chain: one with data, or an empty non-terminal. */
GET(wildcard)
{
    const struct location at = world_locate(d->world, chain_end(d, d->ours));

    if (at.place == PLACE_WILDCARD)
        text(out, at.node->n_types > 0 ? "data" : "ent");
}

/* Have other zones names on the way to the name asked, to where the chain leads, to what is added? */
GET(mixed)
{
    const struct section *s = &d->ours->section[ANSWER];
    bool mixed = world_mixes(d->world, d->query->name);

    for (size_t i = 0; i < s->n; i++)
        if (s->set[i].type == TYPE_CNAME)
            mixed = mixed || world_mixes(d->world, s->set[i].rdata[0].octets);
    if (item != NULL && item->set != NULL)
        mixed = mixed || world_mixes(d->world, item->set->owner);
    text(out, mixed ? "yes" : "no");
}

/* Does the chain lead from a zone into another, or out of all? */
GET(crosses)
{
    const struct section *s = &d->ours->section[ANSWER];
    bool crosses = false;

    for (size_t i = 0; i < s->n; i++)
        if (s->set[i].type == TYPE_CNAME)
            crosses = crosses || world_locate(d->world, s->set[i].owner).zone !=
                                     world_locate(d->world, s->set[i].rdata[0].octets).zone;
    text(out, crosses ? "yes" : "no");
}

/* Does the chain come back to a name that it has been at? */
GET(loops)
{
    const struct section *s = &d->ours->section[ANSWER];
    const uint8_t *last = chain_end(d, d->ours);
    bool loops = false;

    for (size_t i = 0; i < s->n; i++)
        loops = loops || (s->set[i].type == TYPE_CNAME && name_equal(s->set[i].owner, last));
    text(out, loops ? "yes" : "no");
}

GET(ours_end)
{
    end(out, d, d->ours);
}
GET(theirs_end)
{
    end(out, d, d->theirs);
}
GET(ours_end_zone)
{
    same_zone(out, d, chain_end(d, d->ours));
}
GET(theirs_end_zone)
{
    same_zone(out, d, chain_end(d, d->theirs));
}

/* ---- the item ---- */

GET(owner)
{
    if (item != NULL && item->set != NULL)
        text(out, place_name(world_locate(d->world, item->set->owner).place));
}

/* Is the set's owner a name that no zone has, so that only a wildcard can have made it? */
GET(made)
{
    if (item != NULL && item->set != NULL)
        text(out, world_has(d->world, item->set->owner) ? "no" : "yes");
}

GET(owner_zone)
{
    if (item != NULL && item->set != NULL)
        same_zone(out, d, item->set->owner);
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
        text(out, below_referral(d->ours, item->set->owner) ? "inside" : "elsewhere");
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
    text(out, lacks ? "yes" : "no");
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
    text(out, lacks->len + set_len(has, item->set) <= limit ? "yes" : "no");
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
                    type(out, replies[r]->section[s].set[i].type);
}

static const struct feature features[] = {
    {"world", get_world},
    {"kind", get_kind},
    {"transport", get_transport},
    {"qname", get_qname},
    {"qtype", get_qtype},
    {"meta", get_meta},
    {"qclass", get_qclass},
    {"opcode", get_opcode},
    {"rd", get_rd},
    {"cd", get_cd},
    {"ad", get_ad},
    {"tc", get_tc},
    {"aa", get_aa},
    {"edns", get_edns},
    {"z", get_z},
    {"rcode", get_rcode},
    {"do", get_do},
    {"size", get_size},
    {"option", get_option},
    {"damage", get_damage},
    {"where", get_where},
    {"zone", get_zone},
    {"above", get_above},
    {"ours.rcode", get_ours_rcode},
    {"theirs.rcode", get_theirs_rcode},
    {"ours.tc", get_ours_tc},
    {"theirs.tc", get_theirs_tc},
    {"ours.aa", get_ours_aa},
    {"theirs.aa", get_theirs_aa},
    {"ours.records", get_ours_records},
    {"theirs.records", get_theirs_records},
    {"ours.answer", get_ours_answer},
    {"theirs.answer", get_theirs_answer},
    {"ours.authority", get_ours_authority},
    {"theirs.authority", get_theirs_authority},
    {"ours.ede", get_ours_ede},
    {"theirs.ede", get_theirs_ede},
    {"ours.aliases", get_ours_aliases},
    {"theirs.aliases", get_theirs_aliases},
    {"ours.end", get_ours_end},
    {"theirs.end", get_theirs_end},
    {"ours.end.zone", get_ours_end_zone},
    {"theirs.end.zone", get_theirs_end_zone},
    {"star", get_star},
    {"wildcard", get_wildcard},
    {"mixed", get_mixed},
    {"crosses", get_crosses},
    {"loops", get_loops},
    {"owner", get_owner},
    {"made", get_made},
    {"owner.zone", get_owner_zone},
    {"glue", get_glue},
    {"lacks.glue", get_lacks_glue},
    {"fits", get_fits},
    {"for", get_added_for},
};
#define N_FEATURES (sizeof(features) / sizeof(features[0]))

const struct feature *feature_find(const char *name, size_t len)
{
    for (size_t i = 0; i < N_FEATURES; i++)
        if (strlen(features[i].name) == len && memcmp(features[i].name, name, len) == 0)
            return &features[i];
    return NULL;
}

const char *feature_get(const struct feature *f, const struct difference *d,
                        const struct item *item, char out[FEATURE_TEXT])
{
    out[0] = '\0';
    f->get(d, item, out);
    return out;
}

void feature_print(const struct difference *d, const struct item *item)
{
    char out[FEATURE_TEXT], general[FEATURE_TEXT];

    for (size_t i = 0; i < N_FEATURES; i++) {
        feature_get(&features[i], d, NULL, general);
        feature_get(&features[i], d, item, out);
        if (out[0] != '\0' && (item == NULL || strcmp(out, general) != 0))
            printf(" %s=%s", features[i].name, out);
    }
    putchar('\n');
}
