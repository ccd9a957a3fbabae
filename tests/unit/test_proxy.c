/* The PROXY protocol's headers: src/net/proxy.c.  SPDX-License-Identifier: BSD-2-Clause */
#include "net/proxy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/xalloc.h"

#define START "\r\n\r\n\0\r\nQUIT\n"

/* Octets with their length, NULs and all. */
#define OCTETS(text) (text), sizeof(text) - 1

#define IP4_BLOCK \
    "\xc0\x00\x02\x07\xc6\x33\x64\x35\xdc\x04\x00\x35" /* 192.0.2.7 to 198.51.100.53 */
#define IP6_BLOCK                                \
    "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07" \
    "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x35\xdc\x04\x00\x35"
#define X27        "xxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define UNIX_BLOCK X27 X27 X27 X27 X27 X27 X27 X27 /* 216 octets */

/* What is read out of a header: "192.0.2.7", "-" for the socket's own, "wrong", "short". */
static const char *outcome_text(enum proxy_outcome outcome, const struct proxy_header *h)
{
    static char text[IPADDR_TEXT];

    switch (outcome) {
    case PROXY_READ: return ipaddr_print(&h->client, text);
    case PROXY_SHORT: return "short";
    case PROXY_WRONG: return "wrong";
    }
    abort();
}

/* Its octets in a block of their own size, so that a sanitizer sees one too many that is read. */
static const char *read_exactly(const char *data, size_t len, size_t *used)
{
    struct proxy_header h = {.len = 0};
    uint8_t *copy = len > 0 ? xmemdup(data, len) : NULL;
    const char *text = outcome_text(proxy_read_stream(copy, len, &h), &h);

    free(copy);
    *used = h.len;
    return text;
}

/* A header that is one: all of it is used and nothing behind it, each shorter piece is "short". */
static void check_header(const char *why, const char *data, size_t len, const char *want)
{
    char longer[1024];
    size_t used;

    memcpy(longer, data, len);
    memset(longer + len, 'P', 9);
    for (size_t more = 0; more < 10; more += 9) {
        const char *got = read_exactly(longer, len + more, &used);
        if (strcmp(got, want) != 0 || used != len)
            fail_msg("%s: %s, %zu of %zu octets", why, got, used, len);
    }
    for (size_t i = 0; i < len; i++)
        if (strcmp(read_exactly(data, i, &used), "short") != 0)
            fail_msg("%s: the first %zu octets are not short", why, i);
}

/* One that is none: however much follows. */
static void check_wrong(const char *why, const char *data, size_t len)
{
    char longer[1024];
    size_t used;

    memcpy(longer, data, len);
    memset(longer + len, 'P', 200);
    const char *got = read_exactly(data, len, &used);
    if (strcmp(got, "wrong") != 0)
        fail_msg("%s: %s", why, got);
    got = read_exactly(longer, len + 200, &used);
    if (strcmp(got, "wrong") != 0)
        fail_msg("%s, with more behind it: %s", why, got);
}

struct proxy_case {
    const char *why, *data;
    size_t len;
    const char *client; /* NULL: it is wrong */
};

static void check(const struct proxy_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (cases[i].client != NULL)
            check_header(cases[i].why, cases[i].data, cases[i].len, cases[i].client);
        else
            check_wrong(cases[i].why, cases[i].data, cases[i].len);
    }
}

static void reads_version_1(void **state)
{
    static const struct proxy_case cases[] = {
        {"IPv4", OCTETS("PROXY TCP4 192.0.2.7 198.51.100.53 56324 53\r\n"), "192.0.2.7"},
        {"IPv4, the longest", OCTETS("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n"),
         "255.255.255.255"},
        {"IPv6", OCTETS("PROXY TCP6 2001:DB8::7 2001:db8::35 1 53\r\n"), "2001:db8::7"},
        {"port 0", OCTETS("PROXY TCP4 192.0.2.7 198.51.100.53 0 0\r\n"), "192.0.2.7"},
        {"unknown", OCTETS("PROXY UNKNOWN\r\n"), "-"},
        {"unknown, the longest",
         OCTETS("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
                "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"),
         "-"},
        {"unknown, and anything at all", OCTETS("PROXY UNKNOWN \0 \r \n 1\r\n"), "-"},
    };

    check(cases, sizeof(cases) / sizeof(cases[0]));
}

static void refuses_what_is_not_version_1(void **state)
{
    static const struct proxy_case cases[] = {
        {"other families", OCTETS("PROXY UDP4 192.0.2.7 198.51.100.53 56324 53\r\n"), NULL},
        {"a word that begins like one", OCTETS("PROXY UNKNOWNS\r\n"), NULL},
        {"nothing", OCTETS("PROXY \r\n"), NULL},
        {"lower case", OCTETS("PROXY tcp4 192.0.2.7 198.51.100.53 1 53\r\n"), NULL},
        {"an address of the other family", OCTETS("PROXY TCP4 ::7 ::35 1 53\r\n"), NULL},
        {"two families", OCTETS("PROXY TCP4 192.0.2.7 ::35 1 53\r\n"), NULL},
        {"heading zeroes", OCTETS("PROXY TCP4 192.0.2.07 198.51.100.53 1 53\r\n"), NULL},
        {"256", OCTETS("PROXY TCP4 192.0.2.256 198.51.100.53 1 53\r\n"), NULL},
        {"three parts", OCTETS("PROXY TCP4 192.0.2 198.51.100.53 1 53\r\n"), NULL},
        {"seven groups", OCTETS("PROXY TCP6 1:2:3:4:5:6:7 ::35 1 53\r\n"), NULL},
        {"a zone", OCTETS("PROXY TCP6 fe80::1%eth0 ::35 1 53\r\n"), NULL},
        {"no port", OCTETS("PROXY TCP4 192.0.2.7 198.51.100.53 1\r\n"), NULL},
        {"port 65536", OCTETS("PROXY TCP4 192.0.2.7 198.51.100.53 65536 53\r\n"), NULL},
        {"a port of six digits", OCTETS("PROXY TCP4 192.0.2.7 198.51.100.53 1 100000\r\n"), NULL},
        {"a port with a heading zero", OCTETS("PROXY TCP4 192.0.2.7 198.51.100.53 01 53\r\n"),
         NULL},
        {"a negative port", OCTETS("PROXY TCP4 192.0.2.7 198.51.100.53 -1 53\r\n"), NULL},
        {"an empty port", OCTETS("PROXY TCP4 192.0.2.7 198.51.100.53  53\r\n"), NULL},
        {"two spaces", OCTETS("PROXY TCP4  192.0.2.7 198.51.100.53 1 53\r\n"), NULL},
        {"a tab", OCTETS("PROXY TCP4\t192.0.2.7 198.51.100.53 1 53\r\n"), NULL},
        {"a space at the end", OCTETS("PROXY TCP4 192.0.2.7 198.51.100.53 1 53 \r\n"), NULL},
        {"one field more", OCTETS("PROXY TCP4 192.0.2.7 198.51.100.53 1 53 9\r\n"), NULL},
        {"LF alone", OCTETS("PROXY TCP4 192.0.2.7 198.51.100.53 1 53\n\r\n"), NULL},
        {"CR alone", OCTETS("PROXY TCP4 192.0.2.7 198.51.100.53 1 53\r\r\n"), NULL},
        {"a NUL", OCTETS("PROXY TCP4 192.0.2.7 198.51.100.53 1 53\0\r\n"), NULL},
        {"no CRLF within 107 octets", OCTETS("PROXY UNKNOWN " X27 X27 X27 "xxxxxxxxxxxx\r\n"),
         NULL},
        {"no space", OCTETS("PROXYTCP4 192.0.2.7 198.51.100.53 1 53\r\n"), NULL},
        {"HTTP", OCTETS("G"), NULL},
        {"HTTP that begins alike", OCTETS("PRI * HTTP/2.0\r\n\r\n"), NULL},
        {"TLS", OCTETS("\x16\x03\x01"), NULL},
        {"a DNS query", OCTETS("\0\x1d\x12\x34"), NULL},
    };

    check(cases, sizeof(cases) / sizeof(cases[0]));
}

static void reads_version_2(void **state)
{
    static const struct proxy_case cases[] = {
        {"TCP over IPv4", OCTETS(START "\x21\x11\0\x0c" IP4_BLOCK), "192.0.2.7"},
        {"UDP over IPv4", OCTETS(START "\x21\x12\0\x0c" IP4_BLOCK), "192.0.2.7"},
        {"TCP over IPv6", OCTETS(START "\x21\x21\0\x24" IP6_BLOCK), "2001:db8::7"},
        {"UDP over IPv6", OCTETS(START "\x21\x22\0\x24" IP6_BLOCK), "2001:db8::7"},
        {"TLVs",
         OCTETS(START "\x21\x11\0\x16" IP4_BLOCK "\x04\0\0\xea\0\x04"
                      "abcd"),
         "192.0.2.7"},
        {"unix", OCTETS(START "\x21\x31\0\xd8" UNIX_BLOCK), "-"},
        {"unspecified", OCTETS(START "\x21\0\0\0"), "-"},
        {"unspecified, with octets",
         OCTETS(START "\x21\0\0\x03"
                      "abc"),
         "-"},
        {"unspecified transport", OCTETS(START "\x21\x10\0\x0c" IP4_BLOCK), "-"},
        {"a health check", OCTETS(START "\x20\0\0\0"), "-"},
        {"one with an address, which is ignored", OCTETS(START "\x20\x11\0\x0c" IP4_BLOCK), "-"},
        {"one with a family that nobody knows",
         OCTETS(START "\x20\xff\0\x01"
                      "x"),
         "-"},
    };

    check(cases, sizeof(cases) / sizeof(cases[0]));
}

static void refuses_what_is_not_version_2(void **state)
{
    static const struct proxy_case cases[] = {
        {"version 1 in binary", OCTETS(START "\x11\x11\0\x0c" IP4_BLOCK), NULL},
        {"version 3", OCTETS(START "\x31\x11\0\x0c" IP4_BLOCK), NULL},
        {"another command", OCTETS(START "\x22\x11\0\x0c" IP4_BLOCK), NULL},
        {"another family", OCTETS(START "\x21\x41\0\x0c" IP4_BLOCK), NULL},
        {"another transport", OCTETS(START "\x21\x13\0\x0c" IP4_BLOCK), NULL},
        {"IPv4, too short", OCTETS(START "\x21\x11\0\x0b" IP4_BLOCK), NULL},
        {"IPv6, too short", OCTETS(START "\x21\x21\0\x23" IP6_BLOCK), NULL},
        {"unix, too short", OCTETS(START "\x21\x31\0\xd7" UNIX_BLOCK), NULL},
        {"a TLV's type alone", OCTETS(START "\x21\x11\0\x0d" IP4_BLOCK "\x04"), NULL},
        {"a TLV with half a length", OCTETS(START "\x21\x11\0\x0e" IP4_BLOCK "\x04\0"), NULL},
        {"a TLV that is longer than the header",
         OCTETS(START "\x21\x11\0\x10" IP4_BLOCK "\x04\0\x02"
                      "a"),
         NULL},
        {"another signature", OCTETS("\r\n\r\n\0\r\nQUIT\r\x21\x11\0\x0c" IP4_BLOCK), NULL},
        {"another signature, seen early", OCTETS("\r\n\r\n\1"), NULL},
    };

    check(cases, sizeof(cases) / sizeof(cases[0]));
}

/* A datagram has version 2, whole; what is in the header of version 1 is no datagram's. */
static void reads_datagrams(void **state)
{
    static const struct {
        const char *why, *data;
        size_t len, header_len; /* 0: it is wrong */
    } cases[] = {
        {"version 2", OCTETS(START "\x21\x12\0\x0c" IP4_BLOCK "query"), 28},
        {"a health check", OCTETS(START "\x20\0\0\0"), 16},
        {"version 1", OCTETS("PROXY TCP4 192.0.2.7 198.51.100.53 56324 53\r\nquery"), 0},
        {"half an address", OCTETS(START "\x21\x12\0\x0c\xc0\0"), 0},
        {"half a header", OCTETS(START "\x21"), 0},
        {"a query", OCTETS("\x12\x34\0\0\0\1\0\0\0\0\0\0"), 0},
        {"nothing", OCTETS(""), 0},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct proxy_header h = {.len = 0};
        const bool read = proxy_read_datagram((const uint8_t *)cases[i].data, cases[i].len, &h);
        if (read != (cases[i].header_len > 0) || h.len != cases[i].header_len)
            fail_msg("%s: %zu", cases[i].why, h.len);
    }
}

/* The longest that a length can say, all of it one TLV. */
static void reads_the_longest_header(void **state)
{
    static uint8_t data[16 + 65535 + 1];
    struct proxy_header h;

    memcpy(data, START "\x21\x11\xff\xff" IP4_BLOCK "\x04\xff\xf0", 16 + 12 + 3);
    assert_int_equal(proxy_read_stream(data, sizeof(data) - 2, &h), PROXY_SHORT);
    assert_int_equal(proxy_read_stream(data, sizeof(data), &h), PROXY_READ);
    assert_int_equal(h.len, 16 + 65535);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_version_1), cmocka_unit_test(refuses_what_is_not_version_1),
        cmocka_unit_test(reads_version_2), cmocka_unit_test(refuses_what_is_not_version_2),
        cmocka_unit_test(reads_datagrams), cmocka_unit_test(reads_the_longest_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
