/*
 * src/dns/compress.c: what of a name is written, and where the pointer behind it leads.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "dns/compress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dns/name.h"

struct message {
    struct compress c;
    struct wr w;
    uint8_t octets[0x5000];
};

static const uint8_t *parse(const char *text)
{
    static uint8_t name[NAME_MAX_LEN];
    const char *why;

    assert_true(name_parse(text, strlen(text), name_root, name, &why));
    return name;
}

/* The rest of the buffer is pointers at themselves: whoever reads what is not written yet hangs. */
static void begin(struct message *m)
{
    m->c.n = m->c.n_question = 0;
    m->w = wr_init(m->octets, sizeof(m->octets));
    for (size_t i = 0; i < sizeof(m->octets); i += 2)
        put_u16(m->octets + i, (uint16_t)(0xc000 | (i & 0x3fff)));
    wr_room(&m->w, 12);
}

static size_t put(struct message *m, const char *name)
{
    const size_t before = wr_len(&m->w);

    compress_put(&m->c, &m->w, parse(name));
    return wr_len(&m->w) - before;
}

/* The name at an offset, its pointers followed. */
static void check_at(const struct message *m, size_t offset, const char *want)
{
    uint8_t name[NAME_MAX_LEN];
    size_t len = 0;

    for (;;) {
        while (m->octets[offset] >= 0xc0)
            offset = get_u16(m->octets + offset) & 0x3fff;
        const uint8_t *label = m->octets + offset;
        memcpy(name + len, label, 1u + *label);
        len += 1u + *label;
        offset += 1u + *label;
        if (*label == 0)
            break;
    }
    assert_true(name_equal(name, parse(want)));
}

static void test_names(void **state)
{
    static const struct {
        const char *why, *name;
        size_t len; /* octets that it takes */
    } cases[] = {
        {"the first", "www.example.com.", 17},
        {"again", "www.example.com.", 2},
        {"case does not count", "WWW.eXample.COM.", 2},
        {"its parent", "example.com.", 2},
        {"a new label", "a.example.com.", 4},
        {"below that", "b.a.example.com.", 4},
        {"the same label elsewhere", "www.com.", 6},
        {"a label that begins alike", "examples.com.", 11},
        {"that ends alike", "fxample.com.", 10},
        {"alike in six octets", "examplf.com.", 10},
        {"one of six", "exampl.com.", 9},
        {"and that again", "EXAMPL.com.", 2},
        {"what a letter becomes with 0x20 is no other", "a[b.com.", 6},
        {"not the same", "a{b.com.", 6},
        {"octets above 0x80 have no case", "\\193b.com.", 5},
        {"not the same", "\\225b.com.", 5},
        {"nor has @", "@@@@@@@.com.", 10},
        {"not the same", "@@@@@@`.com.", 10},
        {"three times one label", "x.x.x.org.", 11},
        {"twice", "x.x.org.", 2},
        {"four times", "x.x.x.x.org.", 4},
        {"the root", ".", 1},
    };
    struct message m;

    begin(&m);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const size_t at = wr_len(&m.w), len = put(&m, cases[i].name);
        if (len != cases[i].len)
            fail_msg("%s, %s: %zu octets", cases[i].why, cases[i].name, len);
        check_at(&m, at, cases[i].name);
    }
}

/* What stands for a name once it is written. */
static void test_pointer(void **state)
{
    struct message m;

    begin(&m);
    assert_int_equal(compress_put(&m.c, &m.w, parse(".")), 0);
    assert_int_equal(compress_put(&m.c, &m.w, parse("a.b.")), 0xc00d);
    assert_int_equal(compress_put(&m.c, &m.w, parse("b.")), 0xc00f);
    assert_int_equal(compress_put(&m.c, &m.w, parse("c.b.")), 0xc014);
    wr_room(&m.w, 0x3fff - wr_len(&m.w));
    assert_int_equal(compress_put(&m.c, &m.w, parse("last.")), 0xffff);
    assert_int_equal(compress_put(&m.c, &m.w, parse("beyond.")), 0);
    assert_int_equal(put(&m, "last."), 2);
    assert_int_equal(put(&m, "beyond."), 8);
    assert_int_equal(put(&m, "beyond.a.b."), 9);
}

/* A name that stands there already, as a question does. */
static void test_question(void **state)
{
    struct message m;

    begin(&m);
    wr_bytes(&m.w, "\3WWW\7example\3com", 17);
    compress_begin(&m.c, m.octets, 12);
    assert_int_equal(put(&m, "www.example.com."), 2);
    assert_int_equal(put(&m, "a.example.com."), 4);
    assert_int_equal(put(&m, "EXAMPLE.com."), 2);
    assert_int_equal(put(&m, "a.b.www.example.com."), 6);
    assert_int_equal(put(&m, "b.WWW.example.com."), 2);
    assert_int_equal(put(&m, "www.eyample.com."), 4 + 8 + 2);
    assert_int_equal(put(&m, "www.example.net."), 4 + 8 + 4 + 1);
    assert_int_equal(put(&m, "example.example.com."), 8 + 2);
    assert_int_equal(put(&m, "www.example.example.com."), 4 + 2);
    assert_int_equal(put(&m, "net."), 2);
}

/* More labels than are kept, in one name and in many. */
static void test_many(void **state)
{
    struct message m;
    char name[300] = "";

    begin(&m);
    for (unsigned i = 0; i < 127; i++)
        strcat(name, i % 3 == 0 ? "a." : "b.");
    assert_int_equal(put(&m, name), 255);
    assert_int_equal(m.c.n, COMPRESS_MAX);
    const size_t at = wr_len(&m.w);
    assert_int_equal(put(&m, name), 2 * (127 - COMPRESS_MAX) + 2);
    check_at(&m, at, name);
    begin(&m);
    for (unsigned i = 0; i < 300; i++) {
        snprintf(name, sizeof(name), "h%u.example.", i);
        const size_t start = wr_len(&m.w);
        put(&m, name);
        check_at(&m, start, name);
    }
}

/* In every room: all of a name or none of it. */
static void test_every_room(void **state)
{
    struct message m;

    for (size_t room = 0; room < 24; room++) {
        begin(&m);
        put(&m, "example.");
        const uint16_t known = m.c.n;
        const uint8_t *at = m.w.at;
        m.w.end = m.w.at + room;
        const uint16_t pointer = compress_put(&m.c, &m.w, parse("abcdefgh.www.example."));
        const bool fits = room >= 9 + 4 + 2;
        assert_int_equal(m.w.full, !fits);
        assert_int_equal(pointer, fits ? 0xc000 | (at - m.octets) : 0);
        assert_int_equal(m.c.n, fits ? known + 2 : known);
        assert_ptr_equal(m.w.at, fits ? at + 15 : at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),      cmocka_unit_test(test_pointer),
        cmocka_unit_test(test_question),   cmocka_unit_test(test_many),
        cmocka_unit_test(test_every_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
