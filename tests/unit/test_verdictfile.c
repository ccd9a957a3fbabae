// SPDX-License-Identifier: BSD-2-Clause
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "health/verdictfile.h"

static void test_lines(void **state)
{
    static const char text[] = "# found by the agent\n"
                               "\n"
                               "192.0.2.1       up\n"
                               "2001:DB8:0::1\tdown  disk full \r\n"
                               "  LB.Example.net.  up\n"
                               "*               down no agent there";
    char *why;
    struct reports *rs = verdictfile_parse(text, strlen(text), &why);

    (void)state;
    assert_non_null(rs);
    assert_true(reports_find(rs, "192.0.2.1")->is_up);
    assert_null(reports_find(rs, "192.0.2.1")->why);
    assert_false(reports_find(rs, "2001:db8::1")->is_up);
    assert_string_equal(reports_find(rs, "2001:db8::1")->why, "disk full");
    assert_true(reports_find(rs, "lb.example.net")->is_up);
    assert_string_equal(reports_find(rs, VERDICTFILE_OTHERS)->why, "no agent there");
    assert_null(reports_find(rs, "192.0.2.2"));
    reports_free(rs);
}

static void test_last_line_counts(void **state)
{
    static const char text[] = "192.0.2.1 up\n192.0.2.1 down\n";
    char *why;
    struct reports *rs = verdictfile_parse(text, strlen(text), &why);

    (void)state;
    assert_false(reports_find(rs, "192.0.2.1")->is_up);
    reports_free(rs);
}

/* All or nothing. */
static void test_mistakes(void **state)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"192.0.2.1 UP", "line 1: expected ENDPOINT up or ENDPOINT down"},
        {"192.0.2.1 up\n192.0.2.2\n", "line 2: expected ENDPOINT up or ENDPOINT down"},
        {"192.0.2.1 up\n\nup\n", "line 3: expected ENDPOINT up or ENDPOINT down"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *why = NULL;
        assert_null(verdictfile_parse(cases[i].text, strlen(cases[i].text), &why));
        assert_string_equal(why, cases[i].why);
        free(why);
    }
}

static void test_endpoint_names(void **state)
{
    const struct probe_dest named = {.host = (char *)"LB.example.NET"};
    struct probe_dest address = {0};

    (void)state;
    assert_true(ipaddr_parse("2001:db8:0::1", &address.addr));
    char *a = reports_endpoint(&named), *b = reports_endpoint(&address);
    assert_string_equal(a, "lb.example.net");
    assert_string_equal(b, "2001:db8::1");
    free(a);
    free(b);
}

/* What is over goes when it is swept. */
static void test_sweep(void **state)
{
    struct reports *rs = reports_new();

    (void)state;
    reports_put(rs, "a", &(struct report){.until = 10});
    reports_put(rs, "b", &(struct report){.until = 20});
    reports_put(rs, "b", &(struct report){.until = 30, .why = (char *)"later"});
    reports_sweep(rs, 20);
    assert_null(reports_find(rs, "a"));
    assert_string_equal(reports_find(rs, "b")->why, "later");
    reports_free(rs);
    reports_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),    cmocka_unit_test(test_last_line_counts),
        cmocka_unit_test(test_mistakes), cmocka_unit_test(test_endpoint_names),
        cmocka_unit_test(test_sweep),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
