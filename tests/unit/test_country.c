/* SPDX-License-Identifier: BSD-2-Clause */
#include "load/country.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "geokit.h"
#include "load/geowalk.h"

static void finds_countries_by_code(void **state)
{
    static const struct {
        const char *code, *continent; /* NULL: no such country */
    } cases[] = {
        {"KR", "AS"}, {"AD", "EU"}, {"ZW", "AF"}, {"NA", "AF"}, {"NO", "EU"},
        {"XK", "EU"}, {"US", "NA"}, {"BR", "SA"}, {"NZ", "OC"}, {"AQ", "AN"},
        {"EU", NULL}, {"ZZ", NULL}, {"kr", NULL}, {"", NULL},   {"KRX", NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct country *c = country_find(cases[i].code);
        if ((c != NULL) != (cases[i].continent != NULL))
            fail_msg("%s", cases[i].code);
        if (c != NULL)
            assert_string_equal(c->continent, cases[i].continent);
    }
}

static void the_table_is_sorted_and_sane(void **state)
{
    assert_true(country_count() >= 249); /* ISO 3166-1 */
    for (size_t i = 0; i < country_count(); i++) {
        const struct country *c = country_at(i);
        if (i > 0 && strcmp(country_at(i - 1)->code, c->code) >= 0)
            fail_msg("%s is out of order", c->code);
        if (!continent_is(c->continent) || fabsf(c->lat) > 90 || fabsf(c->lon) > 180)
            fail_msg("%s", c->code);
        assert_ptr_equal(country_find(c->code), c);
    }
}

static void knows_continents(void **state)
{
    assert_true(continent_is("EU"));
    assert_true(continent_is("NA"));
    assert_false(continent_is("eu"));
    assert_false(continent_is("KR"));
    assert_false(continent_is(""));
}

/* Every place of the embedded database, met in a walk through all of it; *n: leaves with one. */
static void visit(const struct geodb *db, struct geowalk *w, const struct geocursor *at,
                  uint32_t *n)
{
    struct geocursor half[2];
    struct place place;

    if (geowalk_is_leaf(w, at)) {
        assert_true(geodb_place(db, 0, at->record[0], &place));
        if (at->record[0] != GEO_NOTHING && country_find(place.country) == NULL)
            fail_msg("no country %s", place.country);
        *n += at->record[0] != GEO_NOTHING;
        return;
    }
    geowalk_split(w, at, half);
    visit(db, w, &half[0], n);
    visit(db, w, &half[1], n);
}

static void has_every_country_of_the_embedded_database(void **state)
{
    char path[4096];
    const char *const paths[] = {geokit_path("geo/country.mmdb", path)};
    struct geowalk walk, *const walks[] = {&walk};
    struct err err;
    uint32_t n = 0;

    err_init(&err);
    struct geodb *db = geodb_open(paths, 1, &err);
    assert_non_null(db);
    geowalk_init(&walk, db);
    const struct geocursor ip4 = geowalk_root(&walk, FAMILY_IP4);
    visit(db, &walk, &ip4, &n);
    const struct geocursor ip6 = geowalk_root(&walk, FAMILY_IP6);
    visit(db, &walk, &ip6, &n);
    geodb_walked(db, walks, 1);
    assert_true(geodb_intact(db, &err));
    assert_true(n > 100000);
    geodb_close(db);
    err_fini(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_countries_by_code),
        cmocka_unit_test(the_table_is_sorted_and_sane),
        cmocka_unit_test(knows_continents),
        cmocka_unit_test(has_every_country_of_the_embedded_database),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
