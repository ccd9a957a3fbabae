/* Every share of the work is done, once, before the caller goes on.  SPDX-License-Identifier: BSD-2-Clause */
#include "base/parallel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

struct shares {
    unsigned done[PARALLEL_MAX]; /* each by one thread alone: TSan looks on */
};

static void do_share(void *arg, unsigned i)
{
    struct shares *s = arg;

    s->done[i] += i + 1;
}

static void every_share_is_done_once(void **state)
{
    for (unsigned n = 1; n <= PARALLEL_MAX; n++) {
        struct shares s = {{0}};
        parallel_run(n, do_share, &s);
        for (unsigned i = 0; i < PARALLEL_MAX; i++)
            assert_int_equal(s.done[i], i < n ? i + 1 : 0);
    }
}

static void there_is_at_least_one_processor(void **state)
{
    assert_in_range(parallel_threads(), 1, PARALLEL_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_share_is_done_once),
        cmocka_unit_test(there_is_at_least_one_processor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
