/*
 * Values of a geo database's data section, written down octet by octet.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "load/geodata.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RECORD(text) (const uint8_t *)(text), sizeof(text) - 1

/* What is found, as "text", 1.5 or 7; "-": nothing, "!": damaged. */
static const char *get(const uint8_t *octets, size_t len, size_t offset, const char *const *path,
                       bool learned)
{
    static char text[64];
    const char *const keys[] = {path[0], NULL};
    struct geodata data;
    struct geodata_record record;

    geodata_init(&data, octets, len, keys);
    if (learned)
        geodata_learn(&data, offset);
    geodata_open(&data, offset, &record);
    const struct geovalue v = geodata_get(&record, 0, path + 1);
    switch (v.type) {
    case GEOVALUE_ABSENT: return "-";
    case GEOVALUE_DAMAGED: return "!";
    case GEOVALUE_TEXT: snprintf(text, sizeof(text), "\"%.*s\"", (int)v.len, v.text); break;
    case GEOVALUE_REAL: snprintf(text, sizeof(text), "%g", v.real); break;
    case GEOVALUE_UINT: snprintf(text, sizeof(text), "%ju", (uintmax_t)v.uint); break;
    }
    return text;
}

static void finds_values(void **state)
{
    static const struct {
        const char *why;
        const uint8_t *octets;
        size_t len, offset;
        const char *path[4], *value;
    } cases[] = {
        {"text",
         RECORD("\xe1\x41"
                "a\x42"
                "KR"),
         0,
         {"a"},
         "\"KR\""},
        {"another key",
         RECORD("\xe1\x41"
                "a\x42"
                "KR"),
         0,
         {"b"},
         "-"},
        {"a longer key",
         RECORD("\xe1\x41"
                "a\x42"
                "KR"),
         0,
         {"ab"},
         "-"},
        {"the second member",
         RECORD("\xe2\x41"
                "a\x42"
                "KR\x41"
                "b\xc1\x07"),
         0,
         {"b"},
         "7"},
        {"double",
         RECORD("\xe1\x41"
                "a\x68\x3f\xf8\0\0\0\0\0\0"),
         0,
         {"a"},
         "1.5"},
        {"float",
         RECORD("\xe1\x41"
                "a\x04\x08\x3f\xc0\0\0"),
         0,
         {"a"},
         "1.5"},
        {"uint16 of no octets",
         RECORD("\xe1\x41"
                "a\xa0"),
         0,
         {"a"},
         "0"},
        {"a boolean before it",
         RECORD("\xe2\x41"
                "a\x01\x07\x41"
                "b\xa1\x07"),
         0,
         {"b"},
         "7"},
        {"a value behind a pointer",
         RECORD("\x42"
                "KR\xe1\x41"
                "a\x20\0"),
         3,
         {"a"},
         "\"KR\""},
        {"a key behind a pointer",
         RECORD("\x41"
                "a\xe1\x20\0\x42"
                "KR"),
         2,
         {"a"},
         "\"KR\""},
        {"a map in a map",
         RECORD("\xe1\x41"
                "a\xe1\x41"
                "b\xa1\x07"),
         0,
         {"a", "b"},
         "7"},
        {"what is none",
         RECORD("\xe1\x41"
                "a\xa1\x07"),
         0,
         {"a", "b"},
         "-"},
        {"an array's",
         RECORD("\xe1\x41"
                "a\x02\x04\xa1\x06\xa1\x07"),
         0,
         {"a", "1"},
         "7"},
        {"beyond its end",
         RECORD("\xe1\x41"
                "a\x01\x04\xa1\x07"),
         0,
         {"a", "1"},
         "-"},
        {"a map is no value",
         RECORD("\xe1\x41"
                "a\xe0"),
         0,
         {"a"},
         "-"},
        {"a record that is no map",
         RECORD("\x42"
                "KR"),
         0,
         {"a"},
         "-"},
        {"cut off",
         RECORD("\xe1\x41"
                "a\x42"
                "K"),
         0,
         {"a"},
         "!"},
        {"cut off behind it",
         RECORD("\xe2\x41"
                "a\x42"
                "KR\x41"),
         0,
         {"a"},
         "!"},
        {"begins behind the end", RECORD("\xe1"), 9, {"a"}, "!"},
        {"a key that is a number", RECORD("\xe1\xa1\x07\xa1\x07"), 0, {"a"}, "!"},
        {"a pointer outside",
         RECORD("\xe1\x41"
                "a\x21\0"),
         0,
         {"a"},
         "!"},
        {"a pointer to a pointer",
         RECORD("\xe1\x41"
                "a\x20\x05\x20\0"),
         0,
         {"a"},
         "!"},
        {"a double of four octets",
         RECORD("\xe1\x41"
                "a\x64\0\0\0\0"),
         0,
         {"a"},
         "!"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (unsigned learned = 0; learned < 2; learned++) {
            const char *got =
                get(cases[i].octets, cases[i].len, cases[i].offset, cases[i].path, learned);
            if (strcmp(got, cases[i].value) != 0)
                fail_msg("%s: %s, not %s", cases[i].why, got, cases[i].value);
        }
    }
}

/* Arrays in arrays without end: an error before the stack is. */
static void nests_only_so_deep(void **state)
{
    uint8_t octets[4096] = {0xe2, 0x41, 'a'};
    const char *const path[] = {"b", NULL};

    for (size_t i = 3; i + 1 < sizeof(octets); i += 2) {
        octets[i] = 0x01;
        octets[i + 1] = 0x04;
    }
    assert_string_equal(get(octets, sizeof(octets), 0, path, false), "!");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_values),
        cmocka_unit_test(nests_only_so_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
