// SPDX-License-Identifier: BSD-2-Clause
/* src/health/ttl.c: the TTL of an answer that has been stable for so long, and of one that is to change. */
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

/* ---- the glide ---- */

static void test_glide_steps(void **state)
{
    (void)state;
    /* next_ms: how long that TTL may still be given; -1 for ever */
    static const struct {
        const char *why;
        struct ttl_rule rule;
        dur_ms_t left_ms;
        uint32_t ttl_s;
        dur_ms_t next_ms;
    } cases[] = {
        {"long before", {10, 300, 8}, 3600 * 1000, 300, 3299001},
        {"max runs out a second before the moment", {10, 300, 8}, 301000, 300, 1},
        {"and no later", {10, 300, 8}, 300999, 160, 140000},
        {"the same steps as on the way up", {10, 300, 8}, 100000, 80, 19001},
        {"twice min is the last one", {10, 300, 8}, 21000, 20, 1},
        {"then min", {10, 300, 8}, 20999, 10, -1},
        {"at the moment", {10, 300, 8}, 0, 10, -1},
        {"after it, until somebody has looked", {10, 300, 8}, -5000, 10, -1},
        {"a pair of equals never moves", {60, 60, 8}, 3000, 60, -1},
        {"to zero", {0, 4, 8}, 1999, 0, -1},
        {"by one", {0, 4, 8}, 2000, 1, 1},
        {"no overflow at the largest",
         {1, 0x7fffffff, 1000000},
         INT64_MAX,
         0x7fffffff,
         INT64_MAX - 0x7fffffff * INT64_C(1000) - 999},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const uint32_t ttl_s = ttl_glide(&cases[i].rule, cases[i].left_ms);
        const dur_ms_t next_ms = ttl_glide_step(&cases[i].rule, cases[i].left_ms, ttl_s);
        if (ttl_s != cases[i].ttl_s)
            fail_msg("%s: %u, not %u", cases[i].why, ttl_s, cases[i].ttl_s);
        if (next_ms != cases[i].next_ms)
            fail_msg("%s: next step in %lld ms, not %lld", cases[i].why, (long long)next_ms,
                     (long long)cases[i].next_ms);
    }
}

/* Numbers for the properties: some rule, some time. */
static uint64_t dice(uint64_t *seed, uint64_t below)
{
    *seed = hash_mix(*seed + 1);
    return *seed % below;
}

static struct ttl_rule some_rule(uint64_t *seed)
{
    const uint32_t min_s = (uint32_t)dice(seed, 1 + (UINT64_C(1) << dice(seed, 12)));

    return (struct ttl_rule){.min_s = min_s,
                             .max_s = min_s + (uint32_t)dice(seed, UINT64_C(1) << dice(seed, 20)),
                             .growth = 1 + (uint32_t)dice(seed, 20)};
}

/* An answer given at any time before the moment has run out by then, or is one of min; also when what
 * was due was brought in up to TTL_GLIDE_AHEAD_MS late. */
static void test_glide_ends_at_the_moment(void **state)
{
    (void)state;
    uint64_t seed = 1;

    for (int i = 0; i < 20000; i++) {
        const struct ttl_rule rule = some_rule(&seed);
        const dur_ms_t left_ms = (dur_ms_t)dice(&seed, 3 * 1000 * ((uint64_t)rule.max_s + 1));
        const dur_ms_t late_ms = (dur_ms_t)dice(&seed, TTL_GLIDE_AHEAD_MS + 1);
        const uint32_t ttl_s = ttl_glide(&rule, left_ms + late_ms);
        assert_in_range(ttl_s, rule.min_s, rule.max_s);
        if (ttl_s > rule.min_s)
            assert_true((dur_ms_t)ttl_s * 1000 <= left_ms);
    }
}

/* Whoever sleeps until each next step sees every TTL fall at its time and none rise, in as few steps as
 * it climbed. */
static void test_glide_replay(void **state)
{
    (void)state;
    uint64_t seed = 2;

    for (int i = 0; i < 2000; i++) {
        const struct ttl_rule rule = some_rule(&seed);
        dur_ms_t left_ms = (dur_ms_t)dice(&seed, 3 * 1000 * ((uint64_t)rule.max_s + 1));
        uint32_t ttl_s = ttl_glide(&rule, left_ms);
        unsigned steps = 0;
        for (dur_ms_t wait; (wait = ttl_glide_step(&rule, left_ms, ttl_s)) >= 0; steps++) {
            assert_true(wait > 0);
            assert_int_equal(ttl_glide(&rule, left_ms - wait + 1), ttl_s);
            left_ms -= wait;
            assert_true(ttl_glide(&rule, left_ms) < ttl_s);
            ttl_s = ttl_glide(&rule, left_ms);
        }
        assert_int_equal(ttl_s, rule.min_s);
        assert_in_range(steps, 0, 22); /* powers of two below 2^20, 1 after 0, and max */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_replay),
        cmocka_unit_test(test_never_shrinks),
        cmocka_unit_test(test_faster_probes_are_not_shorter_ttls),
        cmocka_unit_test(test_glide_steps),
        cmocka_unit_test(test_glide_ends_at_the_moment),
        cmocka_unit_test(test_glide_replay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
