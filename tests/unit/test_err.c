/* src/base/err.c: mistakes of an operator's input, gathered.  SPDX-License-Identifier: BSD-2-Clause */
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void check_text(const struct err *e, const char *want)
{
    char *got = err_text(e);

    assert_string_equal(got, want);
    free(got);
}

static void test_places(void **state)
{
    static const struct {
        const char *why;
        struct err_pos pos;
        const char *want;
    } cases[] = {
        {"no file: no place", {NULL, 7, 9}, "what\n"},
        {"a file alone", {"a.zone", 0, 0}, "a.zone: what\n"},
        {"a line", {"a.zone", 14, 0}, "a.zone:14: what\n"},
        {"a column", {"a.zone", 14, 3}, "a.zone:14:3: what\n"},
        {"a column without a line means nothing", {"a.zone", 0, 3}, "a.zone: what\n"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err e;

        err_init(&e);
        err_at(&e, cases[i].pos, "%s", "what");
        check_text(&e, cases[i].want);
        err_fini(&e);
    }
}

/* All are kept, in the order in which they were found; only errors make an input unusable. */
static void test_order_and_count(void **state)
{
    struct err e;

    err_init(&e);
    check_text(&e, "");
    err_warn(&e, "odd: %d", 1);
    err_add(&e, "wrong: %s", "x");
    err_warn_at(&e, (struct err_pos){"f", 2, 0}, "odd too");
    check_text(&e, "warning: odd: 1\nwrong: x\nwarning: f:2: odd too\n");
    assert_int_equal(e.n, 3);
    assert_int_equal(e.errors, 1);
    assert_int_equal(e.items[0].level, ERR_WARNING);
    assert_int_equal(e.items[1].level, ERR_ERROR);
    err_fini(&e);
    assert_int_equal(e.n, 0);
}

static void test_move(void **state)
{
    struct err to, from;

    err_init(&to);
    err_init(&from);
    err_add(&to, "1");
    err_warn(&from, "2");
    err_add(&from, "3");
    err_move(&to, &from);
    check_text(&to, "1\nwarning: 2\n3\n");
    assert_int_equal(to.errors, 2);
    check_text(&from, "");
    err_add(&from, "again");
    check_text(&from, "again\n");
    err_move(&to, &from);
    err_move(&to, &from); /* of nothing */
    check_text(&to, "1\nwarning: 2\n3\nagain\n");
    err_fini(&to);
    err_fini(&from);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_order_and_count),
        cmocka_unit_test(test_move),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
