/* src/base/ipaddr.c: addresses, prefixes and socket names.  SPDX-License-Identifier: BSD-2-Clause */
#include "base/ipaddr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(cases) (sizeof(cases) / sizeof((cases)[0]))

/* want: as printed again; NULL: refused. */
struct text_case {
    const char *text, *want;
};

static void test_addresses(void **state)
{
    static const struct text_case cases[] = {
        {"192.0.2.1", "192.0.2.1"},
        {"0.0.0.0", "0.0.0.0"},
        {"255.255.255.255", "255.255.255.255"},
        {"2001:db8::1", "2001:db8::1"},
        {"2001:0DB8:0:0:0:0:0:1", "2001:db8::1"},
        {"::", "::"},
        {"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
        {"", NULL},
        {"192.0.2", NULL},
        {"192.0.2.256", NULL},
        {"192.0.2.1 ", NULL},
        {" 192.0.2.1", NULL},
        {"192.0.2.01", NULL}, /* octal for some, decimal for others */
        {"1:2:3:4:5:6:7", NULL},
        {"2001:db8::1%eth0", NULL},
        {"example.com", NULL},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ipaddr a;
        char text[IPADDR_TEXT];
        const char *got = ipaddr_parse(cases[i].text, &a) ? ipaddr_print(&a, text) : NULL;
        if ((got == NULL) != (cases[i].want == NULL) ||
            (got != NULL && strcmp(got, cases[i].want) != 0))
            fail_msg("%s: got %s", cases[i].text, got != NULL ? got : "nothing");
    }
}

static void test_prefixes(void **state)
{
    static const struct text_case cases[] = {
        {"192.0.2.0/24", "192.0.2.0/24"},
        {"0.0.0.0/0", "0.0.0.0/0"},
        {"192.0.2.1", "192.0.2.1/32"},
        {"192.0.2.128/25", "192.0.2.128/25"},
        {"2001:db8::/32", "2001:db8::/32"},
        {"2001:db8::1", "2001:db8::1/128"},
        {"::/0", "::/0"},
        {"192.0.2.1/24", NULL}, /* bits beyond the length */
        {"192.0.2.0/33", NULL},
        {"2001:db8::/129", NULL},
        {"192.0.2.0/", NULL},
        {"192.0.2.0/+24", NULL},
        {"192.0.2.0/ 24", NULL},
        {"192.0.2.0/24/24", NULL},
        {"192.0.2.0/4294967320", NULL}, /* 24 in 32 bits */
        {"/24", NULL},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct prefix p;
        char text[PREFIX_TEXT];
        const char *got = prefix_parse(cases[i].text, &p) ? prefix_print(&p, text) : NULL;
        if ((got == NULL) != (cases[i].want == NULL) ||
            (got != NULL && strcmp(got, cases[i].want) != 0))
            fail_msg("%s: got %s", cases[i].text, got != NULL ? got : "nothing");
    }
}

static void test_socket_names(void **state)
{
    static const struct text_case cases[] = {
        {"192.0.2.1@5300", "192.0.2.1@5300"},
        {"::1@5300", "::1@5300"},
        {"192.0.2.1:5300", "192.0.2.1@5300"},
        {"[::1]:5300", "::1@5300"},
        {"192.0.2.1", "192.0.2.1@53"},
        {"::1", "::1@53"},
        {"[::1]", "::1@53"},
        {"::1@0", "::1@0"},
        {"192.0.2.1@65536", NULL},
        {"192.0.2.1@", NULL},
        {"192.0.2.1:", NULL},
        {"192.0.2.1@-1", NULL},
        {"@5300", NULL},
        {"[::1", NULL},
        {"[::1]5300", NULL},
        {"localhost:53", NULL},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct endpoint_addr a;
        char text[SOCKADDR_TEXT];
        const char *got = sockaddr_parse(cases[i].text, 53, &a) ? sockaddr_print(&a, text) : NULL;
        if ((got == NULL) != (cases[i].want == NULL) ||
            (got != NULL && strcmp(got, cases[i].want) != 0))
            fail_msg("%s: got %s", cases[i].text, got != NULL ? got : "nothing");
    }
}

static void test_contains(void **state)
{
    static const struct {
        const char *prefix, *addr;
        bool within;
    } cases[] = {
        {"192.0.2.0/24", "192.0.2.0", true},
        {"192.0.2.0/24", "192.0.2.255", true},
        {"192.0.2.0/24", "192.0.3.0", false},
        {"192.0.2.0/23", "192.0.3.0", true},
        {"192.0.2.128/25", "192.0.2.127", false},
        {"0.0.0.0/0", "255.255.255.255", true},
        {"192.0.2.1/32", "192.0.2.1", true},
        {"192.0.2.1/32", "192.0.2.2", false},
        {"2001:db8::/33", "2001:db8:7fff::", true},
        {"2001:db8::/33", "2001:db8:8000::", false},
        {"::/0", "192.0.2.1", false},
        {"0.0.0.0/0", "::", false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct prefix p;
        struct ipaddr a;
        assert_true(prefix_parse(cases[i].prefix, &p) && ipaddr_parse(cases[i].addr, &a));
        if (prefix_contains(&p, &a) != cases[i].within)
            fail_msg("%s in %s", cases[i].addr, cases[i].prefix);
    }
}

/* Every length of a mask, against counting bits one by one. */
static void test_mask(void **state)
{
    struct ipaddr a = {.family = FAMILY_IP6};

    memset(a.bytes, 0xff, sizeof(a.bytes));
    for (unsigned bits = 0; bits <= 128; bits++) {
        const struct ipaddr m = ipaddr_mask(&a, (uint8_t)bits);
        unsigned set = 0;
        while (set < 128 && m.bytes[set / 8] >> (7 - set % 8) & 1)
            set++;
        assert_int_equal(set, bits);
        for (unsigned i = set; i < 128; i++)
            assert_false(m.bytes[i / 8] >> (7 - i % 8) & 1);
    }
}

static void test_system_names(void **state)
{
    static const char *const texts[] = {"192.0.2.1@5300", "2001:db8::1@65535", "0.0.0.0@0"};

    for (size_t i = 0; i < COUNT(texts); i++) {
        struct endpoint_addr a, back;
        struct sockaddr_storage ss;
        assert_true(sockaddr_parse(texts[i], 53, &a));
        ipaddr_to_sockaddr(&a.addr, a.port, &ss);
        back.addr = ipaddr_from_sockaddr((struct sockaddr *)&ss, &back.port);
        assert_true(ipaddr_equal(&a.addr, &back.addr));
        assert_int_equal(a.port, back.port);
    }
    const struct sockaddr_storage unix_name = {.ss_family = AF_UNIX};
    assert_int_equal(ipaddr_from_sockaddr((const struct sockaddr *)&unix_name, NULL).family,
                     FAMILY_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),    cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_socket_names), cmocka_unit_test(test_contains),
        cmocka_unit_test(test_mask),         cmocka_unit_test(test_system_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
