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
    steered_unref(s);
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
    steered_unref(a);
    assert_int_equal(b->types[0].choice->refs, 1);
    assert_int_equal(b->types[0].answers->refs, 1);
    assert_int_equal(b->types[0].answers->set[2]->type, TYPE_A);
    steered_unref(b);
    steered_unref(NULL);
    steer_answers_unref(NULL);
    choice_table_unref(NULL);
    steering_unref(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_sharing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
