// SPDX-License-Identifier: BSD-2-Clause
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "health/pattern.h"

static void test_find(void **state)
{
    static const struct {
        bool is_regex;
        const char *pattern, *text;
        enum pattern_found found;
    } cases[] = {
        {false, "OK", "all OK here", PATTERN_FOUND},
        {false, "OK", "all ok here", PATTERN_ABSENT},
        {false, "a.c", "abc", PATTERN_ABSENT},
        {false, "a", "", PATTERN_ABSENT},
        {true, "a.c", "abc", PATTERN_FOUND},
        {true, "^ready$", "not ready", PATTERN_ABSENT},
        {true, "(?i)ok", "all Ok", PATTERN_FOUND},
        {true, "\"status\": *\"(ok|warn)\"", "{\"status\": \"warn\"}", PATTERN_FOUND},
        {true, "^$", "", PATTERN_FOUND},
        {true, "x", "no such octet", PATTERN_ABSENT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *why;
        struct pattern *p = cases[i].is_regex ? pattern_regex(cases[i].pattern, &why)
                                              : pattern_text(cases[i].pattern);
        assert_non_null(p);
        assert_string_equal(pattern_print(p), cases[i].pattern);
        if (pattern_find(p, cases[i].text, strlen(cases[i].text)) != cases[i].found)
            fail_msg("%s in %s", cases[i].pattern, cases[i].text);
        pattern_unref(p);
    }
}

static void test_octets_behind_a_nul(void **state)
{
    struct pattern *p = pattern_text("OK");

    (void)state;
    assert_int_equal(pattern_find(p, "\0OK", 3), PATTERN_FOUND);
    pattern_unref(p);
}

/* An endpoint, or an operator, must not hold up the loop: this one would take years. */
static void test_no_end(void **state)
{
    char text[64], *why;
    struct pattern *p = pattern_regex("^(a+)+$", &why);

    (void)state;
    memset(text, 'a', sizeof(text));
    text[sizeof(text) - 1] = 'b';
    assert_int_equal(pattern_find(p, text, sizeof(text)), PATTERN_GAVE_UP);
    pattern_unref(p);
}

static void test_mistake(void **state)
{
    char *why = NULL;

    (void)state;
    assert_null(pattern_regex("a(b", &why));
    assert_string_equal(why, "missing closing parenthesis at character 4");
    free(why);
}

static void test_equal(void **state)
{
    char *why;
    struct pattern *a = pattern_text("a"), *b = pattern_text("a"), *r = pattern_regex("a", &why);

    (void)state;
    assert_true(pattern_equal(NULL, NULL));
    assert_false(pattern_equal(a, NULL));
    assert_true(pattern_equal(a, b));
    assert_false(pattern_equal(a, r));
    assert_ptr_equal(pattern_ref(a), a);
    pattern_unref(a);
    pattern_unref(a);
    pattern_unref(b);
    pattern_unref(r);
    pattern_unref(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),   cmocka_unit_test(test_octets_behind_a_nul),
        cmocka_unit_test(test_no_end), cmocka_unit_test(test_mistake),
        cmocka_unit_test(test_equal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
