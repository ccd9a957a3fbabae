/* Words about the replies and where their aliases lead.  SPDX-License-Identifier: BSD-2-Clause */
#include "base/cursor.h"
#include "dns/types.h"
#include "feature_inside.h"

#define EXTENDED_ERROR 15

static void rcode(char out[FEATURE_TEXT], const struct reply *r)
{
    if (r->state != REPLY_WHOLE)
        feature_text(out, "none");
    else if (r->rcode == 9)
        feature_text(out, "NOTAUTH");
    else
        feature_text(out, rcode_name(r->rcode));
}

static void records(char out[FEATURE_TEXT], const struct reply *r, unsigned section)
{
    unsigned n = 0;

    for (size_t i = 0; i < r->section[section].n; i++)
        n += (unsigned)r->section[section].set[i].n;
    feature_number(out, n);
}

static void types(char out[FEATURE_TEXT], const struct reply *r, unsigned section)
{
    for (size_t i = 0; i < r->section[section].n; i++)
        feature_type(out, r->section[section].set[i].type);
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
    feature_number(out, (d->ours->flags & FLAG_TC) != 0);
}
GET(theirs_tc)
{
    feature_number(out, (d->theirs->flags & FLAG_TC) != 0);
}
GET(ours_aa)
{
    feature_number(out, (d->ours->flags & FLAG_AA) != 0);
}
GET(theirs_aa)
{
    feature_number(out, (d->theirs->flags & FLAG_AA) != 0);
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
    feature_number(out, (unsigned)reply_count(d->ours, ANSWER, TYPE_CNAME));
}
GET(theirs_aliases)
{
    feature_number(out, (unsigned)reply_count(d->theirs, ANSWER, TYPE_CNAME));
}

/* The code of an extended error (RFC 8914 §2). */
static void extended_error(char out[FEATURE_TEXT], const struct reply *r)
{
    const struct reply_option *o = reply_option(r, EXTENDED_ERROR);

    if (o != NULL && o->len >= 2)
        feature_number(out, get_u16(o->data));
    else
        feature_text(out, "none");
}

GET(ours_ede)
{
    extended_error(out, d->ours);
}
GET(theirs_ede)
{
    extended_error(out, d->theirs);
}

const uint8_t *feature_chain_end(const struct difference *d, const struct reply *r)
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
    feature_text(out, place_name(world_locate(d->world, feature_chain_end(d, r)).place));
}

void feature_same_zone(char out[FEATURE_TEXT], const struct difference *d, const uint8_t *name)
{
    const struct zone *first = world_locate(d->world, d->query->name).zone;
    const struct zone *z = world_locate(d->world, name).zone;

    feature_text(out, z == NULL ? "none" : z == first ? "same" : "other");
}

/* Is the first label of the name asked, or of where the chain ends, an asterisk? */
GET(star)
{
    const bool star =
        name_is_wildcard(d->query->name) || name_is_wildcard(feature_chain_end(d, d->ours));

    feature_text(out, star ? "yes" : "no");
}

/* What the wildcard is that makes the end of the chain: one with data, or an empty non-terminal. */
GET(wildcard)
{
    const struct location at = world_locate(d->world, feature_chain_end(d, d->ours));

    if (at.place == PLACE_WILDCARD)
        feature_text(out, at.node->n_types > 0 ? "data" : "ent");
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
    feature_text(out, mixed ? "yes" : "no");
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
    feature_text(out, crosses ? "yes" : "no");
}

/* Does the chain come back to a name that it has been at? */
GET(loops)
{
    const struct section *s = &d->ours->section[ANSWER];
    const uint8_t *last = feature_chain_end(d, d->ours);
    bool loops = false;

    for (size_t i = 0; i < s->n; i++)
        loops = loops || (s->set[i].type == TYPE_CNAME && name_equal(s->set[i].owner, last));
    feature_text(out, loops ? "yes" : "no");
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
    feature_same_zone(out, d, feature_chain_end(d, d->ours));
}
GET(theirs_end_zone)
{
    feature_same_zone(out, d, feature_chain_end(d, d->theirs));
}
