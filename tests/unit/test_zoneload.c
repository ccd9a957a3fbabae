/*
 * Zone files as a whole: what a text loads to, shown printed, in whatever order, and what is said
 * about it.  Every text stands behind HEAD, so that its first line is line 3.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "load/zoneload.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "dns/types.h"
#include "zonekit.h"

#define HEAD                                     \
    "@ 60 SOA ns1.example.net. host 1 2 3 4 5\n" \
    "@ 60 NS ns1.example.net.\n"
#define HEAD_PRINTED                                                        \
    "example.com. 60 IN SOA ns1.example.net. host.example.com. 1 2 3 4 5\n" \
    "example.com. 60 IN NS ns1.example.net.\n"

#define LETTERS_15  "aaaaaaaaaaaaaaa"
#define LETTERS_51  LETTERS_15 LETTERS_15 LETTERS_15 "aaaaaa"
#define LETTERS_255 LETTERS_51 LETTERS_51 LETTERS_51 LETTERS_51 LETTERS_51
#define LETTERS_260 LETTERS_255 "aaaaa"

struct load_case {
    const char *why, *text;
    const char *zone;     /* behind HEAD_PRINTED; NULL: the zone does not load */
    const char *messages; /* "" where NULL */
};

/* The lines in any order: that of a zone is its own. */
static void check_printed(const char *why, const struct zone *z, const char *want)
{
    char *printed = zonekit_print(z), *got = zonekit_sorted(printed),
         *sorted = zonekit_sorted(want);

    if (strcmp(got, sorted) != 0)
        fail_msg("%s:\n--- got\n%s--- want\n%s", why, got, sorted);
    free(printed);
    free(got);
    free(sorted);
}

/* What is printed loads to the same zone. */
static void check_again(const char *about, const char *apex, const struct zone *z)
{
    struct err err;
    char *printed = zonekit_print(z), *why;

    err_init(&err);
    struct zone *again = zonekit_load(apex, printed, strlen(printed), &err);
    char *text = err_text(&err);
    if (again == NULL)
        fail_msg("%s: what is printed does not load: %s", about, text);
    if (!zonekit_same(z, again, &why))
        fail_msg("%s: what is printed loads to another zone: %s", about, why);
    free(text);
    free(printed);
    zone_unref(again);
    err_fini(&err);
}

static void check_case(const struct load_case *c)
{
    const char *messages = c->messages != NULL ? c->messages : "";
    char *text = xasprintf("%s%s", HEAD, c->text);
    struct err err;

    err_init(&err);
    struct zone *z = zonekit_load("example.com", text, strlen(text), &err);
    char *got = err_text(&err);
    if (strcmp(got, messages) != 0)
        fail_msg("%s:\n--- got\n%s--- want\n%s", c->why, got, messages);
    assert_true((z == NULL) == (err.errors > 0));
    assert_true((z == NULL) == (c->zone == NULL));
    if (z != NULL) {
        char *want = xasprintf("%s%s", HEAD_PRINTED, c->zone);
        check_printed(c->why, z, want);
        check_again(c->why, "example.com", z);
        free(want);
    }
    zone_unref(z);
    free(got);
    free(text);
    err_fini(&err);
}

static void check_cases(const struct load_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check_case(&cases[i]);
}

#define CHECK(cases) check_cases((cases), sizeof(cases) / sizeof((cases)[0]))

static void test_records(void **state)
{
    static const struct load_case cases[] = {
        {"TTL, class, type in either order, or missing",
         "a 60 IN A 192.0.2.1\nb IN 60 A 192.0.2.2\nc 60 A 192.0.2.3\nd IN A 192.0.2.4\n",
         "a.example.com. 60 IN A 192.0.2.1\nb.example.com. 60 IN A 192.0.2.2\n"
         "c.example.com. 60 IN A 192.0.2.3\nd.example.com. 60 IN A 192.0.2.4\n"},
        {"case of owner, class and type does not count", "WwW 60 in a 192.0.2.1\n",
         "www.example.com. 60 IN A 192.0.2.1\n"},
        {"a blank first: the last owner", "a 60 A 192.0.2.1\n  A 192.0.2.2\n\t60 TXT x\n",
         "a.example.com. 60 IN A 192.0.2.1\na.example.com. 60 IN A 192.0.2.2\n"
         "a.example.com. 60 IN TXT \"x\"\n"},
        {"units of time", "a 1h30m A 192.0.2.1\nb 1W2D3H4M5S A 192.0.2.2\n",
         "a.example.com. 5400 IN A 192.0.2.1\nb.example.com. 788645 IN A 192.0.2.2\n"},
        {"the longest TTL (RFC 2181 §8)", "a 2147483647 A 192.0.2.1\n",
         "a.example.com. 2147483647 IN A 192.0.2.1\n"},
        {"over several lines", "a 60 (\n IN ; x\n A ) 192.0.2.1 ; y\n",
         "a.example.com. 60 IN A 192.0.2.1\n"},
        {"escapes in names", "a\\.b\\032c 60 A 192.0.2.1\n\\097 60 A 192.0.2.2\n",
         "a\\.b\\032c.example.com. 60 IN A 192.0.2.1\na.example.com. 60 IN A 192.0.2.2\n"},
        {"names that look like types and classes",
         "in 60 A 192.0.2.1\nmx 60 IN MX 5 in\n60 60 A 192.0.2.6\n",
         "in.example.com. 60 IN A 192.0.2.1\nmx.example.com. 60 IN MX 5 in.example.com.\n"
         "60.example.com. 60 IN A 192.0.2.6\n"},
        {"CLASS1 is IN (RFC 3597 §5)", "a CLASS1 60 A 192.0.2.1\n",
         "a.example.com. 60 IN A 192.0.2.1\n"},
        {"a wildcard", "* 60 A 192.0.2.1\n", "*.example.com. 60 IN A 192.0.2.1\n"},
    };
    CHECK(cases);
}

static void test_record_errors(void **state)
{
    static const struct load_case cases[] = {
        {"unknown type", "a 60 NOPE x\n", NULL,
         "z:3:6: unknown record type \"NOPE\"; a type without a name is written TYPE123\n"},
        {"misspelt type", "a 60 CNMAE b\n", NULL,
         "z:3:6: unknown record type \"CNMAE\"; did you mean CNAME?\n"},
        {"type missing", "a\nb 60\n", NULL,
         "z:3: the record type is missing; a line that starts with a blank inherits the owner\n"
         "z:4: the record type is missing; a line that starts with a blank inherits the owner\n"},
        {"types of messages (RFC 6895 §3.1)",
         "a 60 ANY\na 60 AXFR\na 60 TYPE41 \\# 0\na 60 TYPE0 \\# 0\n", NULL,
         "z:3:6: type ANY is for messages, never data of a zone (RFC 6895 §3.1)\n"
         "z:4:6: type AXFR is for messages, never data of a zone (RFC 6895 §3.1)\n"
         "z:5:6: type TYPE41 is for messages, never data of a zone (RFC 6895 §3.1)\n"
         "z:6:6: type TYPE0 is for messages, never data of a zone (RFC 6895 §3.1)\n"},
        {"class", "a CH TXT x\nb 60 CLASS3 TXT x\n", NULL,
         "z:3:3: class CH: only IN is served\nz:4:6: class CLASS3: only IN is served\n"},
        {"TTL above 2^31-1 (RFC 2181 §8)", "a 2147483648 A 192.0.2.1\nb 4294967296 A 192.0.2.1\n",
         NULL,
         "z:3:3: TTL 2147483648 is above 2^31-1 (RFC 2181 §8)\n"
         "z:4:3: TTL \"4294967296\" is above 2^32-1\n"},
        {"TTL with a wrong unit", "a 5x A 192.0.2.1\nb 1h30 A 192.0.2.1\n", NULL,
         "z:3:3: TTL \"5x\" is no number of seconds; units are s, m, h, d and w, as in 1h30m\n"
         "z:4:3: TTL \"1h30\" is no number of seconds; units are s, m, h, d and w, as in 1h30m\n"},
        {"MAX/MIN for a record", "a 300/10 A 192.0.2.1\n", NULL,
         "z:3:3: TTL \"300/10\": MAX/MIN is for DYNA and DYNC only\n"},
        {"owner", "a..b 60 A 192.0.2.1\n 60 A 192.0.2.2\n\"c\" 60 A 192.0.2.3\n", NULL,
         "z:3:1: owner \"a..b\" is no domain name: empty label\n"
         "z:5:1: owner \"c\" is no domain name: it must not be quoted\n"},
        {"rdata, at its place", "a 60 A ( 192.0.2.1\n  x )\nb 60 MX 10\n", NULL,
         "z:4:3: A: \"x\" is more than the type has\nz:5:6: MX: a domain name is missing\n"},
        {"control octet", "a 60 TXT \x01\n", NULL, "z:3:10: control octet: write it as \\DDD\n"},
        {"unterminated quote", "a 60 TXT \"x\nb 60 A x\n", NULL,
         "z:3:10: unterminated quote\nz:4:8: A: \"x\" is no IPv4 address\n"},
    };
    CHECK(cases);
}

static void test_record_warnings(void **state)
{
    static const struct load_case cases[] = {
        {"outside the zone: left out (as Knot and BIND)",
         "a.example.net. 60 A 192.0.2.1\n  A 192.0.2.2\n", "",
         "warning: z:3:1: a.example.net. is outside the zone and is left out; is a last dot missing "
         "or too many?\n"},
        {"the same again: left out (RFC 2181 §5)", "a 60 A 192.0.2.1\na 60 A 192.0.2.1\n",
         "a.example.com. 60 IN A 192.0.2.1\n", "warning: z:4: the same A record again\n"},
        {"the same but for the case of a name in it (RFC 4343)",
         "a 60 MX 10 mail.example.net.\na 60 MX 10 MAIL.example.net.\n",
         "a.example.com. 60 IN MX 10 mail.example.net.\n",
         "warning: z:4: the same MX record again\n"},
        {"TTLs of a set differ: the first counts (RFC 2181 §5.2)",
         "a 60 A 192.0.2.1\na 30 A 192.0.2.2\n",
         "a.example.com. 60 IN A 192.0.2.1\na.example.com. 60 IN A 192.0.2.2\n",
         "warning: z:4: TTL differs from the earlier A records of the name, whose TTL is taken (RFC "
         "2181 §5.2)\n"},
        {"a quoted string over two lines", "a 60 TXT \"x\ny\" z\n",
         "a.example.com. 60 IN TXT \"x\\010y\" \"z\"\n",
         "warning: z:3: a quoted string goes on in the next line; \\010 is a line end in one line\n"},
    };
    CHECK(cases);
}

static void test_origin(void **state)
{
    static const struct load_case cases[] = {
        {"$ORIGIN completes owner and rdata",
         "$ORIGIN b.example.com.\na 60 PTR c\n@ 60 A 192.0.2.1\n",
         "a.b.example.com. 60 IN PTR c.b.example.com.\nb.example.com. 60 IN A 192.0.2.1\n"},
        {"a relative one is relative to the last", "$ORIGIN b\n$ORIGIN a\n@ 60 A 192.0.2.1\n",
         "a.b.example.com. 60 IN A 192.0.2.1\n"},
        {"the last owner stays", "a 60 A 192.0.2.1\n$origin b\n  A 192.0.2.2\n",
         "a.example.com. 60 IN A 192.0.2.1\na.example.com. 60 IN A 192.0.2.2\n"},
        {"errors", "$ORIGIN\n$ORIGIN a..b\n$ORIGIN a b\n$ORIGIN \"a\"\n", NULL,
         "z:3: $ORIGIN needs an argument\n"
         "z:4:9: \"a..b\" is no domain name: empty label\n"
         "z:5:11: \"b\" is one argument too many\n"
         "z:6:9: \"a\" is no domain name: it must not be quoted\n"},
        {"unknown directives", "$ORIGN a\n$ADDR_LIMIT_V4 1\n  $TTL 5\n", NULL,
         "z:3:1: unknown directive $ORIGN; did you mean $ORIGIN?\n"
         "z:4:1: unknown directive $ADDR_LIMIT_V4; there are $ORIGIN, $TTL, $INCLUDE and $GENERATE\n"
         "z:5:3: $TTL must stand in the first column\n"},
    };
    CHECK(cases);
}

/* RFC 2308 §4: $TTL; RFC 1035 §5.1: the last one written. */
static void test_ttl(void **state)
{
    static const struct load_case cases[] = {
        {"$TTL is for what has none", "$TTL 5m\na A 192.0.2.1\nb 30 A 192.0.2.2\nc A 192.0.2.3\n",
         "a.example.com. 300 IN A 192.0.2.1\nb.example.com. 30 IN A 192.0.2.2\n"
         "c.example.com. 300 IN A 192.0.2.3\n"},
        {"without $TTL the last one written", "a 30 A 192.0.2.1\nb A 192.0.2.2\n",
         "a.example.com. 30 IN A 192.0.2.1\nb.example.com. 30 IN A 192.0.2.2\n"},
        {"the bounds of a steered name are no TTL", "a 30/10 DYNA web\nb A 192.0.2.2\n",
         "a.example.com. 30/10 IN DYNA web.example.com. default\nb.example.com. 60 IN A 192.0.2.2\n"},
        {"errors", "$TTL\n$TTL 2147483648\n$TTL x\n", NULL,
         "z:3: $TTL needs an argument\n"
         "z:4:6: TTL 2147483648 is above 2^31-1 (RFC 2181 §8)\n"
         "z:5:6: TTL \"x\" is no number of seconds; units are s, m, h, d and w, as in 1h30m\n"},
    };
    CHECK(cases);
}

/* Texts that are a whole zone. */
static void check_whole(const char *why, const char *text, const char *want_zone,
                        const char *want_messages)
{
    struct err err;

    err_init(&err);
    struct zone *z = zonekit_load("example.com", text, strlen(text), &err);
    char *got = err_text(&err);
    if (strcmp(got, want_messages) != 0)
        fail_msg("%s:\n--- got\n%s--- want\n%s", why, got, want_messages);
    assert_true((z == NULL) == (want_zone == NULL));
    if (z != NULL)
        check_printed(why, z, want_zone);
    zone_unref(z);
    free(got);
    err_fini(&err);
}

static void test_ttl_without_any(void **state)
{
    check_whole("not the SOA's minimum (RFC 2308 §4)",
                "@ SOA ns1.example.net. host 1 2 3 4 5\n@ NS ns1.example.net.\n",
                "example.com. 3600 IN SOA ns1.example.net. host.example.com. 1 2 3 4 5\n"
                "example.com. 3600 IN NS ns1.example.net.\n",
                "warning: z:1: no TTL here or before: 3600 is taken; write $TTL\n");
    check_whole("an hour, as NSD and Knot",
                "@ NS ns1.example.net.\n@ 60 SOA ns1.example.net. host 1 2 3 4 5\n",
                "example.com. 3600 IN NS ns1.example.net.\n"
                "example.com. 60 IN SOA ns1.example.net. host.example.com. 1 2 3 4 5\n",
                "warning: z:1: no TTL here or before: 3600 is taken; write $TTL\n");
}

static void test_no_owner(void **state)
{
    check_whole("no owner before the first record",
                " 60 SOA ns1.example.net. host 1 2 3 4 5\n 60 NS ns1.example.net.\n", HEAD_PRINTED,
                "warning: z:1: no owner before this record: the zone's name is taken\n");
}

static void test_soa_and_ns(void **state)
{
    static const struct load_case cases[] = {
        {"a second SOA", "@ 60 SOA ns1.example.net. host 2 2 3 4 5\n", NULL,
         "z:3: a second SOA: a zone has one (RFC 1035 §5.2)\n"},
        {"the same SOA again", HEAD, "",
         "warning: z:3: the same SOA record again\nwarning: z:4: the same NS record again\n"},
        {"an SOA elsewhere", "a 60 SOA ns1.example.net. host 2 2 3 4 5\n", "",
         "warning: z:3: SOA of a.example.com. is left out: only the zone's own name has one\n"},
        {"DS at the apex", "@ 60 DS 1 8 2 00\n", "example.com. 60 IN DS 1 8 2 00\n",
         "warning: z:3: DS of the zone's own name: it belongs to the parent (RFC 4035 §2.4)\n"},
    };
    CHECK(cases);
    check_whole("no SOA", "@ 60 NS ns1.example.net.\n", NULL,
                "z:1: no SOA of example.com. in the file (RFC 1035 §5.2); what others include "
                "belongs in a folder of its own\n");
    check_whole("empty", "", NULL,
                "z:1: no SOA of example.com. in the file (RFC 1035 §5.2); what others include "
                "belongs in a folder of its own\n");
    check_whole("a wrong SOA is not a missing one", "@ 60 SOA ns1\n", NULL,
                "z:1:6: SOA: a domain name is missing\n");
    check_whole("no NS", "@ 60 SOA ns1.example.net. host 1 2 3 4 5\n",
                "example.com. 60 IN SOA ns1.example.net. host.example.com. 1 2 3 4 5\n",
                "warning: z:1: no NS of example.com. in the file (RFC 1034 §4.2.1)\n");
}

static void test_generate(void **state)
{
    static const struct load_case cases[] = {
        {"a range", "$GENERATE 1-3 h$ 60 A 192.0.2.$\n",
         "h1.example.com. 60 IN A 192.0.2.1\nh2.example.com. 60 IN A 192.0.2.2\n"
         "h3.example.com. 60 IN A 192.0.2.3\n"},
        {"an offset below zero", "$GENERATE 9-10 h${-10} 60 A 192.0.2.1\n",
         "h-1.example.com. 60 IN A 192.0.2.1\nh0.example.com. 60 IN A 192.0.2.1\n"},
        {"a step", "$GENERATE 0-5/2 h$ 60 PTR x$\n",
         "h0.example.com. 60 IN PTR x0.example.com.\nh2.example.com. 60 IN PTR x2.example.com.\n"
         "h4.example.com. 60 IN PTR x4.example.com.\n"},
        {"offset, width and base",
         "$GENERATE 10-10 a${1}b${-1,4}c${0,3,x}d${0,0,X}e${0,0,o} 60 A 192.0.2.$\n",
         "a11b0009c00adae12.example.com. 60 IN A 192.0.2.10\n"},
        {"nibbles for ip6.arpa", "$GENERATE 26-26 ${0,7,n}.z 60 PTR ${0,3,N}.\n",
         "a.1.0.0.z.example.com. 60 IN PTR A.1.\n"},
        {"a dollar itself", "$GENERATE 1-1 a\\$b$$c$ 60 TXT \"\\$ ; $\"\n",
         "a\\$b\\$c1.example.com. 60 IN TXT \"$ ; 1\"\n"},
        {"in parentheses", "$GENERATE 1-2 a$ (\n 60 A\n 192.0.2.$ ) ; $x\n",
         "a1.example.com. 60 IN A 192.0.2.1\na2.example.com. 60 IN A 192.0.2.2\n"},
        {"steered names", "$GENERATE 1-2 a$ 60/5 DYNA web\n",
         "a1.example.com. 60/5 IN DYNA web.example.com. default\n"
         "a2.example.com. 60/5 IN DYNA web.example.com. default\n"},
        {"errors",
         "$GENERATE 1-2\n$GENERATE 2-1 a$ A 192.0.2.$\n$GENERATE 1-2/0 a$ A 192.0.2.$\n"
         "$GENERATE 0-16777216 a$ A 192.0.2.1\n$GENERATE 1-9 a${x} A 192.0.2.$\n"
         "$GENERATE 1-9 a$ A 192.0.$\n",
         NULL,
         "z:3: $GENERATE needs a range, an owner, a type and rdata\n"
         "z:4:11: \"2-1\" is no range START-STOP[/STEP]\n"
         "z:5:11: \"1-2/0\" is no range START-STOP[/STEP]\n"
         "z:6:11: \"0-16777216\" is more than 16777216 records\n"
         "z:7:15: \"$\" takes {OFFSET[,WIDTH[,BASE]]}, base d, o, x, X, n or N; a dollar itself is "
         "\"\\$\"\n"
         "z:8: A: \"192.0.1\" is no IPv4 address\n"},
    };
    CHECK(cases);
}

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
    check_whole(
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

/* A file of tests/data/zones; what it says, without the folder. */
static struct zone *load_file(const char *name, const char *apex, char **messages)
{
    const char *srcdir = getenv("SRCDIR");
    char *folder = xasprintf("%s/tests/data/zones/", srcdir != NULL ? srcdir : ".");
    char *path = xasprintf("%s%s", folder, name);
    uint8_t wire[NAME_MAX_LEN];
    const char *why;
    struct err err;

    err_init(&err);
    assert_true(name_parse(apex, strlen(apex), name_root, wire, &why));
    struct zone *z = zoneload_file(&(struct zoneload_opts){.path = path, .apex = wire}, &err);
    *messages = err_text(&err);
    for (char *at; (at = strstr(*messages, folder)) != NULL;)
        memmove(at, at + strlen(folder), strlen(at + strlen(folder)) + 1);
    free(path);
    free(folder);
    err_fini(&err);
    return z;
}

static void check_file(const char *name, const char *apex, const char *want_zone,
                       const char *want_messages)
{
    char *messages;
    struct zone *z = load_file(name, apex, &messages);

    if (strcmp(messages, want_messages) != 0)
        fail_msg("%s:\n--- got\n%s--- want\n%s", name, messages, want_messages);
    assert_true((z != NULL) == (want_zone != NULL));
    if (z != NULL)
        check_printed(name, z, want_zone);
    zone_unref(z);
    free(messages);
}

static void test_include(void **state)
{
    check_file(
        "include.zone", "example.com",
        HEAD_PRINTED "a.example.com. 60 IN A 192.0.2.1\n"
                     "x.example.com. 60 IN A 192.0.2.10\n"
                     "a.example.com. 60 IN A 192.0.2.2\n"
                     "x.sub.example.com. 300 IN A 192.0.2.10\n"
                     "b.example.com. 300 IN A 192.0.2.3\n",
        "warning: include.zone:8: TTL differs from the earlier A records of the name, whose TTL "
        "is taken (RFC 2181 §5.2)\n");
    check_file("include-errors.zone", "example.com", NULL,
               "include-errors.zone:4:10: cannot include nowhere.zone: No such file or directory\n"
               "include-errors.zone:5:10: cannot include include: not a regular file\n"
               "include-errors.zone:7: $INCLUDE needs an argument\n"
               "include-errors.zone:8:10: \"\" is no file name\n"
               "include/loop.zone:2:10: cannot include include/loop.zone: it includes itself\n"
               "include/loop.zone:3:5: A: \"x\" is no IPv4 address\n");
    check_file("utf16.zone", "example.com", NULL,
               "utf16.zone: cannot be read: it is in UTF-16: save it as UTF-8 or ASCII\n");
    check_file("nowhere.zone", "example.com", NULL,
               "nowhere.zone: cannot be read: No such file or directory\n");
}

static void test_every_type(void **state)
{
    char *messages;
    struct zone *z = load_file("every-type.zone", "types.example", &messages);

    assert_string_equal(messages,
                        "warning: every-type.zone:87: nobody asks for SPF any more: write it as "
                        "TXT (RFC 7208 §3.1)\n");
    assert_non_null(z);
    check_again("every type", "types.example", z);
    zone_unref(z);
    free(messages);
}

static void test_many_mistakes(void **state)
{
    char *text;
    size_t len;
    FILE *to = open_memstream(&text, &len);
    struct err err;

    for (unsigned i = 0; i < 5000; i++)
        fputs("a 60 A 192.0.2.1\nb 60 A x\n", to);
    fclose(to);
    err_init(&err);
    assert_null(zonekit_load("example.com", text, len, &err));
    assert_int_equal(err.errors, 1001);
    assert_string_equal(err.items[err.n - 1].text,
                        "z: 1000 errors: the rest is not shown, perhaps not read");
    err_fini(&err);
    free(text);
}

static void test_apex(void **state)
{
    static const struct {
        const char *file, *zone; /* NULL: ignored; "!…": an error */
    } cases[] = {
        {"example.com.zone", "example.com."},
        {"example.com", "example.com."},
        {"Example.COM.Zone", "example.com."},
        {"example.com.", "example.com."},
        {"root.zone", "."},
        {"0@25.2.0.192.in-addr.arpa.zone", "0/25.2.0.192.in-addr.arpa."},
        {".example.com.zone.swp", NULL},
        {".hidden", NULL},
        {"example.com.zone~", NULL},
        {"example.com.bak", NULL},
        {"example.com.zone.orig", NULL},
        {"example.com.zone.tmp", NULL},
        {"example.com.new", NULL},
        {"example.com.rej", NULL},
        {"Kexample.com.+013+12345.private", NULL},
        {"Kexample.com.+013+12345.key", NULL},
        {"K.+008+20326.ds", NULL},
        {"kexample.com.zone", "kexample.com."},
        {"dsset-example.com.", NULL},
        {"dsset-example.com.zone", "dsset-example.com."},
        {"example.com.zone.signed", "!example.com.zone.signed: the file's name is not that of a "
                                    "zone: signers put .signed behind it; name it as "
                                    "example.com.zone"},
        {"a..b.zone", "!a..b.zone: the file's name is not that of a zone: empty label; name it as "
                      "example.com.zone"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint8_t apex[NAME_MAX_LEN];
        char text[NAME_TEXT] = "";
        struct err err;
        err_init(&err);
        const bool ok = zoneload_apex(cases[i].file, apex, &err);
        const char *want = cases[i].zone != NULL ? cases[i].zone : "";
        if (ok)
            name_print(apex, text);
        if (*want == '!')
            assert_string_equal(err.items[0].text, want + 1);
        else
            assert_string_equal(text, want);
        assert_int_equal(err.n, *want == '!');
        assert_true(ok == (*want != '!' && *want != '\0'));
        err_fini(&err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_record_errors),
        cmocka_unit_test(test_record_warnings),
        cmocka_unit_test(test_origin),
        cmocka_unit_test(test_ttl),
        cmocka_unit_test(test_ttl_without_any),
        cmocka_unit_test(test_no_owner),
        cmocka_unit_test(test_soa_and_ns),
        cmocka_unit_test(test_generate),
        cmocka_unit_test(test_steered),
        cmocka_unit_test(test_aliases),
        cmocka_unit_test(test_delegations),
        cmocka_unit_test(test_targets),
        cmocka_unit_test(test_more_targets),
        cmocka_unit_test(test_sense),
        cmocka_unit_test(test_include),
        cmocka_unit_test(test_every_type),
        cmocka_unit_test(test_many_mistakes),
        cmocka_unit_test(test_apex),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
