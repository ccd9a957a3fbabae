/* src/dns/name.c: names from text and back, their order, their keys.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "dns/name_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cursor.h"
#include "base/xalloc.h"

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
            assert_int_equal(name_key_hash(&key, k), name_hash(suffix, name_len(suffix)));
            suffix = k < key.labels ? name_parent(suffix) : suffix;
        }
    }
}

/* A name of len octets whose first label has first octets (if it has room), then labels of 63; the
 * octets go up from start, so that over 256 of them every octet stands at every place. */
static void make_name(uint8_t *name, size_t len, size_t first, uint8_t start)
{
    size_t at = 0, label = first;

    while (at + 1 < len) {
        const size_t room = len - at - 2; /* behind this length octet and before the root's */
        label = label < room ? label : room;
        if (room - label == 1) /* a lone length octet would be left over */
            label = label < LABEL_MAX_LEN ? label + 1 : label - 1;
        name[at++] = (uint8_t)label;
        for (size_t i = 0; i < label; i++)
            name[at++] = start++;
        label = LABEL_MAX_LEN;
    }
    name[at] = 0;
}

static void check_key(const struct name_key *key, const uint8_t *name, size_t len)
{
    uint8_t lower[NAME_MAX_LEN];
    const uint8_t *label = name;
    unsigned n = 0;

    for (size_t i = 0; i < len; i++) /* length octets are no letters */
        lower[i] = name_lower_octet(name[i]);
    assert_int_equal(key->len, len);
    assert_memory_equal(key->wire, lower, len);
    assert_int_equal(key->hash, name_hash(lower, len));
    for (; *label != 0; label += 1 + *label)
        assert_int_equal(key->at[n++], label - name);
    assert_int_equal(key->labels, n);
    assert_int_equal(key->at[n], len - 1);
}

/*
 * Sixteen octets at a time against one by one: every length that a name can have, every octet, the
 * second label at every place of a block.  From memory of just its size, so that ASan sees an octet
 * too many, and with more behind it.
 */
static void test_key_in_blocks(void **state)
{
    for (size_t len = 1; len <= NAME_MAX_LEN; len++) {
        if (len == 2)
            continue; /* there is none */
        uint8_t *exact = xmalloc(len), more[2 * NAME_MAX_LEN];
        for (size_t variant = 0; variant < 256; variant += len < 32 ? 1 : 17) {
            struct name_key key;
            make_name(exact, len, 1 + variant % 31, (uint8_t)variant);
            name_key_init(&key, exact);
            check_key(&key, exact, len);
            assert_true(name_key_read(&key, exact, len));
            check_key(&key, exact, len);
            assert_false(name_key_read(&key, exact, len - 1));
            memset(more, 'A', sizeof(more));
            memcpy(more, exact, len);
            assert_true(name_key_read(&key, more, len + variant));
            check_key(&key, more, len);
        }
        free(exact);
    }
}

/* What is no name, though there is enough of it. */
static void test_key_refused(void **state)
{
    static const struct {
        const char *why, *octets;
    } cases[] = {
        {"a pointer (RFC 1035 §4.1.4)", "\xc0\x0c"},
        {"a pointer behind a label", "\3www\xc0\x0c"},
        {"a label type that is none (RFC 6891 §5)", "\x41"
                                                    "aa"},
        {"256 octets", "\x3f" L63 "\x3f" L63 "\x3f" L63 "\x3e" L62},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t packet[512] = {0};
        struct name_key key;
        memcpy(packet, cases[i].octets, strlen(cases[i].octets));
        if (name_key_read(&key, packet, sizeof(packet)))
            fail_msg("taken: %s", cases[i].why);
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
    assert_int_equal(key.hash, name_hash(name, sizeof(name)));
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
        parse(text, name);
        hashes[i] = name_hash(name, name_len(name));
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
        cmocka_unit_test(test_key_in_blocks),
        cmocka_unit_test(test_key_refused),
        cmocka_unit_test(test_most_labels),
        cmocka_unit_test(test_hashes_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
