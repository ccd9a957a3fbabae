/* src/health/lateness.c under a clock of the test's own.  SPDX-License-Identifier: BSD-2-Clause */
#include "health/lateness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define EPOCH 1234567

static void nothing_was_late_yet(void **state)
{
    const struct lateness l = {.span = 0};

    (void)state;
    assert_int_equal(lateness_worst(&l, 0), 0);
    assert_int_equal(lateness_worst(&l, EPOCH), 0);
}

/* It is told for a minute at least, and for ten seconds more at most. */
static void the_worst_of_a_minute(void **state)
{
    (void)state;
    for (mono_ms_t at = EPOCH; at < EPOCH + 3 * LATENESS_SPAN_MS; at += 777) {
        struct lateness l = {.span = 0};
        lateness_note(&l, 3, at);
        lateness_note(&l, 40, at);
        lateness_note(&l, 5, at);
        assert_int_equal(lateness_worst(&l, at), 40);
        lateness_note(&l, 7, at + 30000);
        assert_int_equal(lateness_worst(&l, at + 60000), 40);
        assert_int_equal(lateness_worst(&l, at + 70000), 7);
        assert_int_equal(lateness_worst(&l, at + 110000), 0);
    }
}

/* After a long time without any, nothing old comes back. */
static void gaps_are_empty(void **state)
{
    (void)state;
    for (mono_ms_t gap = 70000; gap < 400000; gap += 9999) {
        struct lateness l = {.span = 0};
        for (mono_ms_t t = 0; t < 60000; t += 1000)
            lateness_note(&l, 99, EPOCH + t);
        lateness_note(&l, 1, EPOCH + 60000 + gap);
        assert_int_equal(lateness_worst(&l, EPOCH + 60000 + gap), 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_was_late_yet),
        cmocka_unit_test(the_worst_of_a_minute),
        cmocka_unit_test(gaps_are_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
