/*
 * What every server loads and hardly anybody means.  Warnings only, and only such as a zone without
 * mistakes never sees.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/xalloc.h"
#include "load/zonebuild.h"

/* Only for a complaint: the first of a zone sorts all places. */
static struct zoneplace place(struct zonebuild *b, const struct node *n, uint16_t type, size_t i)
{
    return zoneplaces_find(&b->places, n->name, type, i);
}

/* ---- names ---- */

/* www.example.com.example.com.: the last dot is missing.  Of a name like com. that says nothing. */
static bool is_doubled(const struct zonebuild *b, const struct node *n)
{
    const size_t apex_len = zone_apex_node(b->zone)->name_len;
    uint8_t front[NAME_MAX_LEN];

    if (n->name_len + 1u < 2 * apex_len || name_labels(b->opts->apex) < 2)
        return false;
    memcpy(front, n->name, n->name_len - apex_len);
    front[n->name_len - apex_len] = 0;
    return name_within(front, b->opts->apex);
}

static bool has_inner_wildcard(const struct zonebuild *b, const struct node *n)
{
    const uint8_t *const apex = n->name + n->name_len - zone_apex_node(b->zone)->name_len;

    for (const uint8_t *name = n->name; name < apex;) {
        name = name_parent(name);
        if (name_is_wildcard(name))
            return true;
    }
    return false;
}

static void check_owner(struct zonebuild *b, const struct node *n)
{
    const uint16_t type = node_sets(n) != NULL ? node_sets(n)->type : ZONEPLACES_DYN;
    char name[NAME_TEXT];

    if (is_doubled(b, n))
        zonereport_warning(&b->report, place(b, n, type, 0),
                           "%s ends in the zone's name twice; is the last dot missing?",
                           name_print(n->name, name));
    if (has_inner_wildcard(b, n))
        zonereport_warning(&b->report, place(b, n, type, 0),
                           "%s: \"*\" is a wildcard only as the first label (RFC 4592 §2.1.1)",
                           name_print(n->name, name));
}

/* ---- SOA (RFC 1035 §3.3.13) ---- */

struct soa {
    const uint8_t *mailbox;
    uint32_t refresh_s, expire_s;
};

static struct soa read_soa(const uint8_t *rr)
{
    const uint8_t *mailbox = rr_rdata(rr) + name_len(rr_rdata(rr));
    const uint8_t *numbers = mailbox + name_len(mailbox);

    return (struct soa){mailbox, get_u32(numbers + 4), get_u32(numbers + 12)};
}

static void check_soa(struct zonebuild *b, const struct node *apex, const struct rrset *set)
{
    const struct soa soa = read_soa(set->wire);
    if (memchr(soa.mailbox + 1, '@', soa.mailbox[0]) != NULL)
        zonereport_warning(&b->report, place(b, apex, TYPE_SOA, 0),
                           "the mailbox of the SOA has an \"@\": host@example.com is written "
                           "host.example.com. (RFC 1035 §8)");
    if (soa.expire_s < soa.refresh_s)
        zonereport_warning(&b->report, place(b, apex, TYPE_SOA, 0),
                           "the SOA's expire %u is below its refresh %u: secondaries would drop "
                           "the zone before they ask again",
                           soa.expire_s, soa.refresh_s);
}

/* ---- CAA and TXT ---- */

/* IANA "Certification Authority Restriction Properties". */
static const char *const caa_tags[] = {"issue", "issuewild",    "issuemail",   "issuevmc",
                                       "iodef", "contactemail", "contactphone"};

#define N_CAA_TAGS (sizeof(caa_tags) / sizeof(caa_tags[0]))

static void check_caa_tag(struct zonebuild *b, const struct node *n, size_t index,
                          const uint8_t *rdata)
{
    char *tag = xstrndup((const char *)rdata + 2, rdata[1]);
    const char *near = nearest(tag, caa_tags, N_CAA_TAGS);
    bool known = false;

    for (size_t i = 0; i < N_CAA_TAGS; i++)
        known |= strcasecmp(tag, caa_tags[i]) == 0;
    if (!known)
        zonereport_warning(&b->report, place(b, n, TYPE_CAA, index),
                           "no authority knows the CAA tag \"%s\"%s%s%s", tag,
                           near != NULL ? "; did you mean " : "", near != NULL ? near : "",
                           near != NULL ? "?" : "");
    free(tag);
}

static bool is_spf(const uint8_t *rr)
{
    static const char version[] = "v=spf1";
    const uint8_t *text = rr_rdata(rr);
    const size_t len = sizeof(version) - 1;

    return text[0] >= len && strncasecmp((const char *)text + 1, version, len) == 0 &&
           (text[0] == len || text[1 + len] == ' ');
}

static void check_caa(struct zonebuild *b, const struct node *n, const struct rrset *caa)
{
    size_t index = 0;

    for (const uint8_t *rr = caa->wire; rr < caa->wire + caa->len; rr = rr_next(rr))
        check_caa_tag(b, n, index++, rr_rdata(rr));
}

static void check_txt(struct zonebuild *b, const struct node *n, const struct rrset *txt)
{
    size_t index = 0, policies = 0;

    for (const uint8_t *rr = txt->wire; rr < txt->wire + txt->len; rr = rr_next(rr), index++) {
        if (is_spf(rr) && ++policies == 2)
            zonereport_warning(&b->report, place(b, n, TYPE_TXT, index),
                               "a second policy \"v=spf1\": mailers take neither (RFC 7208 §4.5)");
    }
}

/* ---- sets that should not be here ---- */

static void check_ds(struct zonebuild *b, const struct node *n)
{
    char name[NAME_TEXT];

    if (!(n->flags & NODE_CUT) && n != zone_apex_node(b->zone))
        zonereport_warning(&b->report, place(b, n, TYPE_DS, 0),
                           "%s has DS and no NS: it is no delegation (RFC 4035 §2.4)",
                           name_print(n->name, name));
}

static void check_below_wildcard(struct zonebuild *b, const struct node *n, uint16_t set)
{
    char type[TYPE_TEXT];

    if (name_is_wildcard(n->name))
        zonereport_warning(&b->report, place(b, n, set, 0),
                           "%s of a wildcard: what is below it differs from server to server "
                           "(RFC 4592 §4)",
                           type_print(set, type));
}

static void check_set(struct zonebuild *b, const struct node *n, const struct rrset *set)
{
    switch (set->type) {
    case TYPE_NS:
    case TYPE_DNAME: check_below_wildcard(b, n, set->type); return;
    case TYPE_SOA: check_soa(b, n, set); return;
    case TYPE_TXT: check_txt(b, n, set); return;
    case TYPE_DS: check_ds(b, n); return;
    case TYPE_CAA: check_caa(b, n, set); return;
    case TYPE_SPF:
        zonereport_warning(&b->report, place(b, n, TYPE_SPF, 0),
                           "nobody asks for SPF any more: write it as TXT (RFC 7208 §3.1)");
        return;
    }
}

void zonecheck_sense(struct zonebuild *b, const struct node *n)
{
    if (node_sets(n) == NULL && !(n->flags & NODE_STEERED))
        return;
    check_owner(b, n);
    if (n->flags & NODE_OCCLUDED)
        return;
    for (const struct rrset *set = node_sets(n); set != NULL; set = rrset_next(set))
        check_set(b, n, set);
}
