/*
 * What records are together: steered names, aliases, delegations, what names point at, and what hardly
 * anybody means (src/load/zonecheck*.c).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "zoneloadkit.h"

#define LETTERS_15  "aaaaaaaaaaaaaaa"
#define LETTERS_51  LETTERS_15 LETTERS_15 LETTERS_15 "aaaaaa"
#define LETTERS_255 LETTERS_51 LETTERS_51 LETTERS_51 LETTERS_51 LETTERS_51
#define LETTERS_260 LETTERS_255 "aaaaa"

static void test_steered(void **state)
{
    static const struct load_case cases[] = {
        {"TTL bounds, class, policy in every place",
         "a DYNA web\nb 300 DYNA web\nc 300/10 DYNA web\nd 300/10 IN DYNA web strict\n"
         "e IN 5m/10s dync edge.example.net. p-1_x\n@ DYNA web\n*.x DYNA web\n",
         "a.example.com. IN DYNA web.example.com. default\n"
         "b.example.com. 300 IN DYNA web.example.com. default\n"
         "c.example.com. 300/10 IN DYNA web.example.com. default\n"
         "d.example.com. 300/10 IN DYNA web.example.com. strict\n"
         "e.example.com. 300/10 IN DYNC edge.example.net. p-1_x\n"
         "example.com. IN DYNA web.example.com. default\n"
         "*.x.example.com. IN DYNA web.example.com. default\n"},
        {"the pool is relative to the origin", "$ORIGIN b\n@ DYNA web\nc DYNA @\n",
         "b.example.com. IN DYNA web.b.example.com. default\n"
         "c.b.example.com. IN DYNA b.example.com. default\n"},
        {"gdnsd's spelling", "a DYNA geoip!web\nb 60 DYNC multifo!www/eu\n", NULL,
         "z:3:8: \"geoip!web\" is gdnsd's spelling: write \"DYNA web\", a pool with a child label for each "
         "region, and name a policy behind it for how it is steered\n"
         "z:4:11: \"multifo!www/eu\" is gdnsd's spelling: write \"DYNC www\", a pool with a child label "
         "for each region, and name a policy behind it for how it is steered\n"},
        {"errors of form",
         "a DYNA\nb DYNA a..b\nc DYNA *.web\nd DYNA web p q\ne DYNA web \"p\"\nf 10/300 DYNA web\n"
         "g 1/x DYNA web\nh 3000000000 DYNA web\ni DYNA \"web\"\nj DYNA web a/b\n",
         NULL,
         "z:3:3: DYNA needs a pool: NAME [MAX[/MIN]] DYNA POOL [POLICY]\n"
         "z:4:8: pool \"a..b\" is no domain name: empty label\n"
         "z:5:8: pool \"*.web\" is a wildcard: a pool is a name with a child label for each region\n"
         "z:6:14: \"q\" is one word too many: DYNA POOL [POLICY]\n"
         "z:7:12: policy \"p\": names are of letters, digits, \"-\" and \"_\"\n"
         "z:8:3: TTL \"10/300\": MIN is above MAX; it is MAX/MIN\n"
         "z:9:3: TTL \"x\" is no number of seconds; units are s, m, h, d and w, as in 1h30m\n"
         "z:10:3: TTL 3000000000 is above 2^31-1 (RFC 2181 §8)\n"
         "z:11:8: pool \"web\" is no domain name: it must not be quoted\n"
         "z:12:12: policy \"a/b\": names are of letters, digits, \"-\" and \"_\"\n"},
        {"twice", "a DYNA web\na DYNC web\n", NULL,
         "z:4:3: the name is steered already: one DYNA or DYNC a name\n"},
        {"a DYNA beside what it answers with",
         "a DYNA web\na 60 A 192.0.2.1\nb 60 AAAA ::1\nb DYNA web\nc DYNA web\nc 60 CNAME d\n"
         "d DYNA web\nd 60 DNAME e\n",
         NULL,
         "z:4: a.example.com. has DYNA and A: its addresses are those of the pool\n"
         "z:6: b.example.com. has DYNA and AAAA: its addresses are those of the pool\n"
         "z:8: c.example.com. has DYNA and CNAME: its addresses are those of the pool\n"
         "z:10: d.example.com. has DYNA and DNAME: its addresses are those of the pool\n"},
        {"a DYNA beside other data", "a DYNA web\na 60 TXT x\n",
         "a.example.com. IN DYNA web.example.com. default\na.example.com. 60 IN TXT \"x\"\n"},
        {"a DYNC is a CNAME",
         "a DYNC web\na 60 TXT x\nb DYNC web\nb 60 CNAME c.example.net.\n@ DYNC web\n", NULL,
         "z:4: a.example.com. has DYNC and TXT: beside a DYNC there is no other data (RFC 2181 "
         "§10.1)\n"
         "z:6: b.example.com. has DYNC and CNAME: beside a DYNC there is no other data (RFC 2181 "
         "§10.1)\n"
         "z:7: example.com. has DYNC and NS: beside a DYNC there is no other data (RFC 2181 "
         "§10.1)\n"},
        {"with DNSKEY", "@ 60 DNSKEY 256 3 8 AQID\na DYNA web\n", NULL,
         "z:3: a zone with DNSKEY has no DYNA and DYNC: steered answers are not signed yet\n"},
        {"below a delegation", "a 60 NS ns1.example.net.\na DYNA web\nb.a DYNA web\n",
         "a.example.com. 60 IN NS ns1.example.net.\na.example.com. IN DYNA web.example.com. default\n"
         "b.a.example.com. IN DYNA web.example.com. default\n",
         "warning: z:4: a.example.com. is never steered: the delegation a.example.com. hides it\n"
         "warning: z:5: b.a.example.com. is never steered: the delegation a.example.com. hides it\n"},
    };
    CHECK(cases);
}

static void test_aliases(void **state)
{
    static const struct load_case cases[] = {
        {"CNAME and other data (RFC 2181 §10.1)", "a 60 CNAME b.example.net.\na 60 A 192.0.2.1\n",
         NULL,
         "z:4: a.example.com. has CNAME and A: beside a CNAME there is no other data (RFC 2181 "
         "§10.1)\n"},
        {"the later line is told", "a 60 A 192.0.2.1\na 60 CNAME b.example.net.\n", NULL,
         "z:4: a.example.com. has CNAME and A: beside a CNAME there is no other data (RFC 2181 "
         "§10.1)\n"},
        {"what DNSSEC puts there may stand (RFC 4035 §2.5)",
         "a 60 CNAME b.example.net.\na 60 NSEC b CNAME\na 60 RRSIG CNAME 8 3 60 20300101000000 20200101000000 1 "
         "example.com. AQID\n",
         "a.example.com. 60 IN CNAME b.example.net.\n"
         "a.example.com. 60 IN NSEC b.example.com. CNAME\n"
         "a.example.com. 60 IN RRSIG CNAME 8 3 60 20300101000000 20200101000000 1 example.com. "
         "AQID\n"},
        {"two CNAMEs", "a 60 CNAME b.example.net.\na 60 CNAME c.example.net.\n", NULL,
         "z:4: a.example.com. has more than one CNAME (RFC 2181 §10.1)\n"},
        {"two DNAMEs", "a 60 DNAME b\na 60 DNAME c\n", NULL,
         "z:4: a.example.com. has more than one DNAME (RFC 6672 §2.4)\n"},
        {"data below a DNAME is loaded (BIND), but never answered",
         "a 60 DNAME b\nc.a 60 A 192.0.2.1\n",
         "a.example.com. 60 IN DNAME b.example.com.\nc.a.example.com. 60 IN A 192.0.2.1\n",
         "warning: z:4: c.a.example.com. A is never answered: the DNAME a.example.com. hides it\n"},
        {"DNAME and delegation", "a 60 NS ns1.example.net.\na 60 DNAME b\n",
         "a.example.com. 60 IN NS ns1.example.net.\na.example.com. 60 IN DNAME b.example.com.\n",
         "warning: z:4: a.example.com. has a DNAME and is a delegation: the DNAME is never answered "
         "(RFC 6672 §2.3)\n"},
    };
    CHECK(cases);
}

static void test_delegations(void **state)
{
    static const struct load_case cases[] = {
        {"glue, also a sibling's (RFC 9471 §2)",
         "a 60 NS ns.a\na 60 NS ns.b\nns.a 60 A 192.0.2.1\nb 60 NS ns.b\nns.b 60 A 192.0.2.2\n",
         "a.example.com. 60 IN NS ns.a.example.com.\na.example.com. 60 IN NS ns.b.example.com.\n"
         "ns.a.example.com. 60 IN A 192.0.2.1\nb.example.com. 60 IN NS ns.b.example.com.\n"
         "ns.b.example.com. 60 IN A 192.0.2.2\n"},
        {"missing glue", "a 60 NS ns1.example.net.\na 60 NS ns.a\n",
         "a.example.com. 60 IN NS ns1.example.net.\na.example.com. 60 IN NS ns.a.example.com.\n",
         "warning: z:4: NS ns.a.example.com. has no glue: nobody can find its address (RFC 9471 §2.1)\n"},
        {"what is no glue",
         "a 60 NS ns.a\nns.a 60 A 192.0.2.1\nx.a 60 A 192.0.2.2\nns.a 60 TXT x\na 60 TXT y\n",
         "a.example.com. 60 IN NS ns.a.example.com.\nns.a.example.com. 60 IN A 192.0.2.1\n"
         "x.a.example.com. 60 IN A 192.0.2.2\nns.a.example.com. 60 IN TXT \"x\"\n"
         "a.example.com. 60 IN TXT \"y\"\n",
         "warning: z:5: x.a.example.com. A is never answered: the delegation a.example.com. hides it\n"
         "warning: z:6: ns.a.example.com. TXT is never answered: the delegation a.example.com. hides "
         "it\n"
         "warning: z:7: a.example.com. TXT is never answered: the delegation a.example.com. hides it\n"},
        {"DS stays the parent's (RFC 4035 §2.4)", "a 60 NS ns1.example.net.\na 60 DS 1 8 2 00\n",
         "a.example.com. 60 IN NS ns1.example.net.\na.example.com. 60 IN DS 1 8 2 00\n"},
    };
    CHECK(cases);
}

static void test_targets(void **state)
{
    static const struct load_case cases[] = {
        {"aliases (RFC 2181 §10.3)",
         "a 60 CNAME ns1.example.net.\n@ 60 NS a\n@ 60 MX 10 a\n_x 60 SRV 0 0 1 a\n",
         "a.example.com. 60 IN CNAME ns1.example.net.\nexample.com. 60 IN NS a.example.com.\n"
         "example.com. 60 IN MX 10 a.example.com.\n_x.example.com. 60 IN SRV 0 0 1 a.example.com.\n",
         "warning: z:4: NS a.example.com. is an alias (RFC 2181 §10.3, RFC 2782)\n"
         "warning: z:5: MX a.example.com. is an alias (RFC 2181 §10.3, RFC 2782)\n"
         "warning: z:6: SRV a.example.com. is an alias (RFC 2181 §10.3, RFC 2782)\n"},
        {"not there", "@ 60 NS a\n@ 60 MX 10 b\nb 60 TXT x\n",
         "example.com. 60 IN NS a.example.com.\nexample.com. 60 IN MX 10 b.example.com.\n"
         "b.example.com. 60 IN TXT \"x\"\n",
         "warning: z:3: NS a.example.com. does not exist\n"
         "warning: z:4: MX b.example.com. has no address\n"},
        {"no mail, no service (RFC 7505 §3, RFC 2782)", "@ 60 MX 0 .\n_x 60 SRV 0 0 0 .\n",
         "example.com. 60 IN MX 0 .\n_x.example.com. 60 IN SRV 0 0 0 .\n"},
        {"NS at a steered name", "a DYNA web\n@ 60 NS A\n", NULL,
         "z:4: NS A.example.com. is steered: a name server has addresses of its own\n"},
        {"NS at a steered wildcard", "*.a DYNA web\n@ 60 NS b.a\n", NULL,
         "z:4: NS b.a.example.com. is steered: a name server has addresses of its own\n"},
        {"MX at a steered name", "a DYNA web\n@ 60 MX 10 a\n",
         "a.example.com. IN DYNA web.example.com. default\nexample.com. 60 IN MX 10 a.example.com.\n",
         "warning: z:4: MX a.example.com. is steered: its addresses do not come with the MX\n"},
        {"below a DNAME", "a 60 DNAME example.net.\n@ 60 MX 10 b.a\n",
         "a.example.com. 60 IN DNAME example.net.\nexample.com. 60 IN MX 10 b.a.example.com.\n",
         "warning: z:4: MX b.a.example.com. is an alias: a DNAME is above it (RFC 2181 §10.3)\n"},
        {"what could not be read is not missing",
         "@ 60 NS a\na 60 A x\n@ 60 MX 1 b\nb 60/9x DYNA web\n", NULL,
         "z:4:8: A: \"x\" is no IPv4 address\n"
         "z:6:3: TTL \"9x\" is no number of seconds; units are s, m, h, d and w, as in 1h30m\n"},
        {"what else is missing is, whatever error there is",
         "a 60 NS ns.a\n@ 60 MX 1 b\nc 60 A x\nc 60 BB x\nd 60 CNAME e\n", NULL,
         "warning: z:3: NS ns.a.example.com. has no glue: nobody can find its address (RFC 9471 "
         "§2.1)\n"
         "warning: z:4: MX b.example.com. does not exist\n"
         "z:5:8: A: \"x\" is no IPv4 address\n"
         "z:6:6: unknown record type \"BB\"; did you mean MB?\n"
         "warning: z:7: CNAME e.example.com. does not exist\n"},
        {"without its origin no name is known", "$ORIGIN x..\n@ 60 NS a\n", NULL,
         "z:3:9: \"x..\" is no domain name: empty label\n"},
    };
    CHECK(cases);
}

static void test_more_targets(void **state)
{
    static const struct load_case cases[] = {
        {"an alias of nothing", "a 60 CNAME b\nc 60 CNAME d\nd 60 TXT x\n",
         "a.example.com. 60 IN CNAME b.example.com.\nc.example.com. 60 IN CNAME d.example.com.\n"
         "d.example.com. 60 IN TXT \"x\"\n",
         "warning: z:3: CNAME b.example.com. does not exist\n"},
        {"an address where a name belongs, completed or not; in reverse zones it is a name",
         "@ 60 MX 10 192.0.2.1\n@ 60 MX 20 192.0.2.1.\na 60 CNAME 1.2.0.192.in-addr.arpa.\n"
         "b 60 MX 10 1.2.3.example.net.\n",
         "example.com. 60 IN MX 10 192.0.2.1.example.com.\nexample.com. 60 IN MX 20 192.0.2.1.\n"
         "a.example.com. 60 IN CNAME 1.2.0.192.in-addr.arpa.\n"
         "b.example.com. 60 IN MX 10 1.2.3.example.net.\n",
         "warning: z:3: MX 192.0.2.1.example.com. is an address where a name belongs: name a host "
         "that has it\n"
         "warning: z:4: MX 192.0.2.1. is an address where a name belongs: name a host that has it\n"},
        {"services (RFC 9460 §2.4.2, §2.5): an alias may point at any record, \".\" at its owner",
         "a 60 HTTPS 1 .\na 60 SVCB 0 b\nb 60 HTTPS 1 c\nb 60 TXT x\nc 60 HTTPS 2 b\n",
         "a.example.com. 60 IN HTTPS 1 .\na.example.com. 60 IN SVCB 0 b.example.com.\n"
         "b.example.com. 60 IN HTTPS 1 c.example.com.\nb.example.com. 60 IN TXT \"x\"\n"
         "c.example.com. 60 IN HTTPS 2 b.example.com.\n",
         "warning: z:5: HTTPS c.example.com. has no address\n"
         "warning: z:7: HTTPS b.example.com. has no address\n"},
    };
    CHECK(cases);
}

/* What every server loads and hardly anybody means. */
static void test_sense(void **state)
{
    static const struct load_case cases[] = {
        {"a missing last dot", "www.example.com 60 A 192.0.2.1\n",
         "www.example.com.example.com. 60 IN A 192.0.2.1\n",
         "warning: z:3: www.example.com.example.com. ends in the zone's name twice; is the last dot "
         "missing?\n"},
        {"a wildcard is one only in front (RFC 4592 §2.1.1)",
         "a.*.b 60 A 192.0.2.1\n*.c 60 A 192.0.2.1\n*d 60 A 192.0.2.1\n",
         "a.*.b.example.com. 60 IN A 192.0.2.1\n*.c.example.com. 60 IN A 192.0.2.1\n"
         "*d.example.com. 60 IN A 192.0.2.1\n",
         "warning: z:3: a.*.b.example.com.: \"*\" is a wildcard only as the first label (RFC 4592 "
         "§2.1.1)\n"},
        {"sets that a wildcard should not have (RFC 4592 §4)",
         "*.a 60 NS ns1.example.net.\n*.b 60 DNAME example.net.\n",
         "*.a.example.com. 60 IN NS ns1.example.net.\n*.b.example.com. 60 IN DNAME example.net.\n",
         "warning: z:3: NS of a wildcard: what is below it differs from server to server (RFC 4592 "
         "§4)\n"
         "warning: z:4: DNAME of a wildcard: what is below it differs from server to server (RFC 4592 "
         "§4)\n"},
        {"DS without a delegation", "a 60 DS 1 8 2 00\n", "a.example.com. 60 IN DS 1 8 2 00\n",
         "warning: z:3: a.example.com. has DS and no NS: it is no delegation (RFC 4035 §2.4)\n"},
        {"SPF is written as TXT, and once (RFC 7208 §3.1, §4.5)",
         "a 60 SPF \"v=spf1 -all\"\nb 60 TXT \"v=spf1 -all\"\nb 60 TXT \"v=spf10\"\n"
         "b 60 TXT \"V=SPF1\"\n",
         "a.example.com. 60 IN SPF \"v=spf1 -all\"\nb.example.com. 60 IN TXT \"v=spf1 -all\"\n"
         "b.example.com. 60 IN TXT \"v=spf10\"\nb.example.com. 60 IN TXT \"V=SPF1\"\n",
         "warning: z:3: nobody asks for SPF any more: write it as TXT (RFC 7208 §3.1)\n"
         "warning: z:6: a second policy \"v=spf1\": mailers take neither (RFC 7208 §4.5)\n"},
        {"a CAA tag that nobody knows", "a 60 CAA 0 isue x\na 60 CAA 0 Issue x\na 60 CAA 0 tbs x\n",
         "a.example.com. 60 IN CAA 0 isue \"x\"\na.example.com. 60 IN CAA 0 Issue \"x\"\n"
         "a.example.com. 60 IN CAA 0 tbs \"x\"\n",
         "warning: z:3: no authority knows the CAA tag \"isue\"; did you mean issue?\n"
         "warning: z:5: no authority knows the CAA tag \"tbs\"\n"},
        {"a long string (RFC 1035 §3.3)", "a 60 TXT " LETTERS_260 "\n",
         "a.example.com. 60 IN TXT \"" LETTERS_255 "\" \"aaaaa\"\n",
         "warning: z:3:10: TXT: string of 260 octets: at most 255 (RFC 1035 §3.3), so it becomes "
         "several\n"},
    };
    CHECK(cases);
    zoneloadkit_whole(
        "an SOA that cannot be meant (RFC 1035 §3.3.13, §8)",
        "@ 60 SOA ns1.example.net. host@example.com. 1 600 300 500 5\n"
        "@ 60 NS ns1.example.net.\n",
        "example.com. 60 IN SOA ns1.example.net. host\\@example.com. 1 600 300 500 5\n"
        "example.com. 60 IN NS ns1.example.net.\n",
        "warning: z:1: the mailbox of the SOA has an \"@\": host@example.com is written "
        "host.example.com. (RFC 1035 §8)\n"
        "warning: z:1: the SOA's expire 500 is below its refresh 600: secondaries would drop "
        "the zone before they ask again\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steered),      cmocka_unit_test(test_aliases),
        cmocka_unit_test(test_delegations),  cmocka_unit_test(test_targets),
        cmocka_unit_test(test_more_targets), cmocka_unit_test(test_sense),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
