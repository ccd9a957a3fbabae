/* src/data/snapshot.c: who frees it, and when.  SPDX-License-Identifier: BSD-2-Clause */
#include "data/snapshot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "dns/types.h"
#include "steerkit.h"

static struct steering *make_steering(struct steered *s)
{
    struct steering *all = steering_new(1, NULL);

    all->steered[0] = s;
    steering_retire(all, s);
    return all;
}

/* A snapshot is freed by control alone, once nobody else refers to it. */
static void test_snapshot(void **state)
{
    static const struct steerkit_type type = {TYPE_A, "abc", {0, 1}};
    const struct dyn dyn = {.pool = (const uint8_t *)"\1p", .policy = "default"};
    struct zone *z = zone_new((const uint8_t *)"\1a");
    const struct answer_opts opts = {.udp_size = 1400};

    zone_add_dyn(z, (const uint8_t *)"\1x\1a", &dyn);
    zone_seal(z);
    struct zonedb *db = zonedb_new(&(struct zone_entry){.zone = z}, 1);
    struct steering *steering =
        make_steering(steerkit_steered(DYN_ADDRESSES, steerkit_map(), &type, 1));
    struct snapshot *s = snapshot_new(db, steering, &opts, 7);
    zone_unref(z);
    assert_true(s->generation == 7);
    assert_int_equal(s->opts.udp_size, 1400);
    assert_ptr_equal(snapshot_ref(s), s); /* a worker's */
    assert_false(snapshot_free_if_last(s));
    snapshot_unref(s);
    assert_true(snapshot_free_if_last(s));
    snapshot_unref(NULL);
}

/* The next snapshot shares what did not change, and outlives the one before. */
static void test_shared_parts(void **state)
{
    const struct answer_opts opts = {0};
    struct zonedb *db = zonedb_new(NULL, 0);
    struct steering *steering = steering_new(0, NULL);

    struct snapshot *first = snapshot_new(zonedb_ref(db), steering, &opts, 1);
    steering->refs++;
    struct snapshot *next = snapshot_new(db, steering, &opts, 2);
    assert_true(snapshot_free_if_last(first));
    assert_int_equal(zonedb_count(next->zones), 0);
    assert_int_equal(next->steering->n, 0);
    assert_true(snapshot_free_if_last(next));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_snapshot),
        cmocka_unit_test(test_shared_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
