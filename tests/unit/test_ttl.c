// SPDX-License-Identifier: BSD-2-Clause
/* src/health/ttl.c: the TTL of an answer that has been stable for so long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "health/ttl.h"
#include "health/verdict.h"

static const struct ttl_rule usual = {.min_s = 10, .max_s = 300, .growth = 8};

static void test_steps(void **state)
{
    (void)state;
    /* next_s: how long until the next step; -1 never */
    static const struct {
        const char *why;
        struct ttl_rule rule;
        int64_t stable_s;
        uint32_t ttl_s;
        int64_t next_s;
    } cases[] = {
        {"just changed", {10, 300, 8}, 0, 10, 160},
        {"less than min ÷ growth: still min", {10, 300, 8}, 79, 10, 81},
        {"twice min is the first step", {10, 300, 8}, 160, 20, 160},
        {"a second before it", {10, 300, 8}, 159, 10, 1},
        {"between steps", {10, 300, 8}, 200, 20, 120},
        {"the largest power of two below max", {10, 300, 8}, 1280, 160, 1120},
        {"a second before max", {10, 300, 8}, 2399, 160, 1},
        {"max itself is a step", {10, 300, 8}, 2400, 300, -1},
        {"and the last one", {10, 300, 8}, 99999, 300, -1},
        {"max a power of two times min", {10, 80, 1}, 80, 80, -1},
        {"a pair of equals never moves", {60, 60, 8}, 0, 60, -1},
        {"growth 1: as long as stable", {5, 300, 1}, 20, 20, 20},
        {"from zero to one", {0, 4, 8}, 0, 0, 8},
        {"and on in powers of two", {0, 4, 8}, 16, 2, 16},
        {"zero to zero", {0, 0, 8}, 100, 0, -1},
        {"no overflow at the largest",
         {1u << 30, 0x7fffffff, 1000000},
         0,
         1u << 30,
         0x7fffffff * INT64_C(1000000)},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const dur_ms_t stable_ms = cases[i].stable_s * 1000;
        const dur_ms_t next_ms = cases[i].next_s < 0 ? -1 : cases[i].next_s * 1000;
        if (ttl_at(&cases[i].rule, stable_ms) != cases[i].ttl_s)
            fail_msg("%s: %u, not %u", cases[i].why, ttl_at(&cases[i].rule, stable_ms),
                     cases[i].ttl_s);
        if (ttl_next_step(&cases[i].rule, stable_ms) != next_ms)
            fail_msg("%s: next step in %lld ms, not %lld", cases[i].why,
                     (long long)ttl_next_step(&cases[i].rule, stable_ms), (long long)next_ms);
    }
}

/* Whoever sleeps until each next step sees every TTL once, each twice the one before, then max. */
static void test_replay(void **state)
{
    (void)state;
    static const uint32_t expect[] = {10, 20, 40, 80, 160, 300};
    dur_ms_t stable_ms = 0;
    size_t n = 0;

    for (dur_ms_t wait;; stable_ms += wait) {
        assert_in_range(n, 0, 5);
        assert_int_equal(ttl_at(&usual, stable_ms), expect[n]);
        n++;
        wait = ttl_next_step(&usual, stable_ms);
        if (wait < 0)
            break;
        assert_int_equal(ttl_at(&usual, stable_ms + wait - 1), ttl_at(&usual, stable_ms));
    }
    assert_int_equal(n, 6);
    assert_int_equal(stable_ms, 300 * 8 * 1000);
}

/* However often one looks in between: never shorter with time, never beyond min and max. */
static void test_never_shrinks(void **state)
{
    (void)state;
    uint32_t before = 0;

    for (dur_ms_t stable_ms = 0; stable_ms < 3000 * 1000; stable_ms += 137) {
        const uint32_t ttl_s = ttl_at(&usual, stable_ms);
        assert_true(ttl_s >= before);
        assert_in_range(ttl_s, 10, 300);
        assert_true(ttl_s == 10 || ttl_s <= stable_ms / 8000);
        before = ttl_s;
    }
}

/* The mean TTL, in ms, over an hour of probes every so often of which one in a hundred is lost. */
static int64_t mean_ttl(dur_ms_t interval_ms)
{
    const struct verdict_rule rule = {.rise = 2, .fall = 3};
    const mono_ms_t end = 3600 * 1000;
    struct verdict v = {0};
    mono_ms_t since = 0;
    uint64_t dice = 1;
    int64_t sum = 0;

    for (mono_ms_t now = interval_ms; now <= end; now += interval_ms) {
        dice = hash_mix(dice);
        if (verdict_step(&v, &rule, dice % 100 != 0))
            since = now;
        sum +=
            interval_ms * (int64_t)ttl_at(&usual, verdict_is_suspect(&v, &rule) ? 0 : now - since);
    }
    return sum / (end / 1000);
}

/* False alarms bring the earlier TTL back after one probe: in the steady state, many short ones cost
 * what few long ones do. */
static void test_faster_probes_are_not_shorter_ttls(void **state)
{
    (void)state;
    const int64_t slow = mean_ttl(5000);

    assert_true(slow > 150 * 1000);
    for (dur_ms_t interval_ms = 2500; interval_ms >= 100; interval_ms /= 2)
        assert_in_range(mean_ttl(interval_ms), slow * 98 / 100, slow * 102 / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_replay),
        cmocka_unit_test(test_never_shrinks),
        cmocka_unit_test(test_faster_probes_are_not_shorter_ttls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
