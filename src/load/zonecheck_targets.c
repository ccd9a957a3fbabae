/* Checks of the names that NS, MX and SRV point at.  SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "dns/types.h"
#include "load/zoneread.h"

/* One record and the name in it. */
struct target {
    const struct node *owner;
    const uint8_t *name; /* in the rdata, any case */
    uint16_t type;
    size_t index; /* of the record in its set */
};

static struct zoneplace place(struct zonereader *r, const struct target *t)
{
    return zoneplaces_find(&r->places, t->owner->name, t->type, t->index);
}

static const char *type_text(const struct target *t)
{
    return t->type == TYPE_NS ? "NS" : t->type == TYPE_MX ? "MX" : "SRV";
}

static bool has_address(const struct node *n)
{
    return node_rrset(n, TYPE_A) != NULL || node_rrset(n, TYPE_AAAA) != NULL;
}

/* Steered addresses never go into the additional section (RFC 7871 §7.4 leaves that undefined), so
 * that a delegation could not be followed; a mailer asks again. */
static void tell_steered(struct zonereader *r, const struct target *t, const char *name)
{
    if (t->type == TYPE_NS)
        zonereport_error(&r->report, place(r, t),
                         "NS %s is steered: a name server has addresses of its own", name);
    else if (t->type == TYPE_MX)
        zonereport_warning(&r->report, place(r, t),
                           "MX %s is steered: its addresses do not come with the MX", name);
}

static void check_node(struct zonereader *r, const struct target *t, const struct node *n,
                       bool missing)
{
    char name[NAME_TEXT];

    name_print(t->name, name);
    if (n->dyn != NULL)
        tell_steered(r, t, name);
    else if (node_rrset(n, TYPE_CNAME) != NULL)
        zonereport_warning(&r->report, place(r, t), "%s %s is an alias (RFC 2181 §10.3, RFC 2782)",
                           type_text(t), name);
    else if (missing && !has_address(n))
        zonereport_warning(&r->report, place(r, t), "%s %s has no address", type_text(t), name);
}

/* The target is below a delegation; glue must come from here if it is the target's own. */
static void check_below_cut(struct zonereader *r, const struct target *t, const uint8_t *lower,
                            const struct node *cut, bool missing)
{
    const struct node *n = zone_node(r->zone, lower);
    char name[NAME_TEXT];

    if (n != NULL && n->dyn != NULL)
        tell_steered(r, t, name_print(t->name, name));
    else if (missing && t->type == TYPE_NS && cut == t->owner && (n == NULL || !has_address(n)))
        zonereport_warning(&r->report, place(r, t),
                           "NS %s has no glue: nobody can find its address (RFC 9471 §2.1)",
                           name_print(t->name, name));
}

static void check_target(struct zonereader *r, const struct target *t, bool missing)
{
    char name[NAME_TEXT];
    struct name_key key;
    const struct node *n;

    /* "." is "no service" (RFC 7505 §3, RFC 2782). */
    if (t->name[0] == 0 || !name_within(t->name, r->opts->apex))
        return;
    name_key_init(&key, t->name);
    switch (zone_find(r->zone, &key, &n)) {
    case ZONE_EXACT:
    case ZONE_WILDCARD: check_node(r, t, n, missing); return;
    case ZONE_CUT: check_below_cut(r, t, key.wire, n, missing); return;
    case ZONE_DNAME:
        zonereport_warning(&r->report, place(r, t),
                           "%s %s is an alias: a DNAME is above it (RFC 2181 "
                           "§10.3)",
                           type_text(t), name_print(t->name, name));
        return;
    case ZONE_NXDOMAIN:
        if (missing)
            zonereport_warning(&r->report, place(r, t), "%s %s does not exist", type_text(t),
                               name_print(t->name, name));
        return;
    }
}

void zonecheck_targets(struct zonereader *r, const struct node *n, bool missing)
{
    for (const struct rrset *s = n->sets; s != NULL; s = s->next) {
        const size_t offset = rdata_host(s->type);
        size_t index = 0;
        if (offset == RDATA_NO_HOST)
            continue;
        for (const uint8_t *rr = s->wire; rr < s->wire + s->len; rr = rr_next(rr), index++) {
            const struct target t = {
                .owner = n, .name = rr_rdata(rr) + offset, .type = s->type, .index = index};
            check_target(r, &t, missing);
        }
    }
}
