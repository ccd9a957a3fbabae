// SPDX-License-Identifier: BSD-2-Clause
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "health/grpchealth.h"

static void test_write(void **state)
{
    uint8_t out[GRPCHEALTH_REQUEST_MAX];
    char longest[GRPCHEALTH_SERVICE_MAX + 1] = {0};

    (void)state;
    assert_int_equal(grpchealth_write("", out), 5);
    assert_memory_equal(out, "\0\0\0\0\0", 5);
    assert_int_equal(grpchealth_write("a.b", out), 10);
    assert_memory_equal(out, "\0\0\0\0\5\x0a\3a.b", 10);
    memset(longest, 'x', GRPCHEALTH_SERVICE_MAX);
    assert_int_equal(grpchealth_write(longest, out), GRPCHEALTH_REQUEST_MAX);
}

static void test_read(void **state)
{
    static const struct {
        const char *why, *frame;
        size_t len;
        int status; /* -1: it is none */
    } cases[] = {
        {"serving", "\0\0\0\0\2\x08\1", 7, GRPCHEALTH_SERVING},
        {"not serving", "\0\0\0\0\2\x08\2", 7, GRPCHEALTH_NOT_SERVING},
        {"zero is left out", "\0\0\0\0\0", 5, GRPCHEALTH_UNKNOWN},
        {"a number of two octets", "\0\0\0\0\3\x08\x81\1", 8, 129},
        {"the last counts", "\0\0\0\0\4\x08\2\x08\1", 9, GRPCHEALTH_SERVING},
        {"later fields of every form",
         "\0\0\0\0\x17\x10\x96\1\x19"
         "12345678"
         "\x22\2hi\x2d"
         "1234\x08\1",
         28, GRPCHEALTH_SERVING},
        {"nothing", "", 0, -1},
        {"compressed", "\1\0\0\0\2\x08\1", 7, -1},
        {"shorter than it says", "\0\0\0\0\3\x08\1", 7, -1},
        {"longer than it says", "\0\0\0\0\1\x08\1", 7, -1},
        {"a key without a value", "\0\0\0\0\1\x08", 6, -1},
        {"a number without end", "\0\0\0\0\2\x08\x81", 7, -1},
        {"a text beyond the end", "\0\0\0\0\2\x22\5", 7, -1},
        {"a form that there is not", "\0\0\0\0\2\x0b\1", 7, -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint64_t status = 99;
        const bool ok = grpchealth_read((const uint8_t *)cases[i].frame, cases[i].len, &status);
        if (ok != (cases[i].status >= 0) || (ok && status != (uint64_t)cases[i].status))
            fail_msg("%s: %d, %d", cases[i].why, ok, (int)status);
    }
    assert_string_equal(grpchealth_name(3), "SERVICE_UNKNOWN");
    assert_string_equal(grpchealth_name(4), "another status");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
