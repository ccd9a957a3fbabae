/* SPDX-License-Identifier: BSD-2-Clause */
#include "ctl/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define COLUMNS  3
#define ROWS_MAX 4

static char *print(const char *const rows[][COLUMNS], bool colour)
{
    struct table t;
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);

    table_init(&t, COLUMNS, rows[0]);
    for (size_t i = 1; i < ROWS_MAX && rows[i][0] != NULL; i++)
        table_row(&t, i == 1 ? TINT_BAD : TINT_NONE, rows[i]);
    table_print(&t, f, colour);
    table_fini(&t);
    fclose(f);
    return text;
}

static void test_layout(void **state)
{
    static const struct {
        const char *why;
        const char *rows[ROWS_MAX][COLUMNS];
        const char *text;
    } cases[] = {
        {"each column is as wide as its widest cell",
         {{"A", "B", "C"}, {"long one", "b", "c"}, {"a", "bb", "c"}},
         "A         B   C\nlong one  b   c\na         bb  c\n"},
        {"no spaces at the end of a line",
         {{"A", "B", "C"}, {"a", "", ""}, {"a", "b", ""}, {"a", "", "c"}},
         "A  B  C\na\na  b\na     c\n"},
        {"width is counted in characters",
         {{"A", "B", ""}, {"é", "b", ""}, {"ee", "b", ""}},
         "A   B\né   b\nee  b\n"},
        {"a head without rows is not shown", {{"A", "B", "C"}}, ""},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *text = print(cases[i].rows, false);
        assert_string_equal(text, cases[i].text);
        free(text);
    }
}

static void test_colour(void **state)
{
    static const char *const rows[ROWS_MAX][COLUMNS] = {{"A", "B", "C"}, {"a", "b", "c"}};
    char *text = print(rows, true);

    assert_string_equal(text, "\033[1mA  B  C\033[0m\n\033[31ma  b  c\033[0m\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_colour),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
