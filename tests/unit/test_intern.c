/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/intern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void numbers_are_dense_and_equal_keys_share_one(void **state)
{
    struct intern t;
    bool fresh;

    intern_init(&t, 3);
    assert_int_equal(intern_id(&t, "one", &fresh), 0);
    assert_true(fresh);
    assert_int_equal(intern_id(&t, "two", &fresh), 1);
    assert_true(fresh);
    assert_int_equal(intern_id(&t, "one", &fresh), 0);
    assert_false(fresh);
    assert_int_equal(t.n, 2);
    assert_memory_equal(intern_key(&t, 1), "two", 3);
    intern_fini(&t);
}

/* Sizes that have a path of their own (4, 8) and one that has not, keys that collide at first. */
static void many_keys_of_every_size_stay_apart(void **state)
{
    static const size_t sizes[] = {4, 8, 12};
    static const uint32_t steps[] = {1, 64, 4096, 1u << 20};

    for (size_t s = 0; s < 3; s++) {
        for (size_t k = 0; k < 4; k++) {
            struct intern t;
            bool fresh;
            uint32_t key[3] = {0};
            intern_init(&t, sizes[s]);
            for (uint32_t i = 0; i < 2 * 3000; i++) {
                key[sizes[s] / 4 - 1] = i % 3000 * steps[k];
                assert_int_equal(intern_id(&t, key, &fresh), i % 3000);
                assert_int_equal(fresh, i < 3000);
            }
            intern_fini(&t);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_dense_and_equal_keys_share_one),
        cmocka_unit_test(many_keys_of_every_size_stay_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
