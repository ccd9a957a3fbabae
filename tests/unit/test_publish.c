/*
 * Publishing, with workers that swap when the test says so: net/worker.h's functions are this
 * file's.  SPDX-License-Identifier: BSD-2-Clause
 */
#include "control/publish.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/xalloc.h"

/* ---- workers ---- */

struct worker {
    struct snapshot *mailbox, *snap;
    struct publisher *publisher;
};

void worker_offer(struct worker *w, struct snapshot *s)
{
    snapshot_unref(w->mailbox);
    w->mailbox = snapshot_ref(s);
}

uint64_t worker_generation(const struct worker *w)
{
    return w->snap->generation;
}

static void swap(struct worker *w)
{
    if (w->mailbox == NULL)
        return;
    snapshot_unref(w->snap);
    w->snap = w->mailbox;
    w->mailbox = NULL;
    publisher_on_swap(w->publisher);
}

/* ---- */

#define WORKERS 3

struct fixture {
    uv_loop_t loop;
    struct publisher *publisher;
    struct worker workers[WORKERS], *list[WORKERS];
    struct zonedb *zones;
    struct steering *steering; /* its count says how many snapshots there are, and ours */
    unsigned live;             /* waiters called */
    bool closed;
};

static size_t snapshots(const struct fixture *f)
{
    return f->steering->refs - 1;
}

static uint64_t offer(struct fixture *f)
{
    f->steering->refs++;
    return publisher_offer(f->publisher, zonedb_ref(f->zones), f->steering,
                           &(struct answer_opts){.udp_size = 1232});
}

static void run_loop(struct fixture *f)
{
    while (uv_run(&f->loop, UV_RUN_NOWAIT) != 0 && uv_backend_timeout(&f->loop) == 0)
        ;
}

static void set_up(struct fixture *f)
{
    *f = (struct fixture){.steering = steering_new(0, NULL)};
    uv_loop_init(&f->loop);
    f->zones = zonedb_new(NULL, 0);
    f->publisher = publisher_open(&f->loop);
    offer(f);
    for (size_t i = 0; i < WORKERS; i++) {
        f->workers[i].snap = snapshot_ref(publisher_newest(f->publisher));
        f->workers[i].publisher = f->publisher;
        f->list[i] = &f->workers[i];
    }
    publisher_set_workers(f->publisher, f->list, WORKERS);
}

static void on_closed(void *arg)
{
    struct fixture *f = arg;

    f->closed = true;
}

/* Workers stop with whatever is in their mailboxes. */
static void tear_down(struct fixture *f)
{
    for (size_t i = 0; i < WORKERS; i++) {
        snapshot_unref(f->workers[i].snap);
        snapshot_unref(f->workers[i].mailbox);
    }
    publisher_close(f->publisher, on_closed, f);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_true(f->closed);
    assert_int_equal(snapshots(f), 0);
    steering_unref(f->steering);
    zonedb_unref(f->zones);
    assert_int_equal(uv_loop_close(&f->loop), 0);
}

static void on_live(void *arg)
{
    struct fixture *f = arg;

    f->live++;
}

static void the_old_goes_when_the_last_worker_has_left_it(void **state)
{
    struct fixture f;

    set_up(&f);
    offer(&f);
    assert_int_equal(snapshots(&f), 2);
    for (size_t i = 0; i < WORKERS; i++) {
        assert_int_equal(snapshots(&f), 2);
        swap(&f.workers[i]);
        run_loop(&f);
    }
    assert_int_equal(snapshots(&f), 1);
    tear_down(&f);
}

static void what_nobody_looked_at_goes_unseen(void **state)
{
    struct fixture f;

    set_up(&f);
    for (unsigned i = 0; i < 100; i++)
        offer(&f);
    assert_int_equal(snapshots(&f), 2); /* the one in use and the newest */
    swap(&f.workers[0]);
    offer(&f);
    assert_int_equal(snapshots(&f), 3); /* one worker is a step ahead */
    for (size_t i = 0; i < WORKERS; i++)
        swap(&f.workers[i]);
    run_loop(&f);
    assert_int_equal(snapshots(&f), 1);
    tear_down(&f);
}

static void generations_count_up(void **state)
{
    struct fixture f;

    set_up(&f);
    const uint64_t first = publisher_live_generation(f.publisher);
    assert_int_equal(offer(&f), first + 1);
    assert_int_equal(publisher_newest(f.publisher)->generation, first + 1);
    swap(&f.workers[0]);
    swap(&f.workers[2]);
    assert_int_equal(publisher_live_generation(f.publisher), first);
    swap(&f.workers[1]);
    assert_int_equal(publisher_live_generation(f.publisher), first + 1);
    tear_down(&f);
}

static void a_waiter_is_called_when_all_have_it(void **state)
{
    struct fixture f;

    set_up(&f);
    offer(&f);
    publisher_when_live(f.publisher, on_live, &f);
    for (size_t i = 0; i < WORKERS; i++) {
        run_loop(&f);
        assert_int_equal(f.live, 0);
        swap(&f.workers[i]);
    }
    run_loop(&f);
    assert_int_equal(f.live, 1);
    swap(&f.workers[0]);
    run_loop(&f);
    assert_int_equal(f.live, 1);
    tear_down(&f);
}

static void at_once_if_all_have_it(void **state)
{
    struct fixture f;

    set_up(&f);
    publisher_when_live(f.publisher, on_live, &f);
    assert_int_equal(f.live, 1);
    tear_down(&f);
}

/* A newer one serves those who wait for an older. */
static void workers_may_skip_a_generation(void **state)
{
    struct fixture f;

    set_up(&f);
    offer(&f);
    publisher_when_live(f.publisher, on_live, &f);
    offer(&f);
    publisher_when_live(f.publisher, on_live, &f);
    for (size_t i = 0; i < WORKERS; i++)
        swap(&f.workers[i]);
    run_loop(&f);
    assert_int_equal(f.live, 2);
    tear_down(&f);
}

static void each_waits_for_its_own(void **state)
{
    struct fixture f;

    set_up(&f);
    offer(&f);
    publisher_when_live(f.publisher, on_live, &f);
    for (size_t i = 0; i < WORKERS; i++)
        swap(&f.workers[i]);
    offer(&f);
    publisher_when_live(f.publisher, on_live, &f);
    run_loop(&f);
    assert_int_equal(f.live, 1);
    for (size_t i = 0; i < WORKERS; i++)
        swap(&f.workers[i]);
    run_loop(&f);
    assert_int_equal(f.live, 2);
    tear_down(&f);
}

static void wait_for_next(void *arg)
{
    struct fixture *f = arg;

    f->live++;
    offer(f);
    publisher_when_live(f->publisher, on_live, f);
}

static void a_waiter_may_publish_and_wait_again(void **state)
{
    struct fixture f;

    set_up(&f);
    offer(&f);
    publisher_when_live(f.publisher, wait_for_next, &f);
    for (unsigned round = 1; round <= 2; round++) {
        for (size_t i = 0; i < WORKERS; i++)
            swap(&f.workers[i]);
        run_loop(&f);
        assert_int_equal(f.live, round);
    }
    tear_down(&f);
}

/* As before the workers are started, and in --check. */
static void without_workers_all_is_live(void **state)
{
    struct fixture f;

    set_up(&f);
    publisher_set_workers(f.publisher, NULL, 0);
    const uint64_t g = offer(&f);
    assert_int_equal(publisher_live_generation(f.publisher), g);
    publisher_when_live(f.publisher, on_live, &f);
    assert_int_equal(f.live, 1);
    tear_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_old_goes_when_the_last_worker_has_left_it),
        cmocka_unit_test(what_nobody_looked_at_goes_unseen),
        cmocka_unit_test(generations_count_up),
        cmocka_unit_test(a_waiter_is_called_when_all_have_it),
        cmocka_unit_test(at_once_if_all_have_it),
        cmocka_unit_test(workers_may_skip_a_generation),
        cmocka_unit_test(each_waits_for_its_own),
        cmocka_unit_test(a_waiter_may_publish_and_wait_again),
        cmocka_unit_test(without_workers_all_is_live),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
