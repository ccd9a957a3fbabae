/* src/dns/name.c: names from text and back, their order, their keys.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "dns/name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/cursor.h"

#define COUNT(cases) (sizeof(cases) / sizeof((cases)[0]))

#define L63      "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"
#define L61      "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghi"
#define L62      L61 "j"
#define TOO_LONG "name longer than 255 octets (RFC 1035 §2.3.4)"

static const uint8_t origin[] = "\7example\3com";

static uint8_t *parse(const char *text, uint8_t out[NAME_MAX_LEN])
{
    const char *why;

    if (!name_parse(text, strlen(text), name_root, out, &why))
        fail_msg("%s: %s", text, why);
    return out;
}

static void test_parse(void **state)
{
    static const struct {
        const char *text, *wire;
        size_t len;
    } cases[] = {
        {"www", "\3www\7example\3com", 17},
        {"www.example.org.", "\3www\7example\3org", 17},
        {"@", "\7example\3com", 13},
        {".", "", 1},
        {"WwW.", "\3WwW", 5},
        {"*", "\1*\7example\3com", 15},
        {"a\\.b.", "\3a.b", 5}, /* a dot in a label (RFC 1035 §5.1) */
        {"\\097\\000\\255.", "\3a\0\xff", 5},
        {"\\@", "\1@\7example\3com", 15}, /* an escaped @ is a letter */
        {"a\\ b", "\3a b\7example\3com", 17},
        {L63 ".", "\x3f" L63, 65},
        {L63 "." L63 "." L63 "." L61 ".", "\x3f" L63 "\x3f" L63 "\x3f" L63 "\x3d" L61, 255},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t name[NAME_MAX_LEN];
        const char *why = NULL;
        if (!name_parse(cases[i].text, strlen(cases[i].text), origin, name, &why))
            fail_msg("%s: %s", cases[i].text, why);
        assert_int_equal(name_len(name), cases[i].len);
        assert_memory_equal(name, cases[i].wire, cases[i].len);
    }
}

static void test_parse_errors(void **state)
{
    static const struct {
        const char *text, *why;
        bool no_origin;
    } cases[] = {
        {"", "empty name"},
        {"a..b", "empty label"},
        {".a", "empty label"},
        {"..", "empty label"},
        {"a\\", "nothing behind \"\\\""},
        {"a\\25", "\"\\\" and a digit need three digits, as in \\046 (RFC 1035 §5.1)"},
        {"a\\2x6", "\"\\\" and a digit need three digits, as in \\046 (RFC 1035 §5.1)"},
        {"\\256", "\\DDD above 255 (RFC 1035 §5.1)"},
        {L63 "x", "label longer than 63 octets (RFC 1035 §2.3.4)"},
        {L63 "." L63 "." L63 "." L62 ".", TOO_LONG},
        {L63 "." L63 "." L63 "." L63 ".", TOO_LONG},
        {L63 "." L63 "." L63 "." L61,
         "name longer than 255 octets with its origin (RFC 1035 §2.3.4)"},
        {"www", "not an absolute name: end it with a dot", true},
        {"@", "not an absolute name: end it with a dot", true},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t name[NAME_MAX_LEN] = "\1x";
        const char *why = "taken";
        name_parse(cases[i].text, strlen(cases[i].text), cases[i].no_origin ? NULL : origin, name,
                   &why);
        assert_string_equal(why, cases[i].why);
        assert_memory_equal(name, "\1x", 3); /* written on success only */
    }
}

static void test_print(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {".", "."},
        {"WwW.Example.", "WwW.Example."},
        {"a\\.b.", "a\\.b."},
        {"\\000\\032\\127\\255.", "\\000\\032\\127\\255."},
        {"\\@\\$\\;\\(\\)\\\"\\\\.", "\\@\\$\\;\\(\\)\\\"\\\\."},
        {"_sip._udp.", "_sip._udp."},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t name[NAME_MAX_LEN];
        char text[NAME_TEXT];
        assert_string_equal(name_print(parse(cases[i].text, name), text), cases[i].want);
    }
}

/* The longest text fits, and reads back as the same name. */
static void test_print_longest(void **state)
{
    uint8_t name[NAME_MAX_LEN], back[NAME_MAX_LEN];
    char text[NAME_TEXT];

    memset(name, 0xff, sizeof(name));
    name[0] = name[64] = name[128] = 63;
    name[192] = 61;
    name[254] = 0;
    name_print(name, text);
    assert_int_equal(strlen(text), 4 * 250 + 4);
    assert_memory_equal(parse(text, back), name, NAME_MAX_LEN);
}

static void test_labels(void **state)
{
    uint8_t name[NAME_MAX_LEN];

    assert_int_equal(name_labels(name_root), 0);
    assert_int_equal(name_len(name_root), 1);
    assert_int_equal(name_labels(parse("a.b.c.", name)), 3);
    assert_memory_equal(name_parent(name), "\1b\1c", 5);
    assert_true(name_is_wildcard(parse("*.b.", name)));
    assert_false(name_is_wildcard(parse("**.b.", name)));
    assert_false(name_is_wildcard(parse("a.*.", name)));
    assert_false(name_is_wildcard(name_root));
}

static void test_within(void **state)
{
    static const struct {
        const char *name, *ancestor;
        bool within;
    } cases[] = {
        {"example.com.", "example.com.", true},
        {"www.example.com.", "EXAMPLE.com.", true},
        {"a.b.example.com.", "example.com.", true},
        {"com.", "example.com.", false},
        {"notexample.com.", "example.com.", false},
        {"example.com.org.", "example.com.", false},
        {"example.com.", ".", true},
        {".", ".", true},
        {".", "com.", false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t a[NAME_MAX_LEN], b[NAME_MAX_LEN];
        if (name_within(parse(cases[i].name, a), parse(cases[i].ancestor, b)) != cases[i].within)
            fail_msg("%s within %s", cases[i].name, cases[i].ancestor);
    }
}

/* The example of RFC 4034 §6.1, in its order, and what it leaves out. */
static void test_canonical_order(void **state)
{
    static const char *const ordered[] = {
        ".",
        "example.",
        "a.example.",
        "yljkjljk.a.example.",
        "Z.a.example.",
        "zABC.a.EXAMPLE.",
        "z.example.",
        "\\001.z.example.",
        "*.z.example.",
        "\\200.z.example.",
        "example1.",
    };

    for (size_t i = 0; i < COUNT(ordered); i++) {
        for (size_t k = 0; k < COUNT(ordered); k++) {
            uint8_t a[NAME_MAX_LEN], b[NAME_MAX_LEN];
            const int d = name_compare(parse(ordered[i], a), parse(ordered[k], b));
            if ((d < 0) != (i < k) || (d > 0) != (i > k))
                fail_msg("%s and %s: %d", ordered[i], ordered[k], d);
        }
    }
}

static void test_case(void **state)
{
    uint8_t a[NAME_MAX_LEN], b[NAME_MAX_LEN];

    assert_true(name_equal(parse("WwW.Example.", a), parse("wWw.eXAMPLE.", b)));
    assert_false(name_equal(parse("a.b.", a), parse("a\\.b.", b)));
    assert_false(name_equal(parse("[.", a), parse("{.", b))); /* 0x20 apart, and no letters */
    assert_false(name_equal(parse("@.", a), name_root));
    name_lower(parse("AZ[\\193.Q.", a));
    assert_memory_equal(a, parse("az[\\193.q.", b), name_len(b)); /* ASCII only (RFC 4343 §2) */
}

/* A key is the lower-case name, where its labels start, and the hash that a table has for each
 * of its suffixes. */
static void test_key(void **state)
{
    static const char *const texts[] = {".", "com.", "WWW.Example.Com.", "a.b.c.d.e.f.",
                                        L63 "." L63 "." L63 "." L61 "."};

    for (size_t i = 0; i < COUNT(texts); i++) {
        uint8_t name[NAME_MAX_LEN];
        struct name_key key;
        name_key_init(&key, parse(texts[i], name));
        name_lower(name);
        assert_int_equal(key.len, name_len(name));
        assert_int_equal(key.labels, name_labels(name));
        assert_memory_equal(key.wire, name, key.len);
        const uint8_t *suffix = name;
        for (unsigned k = 0; k <= key.labels; k++) {
            assert_int_equal(key.at[k], suffix - name);
            assert_int_equal(key.hash[k], name_hash(suffix));
            suffix = k < key.labels ? name_parent(suffix) : suffix;
        }
    }
}

/* 127 labels: as many as a name can have. */
static void test_most_labels(void **state)
{
    uint8_t name[NAME_MAX_LEN] = {0};
    struct name_key key;

    for (unsigned i = 0; i < NAME_MAX_LABELS; i++)
        put_u16(name + 2 * i, 0x0100 | 'a');
    name_key_init(&key, name);
    assert_int_equal(key.labels, NAME_MAX_LABELS);
    assert_int_equal(key.len, NAME_MAX_LEN);
    assert_int_equal(key.at[NAME_MAX_LABELS], 254);
    assert_int_equal(key.hash[0], name_hash(name));
    assert_int_equal(name_compare(name, name + 2), 1);
}

/* Names that an operator has by the thousand: hashes do not meet more often than by chance. */
static void test_hashes_differ(void **state)
{
    static uint32_t hashes[20000];
    unsigned met = 0;

    for (unsigned i = 0; i < COUNT(hashes); i++) {
        uint8_t name[NAME_MAX_LEN];
        char text[64];
        snprintf(text, sizeof(text), "host%u.rack%u.example.com.", i % 200, i / 200);
        hashes[i] = name_hash(parse(text, name));
        for (unsigned k = 0; k < i; k++)
            met += hashes[k] == hashes[i];
    }
    assert_true(met <= 2); /* by chance 0.05 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_parse_errors),
        cmocka_unit_test(test_print),
        cmocka_unit_test(test_print_longest),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_within),
        cmocka_unit_test(test_canonical_order),
        cmocka_unit_test(test_case),
        cmocka_unit_test(test_key),
        cmocka_unit_test(test_most_labels),
        cmocka_unit_test(test_hashes_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
