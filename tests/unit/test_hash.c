/* src/base/hash.c: every bit of the key counts.  SPDX-License-Identifier: BSD-2-Clause */
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rng.h"

/* The start of splitmix64's published sequence from 0: its finaliser over multiples of the step. */
static void test_mix_is_splitmix(void **state)
{
    assert_true(hash_mix(0x9e3779b97f4a7c15) == 0xe220a8397b1dcdaf);
    assert_true(hash_mix(2 * 0x9e3779b97f4a7c15) == 0x6e789e6aa1b965f4);
}

/* One bit of the key turned: about half of the hash's bits turn, and never few. */
static void test_every_bit_counts(void **state)
{
    uint8_t key[24];
    struct rng r;

    rng_init(&r, 3);
    for (size_t len = 1; len <= sizeof(key); len++) {
        for (size_t i = 0; i < len; i++)
            key[i] = (uint8_t)rng_next(&r);
        const uint64_t h = hash_bytes(key, len, 0);
        for (size_t bit = 0; bit < 8 * len; bit++) {
            key[bit / 8] ^= (uint8_t)(1 << bit % 8);
            const int turned = __builtin_popcountll(h ^ hash_bytes(key, len, 0));
            key[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_in_range(turned, 10, 54);
        }
    }
}

static void test_length_and_seed_count(void **state)
{
    const uint8_t zeros[16] = {0};

    for (size_t len = 0; len < sizeof(zeros); len++)
        assert_true(hash_bytes(zeros, len, 0) != hash_bytes(zeros, len + 1, 0));
    assert_true(hash_bytes("a", 1, 1) != hash_bytes("a", 1, 2));
    assert_true(hash_bytes("a", 1, 1) == hash_bytes("a", 1, 1));
}

/* 100,000 names in a table of 2^20 places: as many meet as chance has it. */
static void test_names_spread(void **state)
{
    static uint8_t seen[1 << 20];
    unsigned met = 0;

    memset(seen, 0, sizeof(seen));
    for (unsigned i = 0; i < 100000; i++) {
        char name[16];
        memset(name, 0, sizeof(name));
        for (unsigned v = i, k = 0; k < 6; k++, v /= 10)
            name[5 - k] = (char)('0' + v % 10);
        const uint32_t h = (uint32_t)hash_bytes(name, 6, 0) & ((1 << 20) - 1);
        met += seen[h];
        seen[h] = 1;
    }
    assert_in_range(met, 4300, 4900); /* 100,000 - 2^20 (1 - e^-0.0954) = 4,621 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mix_is_splitmix),
        cmocka_unit_test(test_every_bit_counts),
        cmocka_unit_test(test_length_and_seed_count),
        cmocka_unit_test(test_names_spread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
