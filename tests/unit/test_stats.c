/* src/data/stats.c: counters and their names.  SPDX-License-Identifier: BSD-2-Clause */
#include "data/stats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_count(void **state)
{
    struct stats s = {0};

    stats_add(&s, STAT_udp_queries, 2);
    stats_add(&s, STAT_udp_queries, 3);
    stats_add(&s, STAT_steered, UINT64_MAX);
    for (int i = 0; i < STAT_COUNT; i++)
        assert_true(stats_get(&s, (enum stats_id)i) == (i == STAT_udp_queries ? 5
                                                        : i == STAT_steered   ? UINT64_MAX
                                                                              : 0));
}

/* A name is a word of its own; help says what is counted. */
static void test_names(void **state)
{
    assert_string_equal(stat_name(STAT_udp_queries), "udp_queries");
    for (int i = 0; i < STAT_COUNT; i++) {
        const char *name = stat_name((enum stats_id)i);
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz_"), strlen(name));
        assert_true(strlen(stat_help((enum stats_id)i)) > 10);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(name, stat_name((enum stats_id)k));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_count),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
