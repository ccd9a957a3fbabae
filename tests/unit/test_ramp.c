/* src/health/ramp.c: how a share of clients climbs.  SPDX-License-Identifier: BSD-2-Clause */
#include "health/ramp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SECOND ((dur_ms_t)1000)
#define MINUTE (60 * SECOND)
#define T0     ((mono_ms_t)1000000)

static void a_share_climbs_in_steps(void **state)
{
    static const struct {
        const char *why;
        dur_ms_t over_ms, after_ms;
        uint16_t share; /* 0: it is over */
    } cases[] = {
        {"the first step is there at once", 10 * MINUTE, 0, 4},
        {"until the next", 10 * MINUTE, 9523, 4},
        {"which is the 63rd part", 10 * MINUTE, 9524, 8},
        {"half", 10 * MINUTE, 5 * MINUTE, 128},
        {"a moment before the end", 10 * MINUTE, 10 * MINUTE - 1, 252},
        {"the end", 10 * MINUTE, 10 * MINUTE, 0},
        {"long after", 10 * MINUTE, 100 * MINUTE, 0},
        {"a short one has fewer: each takes 100 ms", SECOND, 0, 23},
        {"of a second there are ten", SECOND, 100, 46},
        {"and the end", SECOND, SECOND, 0},
        {"hardly any", 1, 0, 128},
        {"of hardly any the end", 1, 1, 0},
        {"a day", RAMP_OVER_MAX_MS, RAMP_OVER_MAX_MS / 2, 128},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ramp r;
        ramp_begin(&r, cases[i].over_ms, T0);
        ramp_step(&r, cases[i].over_ms, false, T0 + cases[i].after_ms);
        if (r.share != cases[i].share || (r.share == 0) != (r.state == RAMP_NONE))
            fail_msg("%s: %u, not %u", cases[i].why, r.share, cases[i].share);
    }
}

/* Who sleeps until the next step finds one, until it is over, and no step moves more than it should. */
static void each_step_is_at_its_time(void **state)
{
    static const dur_ms_t overs[] = {
        1, 99, 101, 1000, 2999, 6300, 6301, 10 * MINUTE, RAMP_OVER_MAX_MS};

    for (size_t i = 0; i < sizeof(overs) / sizeof(overs[0]); i++) {
        mono_ms_t now = T0;
        struct ramp r;
        unsigned steps = 0;
        ramp_begin(&r, overs[i], now);
        while (r.state == RAMP_CLIMBS) {
            const uint16_t old = r.share;
            const mono_ms_t next = ramp_next_step(&r, overs[i]);
            assert_true(next > now);
            assert_false(ramp_step(&r, overs[i], false, next - 1));
            assert_int_equal(ramp_next_step(&r, overs[i]), next);
            assert_true(ramp_step(&r, overs[i], false, next));
            assert_true(r.state == RAMP_NONE || r.share > old);
            assert_true(r.state == RAMP_NONE || next - now >= 100 - 1);
            now = next;
            steps++;
        }
        assert_int_equal(now, T0 + overs[i]);
        assert_in_range(steps, 1, 63);
    }
}

static void it_stands_while_it_is_told_to(void **state)
{
    struct ramp r;

    ramp_begin(&r, 10 * MINUTE, T0);
    ramp_step(&r, 10 * MINUTE, true, T0 + 5 * MINUTE);
    assert_int_equal(r.share, 128); /* what came before it counts */
    assert_int_equal(ramp_next_step(&r, 10 * MINUTE), INT64_MAX);
    assert_false(ramp_step(&r, 10 * MINUTE, true, T0 + 20 * MINUTE));
    assert_int_equal(ramp_left(&r, 10 * MINUTE, T0 + 30 * MINUTE), 5 * MINUTE);
    assert_false(ramp_step(&r, 10 * MINUTE, false, T0 + 30 * MINUTE));
    assert_int_equal(ramp_left(&r, 10 * MINUTE, T0 + 31 * MINUTE), 4 * MINUTE);
    ramp_step(&r, 10 * MINUTE, false, T0 + 35 * MINUTE);
    assert_int_equal(r.state, RAMP_NONE);
}

/* A reload that changes `ramp` half way. */
static void nobody_is_taken_back(void **state)
{
    struct ramp r;

    ramp_begin(&r, 10 * MINUTE, T0);
    ramp_step(&r, 10 * MINUTE, false, T0 + 5 * MINUTE);
    assert_false(ramp_step(&r, 100 * MINUTE, false, T0 + 6 * MINUTE));
    assert_int_equal(r.share, 128);
    assert_true(ramp_step(&r, 100 * MINUTE, false, T0 + 60 * MINUTE));
    assert_int_equal(r.share, 152);
    assert_true(ramp_step(&r, 0, false, T0 + 61 * MINUTE));
    assert_int_equal(r.state, RAMP_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_share_climbs_in_steps),
        cmocka_unit_test(each_step_is_at_its_time),
        cmocka_unit_test(it_stands_while_it_is_told_to),
        cmocka_unit_test(nobody_is_taken_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
