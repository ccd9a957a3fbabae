// SPDX-License-Identifier: BSD-2-Clause
/* src/health/judge.c, doubt.c: what is recorded of an endpoint when its prober turns out to be blind. */
#include "health/judge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/xalloc.h"

#define TARGETS  6 /* in two regions by turns */
#define INTERVAL 5000

static void ignore_change(void *arg, struct target *t) {}

static void ignore_sight(void *arg) {}

struct world {
    struct judge judge;
    struct list specs;
    struct target *targets[TARGETS];
    mono_ms_t now;
};

static void start(struct world *w)
{
    const struct probe_spec spec = {.name = (char *)"web",
                                    .kind = PROBE_TCP,
                                    .interval_ms = INTERVAL,
                                    .timeout_ms = 2000,
                                    .rise = 2,
                                    .fall = 3};

    *w = (struct world){.judge = {.sight = {.at_percent = 90, .round_ms = INTERVAL},
                                  .on_change = ignore_change,
                                  .on_sight = ignore_sight},
                        .now = 1000000};
    list_init(&w->specs);
    for (size_t i = 0; i < TARGETS; i++) {
        struct target *t = w->targets[i] = xcalloc(1, sizeof(*t));
        t->spec = spec_share(&w->specs, &spec);
        t->hash = i;
        targets_add(&w->judge.targets, t);
        sight_add(&w->judge.sight, &t->seen);
        sight_change(&w->judge.sight, &t->seen, UINT64_C(1) << i % 2, false);
    }
}

/* A round: a result for each, '+' or '-'. */
static void play(struct world *w, const char *results)
{
    for (size_t i = 0; i < TARGETS; i++) {
        struct target *t = w->targets[i];
        t->last_ms = results[i] == '+' ? 10 : 2000;
        judge_result(&w->judge, t, results[i] == '+', w->now + (mono_ms_t)i);
    }
    w->now += INTERVAL;
}

static void finish(struct world *w)
{
    targets_fini(&w->judge.targets);
    for (size_t i = 0; i < TARGETS; i++)
        target_free(w->targets[i]);
}

/* Its runs begin so. */
static void check(const struct world *w, size_t i, const char *runs)
{
    char *is = track_print(&w->targets[i]->track);

    if (strncmp(is, runs, strlen(runs)) != 0)
        fail_msg("%s, not %s", is, runs);
    free(is);
}

static void an_outage_is_recorded(void **state)
{
    struct world w;

    start(&w);
    play(&w, "++++++");
    play(&w, "-+++++");
    play(&w, "-+++++");
    play(&w, "++++++");
    check(&w, 0, "+1:10:5000 -2:2000:10000 +1:10:0");
    check(&w, 1, "+4:10:15000");
    finish(&w);
}

/* One was down before; our network goes for six rounds. */
static void a_blind_time_is_not(void **state)
{
    struct world w;

    start(&w);
    play(&w, "+++++-");
    play(&w, "+++++-");
    play(&w, "+++++-");
    for (int i = 0; i < 6; i++)
        play(&w, "------");
    assert_true(w.judge.sight.is_blind);
    check(&w, 0, "+3:10:15000");
    while (w.judge.sight.is_blind)
        play(&w, "+++++-");
    play(&w, "+++++-");
    check(&w, 0, "+3:10:15000 ?");
    check(&w, 5, "-3:2000:10000 ?");
    finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_outage_is_recorded),
        cmocka_unit_test(a_blind_time_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
