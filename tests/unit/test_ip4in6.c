/* SPDX-License-Identifier: BSD-2-Clause */
#include "data/ip4in6.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void finds_the_ip4_inside(void **state)
{
    static const struct {
        const char *why, *addr, *ip4; /* NULL: none */
        uint8_t offset;
    } cases[] = {
        {"mapped", "::ffff:192.0.2.33", "192.0.2.33", 96},
        {"translated (SIIT)", "::ffff:0:192.0.2.33", "192.0.2.33", 96},
        {"NAT64", "64:ff9b::192.0.2.33", "192.0.2.33", 96},
        {"6to4", "2002:c000:221::1", "192.0.2.33", 16},
        {"Teredo, the example of RFC 4380 §4", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "192.0.2.45",
         96},
        {"IPv4 itself", "192.0.2.33", NULL, 0},
        {"IPv4-compatible, deprecated (RFC 4291 §2.5.5.1)", "::192.0.2.33", NULL, 0},
        {"loopback", "::1", NULL, 0},
        {"NAT64, a provider's own prefix", "64:ff9b:1::192.0.2.33", NULL, 0},
        {"not quite NAT64", "64:ff9b::1:c000:221", NULL, 0},
        {"not quite mapped", "::fffe:192.0.2.33", NULL, 0},
        {"beside Teredo", "2001:1::1", NULL, 0},
        {"beside 6to4", "2003:c000:221::1", NULL, 0},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ipaddr addr, ip4;
        char text[IPADDR_TEXT];
        uint8_t offset;
        assert_true(ipaddr_parse(cases[i].addr, &addr));
        const bool found = ip4in6_find(&addr, &ip4, &offset);
        if (found != (cases[i].ip4 != NULL))
            fail_msg("%s: %s", cases[i].why, cases[i].addr);
        if (found) {
            assert_string_equal(ipaddr_print(&ip4, text), cases[i].ip4);
            assert_int_equal(offset, cases[i].offset);
        }
    }
}

static void the_prefixes_are_where_it_looks(void **state)
{
    for (unsigned i = 0; i < IP4IN6_PREFIXES; i++) {
        const struct prefix p = ip4in6_prefix(i);
        struct ipaddr a = p.addr, ip4;
        uint8_t offset;
        assert_true(ip4in6_find(&a, &ip4, &offset));
        a.bytes[p.bits / 8 - 1] ^= 1; /* all lengths are whole octets */
        assert_false(ip4in6_find(&a, &ip4, &offset));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_ip4_inside),
        cmocka_unit_test(the_prefixes_are_where_it_looks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
