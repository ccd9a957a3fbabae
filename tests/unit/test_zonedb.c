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
    struct zone_entry entries[16] = {0};

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

/* A zone with so many steered names. */
static struct zone *steered_zone(const char *apex, unsigned names)
{
    uint8_t wire[NAME_MAX_LEN], owner[NAME_MAX_LEN];
    struct zone *z = zone_new(parse(apex, wire));

    for (unsigned i = 0; i < names; i++) {
        char text[NAME_TEXT];
        snprintf(text, sizeof(text), "n%u.%s", i, apex);
        zone_add_dyn(z, parse(text, owner), &(struct dyn){.pool = wire, .policy = "default"});
    }
    zone_seal(z);
    return z;
}

/* One replaced or added: the same as made anew. */
static void test_with(void **state)
{
    static const char *const apexes[] = {"a.example.", "b.example.", "c.example.", "d.example."};

    for (size_t i = 0; i <= 3; i++) {
        struct zone_entry entries[4] = {0};
        for (size_t j = 0; j < 3; j++)
            entries[j].zone = steered_zone(apexes[j], (unsigned)j + 1);
        struct zonedb *db = zonedb_new(entries, 3);
        struct zone *zone = steered_zone(apexes[i], 5);
        struct zonedb *with = zonedb_with(db, i, &(struct zone_entry){.zone = zone});
        zonedb_unref(db); /* the copy stands alone */
        if (entries[i].zone != NULL)
            zone_unref(entries[i].zone);
        entries[i].zone = zone;
        const size_t n = i < 3 ? 3 : 4;
        struct zonedb *anew = zonedb_new(entries, n);
        assert_int_equal(zonedb_count(with), n);
        assert_int_equal(zonedb_steered(with), zonedb_steered(anew));
        for (size_t j = 0; j < n; j++) {
            char text[NAME_TEXT];
            assert_ptr_equal(zonedb_entry(with, j)->zone, entries[j].zone);
            assert_int_equal(zonedb_entry(with, j)->steer_base, zonedb_entry(anew, j)->steer_base);
            assert_int_equal(zonedb_steered_in(with, j), zone_dyn_count(entries[j].zone));
            assert_string_equal(find_text(with, apexes[j], false, text), apexes[j]);
            zone_unref(entries[j].zone);
        }
        zonedb_unref(anew);
        zonedb_unref(with);
    }
}

/* A zone that never was good gets one, and loses it. */
static void test_with_none(void **state)
{
    uint8_t wire[NAME_MAX_LEN];
    struct zonedb *db = zonedb_new(&(struct zone_entry){.apex = parse("a.example.", wire)}, 1);
    struct zone *zone = steered_zone("a.example.", 1);
    struct zonedb *with = zonedb_with(db, 0, &(struct zone_entry){.zone = zone});
    struct zonedb *without = zonedb_with(with, 0, &(struct zone_entry){.apex = wire});

    assert_int_equal(zonedb_steered(with), 1);
    assert_int_equal(zonedb_steered(without), 0);
    assert_null(zonedb_entry(without, 0)->zone);
    zonedb_unref(db);
    zonedb_unref(with);
    zonedb_unref(without);
    zone_unref(zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_longest_match), cmocka_unit_test(test_root),
        cmocka_unit_test(test_single),        cmocka_unit_test(test_many_labels),
        cmocka_unit_test(test_none),          cmocka_unit_test(test_steer_bases),
        cmocka_unit_test(test_with),          cmocka_unit_test(test_with_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
