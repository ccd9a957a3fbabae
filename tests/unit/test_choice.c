/*
 * Which region clients of a ranking get (proxima.yaml(5)): fence before drain before health.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "control/choice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "data/geobuild.h"
#include "geokit.h"
#include "rng.h"

static struct ranking *new_ranking(const struct region_list *list)
{
    struct ranking *r = xcalloc(1, sizeof(*r) + list->n);

    r->n = list->n;
    memcpy(r->region, list->region, list->n);
    for (uint8_t i = 0; i < list->n; i++)
        r->allowed |= (regionset_t)1 << list->region[i];
    return r;
}

static struct ranking *ranking_of(const char *letters)
{
    const struct region_list list = geokit_list(letters);

    return new_ranking(&list);
}

/* A region's letter, or what stands in its place. */
static const char *choice_text(uint8_t choice)
{
    static const char letters[][2] = {"a", "b", "c", "d", "e"};

    switch (choice) {
    case CHOICE_NODATA: return "nodata";
    case CHOICE_SERVFAIL: return "servfail";
    case CHOICE_ALL: return "all";
    }
    return choice < 5 ? letters[choice] : "?";
}

static void fence_before_drain_before_health(void **state)
{
    static const struct {
        const char *why;
        const char *ranking; /* what the fence leaves, nearest first */
        const char *present, *undrained, *usable;
        enum all_down when_all_down;
        const char *gets;
        const char *avoided; /* none unless said */
    } cases[] = {
        {"the nearest", "cab", "abc", "abc", "abc", ALL_DOWN_OPEN, "c"},
        {"the next if it is down", "cab", "abc", "abc", "ab", ALL_DOWN_OPEN, "a"},
        {"the last that is up", "cab", "abc", "abc", "b", ALL_DOWN_OPEN, "b"},
        {"the nearest that the pool has", "cab", "ab", "ab", "ab", ALL_DOWN_OPEN, "a"},
        {"the next if it is drained", "cab", "abc", "ab", "ab", ALL_DOWN_OPEN, "a"},

        {"one that is up outside the fence is none", "c", "abc", "abc", "ab", ALL_DOWN_OPEN, "c"},
        {"nor is an undrained one", "c", "abc", "ab", "ab", ALL_DOWN_OPEN, "c"},
        {"a fence around what the pool lacks", "d", "abc", "abc", "abc", ALL_DOWN_OPEN, "nodata"},

        {"all down: as if all were up", "cab", "abc", "abc", "", ALL_DOWN_OPEN, "c"},
        {"all down: a drained one is still none", "cab", "abc", "ab", "", ALL_DOWN_OPEN, "a"},
        {"all drained: nobody else is there", "cab", "abc", "", "", ALL_DOWN_OPEN, "c"},
        {"all of the fence drained", "ca", "abc", "b", "b", ALL_DOWN_OPEN, "c"},
        {"drained, and the rest down", "ca", "abc", "a", "", ALL_DOWN_OPEN, "a"},

        {"all: every region at once", "cab", "abc", "abc", "", ALL_DOWN_ALL, "all"},
        {"all: not while one is up", "cab", "abc", "abc", "b", ALL_DOWN_ALL, "b"},
        {"all: nothing undrained in the fence", "c", "abc", "ab", "ab", ALL_DOWN_ALL, "all"},
        {"all: nothing at all in the fence", "d", "abc", "abc", "", ALL_DOWN_ALL, "nodata"},
        {"servfail", "cab", "abc", "abc", "", ALL_DOWN_SERVFAIL, "servfail"},
        {"servfail: not while one is up", "cab", "abc", "abc", "b", ALL_DOWN_SERVFAIL, "b"},
        {"servfail: up outside the fence only", "c", "abc", "abc", "ab", ALL_DOWN_SERVFAIL,
         "servfail"},
        {"servfail: all drained", "cab", "abc", "", "", ALL_DOWN_SERVFAIL, "servfail"},
        {"nodata", "cab", "abc", "abc", "", ALL_DOWN_NODATA, "nodata"},
        {"nodata: not while one is up", "cab", "abc", "abc", "a", ALL_DOWN_NODATA, "a"},
        {"nodata: all drained", "cab", "abc", "", "", ALL_DOWN_NODATA, "nodata"},

        {"held: whoever is up goes before it", "cab", "abc", "abc", "b", ALL_DOWN_OPEN, "b", "ca"},
        {"held: before fail open", "cab", "abc", "abc", "", ALL_DOWN_OPEN, "a", "ab"},
        {"held: before servfail", "cab", "abc", "abc", "", ALL_DOWN_SERVFAIL, "b", "b"},
        {"held: the nearest of them", "cab", "abc", "abc", "", ALL_DOWN_ALL, "c", "abc"},
        {"held outside the fence", "c", "abc", "abc", "", ALL_DOWN_NODATA, "nodata", "ab"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *avoided = cases[i].avoided != NULL ? cases[i].avoided : "";
        const struct choice_key key = {.usable = geokit_set(cases[i].usable),
                                       .avoided = geokit_set(avoided),
                                       .undrained = geokit_set(cases[i].undrained),
                                       .present = geokit_set(cases[i].present),
                                       .when_all_down = cases[i].when_all_down};
        struct ranking *ranking = ranking_of(cases[i].ranking);
        const char *gets = choice_text(choice_of(&key, ranking));
        if (strcmp(gets, cases[i].gets) != 0)
            fail_msg("%s: %s, not %s", cases[i].why, gets, cases[i].gets);
        free(ranking);
    }
}

/* ---- for any state of any pool ---- */

static struct ranking *random_ranking(struct rng *rng)
{
    struct region_list list = {.n = REGIONS_MAX};

    for (uint8_t i = 0; i < REGIONS_MAX; i++)
        list.region[i] = i;
    for (uint8_t i = REGIONS_MAX - 1; i > 0; i--) {
        const uint32_t j = rng_below(rng, i + 1);
        const uint8_t r = list.region[i];
        list.region[i] = list.region[j];
        list.region[j] = r;
    }
    list.n = (uint8_t)(1 + rng_below(rng, REGIONS_MAX));
    return new_ranking(&list);
}

/* Few, half or nearly all. */
static regionset_t random_set(struct rng *rng)
{
    const regionset_t a = rng_next(rng), b = rng_next(rng), c = rng_next(rng);

    switch (rng_below(rng, 4)) {
    case 0: return a & b & c;
    case 1: return a;
    case 2: return a | b | c;
    default: return 0;
    }
}

static bool is_nearest_of(const struct ranking *r, uint8_t choice, regionset_t set)
{
    for (uint8_t i = 0; i < r->n; i++)
        if (set >> r->region[i] & 1)
            return r->region[i] == choice;
    return false;
}

/* A choice that is a region: allowed, the pool's, and the nearest of the best that there is. */
static void check_region(const struct choice_key *key, const struct ranking *r, uint8_t choice)
{
    assert_true(r->allowed >> choice & 1);
    assert_true(key->present >> choice & 1);
    if (r->allowed & key->usable)
        assert_true(is_nearest_of(r, choice, key->usable));
    else if (r->allowed & key->avoided)
        assert_true(is_nearest_of(r, choice, key->avoided));
    else if (r->allowed & key->undrained)
        assert_true(is_nearest_of(r, choice, key->undrained));
    else
        assert_true(is_nearest_of(r, choice, key->present));
}

static void no_state_leads_outside_the_fence(void **state)
{
    struct rng rng;

    rng_init(&rng, 7);
    for (unsigned i = 0; i < 100000; i++) {
        struct ranking *r = random_ranking(&rng);
        struct choice_key key = {.present = random_set(&rng),
                                 .when_all_down = (enum all_down)rng_below(&rng, 4)};
        key.undrained = key.present & random_set(&rng);
        key.usable = key.undrained & random_set(&rng);
        key.avoided = key.undrained & random_set(&rng) & random_set(&rng);
        const uint8_t choice = choice_of(&key, r);
        if (choice < REGIONS_MAX)
            check_region(&key, r, choice);
        else
            assert_false(r->allowed & (key.usable | key.avoided)); /* whoever has one gets one */
        if (choice == CHOICE_ALL)
            assert_true(r->allowed & key.present); /* never an empty answer */
        if (key.when_all_down == ALL_DOWN_OPEN && choice == CHOICE_NODATA)
            assert_false(r->allowed & key.present);
        free(r);
    }
}

/* ---- tables ---- */

/* Half of IPv4 gets `one`, the rest and IPv6 `other`. */
static struct geomap *map_of_two(const char *one, const char *other)
{
    static const struct prefix all4 = {.addr.family = FAMILY_IP4},
                               all6 = {.addr.family = FAMILY_IP6};
    struct geobuild *b = geobuild_new(GEOKIT_REGIONS);
    struct ranking *x = ranking_of(one), *y = ranking_of(other);
    const uint32_t first = geobuild_ranking(b, x), second = geobuild_ranking(b, y);

    geobuild_part(b, &all4);
    geobuild_run(b, 0, first);
    geobuild_run(b, (geokey_t)1 << 127, second);
    geobuild_part(b, &all6);
    geobuild_run(b, 0, second);
    free(x);
    free(y);
    return geobuild_seal(&b, 1);
}

static void a_table_holds_the_choice_of_every_ranking(void **state)
{
    struct geomap *map = map_of_two("abc", "cb");
    struct choices *choices = choices_new();
    const struct choice_key key = {.map = map,
                                   .usable = geokit_set("bc"),
                                   .undrained = geokit_set("abc"),
                                   .present = geokit_set("abc")};
    struct choice_table *t = choices_get(choices, &key);

    assert_int_equal(t->n, geomap_rankings(map));
    for (uint32_t i = 0; i < t->n; i++)
        assert_int_equal(t->choice[i], choice_of(&key, geomap_ranking(map, i)));
    choice_table_unref(t);
    choices_free(choices);
    geomap_unref(map);
}

static void pools_in_the_same_state_share_a_table(void **state)
{
    struct geomap *map = map_of_two("abc", "cb"), *other_map = map_of_two("a", "b");
    struct choices *choices = choices_new();
    const struct choice_key key = {.map = map, .usable = 3, .undrained = 7, .present = 7};
    struct choice_key differs[7] = {key, key, key, key, key, key, key};
    struct choice_table *t = choices_get(choices, &key), *again = choices_get(choices, &key);

    assert_ptr_equal(again, t);
    choice_table_unref(again);
    differs[0].map = other_map;
    differs[1].usable = 1;
    differs[2].undrained = 3;
    differs[3].present = 3;
    differs[4].when_all_down = ALL_DOWN_NODATA;
    differs[5].avoided = 4;
    differs[6].otherwise = t;
    for (size_t i = 0; i < 7; i++) {
        struct choice_table *other = choices_get(choices, &differs[i]);
        assert_ptr_not_equal(other, t);
        choice_table_unref(other);
    }
    choice_table_unref(t);
    choices_free(choices);
    geomap_unref(map);
    geomap_unref(other_map);
}

/* Where nothing is left, what another table gives; that one lives as long as this. */
static void a_table_can_fall_back_on_another(void **state)
{
    struct geomap *map = map_of_two("abc", "cb");
    struct choices *choices = choices_new();
    struct choice_key key = {.map = map, .usable = geokit_set("c"), .present = geokit_set("abc")};
    struct choice_table *before = choices_get(choices, &key);

    key.usable = 0;
    key.avoided = geokit_set("a");
    key.otherwise = before;
    struct choice_table *t = choices_get(choices, &key), *again = choices_get(choices, &key);
    assert_ptr_equal(t, again);
    assert_string_equal(choice_text(t->choice[0]), "a");
    assert_string_equal(choice_text(t->choice[1]), "c");
    choice_table_unref(before);
    choices_sweep(choices);
    assert_int_equal(before->refs, 2); /* the choices', as its own and as t's */
    choice_table_unref(t);
    choice_table_unref(again);
    choices_sweep(choices);
    choices_sweep(choices);
    choices_free(choices);
    geomap_unref(map);
}

static void a_sweep_keeps_what_is_in_use(void **state)
{
    enum { N = 1000 };
    struct geomap *map = map_of_two("abc", "cb");
    struct choices *choices = choices_new();
    struct choice_table *held[N];

    for (regionset_t i = 0; i < N; i++)
        held[i] = choices_get(choices, &(struct choice_key){.map = map, .usable = i});
    for (regionset_t i = 0; i < N; i += 2) {
        choice_table_unref(held[i]);
        held[i] = NULL;
    }
    choices_sweep(choices);
    for (regionset_t i = 0; i < N; i++) {
        struct choice_table *t =
            choices_get(choices, &(struct choice_key){.map = map, .usable = i});
        if (held[i] != NULL)
            assert_ptr_equal(t, held[i]);
        else
            assert_int_equal(t->refs, 2); /* made anew: the choices' and ours */
        choice_table_unref(t);
        choice_table_unref(held[i]);
    }
    choices_free(choices);
    geomap_unref(map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fence_before_drain_before_health),
        cmocka_unit_test(no_state_leads_outside_the_fence),
        cmocka_unit_test(a_table_holds_the_choice_of_every_ranking),
        cmocka_unit_test(pools_in_the_same_state_share_a_table),
        cmocka_unit_test(a_table_can_fall_back_on_another),
        cmocka_unit_test(a_sweep_keeps_what_is_in_use),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
