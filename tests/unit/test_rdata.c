/*
 * Rdata from text: what is taken, what is refused and with which words; the short path held against
 * ldns for the same text.  SPDX-License-Identifier: BSD-2-Clause
 */
#include "load/rdata.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dns/name.h"
#include "dns/types.h"

static uint8_t origin[NAME_MAX_LEN];

/* A line "TYPE rdata…", split. */
struct line {
    struct zonelex lex;
    struct rdata_text text;
    uint16_t type;
};

static void line_init(struct line *l, const char *text)
{
    zonelex_init(&l->lex, text, strlen(text));
    if (zonelex_next(&l->lex) != ZONELEX_ENTRY || !rdata_type(&l->lex.tokens[0], &l->type))
        fail_msg("%s: not split or no type", text);
    l->text = (struct rdata_text){l->lex.tokens + 1, l->lex.n - 1, origin};
}

/* What the line reads as: the text form of the octets, or "!INDEX message".  Returns owned. */
static char *read_line(const char *text)
{
    static uint8_t octets[RDATA_MAX_LEN];
    struct wr w = wr_init(octets, sizeof(octets));
    struct rdata_error e;
    struct line l;
    char *out;
    size_t len;
    FILE *to = open_memstream(&out, &len);

    line_init(&l, text);
    if (rdata_parse(l.type, &l.text, &w, &e))
        rdata_print(l.type, octets, (uint16_t)wr_len(&w), to);
    else
        fprintf(to, "!%zu %s", e.token, e.what);
    zonelex_fini(&l.lex);
    fclose(to);
    return out;
}

struct rdata_case {
    const char *line, *read;
};

static void check(const struct rdata_case *c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char *got = read_line(c[i].line);
        if (strcmp(got, c[i].read) != 0)
            fail_msg("%s:\n  got  %s\n  want %s", c[i].line, got, c[i].read);
        free(got);
    }
}

#define CHECK(cases) check((cases), sizeof(cases) / sizeof((cases)[0]))

static void test_short_path(void **state)
{
    static const struct rdata_case cases[] = {
        {"A 192.0.2.1", "192.0.2.1"},
        {"a 255.255.255.255", "255.255.255.255"},
        {"AAAA 2001:DB8:0:0::1", "2001:db8::1"},
        {"AAAA ::ffff:192.0.2.1", "::ffff:192.0.2.1"},
        {"NS ns1", "ns1.example.com."},
        {"NS @", "example.com."},
        {"CNAME other.example.", "other.example."},
        {"CNAME .", "."},
        {"MX 65535 Mail", "65535 Mail.example.com."},
        {"SOA a b.c 4294967295 1h30m 900 2W 300",
         "a.example.com. b.c.example.com. 4294967295 5400 900 1209600 300"},
        {"TXT a \"b c\" \"\"", "\"a\" \"b c\" \"\""},
        {"TXT \\\"\\092\\007", "\"\\\"\\\\\\007\""},
        {"SRV 0 5 5060 .", "0 5 5060 ."},
        {"NAPTR 100 10 u E2U+sip \"!^.*$!sip:a@b!\" .",
         "100 10 \"u\" \"E2U+sip\" \"!^.*$!sip:a@b!\" ."},
        {"CAA 0 issue \"ca.example; x=y\"", "0 issue \"ca.example; x=y\""},
        {"CAA 128 iodef \"\"", "128 iodef \"\""},
        {"HINFO \"a b\" c", "\"a b\" \"c\""},
    };
    CHECK(cases);
}

static void test_refused(void **state)
{
    static const struct rdata_case cases[] = {
        {"A 192.0.2", "!0 \"192.0.2\" is no IPv4 address"},
        {"A 192.0.2.256", "!0 \"192.0.2.256\" is no IPv4 address"},
        {"A 192.0.2.01", "!0 \"192.0.2.01\" is no IPv4 address"},
        {"A 192.0.2.1.", "!0 \"192.0.2.1.\" is no IPv4 address"},
        {"A 2001:db8::1", "!0 \"2001:db8::1\" is no IPv4 address"},
        {"A", "!0 an IPv4 address is missing"},
        {"A 192.0.2.1 192.0.2.2", "!1 \"192.0.2.2\" is more than the type has"},
        {"A \"192.0.2.1\"", "!0 \"192.0.2.1\" must not be quoted: it is no string"},
        {"AAAA 192.0.2.1", "!0 \"192.0.2.1\" is no IPv6 address"},
        {"NS a..b", "!0 \"a..b\" is no domain name: empty label"},
        {"MX mail", "!0 \"mail\" is no number"},
        {"MX 65536 mail", "!0 65536 is above 65535"},
        {"MX 10", "!1 a domain name is missing"},
        {"SOA a b 1 2 3 4", "!6 a number of seconds is missing"},
        {"SOA a b 1 2 3 4 x",
         "!6 \"x\" is no number of seconds; units are s, m, h, d and w, as in 1h30m"},
        {"SOA a b 4294967296 2 3 4 5", "!2 4294967296 is above 4294967295"},
        {"TXT", "!0 a string is missing"},
        {"TXT \\256", "!0 \"\\256\" \\DDD above 255 (RFC 1035 §5.1)"},
        {"CAA 0 is-sue x", "!1 \"is-sue\" is no tag of letters and digits (RFC 8659 §4.1)"},
        {"CAA 256 issue x", "!0 256 is above 255"},
    };
    CHECK(cases);
}

static void test_long_strings(void **state)
{
    char line[600] = "TXT ";

    memset(line + 4, 'a', 255);
    char *got = read_line(line);
    assert_int_equal(strlen(got), 257);
    free(got);
    memset(line + 4, 'a', 256);
    got = read_line(line);
    assert_string_equal(got,
                        "!0 string of 256 octets: at most 255 (RFC 1035 §3.3); write two strings");
    free(got);
}

/* RFC 3597 §5. */
static void test_generic(void **state)
{
    static const struct rdata_case cases[] = {
        {"TYPE1234 \\# 3 abcdef", "\\# 3 abcdef"},
        {"TYPE1234 \\# 3 a bc DEF", "\\# 3 abcdef"},
        {"TYPE1234 \\# 0", "\\# 0 "},
        {"A \\# 4 c0000201", "192.0.2.1"},
        {"TYPE1 192.0.2.1", "192.0.2.1"},
        {"MX \\# 7 000a 04 6d61696c 00", "!1 7 octets are announced, 8 are written (RFC 3597 §5)"},
        {"MX \\# 8 000a 04 6d61696c 00", "10 mail."},
        {"TXT \\#", "!1 a number is missing"},
        {"TXT \"\\#\" a", "\"#\" \"a\""},
        {"TYPE1234 \\# 3 abcde", "!2 odd number of hexadecimal digits"},
        {"TYPE1234 \\# 3 abcdeg", "!2 generic rdata is hexadecimal digits (RFC 3597 §5)"},
        {"TYPE1234 \\# 65536 ab", "!1 65536 is above 65535"},
        {"TYPE1234 \\# x ab", "!1 \"x\" is no number"},
        {"TYPE1234 a b",
         "!0 type TYPE1234 has no text form here: write \\# LENGTH HEX (RFC 3597 §5)"},
        {"A \\# 3 c00002", "!0 these octets are no rdata of type A"},
        {"A \\# 5 c000020100", "!0 these octets are no rdata of type A"},
        {"NS \\# 0", "!0 these octets are no rdata of type NS"},
        {"NS \\# 2 c000", "!0 these octets are no rdata of type NS"}, /* a compression pointer */
        {"MX \\# 2 000a", "!0 these octets are no rdata of type MX"},
        {"SOA \\# 1 00", "!0 these octets are no rdata of type SOA"},
        {"TXT \\# 2 0561", "!0 these octets are no rdata of type TXT"},
        {"CAA \\# 7 00 05 6973737565", "0 issue \"\""},
    };
    CHECK(cases);
}

static void test_by_ldns(void **state)
{
    static const struct rdata_case cases[] = {
        {"RP host txt",
         "\\# 35 04686f7374076578616d706c6503636f6d0003747874076578616d706c6503636f6d00"},
        {"DS 1 8 2 ab cd", "\\# 6 00010802abcd"},
        {"DS 65536 8 2 abcd", "!0 65536 is above 65535"},
        {"DS 1 8 256 abcd", "!2 256 is above 255"},
        {"DS 1 8 2", "!3 rdata of type DS needs at least 4 fields"},
        {"NSEC b A NOPE", "!2 \"NOPE\" is no record type"},
        {"URI 10 1 \"a b;(\\\"\"", "\\# 10 000a00016120623b2822"},
        {"SSHFP 4 2 zz", "!0 no rdata of type SSHFP: Syntax error, could not parse the RR's rdata"},
        {"SSHFP 4 2 \"ab\"", "!2 \"ab\" must not be quoted or escaped: it is no string"},
        {"EUI48 00-00-5e-00-53-2a", "\\# 6 00005e00532a"},
        {"SVCB 0 .", "\\# 3 000000"},
        {"SVCB 1 . port=2 alpn=h2", "\\# 16 000100000100030268320003000200"
                                    "02"},
        {"SVCB 1 . port=2 port=3", "!0 no rdata of type SVCB"},
        {"HTTPS \\# 4 00010000", "!0 these octets are no rdata of type HTTPS"},
        {"ISDN 1", "\\# 2 0131"},
        {"WKS 192.0.2.1 tcp 25 80", "\\# 16 c0000201060000004000000000000080"},
        {"WKS 192.0.2.1 17", "\\# 5 c000020111"},
        {"WKS 192.0.2.1 tcp 65536", "!2 65536 is above 65535"},
        {"WKS 192.0.2.1 tcp no-such-service",
         "!2 \"no-such-service\" is no service in /etc/services: write the port's number"},
        {"HIP 2 2001 AQID rvs", "\\# 26 020200032001010203037276730765786"
                                "16d706c6503636f6d00"},
        {"HIP 256 2001 AQID", "!0 256 is above 255"},
        {"IPSECKEY 10 3 2 gw AQ ID", "\\# 22 0a0302026777076578616d706c6503636f6d00010203"},
        {"IPSECKEY 10 0 256 . AQID", "!2 256 is above 255"},
        {"APL 1:192.0.2.0/24 !2:2001:db8::/32", "\\# 15 00011803c00002000220842001"
                                                "0db8"},
        {"APL 1:192.0.2.0/33", "!0 \"1:192.0.2.0/33\" is no FAMILY:ADDRESS/LENGTH (RFC 3123 §5)"},
        {"NSEC3 1 0 1 \xff a A", "!3 \"\xff\" has octets that are not ASCII"},
    };
    CHECK(cases);
}

/* The short path and ldns agree on these, octet by octet or in refusing. */
static void test_short_path_is_ldns(void **state)
{
    static const char *const lines[] = {
        "A 192.0.2.1",
        "A 0.0.0.0",
        "A 255.255.255.255",
        "A 192.0.2",
        "A 192.0.2.256",
        "A 1.2.3.4.5",
        "A 01.2.3.4",
        "A 1.2.3.04",
        "A x",
        "A 1.2.3.4 5",
        "AAAA ::",
        "AAAA 2001:db8::1",
        "AAAA 1:2:3:4:5:6:7:8",
        "AAAA ::ffff:192.0.2.1",
        "AAAA 1:2:3:4:5:6:7",
        "AAAA 1::2::3",
        "AAAA 12345::",
        "AAAA :::",
        "NS a",
        "NS a.b.",
        "NS .",
        "NS @",
        "NS \\097b",
        "NS a\\.b",
        "NS a..b",
        "NS a b",
        "CNAME *.x",
        "PTR 1.2.0.192.in-addr.arpa.",
        "DNAME x.example.",
        "MX 0 a",
        "MX 65535 a.",
        "MX 10 .",
        "MX 10",
        "MX a 10",
        "MX 10 a b",
        "SOA a b 1 2 3 4 5",
        "SOA . . 0 0 0 0 0",
        "SOA a b 4294967295 1h 2d 3w 4m",
        "SOA a b 1 2 3 4",
        "SRV 1 2 3 a",
        "SRV 65535 65535 65535 .",
        "SRV 1 2 a",
        "TXT a",
        "TXT a b c",
        "TXT \"a b\" \"c;d\"",
        "TXT \"\"",
        "TXT \\000\\255",
        "TXT \"(\" \")\"",
        "TXT \"\\\"\"",
        "TXT",
        "HINFO a b",
        "HINFO \"a b\" \"\"",
        "HINFO a",
        "NAPTR 1 2 a b c d",
        "NAPTR 100 10 \"u\" \"E2U+sip\" \"!^.*$!sip:i@e!\" .",
        "NAPTR 1 2 a b c",
        "CAA 0 issue \"a; b\"",
        "CAA 255 tbs \"\"",
        "CAA 0 issue ca.example",
        "CAA 0 issue",
        "CAA x y z",
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        static uint8_t ours[RDATA_MAX_LEN], theirs[RDATA_MAX_LEN];
        struct wr a = wr_init(ours, sizeof(ours)), b = wr_init(theirs, sizeof(theirs));
        struct rdata_error e;
        struct line l;
        line_init(&l, lines[i]);
        const bool a_ok = rdata_parse_format(rdata_format(l.type), &l.text, &a, &e);
        const bool b_ok = rdata_parse_ldns(l.type, &l.text, &b, &e);
        if (a_ok != b_ok)
            fail_msg("%s: %s by us, %s by ldns", lines[i], a_ok ? "taken" : "refused",
                     b_ok ? "taken" : "refused");
        if (a_ok && (wr_len(&a) != wr_len(&b) || memcmp(ours, theirs, wr_len(&a)) != 0))
            fail_msg("%s: different octets", lines[i]);
        if (a_ok && !rdata_is_valid(l.type, ours, (uint16_t)wr_len(&a)))
            fail_msg("%s: ldns would not read the octets", lines[i]);
        zonelex_fini(&l.lex);
    }
}

static void test_type(void **state)
{
    static const struct {
        const char *text;
        uint16_t type; /* 0: none */
    } cases[] = {
        {"A", TYPE_A},    {"aaaa", TYPE_AAAA}, {"Soa", TYPE_SOA}, {"TYPE65535", 65535},
        {"type1", 1},     {"NSAP-PTR", 23},    {"TALINK", 58},    {"CAA", 257},
        {"TYPE65536", 0}, {"TYPE", 0},         {"TYPE1x", 0},     {"NOPE", 0},
        {"", 0},          {"DYNA", 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct zonelex_token t = {.at = cases[i].text,
                                        .len = (uint32_t)strlen(cases[i].text)};
        uint16_t type = 0;
        const bool ok = rdata_type(&t, &type);
        if (ok != (cases[i].type != 0) || type != cases[i].type)
            fail_msg("%s: %u", cases[i].text, type);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_short_path),   cmocka_unit_test(test_refused),
        cmocka_unit_test(test_long_strings), cmocka_unit_test(test_generic),
        cmocka_unit_test(test_by_ldns),      cmocka_unit_test(test_short_path_is_ldns),
        cmocka_unit_test(test_type),
    };
    const char *why;

    if (!name_parse("example.com.", 12, NULL, origin, &why))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
