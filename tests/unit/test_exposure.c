// SPDX-License-Identifier: BSD-2-Clause
/* src/health/exposure.c: for how long clients may have a dead endpoint, and what avoiding it costs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "health/exposure.h"

static void test_figures(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        dur_ms_t interval_ms, timeout_ms;
        uint8_t fall;
        uint32_t min_s, max_s;
        dur_ms_t detect_ms, exposed_ms;
        unsigned steady, least;
    } cases[] = {
        {"the defaults: answers from before the first failure last longest", 5000, 2000, 3, 10, 300,
         17000, 307000, 12, 360},
        {"equal bounds: those from before the verdict", 5000, 2000, 3, 60, 60, 17000, 77000, 60,
         60},
        {"in a second", 100, 100, 3, 1, 1, 400, 1400, 3600, 3600},
        {"one failure is a verdict", 1000, 500, 1, 5, 20, 1500, 21500, 180, 720},
        {"nothing is cached", 5000, 2000, 3, 0, 0, 17000, 17000, 0, 0},
        {"half an hour and a bit: rounded up", 5000, 2000, 3, 10, 1801, 17000, 1808000, 2, 360},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct probe_spec p = {.kind = PROBE_TCP,
                                     .interval_ms = cases[i].interval_ms,
                                     .timeout_ms = cases[i].timeout_ms,
                                     .fall = cases[i].fall};
        const struct ttl_rule ttl = {.min_s = cases[i].min_s, .max_s = cases[i].max_s, .growth = 8};
        const struct exposure e = exposure_of(&p, &ttl);
        if (e.detect_ms != cases[i].detect_ms || e.exposed_ms != cases[i].exposed_ms ||
            e.asks_steady != cases[i].steady || e.asks_least != cases[i].least)
            fail_msg("%s: %lld ms, %lld ms, %u and %u an hour", cases[i].why,
                     (long long)e.detect_ms, (long long)e.exposed_ms, e.asks_steady, e.asks_least);
    }
}

static void test_what_is_not_asked(void **state)
{
    (void)state;
    const struct ttl_rule ttl = {.min_s = 10, .max_s = 300, .growth = 8};
    const struct probe_spec told = {.kind = PROBE_PUSH};

    assert_int_equal(exposure_of(NULL, &ttl).exposed_ms, -1);
    assert_int_equal(exposure_of(&told, &ttl).detect_ms, 0);
    assert_int_equal(exposure_of(&told, &ttl).exposed_ms, 300000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_figures),
        cmocka_unit_test(test_what_is_not_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
