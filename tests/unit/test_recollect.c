// SPDX-License-Identifier: BSD-2-Clause
/*
 * src/control/recollect.c and histories.c: what an earlier server knew, whatever the wall clock did
 * between the two.
 */
#include "control/recollect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "control/histories.h"
#include "plankit.h"

#define SECOND ((dur_ms_t)1000)
#define MINUTE (60 * SECOND)
#define DAY    (24 * 60 * MINUTE)

#define POLICY "  default: {map: world, probe: web}\n"
#define ZONE   "www DYNA web\nus.web A 192.0.2.1\neu.web A 192.0.2.2\n"

#define WROTE_AT INT64_C(1764000000000)

/* The clocks of the server that wrote. */
static struct clocks written(const struct plankit *k)
{
    return (struct clocks){.mono = k->now, .real = WROTE_AT};
}

static struct target *first(const struct plankit *k)
{
    return fakehealth_find(k->health, "web", "192.0.2.1");
}

/* ---- verdicts and penalties ---- */

/* Down for a minute, held for a minute more. */
static char *verdicts_text(void)
{
    struct plankit k;

    plankit_start(&k, POLICY, ZONE);
    const struct target_memory is = {
        .verdict = {.history = 1, .known = 4, .fresh = 4, .state = VERDICT_DOWN},
        .since = k.now - MINUTE,
        .damping = {.penalty = 2000, .at = k.now - MINUTE, .held_until = k.now + MINUTE}};
    const struct clocks now = written(&k);
    target_recall(first(&k), &is);
    struct memory *m = recollect(k.health, k.plan, &now);
    char *text = memory_text(m);
    memory_free(m);
    plankit_fini(&k);
    return text;
}

/* What the next server makes of that; its monotonic clock is another one. */
static struct target_memory recalled(const char *text, real_ms_t real, const struct plankit *k)
{
    const struct clocks now = {.mono = k->now, .real = real};
    struct err err = {0};
    struct recall *r = recall_read("health.json", text, strlen(text), &err);

    assert_non_null(r);
    recollect_apply(r, k->health, k->plan, &now);
    recall_free(r);
    return target_remember(first(k));
}

static void clocks_that_were_set(void **state)
{
    static const struct {
        const char *why;
        dur_ms_t later; /* than it was written, as the wall clock has it */
        enum verdict_state verdict;
        dur_ms_t since, held; /* of now */
    } cases[] = {
        {"at once", 0, VERDICT_DOWN, -MINUTE, MINUTE},
        {"half a minute", 30 * SECOND, VERDICT_DOWN, -90 * SECOND, 30 * SECOND},
        {"nine minutes: the hold is over", 9 * MINUTE, VERDICT_DOWN, -10 * MINUTE, -8 * MINUTE},
        {"eleven: nobody knows any more", 11 * MINUTE, VERDICT_UNKNOWN, 0, -10 * MINUTE},
        {"a file from long ago", 3650 * DAY, VERDICT_UNKNOWN, 0, MINUTE - 3650 * DAY},
        {"from the next minute: not down for less than no time", -2 * MINUTE, VERDICT_DOWN, 0,
         3 * MINUTE},
        {"from the next hour: no longer held than a hold may be", -60 * MINUTE, VERDICT_UNKNOWN, 0,
         10 * MINUTE},
        {"from the next year", -365 * DAY, VERDICT_UNKNOWN, 0, 10 * MINUTE},
        {"the clock stands in 1970", -WROTE_AT, VERDICT_UNKNOWN, 0, 10 * MINUTE},
    };
    char *text = verdicts_text();

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plankit k;
        plankit_start(&k, POLICY, ZONE);
        const struct target_memory is = recalled(text, WROTE_AT + cases[i].later, &k);
        if (is.verdict.state != cases[i].verdict || is.since - k.now != cases[i].since ||
            is.damping.held_until - k.now != cases[i].held)
            fail_msg("%s: %s for %lld ms, held until %lld ms", cases[i].why,
                     verdict_name(is.verdict.state), (long long)(k.now - is.since),
                     (long long)(is.damping.held_until - k.now));
        assert_true(is.damping.at <= k.now);
        plankit_fini(&k);
    }
    free(text);
}

/* Times that no clock ever told, which a file gone bad may hold. */
static void times_of_nonsense(void **state)
{
    static const char *const times[] = {"-9223372036854775808", "9223372036854775807", "-1", "1"};

    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        struct plankit k;
        plankit_start(&k, POLICY, ZONE);
        char *text = xasprintf("{\"at\": %s, \"endpoints\": {\"web 192.0.2.1\": {\"verdict\": "
                               "\"down\", \"history\": \"0000000000000000\", \"asks\": "
                               "\"%016llx\", \"known\": 3, \"fresh\": 3, \"since\": %s, "
                               "\"penalty\": 5000, \"penalty_at\": %s, \"held_until\": %s}}}",
                               times[i], (unsigned long long)k.config->probes[0].asks, times[i],
                               times[i], times[i]);
        const struct target_memory is = recalled(text, WROTE_AT, &k);
        assert_int_equal(is.verdict.state, VERDICT_UNKNOWN);
        assert_int_equal(is.since, k.now);
        assert_true(is.damping.penalty == 5000 && is.damping.at <= k.now);
        assert_true(is.damping.held_until <= k.now + k.config->probes[0].damping.max_hold_ms);
        free(text);
        plankit_fini(&k);
    }
}

/* ---- regions that wait for release ---- */

/* What is kept of us when it is down, with eu or without. */
static char *down_text(const char *policy, bool is_eu_up)
{
    struct plankit k;

    plankit_start(&k, policy, ZONE);
    plankit_turn(&k, "192.0.2.1", VERDICT_DOWN);
    if (!is_eu_up)
        plankit_turn(&k, "192.0.2.2", VERDICT_DOWN);
    plankit_update(&k, MINUTE);
    const struct clocks now = written(&k);
    struct memory *m = recollect(k.health, k.plan, &now);
    char *text = memory_text(m);
    memory_free(m);
    plankit_fini(&k);
    return text;
}

/* The next server does not know any more who is down. */
static void who_was_down_waits_after_long(void **state)
{
    static const char manual[] = "  default: {map: world, probe: web, failback: manual}\n";
    static const struct {
        const char *why, *policy;
        bool is_eu_up;
        const char *gets;
    } cases[] = {
        {"it was down, so it waits", manual, true, "192.0.2.2 ttl 10"},
        {"it was down, and may come back", POLICY, true, "192.0.2.1 ttl 10"},
        {"nobody else had its clients", manual, false, "192.0.2.1 ttl 10"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *text = down_text(cases[i].policy, cases[i].is_eu_up);
        struct plankit k;
        plankit_init(&k, cases[i].policy);
        plankit_zone(&k, "example.com.", ZONE);
        assert_true(plankit_resolve(&k));
        assert_int_equal(recalled(text, WROTE_AT + 11 * MINUTE, &k).verdict.state, VERDICT_UNKNOWN);
        plankit_update(&k, 0);
        const char *gets = plankit_ask(&k, "www.example.com.", "A", US);
        if (strcmp(gets, cases[i].gets) != 0)
            fail_msg("%s: %s, not %s", cases[i].why, gets, cases[i].gets);
        free(text);
        plankit_fini(&k);
    }
}

/* A ramp that has stood for an hour, as an endpoint fails now and then, goes on where it stood. */
static void what_stood_is_not_climbed(void **state)
{
    static const char ramps[] = "  default: {map: world, probe: web, ramp: 10m}\n";
    struct plankit k;

    plankit_start(&k, ramps, ZONE);
    const struct ramp stood = {
        .at = k.now - 60 * MINUTE, .done_ms = MINUTE, .state = RAMP_CLIMBS, .stands = true};
    const struct clocks now = written(&k);
    plan_set_ramp(k.plan, plankit_pool(&k, "www.example.com."), 0, 0, &stood);
    struct memory *m = recollect(k.health, k.plan, &now);
    char *text = memory_text(m);
    memory_free(m);
    plankit_fini(&k);

    plankit_start(&k, ramps, ZONE);
    recalled(text, WROTE_AT + 2 * MINUTE, &k);
    const struct ramp *r = &plan_set(k.plan, plankit_pool(&k, "www.example.com."), 0, 0)->ramp;
    assert_int_equal(r->state, RAMP_CLIMBS);
    assert_int_equal(ramp_left(r, 10 * MINUTE, k.now),
                     7 * MINUTE); /* the server was away for two */
    free(text);
    plankit_fini(&k);
}

/* ---- histories ---- */

/* One result each 5 s, '+' or '-'. */
static void play(struct target *t, mono_ms_t at, const char *results)
{
    for (; *results != '\0'; results++, at += 5 * SECOND)
        fakehealth_result(
            t, &(struct track_result){
                   .is_good = *results == '+', .took_ms = 7, .at = at, .within_ms = 7 * SECOND});
}

static char *histories_of_ten(void)
{
    struct plankit k;

    plankit_start(&k, POLICY, ZONE);
    const struct clocks now = {.mono = k.now + 45 * SECOND, .real = WROTE_AT};
    play(first(&k), k.now, "+++--+++++");
    struct histories *hs = histories_collect(k.health, &now);
    char *text = histories_text(hs);
    histories_free(hs);
    plankit_fini(&k);
    return text;
}

static size_t apply(const struct plankit *k, const char *text, real_ms_t real, struct err *err)
{
    const struct clocks now = {.mono = k->now, .real = real};

    *err = (struct err){0};
    return histories_apply(&(struct histories_file){"history.json", text, strlen(text)}, k->health,
                           &now, err);
}

static void histories_go_on(void **state)
{
    static const struct {
        const char *why;
        dur_ms_t later;
        const char *runs; /* with one more result now */
    } cases[] = {
        {"at once", 5 * SECOND, "+3:7:15000 -2:7:10000 +6:7:25000"},
        {"a while later", MINUTE, "+3:7:15000 -2:7:10000 +5:7:20000 ?60000 +1:7:0"},
        {"a file from the future", -DAY, "+3:7:15000 -2:7:10000 +6:7:20000"},
        {"a file from long ago: all is too old", 3650 * DAY, "+1:7:0"},
    };
    char *text = histories_of_ten();

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plankit k;
        struct err err;
        plankit_start(&k, POLICY, ZONE);
        assert_int_equal(apply(&k, text, WROTE_AT + cases[i].later, &err), 1);
        assert_int_equal(err.n, 0);
        play(first(&k), k.now, "+");
        char *runs = track_print(target_track(first(&k)));
        if (strcmp(runs, cases[i].runs) != 0)
            fail_msg("%s: %s", cases[i].why, runs);
        free(runs);
        plankit_fini(&k);
    }
    free(text);
}

static void histories_that_are_not_believed(void **state)
{
    static const struct {
        const char *why, *text, *warning; /* NULL: none */
    } cases[] = {
        {"no JSON", "{", "history.json: is no list of histories: "},
        {"no list", "[]", "history.json: is no list of histories: it has no endpoints; "},
        {"nothing in it", "{\"at\": 1, \"endpoints\": {}}", NULL},
        {"another endpoint", "{\"endpoints\": {\"web 192.0.2.9\": 5}}", NULL},
        {"no object", "{\"endpoints\": {\"web 192.0.2.1\": 5}}",
         "history.json: 1 histories make no sense; "},
        {"no runs", "{\"endpoints\": {\"web 192.0.2.1\": {\"asks\": \"ASKS\", \"end\": 5}}}",
         "history.json: 1 histories make no sense; "},
        {"no end",
         "{\"endpoints\": {\"web 192.0.2.1\": {\"asks\": \"ASKS\", \"runs\": \"+1:2:3\"}}}",
         "history.json: 1 histories make no sense; "},
        {"another question",
         "{\"endpoints\": {\"web 192.0.2.1\": {\"asks\": \"x\", \"end\": 5, \"runs\": \"+1:2:3\"}}}",
         NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plankit k;
        struct err err;
        plankit_start(&k, POLICY, ZONE);
        const size_t n = apply(&k, cases[i].text, WROTE_AT, &err);
        const char *warning = cases[i].warning;
        if (n != 0 || err.errors != 0 || err.n != (warning != NULL) ||
            (warning != NULL && strncmp(err.items[0].text, warning, strlen(warning)) != 0))
            fail_msg("%s: %zu, %s", cases[i].why, n, err.n > 0 ? err.items[0].text : "no warning");
        assert_int_equal(target_track(first(&k))->n, 0);
        err_fini(&err);
        plankit_fini(&k);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clocks_that_were_set),
        cmocka_unit_test(times_of_nonsense),
        cmocka_unit_test(who_was_down_waits_after_long),
        cmocka_unit_test(what_stood_is_not_climbed),
        cmocka_unit_test(histories_go_on),
        cmocka_unit_test(histories_that_are_not_believed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
