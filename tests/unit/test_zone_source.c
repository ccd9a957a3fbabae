/* A zone from its file, its last good copy, and when neither is read again.  SPDX-License-Identifier: BSD-2-Clause */
#include "control/zone_source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "folderkit.h"

#define ZONE "@ 60 SOA ns h 1 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.2.53\n"

static const uint8_t example[] = "\7example";

struct fixture {
    struct folderkit f;
    struct goodzones *good;
    struct goodbatch *batch;
    struct zone_source *z;
    struct err err;
};

/* The zone as a server finds it that starts with the copies that there are. */
static void start(struct fixture *x)
{
    zone_source_unref(x->z);
    goodbatch_free(x->batch);
    goodzones_close(x->good);
    x->good = goodzones_open(folderkit_path(&x->f, "state"));
    x->batch = goodzones_batch(x->good);
    x->z = zone_source_new(example, xstrdup(folderkit_path(&x->f, "zones/example.zone")));
}

static void set_up(struct fixture *x, const char *text)
{
    *x = (struct fixture){.good = NULL};
    err_init(&x->err);
    folderkit_init(&x->f);
    folderkit_write(&x->f, "state/good/zones/.keep", "");
    folderkit_write(&x->f, "zones/example.zone", text);
    start(x);
}

static void tear_down(struct fixture *x)
{
    zone_source_unref(x->z);
    goodbatch_free(x->batch);
    goodzones_close(x->good);
    err_fini(&x->err);
    folderkit_fini(&x->f);
}

static struct zone_copies copies(const struct fixture *x)
{
    return (struct zone_copies){x->good, x->batch};
}

static bool read_zone(struct fixture *x)
{
    const struct zone_copies c = copies(x);

    return zone_source_read(x->z, &c, NULL, &x->err);
}

static void fall_back(struct fixture *x)
{
    const struct zone_copies c = copies(x);

    zone_source_fall_back(x->z, &c, xstrdup("why"));
}

/* What was read is in force. */
static void commit(struct fixture *x)
{
    assert_true(goodzones_put(x->good, x->batch) != 0);
}

static void a_copy_is_made_while_reading(void **state)
{
    struct fixture x;

    set_up(&x, ZONE);
    assert_true(read_zone(&x));
    assert_int_equal(x.z->origin, ORIGIN_FRESH);
    assert_true(x.z->read_at > 0);
    commit(&x);

    folderkit_write(&x.f, "zones/example.zone", "nonsense\n");
    start(&x);
    assert_false(read_zone(&x));
    assert_int_equal(x.z->origin, ORIGIN_NONE);
    fall_back(&x);
    assert_int_equal(x.z->origin, ORIGIN_LAST_GOOD);
    assert_int_equal(zone_records(x.z->zone), 3);
    assert_string_equal(x.z->problem, "why");
    tear_down(&x);
}

static void included_files_are_copied_too(void **state)
{
    struct fixture x;

    set_up(&x, ZONE "$INCLUDE more/a\n$INCLUDE more/b\n$INCLUDE more/a sub\n");
    folderkit_write(&x.f, "zones/more/a", "www 60 A 192.0.2.1\n");
    folderkit_write(&x.f, "zones/more/b", "mx 60 A 192.0.2.2\n$INCLUDE c\n");
    folderkit_write(&x.f, "zones/more/c", "ftp 60 A 192.0.2.3\n");
    assert_true(read_zone(&x));
    commit(&x);

    folderkit_write(&x.f, "zones/more/b", "nonsense\n");
    folderkit_remove(&x.f, "zones/more/a");
    start(&x);
    assert_false(read_zone(&x));
    fall_back(&x);
    assert_int_equal(x.z->origin, ORIGIN_LAST_GOOD);
    assert_int_equal(zone_records(x.z->zone), 7);
    tear_down(&x);
}

static void an_unchanged_text_is_not_copied_again(void **state)
{
    struct fixture x;

    set_up(&x, ZONE "$INCLUDE more\n");
    folderkit_write(&x.f, "zones/more", "www 60 A 192.0.2.1\n");
    assert_true(read_zone(&x));
    commit(&x);

    start(&x);
    assert_true(read_zone(&x));
    assert_true(goodbatch_is_empty(x.batch));
    assert_int_equal(x.z->kept.pack, 1);

    folderkit_write(&x.f, "zones/more", "www 60 A 192.0.2.2\n"); /* one of the two */
    start(&x);
    assert_true(read_zone(&x));
    assert_false(goodbatch_is_empty(x.batch));
    commit(&x);
    folderkit_write(&x.f, "zones/example.zone", "nonsense\n");
    start(&x);
    fall_back(&x);
    assert_int_equal(zone_records(x.z->zone), 4);
    tear_down(&x);
}

static void a_file_with_an_error_leaves_no_copy(void **state)
{
    struct fixture x;

    set_up(&x, ZONE "nonsense\n");
    assert_false(read_zone(&x));
    assert_true(goodbatch_is_empty(x.batch));
    fall_back(&x);
    assert_int_equal(x.z->origin, ORIGIN_NONE);
    assert_null(x.z->zone);
    goodbatch_free(x.batch);
    x.batch = NULL;
    char *left = folderkit_list(&x.f, "state/good/zones");
    assert_string_equal(left, "");
    free(left);
    tear_down(&x);
}

static void without_a_store_no_copy_is_made(void **state)
{
    struct fixture x;

    set_up(&x, ZONE);
    assert_true(zone_source_read(x.z, &(struct zone_copies){NULL, NULL}, NULL, &x.err));
    assert_int_equal(x.z->in_batch, 0);
    tear_down(&x);
}

/* ---- known again ---- */

static void it_is_current_until_a_file_changes(void **state)
{
    static const struct {
        const char *why, *zone;
        bool settled, current;
    } cases[] = {
        {"nothing happened", ZONE "$INCLUDE more\n", true, true},
        {"it was written the moment before", ZONE "$INCLUDE more\n", false, false},
        {"it gives a warning, which is to be told again",
         ZONE "$INCLUDE more\nns 60 A 192.0.2.53\n", true, false},
        {"it is signed, and signatures end", ZONE "$INCLUDE more\n@ 60 NSEC @ NS SOA NSEC\n", true,
         false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fixture x;
        set_up(&x, cases[i].zone);
        folderkit_write(&x.f, "zones/more", "www 60 A 192.0.2.1\n");
        assert_true(read_zone(&x));
        if (cases[i].settled && x.err.n == 0 && zone_denial(x.z->zone) == NULL)
            x.z->steady = true; /* as if the files were old */
        if (zone_source_is_current(x.z) != cases[i].current)
            fail_msg("%s", cases[i].why);
        tear_down(&x);
    }
}

static void any_of_its_files_may_change(void **state)
{
    static const char *const files[] = {"zones/example.zone", "zones/more"};

    for (size_t i = 0; i < 2; i++) {
        struct fixture x;
        set_up(&x, ZONE "$INCLUDE more\n");
        folderkit_write(&x.f, "zones/more", "www 60 A 192.0.2.1\n");
        assert_true(read_zone(&x));
        x.z->steady = true;
        assert_true(zone_source_is_current(x.z));
        folderkit_write(&x.f, files[i], "longer than it was, surely, and something else\n");
        assert_false(zone_source_is_current(x.z));
        folderkit_remove(&x.f, files[i]);
        assert_false(zone_source_is_current(x.z));
        tear_down(&x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_is_made_while_reading),
        cmocka_unit_test(included_files_are_copied_too),
        cmocka_unit_test(an_unchanged_text_is_not_copied_again),
        cmocka_unit_test(a_file_with_an_error_leaves_no_copy),
        cmocka_unit_test(without_a_store_no_copy_is_made),
        cmocka_unit_test(it_is_current_until_a_file_changes),
        cmocka_unit_test(any_of_its_files_may_change),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
