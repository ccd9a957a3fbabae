/* src/data/steered.c: types of a steered name; what is shared, and who frees it.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "data/steered.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dns/types.h"
#include "steerkit.h"

static void test_types(void **state)
{
    static const struct steerkit_type types[] = {{TYPE_A, "abc", {0, 1}},
                                                 {TYPE_AAAA, "a--", {0, 1}}};
    struct steered *s = steerkit_steered(DYN_ADDRESSES, steerkit_map(), types, 2);

    assert_ptr_equal(steered_type(s, TYPE_A), &s->types[0]);
    assert_ptr_equal(steered_type(s, TYPE_AAAA), &s->types[1]);
    assert_null(steered_type(s, TYPE_TXT));
    steered_free(s);
}

/* Tables and answers are shared; the last user frees (LeakSanitizer looks on). */
static void test_sharing(void **state)
{
    static const struct steerkit_type type = {TYPE_A, "abc", {0, 1}};
    struct geomap *map = steerkit_map();
    struct steered *a = steerkit_steered(DYN_ADDRESSES, geomap_ref(map), &type, 1);
    struct steered *b = steerkit_steered(DYN_ADDRESSES, map, &type, 1);

    choice_table_unref(b->types[0].choice);
    b->types[0].choice = a->types[0].choice;
    b->types[0].choice->refs++;
    steer_answers_unref(b->types[0].answers);
    b->types[0].answers = a->types[0].answers;
    b->types[0].answers->refs++;
    steered_free(a);
    assert_int_equal(b->types[0].choice->refs, 1);
    assert_int_equal(b->types[0].answers->refs, 1);
    assert_int_equal(b->types[0].answers->set[2]->type, TYPE_A);
    steered_free(b);
    steered_free(NULL);
    steer_answers_unref(NULL);
    choice_table_unref(NULL);
    steering_unref(NULL);
}

/* ---- steerings ---- */

static struct steered *make(void)
{
    static const struct steerkit_type type = {TYPE_A, "abc", {0, 1}};

    return steerkit_steered(DYN_ADDRESSES, steerkit_map(), &type, 1);
}

static struct steering *next(struct steering *before, struct steered *s)
{
    struct steering *all = steering_new(1, before);

    all->steered[0] = s;
    return all;
}

/* What the first two have was replaced in the third; whoever is freed last of the two frees it. */
static void test_retired_lives_as_long_as_who_has_it(void **state)
{
    for (unsigned first = 0; first < 3; first++) {
        struct steered *a = make(), *b = make();
        struct steering *all[3];
        all[0] = next(NULL, a);
        all[1] = next(all[0], a);
        steering_retire(all[1], a);
        all[2] = next(all[1], b);
        steering_retire(all[2], b);
        steering_unref(all[first]);
        for (unsigned i = 0; i < 3; i++)
            if (i != first)
                assert_int_equal(all[i]->steered[0]->n_types, 1); /* ASan looks on */
        steering_unref(all[(first + 1) % 3]);
        assert_int_equal(all[(first + 2) % 3]->steered[0]->n_types, 1);
        steering_unref(all[(first + 2) % 3]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_sharing),
        cmocka_unit_test(test_retired_lives_as_long_as_who_has_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
