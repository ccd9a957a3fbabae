/* src/answer/find.c: what there is for a name and type, as an outcome.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "answer/find.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dns/query.h"
#include "kitsnap.h"

static const char parent[] = "@ 60 SOA ns h 1 2 3 4 5\n"
                             "@ 60 NS ns\n"
                             "ns 60 A 192.0.2.1\n"
                             "www 300/10 DYNA web\n"
                             "www 60 TXT x\n"
                             "cdn 300/10 DYNC web\n"
                             "a.web 60 A 192.0.2.2\n"
                             "b.web 60 AAAA 2001:db8::2\n"
                             "alias 60 CNAME www\n"
                             "alias 60 NSEC b A\n"
                             "*.wild 60 A 192.0.2.3\n"
                             "cut 60 NS ns\n"
                             "cut 60 DS 1 13 2 "
                             "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20\n"
                             "dn 60 DNAME www\n"
                             "child 60 NS ns.child\n"
                             "ns.child 60 A 192.0.2.4\n";
static const char child[] = "@ 60 SOA ns h 1 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.2.5\n";
static const char yaml[] = "regions: {a: {at: [50, 8]}, b: {at: [50, 9]}}\n"
                           "maps: {world: {rules: [{network: 198.51.100.0/24, prefer: [b]},"
                           " {network: 0.0.0.0/0, prefer: [a]}]}}\n"
                           "policies: {default: {map: world}}\n";

static const char *outcome_name(enum outcome outcome)
{
    switch (outcome) {
    case FOUND_RRSET: return "rrset";
    case FOUND_ALL: return "all";
    case FOUND_CNAME: return "cname";
    case FOUND_DNAME: return "dname";
    case FOUND_CUT: return "cut";
    case FOUND_NODATA: return "nodata";
    case FOUND_NXDOMAIN: return "nxdomain";
    case FOUND_OUTSIDE: return "outside";
    case FOUND_FAILED: return "failed";
    }
    return NULL;
}

/* "rrset TXT of example.", "nodata of example.", with "steered" where it depends on the client. */
static const char *found_text(const struct found *f, char out[256])
{
    char type[TYPE_TEXT] = "", apex[NAME_TEXT] = "-";

    if (f->set != NULL && f->outcome != FOUND_NODATA)
        type_print(f->set->type, type);
    if (f->entry != NULL)
        name_print(f->entry->apex, apex);
    snprintf(out, 256, "%s%s%s of %.64s%s", outcome_name(f->outcome), *type != '\0' ? " " : "",
             type, apex, f->steered ? " steered" : "");
    return out;
}

static void test_outcomes(void **state)
{
    static const struct {
        const char *name, *type, *client, *want;
    } cases[] = {
        {"ns.example.", "A", "192.0.2.1", "rrset A of example."},
        {"ns.example.", "AAAA", "192.0.2.1", "nodata of example."},
        {"web.example.", "A", "192.0.2.1", "nodata of example."},
        {"none.example.", "A", "192.0.2.1", "nxdomain of example."},
        {"x.wild.example.", "A", "192.0.2.1", "rrset A of example."},
        {"x.wild.example.", "AAAA", "192.0.2.1", "nodata of example."},
        {"alias.example.", "A", "192.0.2.1", "cname CNAME of example."},
        {"alias.example.", "CNAME", "192.0.2.1", "rrset CNAME of example."},
        {"alias.example.", "NSEC", "192.0.2.1", "rrset NSEC of example."}, /* RFC 4035 §2.5 */
        {"alias.example.", "ANY", "192.0.2.1", "rrset CNAME of example."},
        {"x.dn.example.", "A", "192.0.2.1", "dname DNAME of example."},
        {"x.cut.example.", "A", "192.0.2.1", "cut NS of example."},
        {"cut.example.", "DS", "192.0.2.1", "rrset DS of example."},
        {"x.cut.example.", "DS", "192.0.2.1", "cut NS of example."},
        {"child.example.", "DS", "192.0.2.1", "nodata of example."},
        {"child.example.", "NS", "192.0.2.1", "rrset NS of child.example."},
        {"ns.child.example.", "DS", "192.0.2.1", "nodata of child.example."},
        {"x.cut.child.example.", "A", "192.0.2.1", "nxdomain of child.example."},
        {"bad.", "A", "192.0.2.1", "failed of bad."},
        {"x.bad.", "DS", "192.0.2.1", "failed of bad."},
        {"other.", "A", "192.0.2.1", "outside of -"},
        {".", "NS", "192.0.2.1", "outside of -"},
        /* steered: a has A alone, b has AAAA alone */
        {"www.example.", "A", "192.0.2.1", "rrset A of example. steered"},
        {"www.example.", "A", "198.51.100.1", "nodata of example."},
        {"www.example.", "AAAA", "198.51.100.1", "rrset AAAA of example. steered"},
        {"www.example.", "TXT", "192.0.2.1", "rrset TXT of example."},
        {"www.example.", "MX", "192.0.2.1", "nodata of example."},
        {"www.example.", "ANY", "198.51.100.1", "rrset AAAA of example. steered"},
        {"cdn.example.", "A", "192.0.2.1", "cname CNAME of example. steered"},
        {"cdn.example.", "TXT", "198.51.100.1", "cname CNAME of example. steered"},
    };
    struct kitsnap *k = kitsnap_new(yaml);

    kitsnap_add_zone(k, "example.", parent);
    kitsnap_add_zone(k, "child.example.", child);
    kitsnap_add_broken(k, "bad.");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct packet p = q(cases[i].name, cases[i].type);
        struct query query;
        struct ipaddr client;
        char got[256];
        assert_int_equal(query_read(&query, p.data, p.len), QUERY_OK);
        assert_true(ipaddr_parse(cases[i].client, &client));
        struct found f;
        find(kitsnap_get(k), &query.name, query.type, &client, &f);
        if (strcmp(found_text(&f, got), cases[i].want) != 0)
            fail_msg("%s %s: %s, not %s", cases[i].name, cases[i].type, got, cases[i].want);
    }
    kitsnap_free(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_outcomes)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
