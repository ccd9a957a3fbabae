/* src/data/rrset.c: records as they lie in an answer.  SPDX-License-Identifier: BSD-2-Clause */
#include "data/rrset.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_render_and_walk(void **state)
{
    uint8_t wire[64];
    uint8_t *at = rr_render(wire, 1, 0x01020304, (const uint8_t[]){192, 0, 2, 1}, 4);

    at = rr_render(at, 10, 60, NULL, 0); /* rdata may be empty */
    at = rr_render(at, 16, 0x7fffffff, (const uint8_t[]){1, 'x'}, 2);
    assert_memory_equal(wire,
                        "\xc0\x0c\0\1\0\1\1\2\3\4\0\4\xc0\0\2\1"
                        "\xc0\x0c\0\12\0\1\0\0\0\x3c\0\0"
                        "\xc0\x0c\0\20\0\1\x7f\xff\xff\xff\0\2\1x",
                        16 + 12 + 14);
    assert_ptr_equal(at, wire + 42);
    const uint8_t *rr = wire;
    assert_int_equal(rr_rdlen(rr), 4);
    assert_int_equal(rr_rdata(rr)[3], 1);
    rr = rr_next(rr);
    assert_int_equal(rr_rdlen(rr), 0);
    rr = rr_next(rr);
    assert_int_equal(rr_rdlen(rr), 2);
    assert_ptr_equal(rr_next(rr), at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_render_and_walk)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
