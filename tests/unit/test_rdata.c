/*
 * Rdata from text: what is taken, what is refused and with which words, and how it is printed.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "load/rdata.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "dns/name.h"
#include "dns/types.h"
#include "rdatakit.h"

/* What the line reads as: the text form of the octets, behind "?INDEX warning" and a line end if there
 * is one, or "!INDEX message".  Returns owned. */
static char *read_line(const char *text)
{
    static uint8_t octets[RDATA_MAX_LEN];
    struct wr w = wr_init(octets, sizeof(octets));
    struct rdata_error e;
    struct rdata_line l;
    char *out;
    size_t len;
    FILE *to = open_memstream(&out, &len);

    rdatakit_split(&l, text);
    const bool ok = rdata_parse(l.type, &l.text, &w, &e);
    if (e.what[0] != '\0')
        fprintf(to, "%c%zu %s%s", ok ? '?' : '!', e.token, e.what, ok ? "\n" : "");
    if (ok)
        rdata_print(l.type, octets, (uint16_t)wr_len(&w), to);
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

static void test_types(void **state)
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
        {"SRV 0 5 5060 .", "0 5 5060 ."},
        {"NAPTR 100 10 u E2U+sip \"!^.*$!sip:a@b!\" .",
         "100 10 \"u\" \"E2U+sip\" \"!^.*$!sip:a@b!\" ."},
        {"CAA 0 issue \"ca.example; x=y\"", "0 issue \"ca.example; x=y\""},
        {"CAA 128 iodef \"\"", "128 iodef \"\""},
        {"CAA 0 \"issue\" x", "0 issue \"x\""},
        {"HINFO \"a b\" c", "\"a b\" \"c\""},
        {"RP host txt", "host.example.com. txt.example.com."},
        {"MINFO a b", "a.example.com. b.example.com."},
        {"X25 311061700956", "\"311061700956\""},
        {"ISDN 1", "\"1\""},
        {"ISDN 1 2", "\"1\" \"2\""},
        {"PX 10 a b", "10 a.example.com. b.example.com."},
        {"GPOS -32.6882 116.8652 10.0", "\"-32.6882\" \"116.8652\" \"10.0\""},
        {"NSAP-PTR a", "a.example.com."},
        {"URI 10 1 \"a b;(\\\"\"", "10 1 \"a b;(\\\"\""},
        {"TALINK a .", "a.example.com. ."},
        {"AVC \"app-name:x\"", "\"app-name:x\""},
        {"RESINFO qnamemin exterr=15-17", "\"qnamemin\" \"exterr=15-17\""},
        {"WALLET BTC 1abc", "\"BTC\" \"1abc\""},
        {"CLA TCP-v4-v6", "\"TCP-v4-v6\""},
        {"NINFO x", "\"x\""},
        {"IPN 100.7", "429496729607"},
        {"IPN 18446744073709551615", "18446744073709551615"},
        {"DSYNC CDS NOTIFY 5359 scan", "CDS 1 5359 scan.example.com."},
        {"DOA 0 1 2 text/plain aGk=", "0 1 2 \"text/plain\" aGk="},
        {"DOA 0 1 2 \"\" -", "0 1 2 \"\" -"},
        {"WKS 192.0.2.1 tcp 80 25", "192.0.2.1 6 25 80"},
        {"WKS 192.0.2.1 17", "192.0.2.1 17"},
        {"WKS 192.0.2.1 tcp 65536", "!2 65536 is above 65535"},
        {"WKS 192.0.2.1 tcp no-such-service",
         "!2 \"no-such-service\" is no service in /etc/services: write the port's number"},
    };
    CHECK(cases);
}

static void test_strings(void **state)
{
    static const struct rdata_case cases[] = {
        {"TXT a \"b c\" \"\"", "\"a\" \"b c\" \"\""},
        {"TXT \\\"\\092\\007", "\"\\\"\\\\\\007\""},
        {"TXT \\200", "\"\\200\""},
        {"TXT", "!0 a string is missing"},
        {"TXT \\256", "!0 \"\\256\" \\DDD above 255 (RFC 1035 §5.1)"},
        {"CAA 0 is-sue x", "!1 \"is-sue\" is no tag of letters and digits (RFC 8659 §4.1)"},
        {"CAA 0 \"\" x", "!1 \"\" is no tag of 1 to 255 octets (RFC 8659 §4.1)"},
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
        {"CAA 256 issue x", "!0 256 is above 255"},
    };
    CHECK(cases);
}

/* A line "TYPE aaa…" with n letters reads as. */
static char *read_letters(const char *type, size_t n)
{
    char line[70000];

    memset(line, 'a', sizeof(line));
    memcpy(line, type, strlen(type));
    line[strlen(type) + n] = '\0';
    return read_line(line);
}

/* RFC 1035 §3.3; one long string of a TXT becomes several, as in Knot. */
static void test_long_strings(void **state)
{
    static const struct {
        const char *type;
        size_t letters, text; /* length of the text form */
        const char *begins;
    } cases[] = {
        {"TXT ", 255, 257, "\"aaa"},
        {"TXT ", 256, 257 + 1 + 3,
         "?0 string of 256 octets: at most 255 (RFC 1035 §3.3), so it "
         "becomes several\n"},
        {"TXT ", 600, 2 * 258 + 92, "?0 string of 600 octets"},
        {"TXT ", 65279, 255 * 258 + 256, "?0 string of 65279 octets"}, /* fills 65535 exactly */
        {"TXT ", 65280, 0, "!0 rdata longer than 65535 octets (RFC 1035 §3.2.1)"},
        {"TXT ", 69000, 0, "!0 rdata longer than 65535 octets (RFC 1035 §3.2.1)"},
        {"HINFO ", 256, 0, "!0 string of 256 octets: at most 255 (RFC 1035 §3.3)"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *got = read_letters(cases[i].type, cases[i].letters);
        const char *text = strchr(got, '\n');
        if (strncmp(got, cases[i].begins, strlen(cases[i].begins)) != 0)
            fail_msg("%s%zu: %.200s", cases[i].type, cases[i].letters, got);
        if (*got != '!' && strlen(text != NULL ? text + 1 : got) != cases[i].text)
            fail_msg("%s%zu: %zu", cases[i].type, cases[i].letters, strlen(got));
        free(got);
    }
}

/* RFC 3597 §5. */
static void test_generic(void **state)
{
    static const struct rdata_case cases[] = {
        {"TYPE1234 \\# 3 abcdef", "\\# 3 abcdef"},
        {"TYPE1234 \\# 3 a bc DEF", "\\# 3 abcdef"},
        {"TYPE1234 \\# 0", "\\# 0"},
        {"A \\# 4 c0000201", "192.0.2.1"},
        {"TYPE1 192.0.2.1", "192.0.2.1"},
        {"MX \\# 7 000a 04 6d61696c 00", "!1 7 octets are announced, 8 are written (RFC 3597 §5)"},
        {"MX \\# 8 000a 04 6d61696c 00", "10 mail."},
        {"TYPE1234 \\#", "!1 a number is missing"},
        {"TXT \\#", "\"#\""},
        {"TXT \\# text", "\"#\" \"text\""},
        {"TXT \"\\#\" a", "\"#\" \"a\""},
        {"TYPE1234 \\# 3 abcde", "!2 odd number of hexadecimal digits"},
        {"TYPE1234 \\# 3 abcdeg", "!2 \"abcdeg\" is not of hexadecimal digits"},
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
        {"SVCB \\# 7 0001 00 0000ffff", "!0 these octets are no rdata of type SVCB"},
        {"CAA \\# 7 00 05 6973737565", "0 issue \"\""},
        {"CAA \\# 3 00 01 2d", "!0 these octets are no rdata of type CAA"},
        /* Octets without a text form stay generic. */
        {"DS \\# 4 00010802", "\\# 4 00010802"},
        {"NSEC \\# 3 000001", "!0 these octets are no rdata of type NSEC"},
        {"NSEC \\# 4 00000100", "!0 these octets are no rdata of type NSEC"},
        {"APL \\# 5 0003080101", "\\# 5 0003080101"},
        {"LOC \\# 16 00000000000000000000000000000000", "\\# 16 00000000000000000000000000000000"},
        {"HTTPS \\# 4 00010000", "!0 these octets are no rdata of type HTTPS"},
        {"SINK 1 2 AQID", "!0 type SINK has no text form here: write \\# LENGTH HEX (RFC 3597 §5)"},
    };
    CHECK(cases);
}

/* Hexadecimal, base64, base32hex and what is written with them. */
static void test_coded(void **state)
{
    static const struct rdata_case cases[] = {
        {"DS 1 8 2 ab cd", "1 8 2 abcd"},
        {"DS 1 RSASHA256 SHA-256 a bcd", "1 8 2 abcd"},
        {"DS 65536 8 2 abcd", "!0 65536 is above 65535"},
        {"DS 1 8 256 abcd", "!2 256 is above 255"},
        {"DS 1 8 2", "!3 a row of hexadecimal digits is missing"},
        {"DS 1 8 2 abc", "!3 odd number of hexadecimal digits"},
        {"DS 1 RSASHA255 2 ab", "!1 \"RSASHA255\" is no algorithm; did you mean RSASHA256?"},
        {"CDS 0 0 0 0", "0 0 0 00"}, /* RFC 8078 §4 */
        {"CDNSKEY 0 3 0 0", "0 3 0 AA=="},
        {"SSHFP 4 2 zz", "!2 \"zz\" is not of hexadecimal digits"},
        {"SSHFP 4 2 \"ab\"", "!2 \"ab\" is not of hexadecimal digits"},
        {"TLSA DANE-EE SPKI SHA2-256 ab", "3 1 1 ab"},
        {"CERT 0 0 0 AA==", "0 0 0 AA=="},
        {"CERT PGP 1 ed25519 AQIDBA==", "3 1 15 AQIDBA=="},
        {"CERT 65536 0 0 AA==", "!0 65536 is above 65535"},
        {"DNSKEY 256 3 8 AQ ID", "256 3 8 AQID"},
        {"DNSKEY 256 3 8 A QI D", "256 3 8 AQID"},
        {"DNSKEY 256 3 8 AQI", "!3 base64 that ends within a group of four"},
        {"DNSKEY 256 3 8 AQ==AQ==", "!3 \"AQ==AQ==\" is no base64 (RFC 4648 §4)"},
        {"DNSKEY 256 3 8 A===", "!3 \"A===\" is no base64 (RFC 4648 §4)"},
        {"DNSKEY 256 3 8 \xff", "!3 \"\xff\" is no base64 (RFC 4648 §4)"},
        {"KEY 256 DNSSEC 8 AQID", "256 3 8 AQID"},
        {"ZONEMD 1 1 1 ab", "1 1 1 ab"},
        {"NSEC3 1 0 1 aabb 2VPTU5TIMAMQTTGL4LUU9KG21E0AOR3S A",
         "1 0 1 aabb 2vptu5timamqttgl4luu9kg21e0aor3s A"},
        {"NSEC3 1 0 1 - CPNMUOG=", "1 0 1 - cpnmuog"}, /* padded, as Knot has it */
        {"NSEC3 1 0 1 - CPNMUO=", "!4 \"CPNMUO=\" is no hash in base32hex (RFC 5155 §3.3)"},
        {"NSEC3 1 0 1 - 12", "!4 \"12\" is no hash in base32hex (RFC 5155 §3.3)"},
        {"NSEC3 1 0 1 \xff a A",
         "!3 \"\xff\" is no salt of at most 255 octets in hexadecimal, \"-\" for none"},
        {"EUI48 00-00-5E-00-53-2a", "00-00-5e-00-53-2a"},
        {"EUI48 00-00-5e-00-53-2",
         "!0 \"00-00-5e-00-53-2\" is no EUI-48: it is written 00-00-5e-00-53-2a"},
        {"EUI64 00-00-5e-ef-10-00-00-2a", "00-00-5e-ef-10-00-00-2a"},
        {"L64 10 2001:0DB8:1140:1000", "10 2001:db8:1140:1000"},
        {"NID 10 14:4fff:ff20",
         "!1 \"14:4fff:ff20\" is no 64 bits in four groups: it is written 2001:db8:1140:1000"},
        {"NSAP 0x47.0005..80", "0x47000580"},
        {"NSAP 0x470", "!0 \"0x470\" is no NSAP: it is written 0x47.0005.80… (RFC 1706 §5)"},
        {"ATMA +358.400.123", "+358400123"},
        {"ATMA 39.246f", "39246f"},
        {"ATMA +3x", "!0 \"+3x\" is no ATM address: + and digits, or octets in hexadecimal"},
        {"EID e32c 6f", "e32c6f"},
        {"DHCID AAIB", "AAIB"},
        {"BRID AAIB", "AAIB"},
    };
    CHECK(cases);
}

/* RFC 4034: types, sets of them, moments. */
static void test_dnssec(void **state)
{
    static const struct rdata_case cases[] = {
        {"NSEC b A TYPE1234 MX a", "b.example.com. A MX TYPE1234"},
        {"NSEC b", "b.example.com."},
        {"NSEC b TYPE0 TYPE65535", "b.example.com. TYPE0 TYPE65535"},
        {"NSEC b A NOPE", "!2 \"NOPE\" is no record type"},
        {"CSYNC 66 3", "66 3"},
        {"CSYNC 66 3 NS A", "66 3 A NS"},
        {"NXT b A 127 NXT", "b.example.com. A NXT TYPE127"},
        {"NXT b CAA", "!1 a NXT has types 1 to 127 only (RFC 2535 §5.2)"},
        {"RRSIG A 8 3 1h 20300101000000 20200229235959 1 @ AQID",
         "A 8 3 3600 20300101000000 20200229235959 1 example.com. AQID"},
        {"RRSIG A 8 3 60 4294967295 0 1 @ AQID",
         "A 8 3 60 21060207062815 19700101000000 1 example.com. AQID"},
        {"RRSIG A 8 3 60 21060207062816 0 1 @ AQID", /* modulo 2^32 (RFC 4034 §3.1.5) */
         "A 8 3 60 19700101000000 19700101000000 1 example.com. AQID"},
        {"RRSIG A 8 3 60 4294967296 0 1 @ AQID", "!4 4294967296 is above 4294967295"},
        {"RRSIG A 8 3 60 20210229000000 0 1 @ AQID",
         "!4 \"20210229000000\" is no moment YYYYMMDDHHmmSS (RFC 4034 §3.2)"},
        {"RRSIG A 8 3 60 0 20200101000060 1 @ AQID",
         "!5 \"20200101000060\" is no moment YYYYMMDDHHmmSS (RFC 4034 §3.2)"},
        {"RRSIG NOPE 8 3 60 0 0 1 @ AQID", "!0 \"NOPE\" is no record type"},
    };
    CHECK(cases);
}

/* Fields that depend on others. */
static void test_relays(void **state)
{
    static const struct rdata_case cases[] = {
        {"IPSECKEY 10 0 0 .", "10 0 0 ."},
        {"IPSECKEY 10 1 0 192.0.2.1", "10 1 0 192.0.2.1"},
        {"IPSECKEY 10 2 2 2001:db8::1 AQID", "10 2 2 2001:db8::1 AQID"},
        {"IPSECKEY 10 3 2 gw AQ ID", "10 3 2 gw.example.com. AQID"},
        {"IPSECKEY 10 0 2 .", "!4 base64 is missing"},
        {"IPSECKEY 10 0 2 gw AQID", "!3 \"gw\" is a gateway, and type 0 has none: write \".\""},
        {"IPSECKEY 10 4 2 . AQID", "!1 gateway type 4: there are 0 to 3"},
        {"IPSECKEY 10 129 2 192.0.2.1 AQID", "!1 gateway type 129: there are 0 to 3"},
        {"IPSECKEY \\# 8 0a8102 c0000201 01", "!0 these octets are no rdata of type IPSECKEY"},
        {"IPSECKEY 10 0 256 . AQID", "!2 256 is above 255"},
        {"AMTRELAY 10 0 0 .", "10 0 0 ."},
        {"AMTRELAY 10 1 1 203.0.113.15", "10 1 1 203.0.113.15"},
        {"AMTRELAY 10 0 2 2001:db8::15", "10 0 2 2001:db8::15"},
        {"AMTRELAY 128 1 3 relay", "128 1 3 relay.example.com."},
        {"AMTRELAY 10 2 0 .", "!1 2 is above 1"},
        {"AMTRELAY 10 0", "!2 a relay type is missing"},
        {"AMTRELAY \\# 2 0a00", "10 0 0 ."},
        {"HIP 2 2001 AQID rvs .", "2 2001 AQID rvs.example.com. ."},
        {"HIP 2 2001 AQID", "2 2001 AQID"},
        {"HIP 256 2001 AQID", "!0 256 is above 255"},
        {"HIP 2 2001", "!2 base64 is missing"},
        {"A6 0 2001:db8::1", "0 2001:db8::1"},
        {"A6 64 2001:db8::1 net", "64 ::1 net.example.com."},
        {"A6 128 net", "128 net.example.com."},
        {"A6 64 ::1", "!2 a domain name is missing"},
        {"A6 129 net", "!0 129 is above 128"},
    };
    CHECK(cases);
}

static void test_apl(void **state)
{
    static const struct rdata_case cases[] = {
        {"APL", ""},
        {"APL 1:192.0.2.0/24 !2:2001:DB8::/32", "1:192.0.2.0/24 !2:2001:db8::/32"},
        {"APL 2:::ffff:192.0.2.0/120 1:0.0.0.0/0", "2:::ffff:192.0.2.0/120 1:0.0.0.0/0"},
        {"APL \\# 5 00011801c0", "1:192.0.0.0/24"},
        {"APL 1:192.0.2.0/33", "!0 \"1:192.0.2.0/33\" is no FAMILY:ADDRESS/LENGTH (RFC 3123 §5)"},
        {"APL 1:192.0.2.0/256", "!0 \"1:192.0.2.0/256\" is no FAMILY:ADDRESS/LENGTH (RFC 3123 §5)"},
        {"APL 3:1/1", "!0 \"3:1/1\" is no FAMILY:ADDRESS/LENGTH (RFC 3123 §5)"},
        {"APL 1:192.0.2.0/24 x", "!1 \"x\" is no FAMILY:ADDRESS/LENGTH (RFC 3123 §5)"},
    };
    CHECK(cases);
}

/* RFC 1876 §3. */
static void test_loc(void **state)
{
    static const struct rdata_case cases[] = {
        {"LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m",
         "52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000.00m 10.00m"},
        {"LOC 1 N 1 E 0", "1 0 0.000 N 1 0 0.000 E 0.00m 1.00m 10000.00m 10.00m"},
        {"LOC 0 1 s 0 0 1 w 0m 9.99m", "0 1 0.000 S 0 0 1.000 W 0.00m 9.00m 10000.00m 10.00m"},
        {"LOC 90 N 180 W -100000 90000000",
         "90 0 0.000 N 180 0 0.000 W -100000.00m 90000000.00m 10000.00m 10.00m"},
        {"LOC 0 N 0 E 42849672.95", "0 0 0.000 N 0 0 0.000 E 42849672.95m 1.00m 10000.00m 10.00m"},
        {"LOC 0 N 0 E 42849672.96",
         "!4 \"42849672.96\" is no number of meters of this range (RFC 1876 §3)"},
        {"LOC 0 N 0 E 0 90000000.01",
         "!5 \"90000000.01\" is no number of meters of this range (RFC 1876 §3)"},
        {"LOC 91 N 0 E 0", "!0 \"91\" is no part of an angle (RFC 1876 §3)"},
        {"LOC 0 60 N 0 E 0", "!1 \"60\" is no part of an angle (RFC 1876 §3)"},
        {"LOC 0 0 59.9999 N 0 E 0", "!2 \"59.9999\" is no part of an angle (RFC 1876 §3)"},
        {"LOC 0 N 0 0 60 E 0", "!4 \"60\" is no part of an angle (RFC 1876 §3)"},
        {"LOC 0 0 0 0 N 0 E 0", "!3 N or S is missing (RFC 1876 §3)"},
        {"LOC 0 N 0 E", "!4 the altitude is missing (RFC 1876 §3)"},
        {"LOC 0 N", "!2 N, S, E or W is missing (RFC 1876 §3)"},
    };
    CHECK(cases);
}

/* RFC 9460 §2.1, §7, appendix A. */
static void test_svcparams(void **state)
{
    static const struct rdata_case cases[] = {
        {"SVCB 0 .", "0 ."},
        {"SVCB 1 . port=2 alpn=h2", "1 . alpn=\"h2\" port=2"},
        {"HTTPS 1 . alpn=\"h2,h3\" no-default-alpn", "1 . alpn=\"h2,h3\" no-default-alpn"},
        {"SVCB 1 . alpn=f\\\\\\\\oo\\\\,bar,h2", "1 . alpn=\"f\\\\\\\\oo\\\\,bar,h2\""},
        {"SVCB 1 . alpn=a\\,b", "1 . alpn=\"a,b\""},
        {"SVCB 1 . mandatory=port,alpn port=53 alpn=x",
         "1 . mandatory=alpn,port alpn=\"x\" port=53"},
        {"SVCB 1 . ipv4hint=192.0.2.1,192.0.2.2 ipv6hint=\"2001:db8::1\"",
         "1 . ipv4hint=192.0.2.1,192.0.2.2 ipv6hint=2001:db8::1"},
        {"SVCB 1 . ech=\"AQID\"", "1 . ech=AQID"},
        {"SVCB 1 . dohpath=/dns-query{?dns} ohttp", "1 . dohpath=\"/dns-query{?dns}\" ohttp"},
        {"SVCB 1 . tls-supported-groups=29,23 docpath", "1 . tls-supported-groups=29,23 docpath"},
        {"SVCB 1 . docpath=n,s pvd", "1 . docpath=\"n,s\" pvd"},
        {"SVCB 1 . key667=\"hello\\210qoo\"", "1 . key667=\"hello\\210qoo\""},
        {"SVCB 1 . key3=\\001\\187", "1 . port=443"},
        {"SVCB 1 . key3=\\001",
         "!2 \"key3=\\001\" is among parameters whose octets make no sense (RFC 9460 §14.3.2)"},
        {"SVCB 1 . port=2 port=3", "!3 \"port=3\" has a key that was there before (RFC 9460 §2.2)"},
        {"SVCB 1 . alpn", "!2 \"alpn\" needs a value"},
        {"SVCB 1 . alpn=h2,", "!2 \"alpn=h2,\" has an empty item in its list (RFC 9460 §A.1)"},
        {"SVCB 1 . alpn=a\\\\b", "!2 \"alpn=a\\\\b\" has a backslash in a list that is neither "
                                 "\"\\\\\" nor \"\\,\" (RFC 9460 §A.1)"},
        {"SVCB 1 . no-default-alpn=x",
         "!2 \"no-default-alpn=x\" has a value, and the key takes none"},
        {"SVCB 1 . port=65536", "!2 \"port=65536\" is no number up to 65535 (RFC 9460 §7.2)"},
        {"SVCB 1 . ipv4hint=192.0.2.1,x",
         "!2 \"ipv4hint=192.0.2.1,x\" is no list of IPv4 addresses (RFC 9460 §7.3)"},
        {"SVCB 1 . PORT=1", "!2 \"PORT=1\" begins with no key of a service (RFC 9460 §14.3.2)"},
        {"SVCB 1 . key03=1", "!2 \"key03=1\" begins with no key of a service (RFC 9460 §14.3.2)"},
        {"SVCB 1 . port=\"1\"x", "!2 \"port=\"1\"x\" goes on behind its closing quote"},
        {"SVCB 1 . mandatory=port",
         "!2 \"mandatory=port\" names a mandatory key that is not there (RFC 9460 §8)"},
        {"SVCB 1 . mandatory=mandatory",
         "!2 \"mandatory=mandatory\" names itself as mandatory (RFC 9460 §8)"},
        {"SVCB 1 . mandatory=port,port port=1",
         "!2 \"mandatory=port,port\" names a mandatory key twice (RFC 9460 §8)"},
        {"SVCB 1 . mandatory=nope", "!2 \"mandatory=nope\" is no list of keys (RFC 9460 §8)"},
    };
    CHECK(cases);
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
        cmocka_unit_test(test_types),     cmocka_unit_test(test_strings),
        cmocka_unit_test(test_refused),   cmocka_unit_test(test_long_strings),
        cmocka_unit_test(test_generic),   cmocka_unit_test(test_coded),
        cmocka_unit_test(test_dnssec),    cmocka_unit_test(test_relays),
        cmocka_unit_test(test_apl),       cmocka_unit_test(test_loc),
        cmocka_unit_test(test_svcparams), cmocka_unit_test(test_type),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
