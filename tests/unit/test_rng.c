/* src/base/rng.c: the published generators, and numbers below a bound.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* xoshiro256** from state 1, 2, 3, 4, as the authors' own code gives it. */
static void test_published_numbers(void **state)
{
    static const uint64_t want[] = {
        11520, 0, 1509978240, 1215971899390074240, 1216172134540287360, 607988272756665600};
    struct rng r = {{1, 2, 3, 4}};

    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
        assert_true(rng_next(&r) == want[i]);
}

/* The state is splitmix64's first four numbers from the seed. */
static void test_seed(void **state)
{
    struct rng r;

    rng_init(&r, 0);
    assert_true(r.s[0] == 0xe220a8397b1dcdaf);
    assert_true(r.s[1] == 0x6e789e6aa1b965f4);
    assert_true(r.s[2] == 0x06c45d188009454f);
    assert_true(r.s[3] == 0xf88bb8a8724c81ec);
}

static void test_same_seed_same_numbers(void **state)
{
    struct rng a, b, c;

    rng_init(&a, 7);
    rng_init(&b, 7);
    rng_init(&c, 8);
    assert_true(rng_next(&a) == rng_next(&b));
    assert_true(rng_next(&a) != rng_next(&c));
}

static void test_below(void **state)
{
    static const uint32_t bounds[] = {1, 2, 3, 10, 1000, UINT32_MAX};
    struct rng r;

    rng_init(&r, 1);
    for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++)
        for (int k = 0; k < 10000; k++)
            assert_true(rng_below(&r, bounds[i]) < bounds[i]);
}

/* Ten buckets of 10,000: five standard deviations are 475. */
static void test_even(void **state)
{
    unsigned count[10] = {0};
    struct rng r;

    rng_init(&r, 42);
    for (int i = 0; i < 100000; i++)
        count[rng_below(&r, 10)]++;
    for (int i = 0; i < 10; i++)
        assert_in_range(count[i], 9525, 10475);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_numbers),
        cmocka_unit_test(test_seed),
        cmocka_unit_test(test_same_seed_same_numbers),
        cmocka_unit_test(test_below),
        cmocka_unit_test(test_even),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
