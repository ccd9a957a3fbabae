/* src/base/cursor.h: read and write everything, check once.  SPDX-License-Identifier: BSD-2-Clause */
#include "base/cursor.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_read(void **state)
{
    const uint8_t data[] = {0x01, 0x02, 0x03, 0xff, 0xfe, 0xfd, 0xfc, 'a', 'b'};
    struct rd r = rd_init(data, sizeof(data));

    assert_int_equal(rd_u8(&r), 0x01);
    assert_int_equal(rd_u16(&r), 0x0203);
    assert_true(rd_u32(&r) == 0xfffefdfc);
    assert_int_equal(rd_left(&r), 2);
    assert_memory_equal(rd_bytes(&r, 2), "ab", 2);
    assert_non_null(rd_bytes(&r, 0)); /* at the end there is room for nothing */
    assert_false(r.short_read);
}

/* For each way to read too much: the error sticks, and everything after it is zero. */
static void test_short_read(void **state)
{
    static const struct {
        const char *why;
        size_t have, want;
    } cases[] = {
        {"an octet of nothing", 0, 1},
        {"two of one", 1, 2},
        {"four of three", 3, 4},
        {"one more than there is", 4, 5},
        {"more than any memory", 4, SIZE_MAX},
    };
    const uint8_t data[4] = {1, 2, 3, 4};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct rd r = rd_init(data, cases[i].have);
        if (rd_bytes(&r, cases[i].want) != NULL || !r.short_read)
            fail_msg("%s was read", cases[i].why);
        assert_int_equal(rd_left(&r), cases[i].have); /* it did not move */
        assert_int_equal(rd_u8(&r), 0);
        assert_int_equal(rd_u16(&r), 0);
        assert_int_equal(rd_u32(&r), 0);
        assert_null(rd_bytes(&r, 0));
    }
}

static void test_write(void **state)
{
    uint8_t out[9];
    struct wr w = wr_init(out, sizeof(out));

    wr_u8(&w, 0x01);
    wr_u16(&w, 0x0203);
    wr_u32(&w, 0xfffefdfc);
    wr_bytes(&w, "ab", 2);
    assert_memory_equal(out,
                        "\x01\x02\x03\xff\xfe\xfd\xfc"
                        "ab",
                        9);
    assert_false(w.full);
    assert_int_equal(wr_len(&w), 9);
    wr_bytes(&w, NULL, 0); /* nothing always fits */
    assert_false(w.full);
}

/* What does not fit is not begun, and nothing follows it. */
static void test_full(void **state)
{
    uint8_t out[4] = {9, 9, 9, 9};
    struct wr w = wr_init(out, 3);

    wr_u16(&w, 0x0102);
    wr_u16(&w, 0x0304);
    assert_true(w.full);
    wr_u8(&w, 5);
    assert_null(wr_room(&w, 0));
    assert_int_equal(wr_len(&w), 2);
    assert_memory_equal(out, "\1\2\11\11", 4);
}

static void test_byte_order(void **state)
{
    uint8_t at[4];

    put_u16(at, 0x8001);
    assert_memory_equal(at, "\x80\x01", 2);
    assert_int_equal(get_u16(at), 0x8001);
    put_u32(at, 0x80000001);
    assert_memory_equal(at, "\x80\0\0\x01", 4);
    assert_true(get_u32(at) == 0x80000001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),       cmocka_unit_test(test_short_read),
        cmocka_unit_test(test_write),      cmocka_unit_test(test_full),
        cmocka_unit_test(test_byte_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
