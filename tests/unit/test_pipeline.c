/* src/base/pipeline.c: everything once, in order, and an end.  SPDX-License-Identifier: BSD-2-Clause */
#include "base/pipeline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct work {
    unsigned n, enough; /* how many there are; after how many no more are wanted */
    unsigned taken, handed;
    unsigned slot[PIPELINE_SLOTS];
    unsigned done[PIPELINE_SLOTS];
    bool in_order;
};

static bool take(void *arg, unsigned slot)
{
    struct work *w = arg;

    if (w->taken == w->n)
        return false;
    w->slot[slot] = ++w->taken;
    return true;
}

static void work(void *arg, unsigned slot)
{
    struct work *w = arg;

    w->done[slot] = w->slot[slot] * 3;
}

static bool hand_on(void *arg, unsigned slot)
{
    struct work *w = arg;

    w->in_order &= w->done[slot] == ++w->handed * 3;
    return w->handed < w->enough;
}

static void test_pipeline(void **state)
{
    static const struct {
        unsigned threads, n, enough, want;
    } cases[] = {{1, 0, 9, 0},   {1, 1, 9, 1},          {1, 100, 999, 100},    {2, 1, 9, 1},
                 {2, 8, 9, 8},   {2, 1000, 9999, 1000}, {7, 1000, 9999, 1000}, {1, 100, 5, 5},
                 {3, 100, 5, 5}, {16, 3, 9, 3}};
    static const struct pipeline_ops ops = {take, work, hand_on};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct work w = {.n = cases[i].n, .enough = cases[i].enough, .in_order = true};
        pipeline_run(cases[i].threads, &ops, &w);
        assert_true(w.in_order);
        assert_int_equal(w.handed, cases[i].want);
        assert_in_range(w.taken, w.handed, w.handed + PIPELINE_SLOTS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pipeline)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
