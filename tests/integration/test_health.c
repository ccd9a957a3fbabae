// SPDX-License-Identifier: BSD-2-Clause
/* The prober on a real loop against a real origin: verdicts, targets, and how all of it ends. */
#include "world.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* --- Verdicts. --- */

static void test_unknown_first(void **state)
{
    struct world *w = *state;

    struct target *t = target(w);
    assert_int_equal(status(t).verdict, VERDICT_UNKNOWN);
    assert_int_equal(status(t).probes, 0);
    assert_int_equal(status(t).last_at, 0);
    ask(w, t, 1);
    assert_int_equal(status(t).verdict, VERDICT_UNKNOWN);
    assert_false(status(t).suspect);
    assert_int_equal(w->changes, 0);
    ask(w, t, 1);
    assert_int_equal(status(t).verdict, VERDICT_UP);
    assert_int_equal(w->changes, 1);
}

/* Both ways by the schedule, each step told: suspicion, down, up. */
static void test_fall_and_rise(void **state)
{
    struct world *w = *state;

    w->spec.interval_ms = INTERVAL_MS;
    struct target *t = target(w);
    wait_for(w, t, VERDICT_UP);
    const mono_ms_t since = status(t).since;
    w->changes = 0;
    origin_stop(w->origin);
    wait_probes(w, t, 1);
    assert_true(status(t).suspect);
    assert_int_equal(status(t).verdict, VERDICT_UP);
    assert_int_equal(status(t).since, since); /* the earlier TTL can return */
    assert_int_equal(w->changes, 1);
    wait_for(w, t, VERDICT_DOWN);
    assert_int_equal(status(t).streak, 3);
    assert_false(status(t).suspect);
    assert_int_equal(w->changes, 2);
    assert_true(status(t).since > since); /* fall × interval later */

    assert_int_equal(origin_restart(w->origin), 0);
    wait_for(w, t, VERDICT_UP);
    assert_int_equal(status(t).streak, 2);
    assert_null(status(t).last_error);
    assert_int_equal(w->changes, 3);
}

static void test_false_alarm(void **state)
{
    struct world *w = *state;

    struct target *t = target(w);
    ask(w, t, 2);
    w->changes = 0;
    origin_set(w->origin, "503");
    ask(w, t, 1);
    origin_set(w->origin, "ok");
    ask(w, t, 1);
    assert_int_equal(status(t).verdict, VERDICT_UP);
    assert_false(status(t).suspect);
    assert_int_equal(w->changes, 2); /* suspicion began, and ended */
}

/* One that alternates never fails three times in a row. */
static void test_flapping(void **state)
{
    struct world *w = *state;

    struct target *t = target(w);
    ask(w, t, 2);
    origin_set(w->origin, "flap");
    ask(w, t, 8);
    assert_int_equal(status(t).verdict, VERDICT_UP);
    assert_true(status(t).failures == 4);
}


/* --- Targets. --- */

static void test_asked_once(void **state)
{
    struct world *w = *state;

    w->spec.interval_ms = INTERVAL_MS;
    struct target *a = target(w), *b = target(w);
    assert_ptr_equal(a, b);
    wait_probes(w, a, 4);
    /* The next may be under way. */
    assert_in_range(origin_seen(w->origin)->requests, status(a).probes, status(a).probes + 1);
    target_unref(b);
    wait_probes(w, a, 1); /* one reference is left */

    /* Another probe's name, or another endpoint, is another target. */
    const struct probe_dest other = dest_of("127.0.0.2");
    assert_ptr_not_equal(health_target(w->health, &w->spec, &other), a);
    w->spec.name = (char *)"strict";
    assert_ptr_not_equal(target(w), a);
    size_t n = 0;
    for (struct target *t = NULL; (t = health_next(w->health, t)) != NULL;)
        n++;
    assert_int_equal(n, 3);
}

static void test_mark(void **state)
{
    struct world *w = *state;

    struct target *t = target(w);
    assert_null(target_data(t));
    target_set_data(t, w);
    assert_ptr_equal(target_data(t), w);
}

static void test_new_spec_keeps_the_verdict(void **state)
{
    struct world *w = *state;

    struct target *t = target(w);
    ask(w, t, 2);
    w->spec.path = (char *)"/no";
    w->spec.interval_ms = INTERVAL_MS;
    assert_ptr_equal(target(w), t);
    assert_int_equal(status(t).verdict, VERDICT_UP);
    assert_string_equal(status(t).spec->path, "/no");
    wait_for(w, t, VERDICT_DOWN);
    assert_string_equal(status(t).last_error, "status 404, expected 200");
}

static bool has_request(void *arg)
{
    return origin_seen(arg)->requests > 0;
}

/* Replaced while it is under way: a result of the old spec says nothing of the new one. */
static void test_new_spec_while_running(void **state)
{
    struct world *w = *state;

    origin_set(w->origin, "slow=50");
    struct target *t = target(w);
    struct answer a = {0};
    assert_true(target_probe_now(t, on_answer, &a));
    wait_until(w, has_request, w->origin, "the first request");
    w->spec.path = (char *)"/no";
    target(w);
    wait_until(w, is_true, &a.is_done, "its answer");
    assert_int_equal(status(t).probes, 0);
    ask(w, t, 1);
    assert_string_equal(status(t).last_error, "status 404, expected 200");
}

/* The origin as one of many endpoints: under a probe of its own. */
static struct target *target_of(struct world *w, unsigned i)
{
    char name[32];

    snprintf(name, sizeof(name), "web%u", i);
    w->spec.name = name;
    struct target *t = target(w);
    w->spec.name = (char *)"web";
    return t;
}

static void reopen_health(struct world *w, unsigned max_in_flight)
{
    health_close(w->health, world_health_closed, w);
    wait_until(w, is_true, &w->is_closed, "close");
    world_open_health(w, max_in_flight);
}

/* All hang, and one may run: they come one after the other, and none is left out. */
static void test_limit(void **state)
{
    struct world *w = *state;
    struct target *targets[10];

    reopen_health(w, 1);
    origin_set(w->origin, "hang");
    w->spec.interval_ms = w->spec.timeout_ms = TIMEOUT_MS;
    for (unsigned i = 0; i < 10; i++)
        targets[i] = target_of(w, i);
    for (unsigned i = 0; i < 10; i++)
        if (status(targets[i]).probes == 0)
            wait_probes(w, targets[i], 1);
}

/* Eight hang for good, and four may run: who does not hang is asked on and on. */
static void test_hanging_ones_delay_nobody(void **state)
{
    struct world *w = *state;
    struct target *hanging[8];

    reopen_health(w, 4);
    origin_set(w->origin, "hang");
    w->spec.interval_ms = w->spec.timeout_ms = TIMEOUT_MS;
    for (unsigned i = 0; i < 8; i++)
        hanging[i] = target_of(w, i);
    for (unsigned i = 0; i < 8; i++)
        if (status(hanging[i]).probes == 0)
            wait_probes(w, hanging[i], 1);
    w->spec.timeout_ms = NEVER_MS;
    for (unsigned i = 0; i < 8; i++)
        assert_ptr_equal(target_of(w, i), hanging[i]);

    const struct endpoint_addr at = loopback();
    assert_int_equal(origin_open(&w->loop, &at, &w->other), 0);
    w->spec.port = origin_port(w->other);
    w->spec.interval_ms = INTERVAL_MS;
    wait_probes(w, target(w), 20);
}


/* --- Asking now. --- */

static void test_probe_now(void **state)
{
    struct world *w = *state;
    struct answer a = {0}, second = {0};

    struct target *t = target(w);
    assert_true(target_probe_now(t, on_answer, &a));
    assert_false(target_probe_now(t, on_answer, &second)); /* it is under way */
    wait_until(w, is_true, &a.is_done, "the answer");
    assert_ptr_equal(a.target, t);
    assert_int_equal(status(t).probes, 1);
    assert_true(target_probe_now(t, on_answer, &second));
    wait_until(w, is_true, &second.is_done, "the second answer");
    assert_int_equal(status(t).verdict, VERDICT_UP); /* it counts as any other */
    assert_int_equal(w->changes, 1);
}

/* An operator's word for very many does not open them all at once, and the schedule goes on. */
static void test_probe_now_has_a_limit(void **state)
{
    struct world *w = *state;
    struct answer answers[100] = {0};
    unsigned n = 0;
    bool more = true;

    origin_set(w->origin, "hang");
    while (more && n < 100) {
        char addr[32];
        snprintf(addr, sizeof(addr), "127.0.0.%u", n + 1);
        const struct probe_dest dest = dest_of(addr);
        more = target_probe_now(health_target(w->health, &w->spec, &dest), on_answer, &answers[n]);
        n += more;
    }
    health_close(w->health, world_health_closed, w);
    wait_until(w, is_true, &w->is_closed, "close");
    assert_int_equal(n, 26); /* a quarter of the world's 100 at once, and one */
}

static void test_probe_now_of_a_removed_one(void **state)
{
    struct world *w = *state;
    struct answer a = {0};

    origin_set(w->origin, "hang");
    struct target *t = target(w);
    assert_true(target_probe_now(t, on_answer, &a));
    target_unref(t);
    assert_false(a.is_done); /* not from inside */
    wait_until(w, is_true, &a.is_done, "the answer");
    assert_null(a.target);
}


/* --- Ends. --- */

static void test_removed_while_running(void **state)
{
    struct world *w = *state;

    for (int kind = PROBE_HTTP; kind <= PROBE_TLS; kind++) {
        struct answer a = {0};
        w->spec.kind = (enum probe_kind)kind;
        w->spec.rise = w->spec.fall = 1; /* any result would be told */
        struct target *t = target(w);
        assert_true(target_probe_now(t, on_answer, &a));
        target_unref(t);
        assert_null(health_next(w->health, NULL));
        t = target(w); /* the same endpoint again is a new one */
        assert_int_equal(status(t).probes, 0);
        target_unref(t);
        wait_until(w, is_true, &a.is_done, "the end of the probe");
    }
    assert_int_equal(w->changes, 0);
}

static void test_closed_while_running(void **state)
{
    struct world *w = *state;
    static const char *const modes[] = {"hang", "ok", "slow=20"};

    for (size_t m = 0; m < 3; m++) {
        struct answer answers[5] = {0};
        origin_set(w->origin, modes[m]);
        for (int i = 0; i < 5; i++) {
            const struct probe_dest by_name = {.host = (char *)"127.0.0.1"};
            const struct probe_dest by_addr = dest_of("127.0.0.1");
            static const char *const names[] = {"a", "b", "c", "d", "e"};
            w->spec.name = (char *)(uintptr_t)names[i];
            w->spec.kind = i < 4 ? (enum probe_kind)(PROBE_HTTP + i) : PROBE_HTTP;
            struct target *t = health_target(w->health, &w->spec, i < 4 ? &by_addr : &by_name);
            assert_true(target_probe_now(t, on_answer, &answers[i]));
        }
        health_close(w->health, world_health_closed, w);
        assert_false(w->is_closed);
        wait_until(w, is_true, &w->is_closed, "close");
        for (size_t i = 0; i < 5; i++) {
            assert_true(answers[i].is_done);
            assert_null(answers[i].target);
        }
        world_open_health(w, 100);
    }
}

static void close_from_inside(void *arg, struct target *t)
{
    struct world *w = arg;

    assert_non_null(t);
    health_close(w->health, world_health_closed, w);
}

static void test_closed_by_an_answer(void **state)
{
    struct world *w = *state;

    assert_true(target_probe_now(target(w), close_from_inside, w));
    wait_until(w, is_true, &w->is_closed, "close");
}

static bool is_blind(void *world)
{
    return health_sight(((struct world *)world)->health).is_blind;
}

/* What a loop that does not get its turn looks like from inside. */
static void stand_still(dur_ms_t for_ms)
{
    const mono_ms_t until = mono_ms() + for_ms;

    while (mono_ms() < until)
        ;
}

/* The loop stands still while a probe is under way: its timeout is ours, and does not count. */
static void test_frozen_loop(void **state)
{
    struct world *w = *state;
    struct answer a = {0};

    w->spec.fall = 1;
    w->spec.timeout_ms = TIMEOUT_MS;
    struct target *t = target(w);
    ask(w, t, 2);
    const struct target_status before = status(t);
    origin_set(w->origin, "hang");
    assert_true(target_probe_now(t, on_answer, &a));
    stand_still(10 * TIMEOUT_MS);
    wait_until(w, is_true, &a.is_done, "the end of the probe");
    assert_int_equal(status(t).probes, before.probes);
    assert_int_equal(status(t).verdict, VERDICT_UP);
}

/* The answer came in time, but nobody was there to read it: it counts. */
static void test_read_late(void **state)
{
    struct world *w = *state;
    struct answer a = {0};

    w->spec.timeout_ms = TIMEOUT_MS;
    struct target *t = target(w);
    const struct target_status before = status(t);
    assert_true(target_probe_now(t, on_answer, &a));
    stand_still(3 * TIMEOUT_MS);
    wait_until(w, is_true, &a.is_done, "the end of the probe");
    assert_int_equal(status(t).probes, before.probes + 1);
    assert_int_equal(status(t).failures, 0);
}

/* For longer than the usual interval: blind, for a round. */
static void test_standstill(void **state)
{
    struct world *w = *state;

    w->spec.fall = 1;
    w->spec.interval_ms = INTERVAL_MS;
    struct target *t = target(w);
    wait_for(w, t, VERDICT_UP);
    const uint64_t probes = status(t).probes;
    origin_set(w->origin, "reset");
    stand_still(1500);
    wait_until(w, is_blind, w, "doubt");
    assert_true(health_sight(w->health).stood_ms >= 1500 - INTERVAL_MS - 100);
    assert_int_equal(status(t).probes, probes);
    assert_int_equal(status(t).verdict, VERDICT_UP);
    wait_for(w, t, VERDICT_DOWN); /* the next round counts */
    assert_false(is_blind(w));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_unknown_first),
        WORLD_TEST(test_fall_and_rise),
        WORLD_TEST(test_false_alarm),
        WORLD_TEST(test_flapping),
        WORLD_TEST(test_asked_once),
        WORLD_TEST(test_mark),
        WORLD_TEST(test_new_spec_keeps_the_verdict),
        WORLD_TEST(test_new_spec_while_running),
        WORLD_TEST(test_limit),
        WORLD_TEST(test_hanging_ones_delay_nobody),
        WORLD_TEST(test_probe_now),
        WORLD_TEST(test_probe_now_has_a_limit),
        WORLD_TEST(test_probe_now_of_a_removed_one),
        WORLD_TEST(test_removed_while_running),
        WORLD_TEST(test_closed_while_running),
        WORLD_TEST(test_closed_by_an_answer),
        WORLD_TEST(test_frozen_loop),
        WORLD_TEST(test_read_late),
        WORLD_TEST(test_standstill),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
