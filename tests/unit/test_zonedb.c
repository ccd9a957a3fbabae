/* src/data/zonedb.c: the longest apex at or above a name.  SPDX-License-Identifier: BSD-2-Clause */
#include "data/zonedb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(cases) (sizeof(cases) / sizeof((cases)[0]))

static uint8_t *parse(const char *text, uint8_t out[NAME_MAX_LEN])
{
    const char *why;

    if (!name_parse(text, strlen(text), name_root, out, &why))
        fail_msg("%s: %s", text, why);
    return out;
}

/* A table of empty zones with these apexes, all given up by the caller but for the table. */
static struct zonedb *make_db(const char *const *apexes, size_t n)
{
    struct zone_entry entries[8] = {0};

    assert_true(n <= COUNT(entries));
    for (size_t i = 0; i < n; i++) {
        uint8_t apex[NAME_MAX_LEN];
        entries[i].zone = zone_new(parse(apexes[i], apex));
        zone_seal(entries[i].zone);
    }
    struct zonedb *db = zonedb_new(entries, n);
    for (size_t i = 0; i < n; i++)
        zone_unref(entries[i].zone);
    return db;
}

static const char *find_text(const struct zonedb *db, const char *text, bool parent_side,
                             char out[NAME_TEXT])
{
    uint8_t name[NAME_MAX_LEN];
    struct name_key key;

    name_key_init(&key, parse(text, name));
    const struct zone_entry *e = zonedb_find(db, &key, parent_side);
    return e != NULL ? name_print(e->apex, out) : "-";
}

static void test_longest_match(void **state)
{
    static const char *const apexes[] = {"example.com.", "sub.example.com.", "org.",
                                         "a.b.c.d.e.f.g.h."};
    static const struct {
        const char *name, *want, *parent_side;
    } cases[] = {
        {"example.com.", "example.com.", "-"},
        {"www.example.com.", "example.com.", "example.com."},
        {"WWW.EXAMPLE.COM.", "example.com.", "example.com."},
        {"sub.example.com.", "sub.example.com.", "example.com."},
        {"x.y.sub.example.com.", "sub.example.com.", "sub.example.com."},
        {"notsub.example.com.", "example.com.", "example.com."},
        {"com.", "-", "-"},
        {".", "-", "-"},
        {"example.com.org.", "org.", "org."},
        {"org.", "org.", "-"},
        {"a.b.c.d.e.f.g.h.", "a.b.c.d.e.f.g.h.", "-"},
        {"b.c.d.e.f.g.h.", "-", "-"},
        {"example.net.", "-", "-"},
    };
    struct zonedb *db = make_db(apexes, COUNT(apexes));

    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[NAME_TEXT];
        assert_string_equal(find_text(db, cases[i].name, false, text), cases[i].want);
        assert_string_equal(find_text(db, cases[i].name, true, text), cases[i].parent_side);
    }
    zonedb_unref(db);
}

static void test_root(void **state)
{
    static const char *const apexes[] = {".", "com."};
    struct zonedb *db = make_db(apexes, COUNT(apexes));
    char text[NAME_TEXT];

    assert_string_equal(find_text(db, ".", false, text), ".");
    assert_string_equal(find_text(db, ".", true, text), "-");
    assert_string_equal(find_text(db, "org.", false, text), ".");
    assert_string_equal(find_text(db, "com.", true, text), ".");
    zonedb_unref(db);
}

/* One zone, which has no table. */
static void test_single(void **state)
{
    static const char *const apexes[] = {"example.com."};
    struct zonedb *db = make_db(apexes, COUNT(apexes));
    char text[NAME_TEXT];

    assert_string_equal(find_text(db, "example.com.", false, text), "example.com.");
    assert_string_equal(find_text(db, "a.b.Example.com.", false, text), "example.com.");
    assert_string_equal(find_text(db, "example.com.", true, text), "-");
    assert_string_equal(find_text(db, "x.example.com.", true, text), "example.com.");
    assert_string_equal(find_text(db, "example.net.", false, text), "-");
    assert_string_equal(find_text(db, "com.", false, text), "-");
    assert_string_equal(find_text(db, ".", true, text), "-");
    zonedb_unref(db);
}

/* Label counts on both sides of what one word of bits can tell. */
static void test_many_labels(void **state)
{
    char names[128][NAME_TEXT], text[NAME_TEXT];
    static const unsigned at[] = {0, 1, 63, 64, 65, 127};
    const char *apexes[COUNT(at)];

    for (unsigned n = 0; n < 128; n++) {
        strcpy(names[n], n == 0 ? "." : "");
        for (unsigned i = 0; i < n; i++)
            strcat(names[n], "x.");
    }
    for (size_t i = 0; i < COUNT(at); i++)
        apexes[i] = names[at[i]];
    struct zonedb *db = make_db(apexes, COUNT(apexes));
    for (unsigned n = 0, i = 0; n < 128; n++) {
        i += i + 1 < COUNT(at) && at[i + 1] == n;
        assert_string_equal(find_text(db, names[n], false, text), names[at[i]]);
        const unsigned above = at[i] == n ? i - 1 : i;
        assert_string_equal(find_text(db, names[n], true, text), n == 0 ? "-" : names[at[above]]);
    }
    zonedb_unref(db);
}

static void test_none(void **state)
{
    struct zonedb *db = zonedb_new(NULL, 0);
    char text[NAME_TEXT];

    assert_string_equal(find_text(db, "example.com.", false, text), "-");
    assert_int_equal(zonedb_count(db), 0);
    zonedb_unref(zonedb_ref(db));
    zonedb_unref(db);
    zonedb_unref(NULL);
}

/* Steered names are numbered through all zones; a zone that never was good keeps its place. */
static void test_steer_bases(void **state)
{
    const struct dyn dyn = {.pool = (const uint8_t *)"\1p", .policy = "default"};
    struct zone_entry entries[3] = {{.zone = zone_new((const uint8_t *)"\1a")},
                                    {.apex = (const uint8_t *)"\3bad"},
                                    {.zone = zone_new((const uint8_t *)"\1b")}};

    zone_add_dyn(entries[0].zone, (const uint8_t *)"\1x\1a", &dyn);
    zone_add_dyn(entries[0].zone, (const uint8_t *)"\1y\1a", &dyn);
    zone_add_dyn(entries[2].zone, (const uint8_t *)"\1x\1b", &dyn);
    zone_seal(entries[0].zone);
    zone_seal(entries[2].zone);
    struct zonedb *db = zonedb_new(entries, 3);
    assert_int_equal(zonedb_steered(db), 3);
    assert_int_equal(zonedb_entry(db, 0)->steer_base, 0);
    assert_int_equal(zonedb_entry(db, 2)->steer_base, 2);
    const struct zone_entry *bad = zonedb_find_name(db, (const uint8_t *)"\1x\3bad");
    assert_ptr_equal(bad, zonedb_entry(db, 1));
    assert_null(bad->zone);
    zone_unref(entries[0].zone);
    zone_unref(entries[2].zone);
    zonedb_unref(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_longest_match), cmocka_unit_test(test_root),
        cmocka_unit_test(test_single),        cmocka_unit_test(test_many_labels),
        cmocka_unit_test(test_none),          cmocka_unit_test(test_steer_bases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
