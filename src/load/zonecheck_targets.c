/* Checks of the names that records point at.  SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "dns/types.h"
#include "load/zonebuild.h"

/* One record and the name in it. */
struct target {
    const struct node *owner;
    const uint8_t *name; /* in the rdata, any case */
    uint16_t type;
    bool is_host; /* its addresses are wanted; else any record will do */
    size_t index; /* of the record in its set */
};

static struct zoneplace place(struct zonebuild *b, const struct target *t)
{
    return zoneplaces_find(&b->places, t->owner->name, t->type, t->index);
}

static const char *type_text(const struct target *t)
{
    static _Thread_local char text[TYPE_TEXT];

    return type_print(t->type, text);
}

static bool has_address(const struct node *n)
{
    return node_rrset(n, TYPE_A) != NULL || node_rrset(n, TYPE_AAAA) != NULL;
}

/* Steered addresses never go into the additional section (RFC 7871 §7.4 leaves that undefined), so
 * that a delegation could not be followed; a mailer asks again. */
static void tell_steered(struct zonebuild *b, const struct target *t, const char *name)
{
    if (t->type == TYPE_NS)
        zonereport_error(&b->report, place(b, t),
                         "NS %s is steered: a name server has addresses of its own", name);
    else if (t->type == TYPE_MX)
        zonereport_warning(&b->report, place(b, t),
                           "MX %s is steered: its addresses do not come with the MX", name);
}

static void check_node(struct zonebuild *b, const struct target *t, const uint8_t *lower,
                       const struct node *n)
{
    char name[NAME_TEXT];

    if (n->flags & NODE_STEERED)
        tell_steered(b, t, name_print(t->name, name));
    else if (t->is_host && node_rrset(n, TYPE_CNAME) != NULL)
        zonereport_warning(&b->report, place(b, t), "%s %s is an alias (RFC 2181 §10.3, RFC 2782)",
                           type_text(t), name_print(t->name, name));
    else if (t->is_host && !has_address(n) && zonecheck_is_missing(b, lower))
        zonereport_warning(&b->report, place(b, t), "%s %s has no address", type_text(t),
                           name_print(t->name, name));
}

/* The target is below a delegation; glue must come from here if it is the target's own. */
static void check_below_cut(struct zonebuild *b, const struct target *t, const uint8_t *lower,
                            const struct node *cut)
{
    const struct node *n = zone_node(b->zone, lower);
    char name[NAME_TEXT];

    if (n != NULL && n->flags & NODE_STEERED)
        tell_steered(b, t, name_print(t->name, name));
    else if (t->type == TYPE_NS && cut == t->owner && (n == NULL || !has_address(n)) &&
             zonecheck_is_missing(b, lower))
        zonereport_warning(&b->report, place(b, t),
                           "NS %s has no glue: nobody can find its address (RFC 9471 §2.1)",
                           name_print(t->name, name));
}

/* "192.0.2.1" where a name belongs, which the origin has completed or a dot made absolute. */
static bool is_address(const struct zonebuild *b, const uint8_t *name)
{
    static const uint8_t arpa[] = "\4arpa";

    for (unsigned i = 0; i < 4; i++, name = name_parent(name)) {
        if (name[0] < 1 || name[0] > 3)
            return false;
        for (uint8_t k = 1; k <= name[0]; k++)
            if (name[k] < '0' || name[k] > '9')
                return false;
    }
    return name[0] == 0 || (name_within(name, b->opts->apex) && !name_within(name, arpa));
}

static void check_within(struct zonebuild *b, const struct target *t)
{
    char name[NAME_TEXT];
    struct name_key key;
    const struct node *n;

    name_key_init(&key, t->name);
    switch (zone_find(b->zone, &key, &n)) {
    case ZONE_EXACT:
    case ZONE_WILDCARD: check_node(b, t, key.wire, n); return;
    case ZONE_CUT: check_below_cut(b, t, key.wire, n); return;
    case ZONE_DNAME:
        if (t->is_host)
            zonereport_warning(&b->report, place(b, t),
                               "%s %s is an alias: a DNAME is above it (RFC 2181 §10.3)",
                               type_text(t), name_print(t->name, name));
        return;
    case ZONE_NXDOMAIN:
        if (zonecheck_is_missing(b, key.wire))
            zonereport_warning(&b->report, place(b, t), "%s %s does not exist", type_text(t),
                               name_print(t->name, name));
        return;
    }
}

static void check_target(struct zonebuild *b, const struct target *t)
{
    char name[NAME_TEXT];

    if (is_address(b, t->name))
        zonereport_warning(&b->report, place(b, t),
                           "%s %s is an address where a name belongs: name a host that has it",
                           type_text(t), name_print(t->name, name));
    /* "." is "no service" (RFC 7505 §3, RFC 2782) or the owner itself (RFC 9460 §2.5). */
    else if (t->name[0] != 0 && name_within(t->name, b->opts->apex))
        check_within(b, t);
}

/* Where the name stands in the rdata, and what it is; false: there is none to check. */
static bool target_of(uint16_t type, const uint8_t *rdata, struct target *t)
{
    switch (type) {
    case TYPE_NS:
    case TYPE_CNAME: t->name = rdata; break;
    case TYPE_MX:
    case TYPE_SVCB:
    case TYPE_HTTPS: t->name = rdata + 2; break;
    case TYPE_SRV: t->name = rdata + 6; break;
    default: return false;
    }
    /* The target of an alias of RFC 9460 §2.4.2, priority 0, is asked for its own SVCB first. */
    const bool svcb = type == TYPE_SVCB || type == TYPE_HTTPS;
    t->is_host = type != TYPE_CNAME && !(svcb && get_u16(rdata) == 0);
    return true;
}

void zonecheck_targets(struct zonebuild *b, const struct node *n)
{
    for (const struct rrset *s = node_sets(n); s != NULL; s = rrset_next(s)) {
        size_t index = 0;
        for (const uint8_t *rr = s->wire; rr < s->wire + s->len; rr = rr_next(rr), index++) {
            struct target t = {.owner = n, .type = s->type, .index = index};
            if (!target_of(s->type, rr_rdata(rr), &t))
                break;
            check_target(b, &t);
        }
    }
}
