// SPDX-License-Identifier: BSD-2-Clause
/* src/health/presence.c: how long the loop was not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "health/presence.h"
#include "health/schedule.h"

#define START 1000000
#define SLEPT 500 /* before it began: nobody's concern */
#define BEAT  SCHEDULE_BEAT_MS

/* The loop shows itself at the times given, and says each time for how long it will wait. */
static void test_lag(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        dur_ms_t wait_ms;
        mono_ms_t shows[5];
        dur_ms_t slept_ms; /* the machine, before the last time */
        dur_ms_t away_ms;  /* as of the last time */
        dur_ms_t lag_ms;
    } cases[] = {
        {"a loop that is there", 10, {10, 20, 60, 110}, 0, 0, 0},
        {"a beat is not late", 10, {BEAT}, 0, 0, 0},
        {"stopped for two seconds", 10, {50, 2050}, 0, 2000 - BEAT, 2000 - BEAT},
        {"stopped twice", 10, {50, 1050, 1100, 2100}, 0, 1000 - BEAT, 2 * (1000 - BEAT)},
        {"from the start", 10, {500}, 0, 500 - BEAT, 500 - BEAT},
        {"then it was there again", 10, {500, 510}, 0, 0, 500 - BEAT},
        {"it had nothing to do", 5000, {5000}, 0, 0, 0},
        {"it overslept", 5000, {5700}, 0, 700, 700},
        {"it wakes up earlier than it must", 5000, {100, 200, 300}, 0, 0, 0},
        {"nothing is waited for", -1, {3600000}, 0, 0, 0},
        {"the machine slept, and the clock with it", 10, {50, 60}, 30000, 30000, 30000},
        {"two clocks that are read by turns", 10, {50, 60}, 1, 0, 0},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct presence p;
        dur_ms_t away_ms = -1;
        presence_init(&p, SLEPT);
        presence_expect(&p, cases[i].wait_ms, START);
        for (size_t k = 0; k < 5 && cases[i].shows[k] > 0; k++) {
            const bool is_last = k == 4 || cases[i].shows[k + 1] == 0;
            const mono_ms_t now = START + cases[i].shows[k];
            away_ms = presence_show(&p, SLEPT + (is_last ? cases[i].slept_ms : 0), now);
            presence_expect(&p, cases[i].wait_ms, now);
        }
        if (away_ms != cases[i].away_ms || p.lag_ms != cases[i].lag_ms)
            fail_msg("%s: away %lld, lag %lld", cases[i].why, (long long)away_ms,
                     (long long)p.lag_ms);
    }
}

/* What wakes first after a standstill may ask before anybody has shown himself; it counts once. */
static void test_lag_is_known_at_once(void **state)
{
    (void)state;
    struct presence p;

    presence_init(&p, 0);
    presence_expect(&p, BEAT, START);
    assert_int_equal(presence_lag(&p, START + BEAT), 0);
    assert_int_equal(presence_lag(&p, START + BEAT + 3000), 3000);
    assert_int_equal(presence_show(&p, 0, START + BEAT + 3000), 3000);
    assert_int_equal(presence_lag(&p, START + BEAT + 3001), 3000);
    assert_int_equal(presence_show(&p, 0, START + BEAT + 3001), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lag),
        cmocka_unit_test(test_lag_is_known_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
