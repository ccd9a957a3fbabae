/*
 * Zone files as a whole: what a text loads to and what is said about it.  What other records
 * make of one is test_zonecheck.c's.
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
#include "zoneloadkit.h"

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

static void test_ttl_without_any(void **state)
{
    zoneloadkit_whole("not the SOA's minimum (RFC 2308 §4)",
                      "@ SOA ns1.example.net. host 1 2 3 4 5\n@ NS ns1.example.net.\n",
                      "example.com. 3600 IN SOA ns1.example.net. host.example.com. 1 2 3 4 5\n"
                      "example.com. 3600 IN NS ns1.example.net.\n",
                      "warning: z:1: no TTL here or before: 3600 is taken; write $TTL\n");
    zoneloadkit_whole("an hour, as NSD and Knot",
                      "@ NS ns1.example.net.\n@ 60 SOA ns1.example.net. host 1 2 3 4 5\n",
                      "example.com. 3600 IN NS ns1.example.net.\n"
                      "example.com. 60 IN SOA ns1.example.net. host.example.com. 1 2 3 4 5\n",
                      "warning: z:1: no TTL here or before: 3600 is taken; write $TTL\n");
}

static void test_no_owner(void **state)
{
    zoneloadkit_whole("no owner before the first record",
                      " 60 SOA ns1.example.net. host 1 2 3 4 5\n 60 NS ns1.example.net.\n",
                      ZONE_HEAD_PRINTED,
                      "warning: z:1: no owner before this record: the zone's name is taken\n");
}

static void test_soa_and_ns(void **state)
{
    static const struct load_case cases[] = {
        {"a second SOA", "@ 60 SOA ns1.example.net. host 2 2 3 4 5\n", NULL,
         "z:3: a second SOA: a zone has one (RFC 1035 §5.2)\n"},
        {"the same SOA again", ZONE_HEAD, "",
         "warning: z:3: the same SOA record again\nwarning: z:4: the same NS record again\n"},
        {"an SOA elsewhere", "a 60 SOA ns1.example.net. host 2 2 3 4 5\n", "",
         "warning: z:3: SOA of a.example.com. is left out: only the zone's own name has one\n"},
        {"DS at the apex", "@ 60 DS 1 8 2 00\n", "example.com. 60 IN DS 1 8 2 00\n",
         "warning: z:3: DS of the zone's own name: it belongs to the parent (RFC 4035 §2.4)\n"},
    };
    CHECK(cases);
    zoneloadkit_whole(
        "no SOA", "@ 60 NS ns1.example.net.\n", NULL,
        "z:1: no SOA of example.com. in the file (RFC 1035 §5.2); what others include "
        "belongs in a folder of its own\n");
    zoneloadkit_whole(
        "empty", "", NULL,
        "z:1: no SOA of example.com. in the file (RFC 1035 §5.2); what others include "
        "belongs in a folder of its own\n");
    zoneloadkit_whole("a wrong SOA is not a missing one", "@ 60 SOA ns1\n", NULL,
                      "z:1:6: SOA: a domain name is missing\n");
    zoneloadkit_whole("no NS", "@ 60 SOA ns1.example.net. host 1 2 3 4 5\n",
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
        zoneloadkit_printed(name, z, want_zone);
    zone_unref(z);
    free(messages);
}

static void test_include(void **state)
{
    check_file(
        "include.zone", "example.com",
        ZONE_HEAD_PRINTED "a.example.com. 60 IN A 192.0.2.1\n"
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
    zoneloadkit_again("every type", "types.example", z);
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
        cmocka_unit_test(test_include),
        cmocka_unit_test(test_every_type),
        cmocka_unit_test(test_many_mistakes),
        cmocka_unit_test(test_apex),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
