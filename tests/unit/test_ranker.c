/* SPDX-License-Identifier: BSD-2-Clause */
#include "load/ranker.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "geokit.h"

static void orders_by_preference_then_distance(void **state)
{
    static const struct {
        const char *why;
        double lat, lon; /* 0, 0: not known */
        const char *prefer, *unknown, *allowed, *order;
    } cases[] = {
        {"Busan: Seoul, then over the pole", 35.18, 129.08, "", "", "abcd", "cbad"},
        {"Frankfurt", 50.1, 8.7, "", "", "abcd", "bacd"},
        {"a region without coordinates is last", 38.9, -77.0, "", "", "abcd", "abcd"},
        {"preferred ones first, then by distance", 50.1, 8.7, "dc", "", "abcd", "dcba"},
        {"fences leave out", 50.1, 8.7, "", "", "ac", "ac"},
        {"also what is preferred", 50.1, 8.7, "bc", "", "ac", "ca"},
        {"no coordinates: as declared", 0, 0, "", "", "abcd", "abcd"},
        {"no coordinates: `unknown`, then as declared", 0, 0, "", "cb", "abcd", "cbad"},
        {"no coordinates: preferred, `unknown`, as declared", 0, 0, "d", "c", "abcd", "dcab"},
        {"with coordinates `unknown` counts nothing", 50.1, 8.7, "", "c", "abcd", "bacd"},
        {"over the date line: Anchorage", 61.2, -149.9, "", "", "abc", "acb"},
        {"the south pole", -90, 0, "", "", "abc", "cab"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct region_list prefer = geokit_list(cases[i].prefer);
        const struct region_list unknown = geokit_list(cases[i].unknown);
        const struct place place = {
            .has_at = cases[i].lat != 0, .lat = cases[i].lat, .lon = cases[i].lon};
        struct ranker r;
        char text[REGIONS_MAX + 1];
        ranker_init(&r, geokit_regions, GEOKIT_REGIONS, &unknown);
        struct ranking *out = calloc(1, ranker_size(&r));
        ranker_order(&r, &place, prefer.n > 0 ? &prefer : NULL, geokit_set(cases[i].allowed), out);
        if (strcmp(geokit_text(out, text), cases[i].order) != 0)
            fail_msg("%s: %s, not %s", cases[i].why, text, cases[i].order);
        assert_true(out->allowed == geokit_set(cases[i].allowed));
        free(out);
    }
}

static void bias_draws_a_region_nearer(void **state)
{
    static const struct {
        double bias; /* of b; the client is 10 % nearer to a */
        const char *order;
    } cases[] = {{0, "ab"}, {5, "ab"}, {15, "ba"}, {-15, "ab"}};
    const struct region_list none = {0};
    const struct place place = {.has_at = true, .lat = 0, .lon = 0.9};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct region_spec regions[] = {
            {.has_at = true, .lat = 0, .lon = 9.9},
            {.has_at = true, .lat = 0, .lon = -9.1, .bias = cases[i].bias},
        };
        struct ranker r;
        char text[REGIONS_MAX + 1];
        ranker_init(&r, regions, 2, &none);
        struct ranking *out = calloc(1, ranker_size(&r));
        ranker_order(&r, &place, NULL, 3, out);
        assert_string_equal(geokit_text(out, text), cases[i].order);
        free(out);
    }
}

static void equally_far_regions_keep_their_order(void **state)
{
    const struct region_list none = {0};
    const struct region_spec regions[] = {
        {.has_at = true, .lat = 10}, {.has_at = true, .lat = 10}, {.has_at = true, .lat = 10}};
    const struct place place = {.has_at = true, .lat = 50};
    struct ranker r;
    char text[REGIONS_MAX + 1];

    ranker_init(&r, regions, 3, &none);
    struct ranking *out = calloc(1, ranker_size(&r));
    ranker_order(&r, &place, NULL, 7, out);
    assert_string_equal(geokit_text(out, text), "abc");
    free(out);
}

static void knows_distances(void **state)
{
    const struct region_list none = {0};
    const struct place here = {.has_at = true, .lat = 38.95, .lon = -77.45}, nowhere = {0};
    struct ranker r;

    ranker_init(&r, geokit_regions, GEOKIT_REGIONS, &none);
    assert_true(fabs(ranker_km(&r, &here, 0)) < 0.001);
    assert_true(fabs(ranker_km(&r, &here, 1) - 5466) < 1); /* Washington Dulles to Dublin */
    assert_true(ranker_km(&r, &here, 3) < 0);
    assert_true(ranker_km(&r, &nowhere, 0) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_by_preference_then_distance),
        cmocka_unit_test(bias_draws_a_region_nearer),
        cmocka_unit_test(equally_far_regions_keep_their_order),
        cmocka_unit_test(knows_distances),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
