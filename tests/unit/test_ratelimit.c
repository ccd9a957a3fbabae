/*
 * src/answer/ratelimit.c: what a block of clients gets, by the time that passes, and what a flood
 * from everywhere does to it.  SPDX-License-Identifier: BSD-2-Clause
 */
#include "answer/ratelimit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cursor.h"
#include "data/snapshot.h"

static char take(struct ratelimit *r, const char *client, uint32_t rate, real_ms_t now_ms)
{
    struct ipaddr a;

    if (!ipaddr_parse(client, &a))
        fail();
    switch (ratelimit_take(r, &a, rate, now_ms)) {
    case RATELIMIT_ANSWER: return 'a';
    case RATELIMIT_SHORT: return 's';
    case RATELIMIT_SILENT: return '-';
    }
    return '?';
}

/* What one client gets at a rate: a query at each of the milliseconds. */
static void test_buckets(void **state)
{
    static const struct {
        const char *why;
        uint32_t rate;
        real_ms_t at_ms[20]; /* of the queries; -1 ends */
        const char *want;
    } cases[] = {
        {"a second's worth at once, four times as many short, then silence",
         2,
         {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1},
         "aassssssss--"},
        {"an answer comes back after half a second", 2, {0, 0, 0, 499, 500, 500, -1}, "aassas"},
        {"at the rate nothing is limited", 2, {0, 500, 1000, 1500, 2000, 2500, -1}, "aaaaaa"},
        {"more than a second's worth is never saved", 2, {0, 90000, 90000, 90000, -1}, "aaas"},
        {"a clock that goes back refills nothing", 1, {5000, 4000, 4500, 5000, -1}, "assa"},
        {"the highest rate", UDP_LIMIT_MAX, {0, 0, 0, 1, 2, -1}, "aaaaa"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ratelimit *r = ratelimit_new(1);
        char got[21] = "";
        for (size_t k = 0; cases[i].at_ms[k] >= 0; k++)
            got[k] = take(r, "192.0.2.1", cases[i].rate, 1559731985000 + cases[i].at_ms[k]);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s: %s, not %s", cases[i].why, got, cases[i].want);
        ratelimit_free(r);
    }
}

/* A /24 and a /56 share a bucket; neighbours and families do not. */
static void test_blocks(void **state)
{
    static const struct {
        const char *a, *b;
        bool same;
    } cases[] = {
        {"192.0.2.0", "192.0.2.255", true},
        {"192.0.2.255", "192.0.3.0", false},
        {"2001:db8:0:100::", "2001:db8:0:1ff:ffff:ffff:ffff:ffff", true},
        {"2001:db8:0:1ff::1", "2001:db8:0:200::1", false},
        {"0.0.0.0", "::", false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ratelimit *r = ratelimit_new(1);
        assert_int_equal(take(r, cases[i].a, 1, 0), 'a');
        assert_int_equal(take(r, cases[i].b, 1, 0), cases[i].same ? 's' : 'a');
        ratelimit_free(r);
    }
}

/*
 * A million forged networks ask once each while one is limited: whatever the seed, it stays so,
 * because those that have used least are forgotten first.
 */
static void test_flood(void **state)
{
    for (uint64_t seed = 0; seed < 4; seed++) {
        struct ratelimit *r = ratelimit_new(seed);
        for (unsigned i = 0; i < 100; i++)
            take(r, "192.0.2.1", 10, 0);
        for (uint32_t i = 0; i < 1000000; i++) {
            struct ipaddr a = {.family = FAMILY_IP4};
            put_u32(a.bytes, 0x0a000000 + (i << 8));
            ratelimit_take(r, &a, 10, 0);
        }
        assert_int_equal(take(r, "192.0.2.1", 10, 0), '-');
        ratelimit_free(r);
    }
}

#define NETWORKS 60000 /* about twice what there is room for */

/* Of many networks that ask twice, which ones are answered twice, because they were forgotten. */
static void forgotten(uint64_t seed, bool out[NETWORKS])
{
    struct ratelimit *r = ratelimit_new(seed);

    for (unsigned round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < NETWORKS; i++) {
            struct ipaddr a = {.family = FAMILY_IP4};
            put_u32(a.bytes, i << 8);
            out[i] = ratelimit_take(r, &a, 1, 0) == RATELIMIT_ANSWER;
        }
    }
    ratelimit_free(r);
}

/* The seed decides who pushes out whom: nobody can know. */
static void test_seed(void **state)
{
    static bool a[NETWORKS], b[NETWORKS], again[NETWORKS];

    forgotten(1, a);
    forgotten(1, again);
    forgotten(2, b);
    assert_memory_equal(a, again, sizeof(a));
    assert_memory_not_equal(a, b, sizeof(a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buckets),
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_flood),
        cmocka_unit_test(test_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
