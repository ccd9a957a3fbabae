// SPDX-License-Identifier: BSD-2-Clause
/* src/health/phases.c: starts are even however many there are, whoever comes and goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "health/phases.h"
#include "rng.h"

enum { INTERVAL_MS = 5000, WINDOW_MS = 100, MOST = 10000 };

struct crowd {
    struct phases phases;
    uint32_t seat[MOST];
    dur_ms_t phase_ms[MOST];
    bool is_there[MOST];
    size_t n; /* that were ever there */
};

static struct crowd crowd;

static int set_up(void **state)
{
    (void)state;
    memset(&crowd, 0, sizeof(crowd));
    crowd.phases.seed = 1;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    phases_fini(&crowd.phases);
    return 0;
}

static void come(size_t n)
{
    for (; n > 0; n--, crowd.n++) {
        const size_t i = crowd.n;
        crowd.seat[i] = phases_take(&crowd.phases, INTERVAL_MS, &crowd.phase_ms[i]);
        crowd.is_there[i] = true;
    }
}

static void go(size_t i)
{
    phases_give(&crowd.phases, INTERVAL_MS, crowd.seat[i]);
    crowd.is_there[i] = false;
}

static size_t count(void)
{
    size_t n = 0;

    for (size_t i = 0; i < crowd.n; i++)
        n += crowd.is_there[i];
    return n;
}

/* The most starts in any window, round after round. */
static unsigned burst(void)
{
    unsigned at[INTERVAL_MS] = {0}, in = 0, most = 0;

    for (size_t i = 0; i < crowd.n; i++)
        at[crowd.phase_ms[i]] += crowd.is_there[i];
    for (size_t t = 0; t < WINDOW_MS; t++)
        in += at[t];
    for (size_t t = 0; t < INTERVAL_MS; t++) {
        most = in > most ? in : most;
        in += at[(t + WINDOW_MS) % INTERVAL_MS] - at[t];
    }
    return most;
}

/* At most twice the mean; of less than one, one is the least there can be. */
static void check_even(const char *why)
{
    const size_t n = count();
    const size_t limit = (2 * n * WINDOW_MS + INTERVAL_MS - 1) / INTERVAL_MS;

    if (burst() > limit)
        fail_msg("%s: %u of %zu within %d ms, limit %zu", why, burst(), n, WINDOW_MS, limit);
}

static void test_any_number(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 2000; n++) {
        come(1);
        check_even("one by one");
    }
    come(MOST - 2000);
    check_even("10,000");
    assert_in_range(burst(), 200, 210); /* the mean is 200 */
}

static void test_sizes(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        unsigned burst;
    } cases[] = {{100, 3}, {1000, 22}, {10000, 205}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        come(cases[i].n - crowd.n);
        assert_in_range(burst(), 1, cases[i].burst);
    }
}

/* One of four regions, one of two, the first of all zones, and whoever: what is left is even. */
static void test_some_go(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        unsigned every, from, to; /* of `every`, those with a rest in [from, to) stay */
    } cases[] = {
        {"every second", 2, 0, 1},
        {"one region of four", 4, 3, 4},
        {"three regions of four", 4, 0, 3},
        {"pools of five endpoints, in turn", 10, 0, 5},
        {"the first thousand", 10000, 0, 1000},
        {"the last thousand", 10000, 9000, 10000},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        set_up(state);
        come(MOST);
        for (size_t k = 0; k < MOST; k++)
            if (k % cases[i].every < cases[i].from || k % cases[i].every >= cases[i].to)
                go(k);
        check_even(cases[i].why);
        tear_down(state);
    }
    set_up(state);
}

/* A reload takes some away and brings others, again and again. */
static void test_reloads(void **state)
{
    (void)state;
    struct rng rng;

    rng_init(&rng, 7);
    come(1000);
    for (size_t round = 0; round < 50; round++) {
        for (size_t i = 0; i < crowd.n; i++)
            if (crowd.is_there[i] && rng_below(&rng, 10) == 0)
                go(i);
        check_even("some have gone");
        come(1000 - count());
        check_even("as many have come");
        assert_in_range(burst(), 20, 22); /* as if nobody had: they sit where others sat */
    }
}

static void test_seed(void **state)
{
    (void)state;
    struct phases same = {.seed = 1}, other = {.seed = 2};
    dur_ms_t a, b;

    come(1);
    phases_take(&same, INTERVAL_MS, &a);
    phases_take(&other, INTERVAL_MS, &b);
    assert_int_equal(a, crowd.phase_ms[0]);
    assert_int_not_equal(b, a);
    phases_fini(&same);
    phases_fini(&other);
}

static void test_rate(void **state)
{
    (void)state;
    dur_ms_t phase;

    assert_true(crowd.phases.per_ms == 0);
    come(100);
    const uint32_t seat = phases_take(&crowd.phases, 100, &phase);
    assert_in_range(phase, 0, 99);
    assert_true(crowd.phases.per_ms == 0.03);
    phases_give(&crowd.phases, 100, seat);
    assert_true(crowd.phases.per_ms == 0.02);
    assert_int_equal(crowd.phases.n, 1); /* nobody is asked ten times a second any more */
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_any_number), TEST(test_sizes), TEST(test_some_go),
        TEST(test_reloads),    TEST(test_seed),  TEST(test_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
