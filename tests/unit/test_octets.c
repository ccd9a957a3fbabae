/*
 * src/base/octets.h: every length, nothing before or behind.  SPDX-License-Identifier: BSD-2-Clause
 */
#include "base/octets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* Both pieces of memory end where the octets do, so that ASan sees what goes beyond. */
static void test_copy(void **state)
{
    for (size_t len = 0; len <= 2 * OCTETS_INLINE; len++) {
        uint8_t *from = malloc(len + 1), *to = malloc(len + 1), *want = malloc(len + 1);
        for (size_t i = 0; i < len; i++)
            from[1 + i] = (uint8_t)(i * 7 + 1);
        to[0] = want[0] = 0xee;
        memcpy(want + 1, from + 1, len);
        octets_copy(to + 1, from + 1, len);
        assert_memory_equal(to, want, len + 1);
        free(from);
        free(to);
        free(want);
    }
}

static void test_equal(void **state)
{
    for (size_t len = 0; len <= 40; len++) {
        uint8_t *a = malloc(len + 1), *b = malloc(len + 1);
        memset(a, 1, len + 1);
        memset(b, 1, len + 1);
        a[0] = 2; /* before them */
        assert_true(octets_equal(a + 1, b + 1, len));
        for (size_t i = 0; i < len; i++) {
            b[1 + i] = 0x81;
            assert_false(octets_equal(a + 1, b + 1, len));
            b[1 + i] = 1;
        }
        free(a);
        free(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copy),
        cmocka_unit_test(test_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
