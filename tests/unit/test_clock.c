/* src/base/clock.c: time for people.  SPDX-License-Identifier: BSD-2-Clause */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_durations(void **state)
{
    static const struct {
        dur_ms_t ms;
        const char *want;
    } cases[] = {
        {0, "0ms"},
        {250, "250ms"},
        {999, "999ms"},
        {1000, "1s"},
        {1999, "1s"},
        {4000, "4s"},
        {59999, "59s"},
        {60000, "1m"},
        {130000, "2m10s"},
        {3599999, "59m59s"},
        {3600000, "1h"},
        {3600999, "1h"},
        {11100000, "3h5m"},
        {86399999, "23h59m"},
        {86400000, "1d"},
        {792000000, "9d4h"},
        {86400000 * 400LL, "400d"},
        {INT64_MAX, "106751991167d7h"},
        {-5, "-5ms"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[DUR_TEXT];
        assert_string_equal(dur_print(cases[i].ms, text), cases[i].want);
    }
}

static void test_dates(void **state)
{
    static const struct {
        real_ms_t ms;
        const char *want;
    } cases[] = {
        {0, "1970-01-01T00:00:00Z"},
        {1767323045000, "2026-01-02T03:04:05Z"},
        {1767323045999, "2026-01-02T03:04:05Z"},
        {951782400000, "2000-02-29T00:00:00Z"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[CLOCK_TEXT];
        assert_string_equal(real_print(cases[i].ms, text), cases[i].want);
    }
}

static void test_clocks_run(void **state)
{
    const mono_ms_t before = mono_ms();

    assert_true(before > 0 && mono_ms() >= before);
    assert_true(real_ms() > 1767225600000); /* this was written later than 2026 began */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_durations),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_clocks_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
