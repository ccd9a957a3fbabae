/*
 * What breaks a signed zone and can be seen without checking a signature.  A mistake of the signer is
 * seldom made once, so each kind is one line for a zone: the first name, and how many more there are.
 * All of it is served as it is.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>

#include "data/denial.h"
#include "data/sigtime.h"
#include "dns/types.h"
#include "load/zonebuild.h"

enum finding {
    UNSIGNED,
    SIGNS_NOTHING,
    SIG_TTL,
    SIG_EXPIRED,
    SIG_ENDS_SOON,
    SIG_NOT_YET,
    NOT_IN_CHAIN,
    CHAIN_BROKEN,
    STRAY_NSEC3,
    FINDINGS
};

/* Each with the name and the type. */
static const char *const texts[FINDINGS] = {
    [UNSIGNED] = "%s %s has no RRSIG, in a signed zone (RFC 4035 §2.2)",
    [SIGNS_NOTHING] = "%s has an RRSIG of %s, of which it has none",
    [SIG_TTL] = "%s %s and its RRSIG differ in their TTL (RFC 4034 §3)",
    [SIG_EXPIRED] = "%s %s has an RRSIG that has expired",
    [SIG_ENDS_SOON] = "%s %s has an RRSIG that expires within three days",
    [SIG_NOT_YET] = "%s %s has an RRSIG that is not valid yet",
    [NOT_IN_CHAIN] = "%s has no %s (RFC 4035 §2.3, RFC 5155 §7.1)",
    [CHAIN_BROKEN] = "%s: its %s names another than the next owner of the chain",
    [STRAY_NSEC3] = "%s: its %s is of no chain that an NSEC3PARAM names (RFC 5155 §4)",
};

struct tally {
    size_t n;
    const struct node *node; /* the first */
    uint16_t type;
};

struct check {
    struct zonebuild *b;
    const struct denial *denial; /* NULL: the zone is not signed */
    struct tally tally[FINDINGS];
};

static void note(struct check *c, enum finding what, const struct node *n, uint16_t type)
{
    struct tally *t = &c->tally[what];

    if (t->n++ == 0) {
        t->node = n;
        t->type = type;
    }
}

/* ---- signatures ---- */

static void check_times(struct check *c, const struct node *n, uint16_t covered,
                        const uint8_t *rdata)
{
    const real_ms_t now = c->b->opts->now;

    if (now == 0)
        return;
    const int32_t left_s = sigtime_left_s(get_u32(rdata + SIG_EXPIRATION), now);
    if (left_s < 0)
        note(c, SIG_EXPIRED, n, covered);
    else if (left_s < SIGTIME_SOON_S)
        note(c, SIG_ENDS_SOON, n, covered);
    if (sigtime_left_s(get_u32(rdata + SIG_INCEPTION), now) > 0)
        note(c, SIG_NOT_YET, n, covered);
}

static void check_sigs(struct check *c, const struct node *n)
{
    const struct rrset *sigs = node_rrset(n, TYPE_RRSIG);

    if (sigs == NULL)
        return;
    for (const uint8_t *rr = sigs->wire; rr < sigs->wire + sigs->len; rr = rr_next(rr)) {
        if (rr_rdlen(rr) < SIG_FIXED_LEN)
            continue;
        const uint16_t covered = get_u16(rr_rdata(rr));
        const struct rrset *set = node_rrset(n, covered);
        if (set == NULL) {
            note(c, SIGNS_NOTHING, n, covered);
            continue;
        }
        if (rr_ttl(rr) != rrset_ttl(set))
            note(c, SIG_TTL, n, covered);
        check_times(c, n, covered, rr_rdata(rr));
    }
}

/* At a delegation only what the parent says of the child is signed (RFC 4035 §2.2). */
static bool wants_sig(const struct node *n, uint16_t type)
{
    if (n->flags & NODE_CUT)
        return type == TYPE_DS || type == TYPE_NSEC;
    return type != TYPE_RRSIG;
}

static void check_signed(struct check *c, const struct node *n)
{
    for (const struct rrset *set = node_sets(n); set != NULL; set = rrset_next(set))
        if (wants_sig(n, set->type) && node_sigs(n, set->type).count == 0)
            note(c, UNSIGNED, n, set->type);
}

/* ---- chains ---- */

/* Unsigned delegations and what is there for them alone may be left out of a chain of NSEC3 with
 * opt-out; empty non-terminals own no NSEC. */
static bool wants_denial(const struct check *c, const struct node *n)
{
    if (node_sets(n) == NULL)
        return false;
    return !denial_is_nsec3(c->denial) || !(n->flags & NODE_CUT) || node_rrset(n, TYPE_DS) != NULL;
}

static void check_denial(struct check *c, const struct node *n)
{
    bool matches;

    if (!wants_denial(c, n))
        return;
    if (denial_is_nsec3(c->denial)) {
        denial_nsec3(c->denial, n, &matches);
        if (!matches)
            note(c, NOT_IN_CHAIN, n, TYPE_NSEC3);
    } else if (node_rrset(n, TYPE_NSEC) == NULL) {
        note(c, NOT_IN_CHAIN, n, TYPE_NSEC);
    }
}

static void check_chain(struct check *c)
{
    const uint16_t type = denial_is_nsec3(c->denial) ? TYPE_NSEC3 : TYPE_NSEC;

    for (size_t i = 0; i < denial_count(c->denial); i++)
        if (!denial_links(c->denial, i))
            note(c, CHAIN_BROKEN, denial_owner(c->denial, i), type);
}

static void check_nsec3s(struct check *c)
{
    uint32_t at = 0;

    for (const struct node *n; (n = zone_nsec3_walk(c->b->zone, &at)) != NULL;) {
        check_sigs(c, n);
        if (node_rrset(n, TYPE_NSEC3) == NULL)
            continue; /* told as signing nothing */
        if (c->denial == NULL || !denial_has(c->denial, n))
            note(c, STRAY_NSEC3, n, TYPE_NSEC3);
        else
            check_signed(c, n);
    }
}

/* ---- the zone as a whole ---- */

static void check_iterations(struct check *c)
{
    const unsigned iterations = denial_params(c->denial)->iterations;

    if (iterations == 0)
        return;
    const struct zoneplace at =
        zoneplaces_find(&c->b->places, zone_apex(c->b->zone), TYPE_NSEC3PARAM, 0);
    if (iterations > NSEC3_ITERATIONS_MAX)
        zonereport_warning(&c->b->report, at,
                           "NSEC3 with %u iterations, above %d: validators take the zone for "
                           "insecure (RFC 9276 §3.2), and no answer proves more than that",
                           iterations, NSEC3_ITERATIONS_MAX);
    else
        zonereport_warning(&c->b->report, at,
                           "NSEC3 with %u iterations: they cost each resolver and gain nothing, "
                           "write 0 (RFC 9276 §3.1)",
                           iterations);
}

/* Only for a complaint: the first of a zone sorts all places. */
static struct zoneplace place_of_soa(struct check *c)
{
    return zoneplaces_find(&c->b->places, zone_apex(c->b->zone), TYPE_SOA, 0);
}

static void check_apex(struct check *c)
{
    const struct node *apex = zone_apex_node(c->b->zone);
    const bool has_key = node_rrset(apex, TYPE_DNSKEY) != NULL;

    if (c->denial != NULL && denial_is_nsec3(c->denial))
        check_iterations(c);
    if (c->denial != NULL && !has_key)
        zonereport_warning(&c->b->report, place_of_soa(c),
                           "the zone is signed but has no DNSKEY: nobody can check it "
                           "(RFC 4035 §2.1)");
    if (c->denial == NULL && has_key && node_sigs(apex, TYPE_SOA).count > 0)
        zonereport_warning(&c->b->report, place_of_soa(c),
                           "the zone is signed but has neither NSEC nor NSEC3 of its own name: "
                           "nothing can be denied (RFC 4035 §2.3, RFC 5155 §7.1)");
}

static void tell(struct check *c, enum finding what)
{
    const struct tally *t = &c->tally[what];
    char name[NAME_TEXT], type[TYPE_TEXT], more[64] = "";
    const uint16_t at = what == SIGNS_NOTHING ? TYPE_RRSIG : t->type;
    struct zoneplace place;

    if (t->n == 0)
        return;
    if (t->n > 1)
        snprintf(more, sizeof(more), "; %zu more %s like it", t->n - 1, t->n == 2 ? "is" : "are");
    if (what == NOT_IN_CHAIN) /* where anything of the name is */
        place = zoneplaces_find(&c->b->places, t->node->name, node_sets(t->node)->type, 0);
    else
        place = zoneplaces_find(&c->b->places, t->node->name, at, 0);
    char *text = NULL;
    name_print(t->node->name, name);
    type_print(t->type, type);
    if (asprintf(&text, texts[what], name, type) >= 0)
        zonereport_warning(&c->b->report, place, "%s%s", text, more);
    free(text);
}

void zonecheck_dnssec(struct zonebuild *b)
{
    struct check c = {.b = b, .denial = zone_denial(b->zone)};
    uint32_t at = 0;

    check_apex(&c);
    for (const struct node *n; (n = zone_walk(b->zone, &at)) != NULL;) {
        if (n->flags & NODE_SIGS)
            check_sigs(&c, n);
        if (c.denial == NULL || n->flags & NODE_OCCLUDED)
            continue;
        check_signed(&c, n);
        check_denial(&c, n);
    }
    check_nsec3s(&c);
    if (c.denial != NULL)
        check_chain(&c);
    for (int what = 0; what < FINDINGS; what++)
        tell(&c, what);
}
