/* Words about the query.  SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "dns/types.h"
#include "feature_inside.h"

GET(world)
{
    feature_text(out, d->world->name);
}
GET(kind)
{
    feature_text(out, query_kind_name(d->query->kind));
}
GET(transport)
{
    feature_text(out, d->query->tcp ? "tcp" : "udp");
}
GET(qtype)
{
    feature_type(out, d->query->type);
}
GET(meta)
{
    feature_text(out, type_is_meta(d->query->type) ? "yes" : "no");
}
GET(opcode)
{
    feature_number(out, d->query->flags >> 11 & 15u);
}
GET(rd)
{
    feature_number(out, (d->query->flags & FLAG_RD) != 0);
}
GET(cd)
{
    feature_number(out, (d->query->flags & FLAG_CD) != 0);
}
GET(ad)
{
    feature_number(out, (d->query->flags & FLAG_AD) != 0);
}
GET(tc)
{
    feature_number(out, (d->query->flags & FLAG_TC) != 0);
}
GET(aa)
{
    feature_number(out, (d->query->flags & FLAG_AA) != 0);
}
GET(z)
{
    feature_number(out, (d->query->flags & 0x0040) != 0);
}
GET(rcode)
{
    feature_number(out, d->query->flags & 15u);
}
GET(do)
{
    feature_number(out, d->query->edns.flags >> 15);
}
GET(size)
{
    feature_number(out, d->query->edns.present ? d->query->edns.size : 0);
}
GET(damage)
{
    feature_text(out, d->query->damage != NULL ? d->query->damage : "none");
}

GET(qname)
{
    char name[NAME_TEXT];

    feature_text(out, name_print(d->query->name, name));
}

GET(qclass)
{
    switch (d->query->class) {
    case CLASS_IN: feature_text(out, "IN"); return;
    case CLASS_CH: feature_text(out, "CH"); return;
    case CLASS_ANY: feature_text(out, "ANY"); return;
    default: feature_number(out, d->query->class);
    }
}

/* The version, or "no". */
GET(edns)
{
    if (d->query->edns.present)
        feature_number(out, d->query->edns.version);
    else
        feature_text(out, "no");
}

GET(option)
{
    char code[8];

    for (unsigned i = 0; i < d->query->edns.n_options; i++) {
        snprintf(code, sizeof(code), "%u", d->query->edns.option[i].code);
        feature_word(out, code);
    }
}

GET(where)
{
    feature_text(out, place_name(world_locate(d->world, d->query->name).place));
}

GET(zone)
{
    const struct location at = world_locate(d->world, d->query->name);

    feature_text(out, at.zone != NULL ? at.zone->apex_text : "none");
}

/* What an apex is in the zone above it. */
GET(above)
{
    const struct location at = world_locate(d->world, d->query->name);

    if (at.place != PLACE_APEX)
        return;
    const struct zone *parent = world_parent(d->world, at.zone);
    feature_text(out,
                 parent != NULL ? place_name(zone_locate(parent, at.zone->apex).place) : "outside");
}
