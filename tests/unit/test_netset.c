/*
 * src/data/netset.c: prefixes that lie apart, side by side, within each other.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "data/netset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rng.h"

#define PREFIXES_MAX 8

static struct netset *parse(const char *const texts[PREFIXES_MAX])
{
    struct prefix prefixes[PREFIXES_MAX];
    size_t n = 0;

    for (; n < PREFIXES_MAX && texts[n] != NULL; n++)
        if (!prefix_parse(texts[n], &prefixes[n]))
            fail_msg("%s", texts[n]);
    return netset_new(prefixes, n);
}

static void test_has(void **state)
{
    static const struct {
        const char *prefixes[PREFIXES_MAX];
        const char *in[6], *out[6];
    } cases[] = {
        {{"192.0.2.0/24"},
         {"192.0.2.0", "192.0.2.255"},
         {"192.0.1.255", "192.0.3.0", "::", "2001:db8::"}},
        {{"10.1.0.0/16", "10.0.0.0/8", "10.2.3.4"},
         {"10.0.0.0", "10.1.2.3", "10.2.3.4", "10.255.255.255"},
         {"9.255.255.255", "11.0.0.0"}},
        {{"10.0.0.0/16", "10.0.0.0/8"}, {"10.1.0.0", "10.255.255.255"}, {"11.0.0.0"}},
        {{"192.0.2.0/25", "192.0.2.128/25"}, {"192.0.2.127", "192.0.2.128"}, {"192.0.3.0"}},
        {{"2001:db8::/32", "192.0.2.1", "::1"},
         {"2001:db8:ffff::1", "192.0.2.1", "::1"},
         {"192.0.2.2", "::2", "2001:db9::"}},
        {{"0.0.0.0/0"}, {"0.0.0.0", "255.255.255.255"}, {"::", "ffff::"}},
        {{"::/0"}, {"::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}, {"0.0.0.0"}},
        {{NULL}, {NULL}, {"192.0.2.1", "::1"}},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct netset *s = parse(cases[i].prefixes);
        struct ipaddr a;
        for (size_t k = 0; k < 6 && cases[i].in[k] != NULL; k++)
            if (!ipaddr_parse(cases[i].in[k], &a) || !netset_has(s, &a))
                fail_msg("case %zu: %s is not in", i, cases[i].in[k]);
        for (size_t k = 0; k < 6 && cases[i].out[k] != NULL; k++)
            if (!ipaddr_parse(cases[i].out[k], &a) || netset_has(s, &a))
                fail_msg("case %zu: %s is in", i, cases[i].out[k]);
        netset_unref(s);
    }
}

/* Held against one prefix after the other. */
static void test_random(void **state)
{
    struct rng rng;

    rng_init(&rng, 1);
    for (unsigned round = 0; round < 2000; round++) {
        struct prefix p[PREFIXES_MAX];
        for (size_t i = 0; i < PREFIXES_MAX; i++) {
            p[i].bits = (uint8_t)(rng_next(&rng) % 13);
            p[i].addr = (struct ipaddr){.family = (uint8_t)(1 + rng_next(&rng) % 2)};
            p[i].addr.bytes[0] = (uint8_t)rng_next(&rng);
            p[i].addr.bytes[1] = (uint8_t)(rng_next(&rng) & 0xf0);
            p[i].addr = ipaddr_mask(&p[i].addr, p[i].bits);
        }
        struct netset *s = netset_new(p, PREFIXES_MAX);
        for (unsigned k = 0; k < 20; k++) {
            struct ipaddr a = {.family = (uint8_t)(1 + rng_next(&rng) % 2)};
            bool want = false;
            a.bytes[0] = (uint8_t)rng_next(&rng);
            a.bytes[1] = (uint8_t)rng_next(&rng);
            for (size_t i = 0; i < PREFIXES_MAX; i++)
                want |= prefix_contains(&p[i], &a);
            assert_true(netset_has(s, &a) == want);
        }
        netset_unref(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_has),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
