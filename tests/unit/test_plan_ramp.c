/*
 * Regions that come back get their clients back little by little (`ramp`), or when they are released
 * (`failback: manual`).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "control/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plankit.h"

#define SECOND ((dur_ms_t)1000)
#define MINUTE (60 * SECOND)
#define WWW    "www.example.com."

/* A ramp of ten minutes; growth 1: an answer that is stable for 300 s is kept as long. */
#define POLICY(more)                                                                         \
    "  default: {map: world, probe: web, ramp: 10m, ttl: {max: 300s, min: 10s, growth: 1}, " \
    "damping: {max_hold: 0s}" more "}\n"

#define EACH    "www DYNA web\nus.web A 192.0.2.1\neu.web A 192.0.2.2\nap.web A 192.0.2.3\n"
#define OF_US   "192.0.2.1"
#define OF_EU   "192.0.2.2"
#define OF_AP   "192.0.2.3"
#define NETS    3 /* 10.1.0.0/16 prefers us, eu, ap; 10.2.0.0/16 eu, us, ap; 10.3.0.0/16 ap, eu, us */
#define BLOCKS  256 /* /24 in each */
#define OF_MANY 13  /* a share is right within so many blocks: 5 % */

static const char *endpoint_of(const char *region)
{
    return *region == 'u' ? OF_US : *region == 'e' ? OF_EU : OF_AP;
}

static void turn(struct plankit *k, const char *endpoint, bool up)
{
    plankit_turn(k, endpoint, up ? VERDICT_UP : VERDICT_DOWN);
    plankit_update(k, 0);
}

/* All up, and stable for an hour. */
static void start(struct plankit *k, const char *policies)
{
    plankit_start(k, policies, EACH);
    turn(k, OF_US, true);
    turn(k, OF_EU, true);
    turn(k, OF_AP, true);
    plankit_update(k, 60 * MINUTE);
}

/* us is down for an hour and is up again. */
static void bounce_us(struct plankit *k)
{
    turn(k, OF_US, false);
    plankit_update(k, 60 * MINUTE);
    turn(k, OF_US, true);
}

/* Who answers each block of a net: 1, 2 or 3, the last octet of its record. */
static void ask_net(const struct plankit *k, unsigned net, char out[BLOCKS])
{
    for (unsigned i = 0; i < BLOCKS; i++) {
        char client[32];
        snprintf(client, sizeof(client), "10.%u.%u.77", net, i);
        out[i] = plankit_ask(k, WWW, "A", client)[strlen("192.0.2.")];
    }
}

static unsigned count(const struct plankit *k, unsigned net, char who)
{
    char got[BLOCKS];
    unsigned n = 0;

    ask_net(k, net, got);
    for (unsigned i = 0; i < BLOCKS; i++)
        n += got[i] == who;
    return n;
}

static void check_count(const struct plankit *k, const char *why, unsigned net, char who,
                        unsigned want)
{
    const unsigned n = count(k, net, who);

    if (n + OF_MANY < want || n > want + OF_MANY || (n != want && (want == 0 || want == BLOCKS)))
        fail_msg("%s: %u of net %u's blocks get %c, not %u", why, n, net, who, want);
}

static void check_gets(const struct plankit *k, const char *why, const char *client,
                       const char *gets)
{
    const char *text = plankit_ask(k, WWW, "A", client);

    if (strcmp(text, gets) != 0)
        fail_msg("%s: %s: %s, not %s", why, client, text, gets);
}

static enum region_state state_of(const struct plankit *k, const char *region)
{
    return plan_region_state(k->plan, plankit_pool(k, WWW),
                             (unsigned)config_region(k->config, region));
}

static void release(struct plankit *k, const char *region)
{
    fakehealth_hold(fakehealth_find(k->health, "web", endpoint_of(region)), 0);
    plan_release(k->plan, plankit_pool(k, WWW), 0, (unsigned)config_region(k->config, region));
    plan_touch_all(k->plan);
    plankit_update(k, 0);
}

/*
 * What happens, in order: "-us" falls, "+us" rises, "~us" is held for a minute, "<us" is drained, ">us" is
 * not any more, "!us" is released; "." a minute passes.
 */
static void play(struct plankit *k, const char *what)
{
    for (; *what != '\0'; what += *what == ' ') {
        const char event = *what++;
        const char region[] = {event != '.' ? what[0] : '\0', event != '.' ? what[1] : '\0', '\0'};
        what += strlen(region);
        switch (event) {
        case '-': plankit_turn(k, endpoint_of(region), VERDICT_DOWN); break;
        case '+': plankit_turn(k, endpoint_of(region), VERDICT_UP); break;
        case '~': plankit_hold(k, endpoint_of(region), MINUTE); break;
        case '<': plankit_drain(k, region, true); break;
        case '>': plankit_drain(k, region, false); break;
        case '!': release(k, region); break;
        case '.': plankit_update(k, MINUTE); break;
        default: abort();
        }
        plankit_update(k, 0);
    }
}

/* ---- ramp ---- */

static void without_it_all_come_at_once(void **state)
{
    struct plankit k;

    start(&k, "  default: {map: world, probe: web}\n");
    bounce_us(&k);
    check_count(&k, "back", 1, '1', BLOCKS);
    assert_null(plankit_steered(&k, WWW)->types[0].bands);
    plankit_fini(&k);
}

/* At each moment that the plan asks for: blocks only ever come, no net but its own moves, and at the end
 * there are no turns any more. */
static void blocks_come_back_one_by_one_and_stay(void **state)
{
    char was[BLOCKS], now[BLOCKS];
    struct plankit k;
    unsigned steps = 0;

    start(&k, POLICY(""));
    bounce_us(&k);
    const mono_ms_t begin = k.now;
    ask_net(&k, 1, was);
    while (state_of(&k, "us") == REGION_RAMPING) {
        const unsigned share = plan_set(k.plan, plankit_pool(&k, WWW), 0, 0)->ramp.share;
        check_count(&k, "its share", 1, '1', share);
        check_count(&k, "others stay", 2, '2', BLOCKS);
        plankit_update(&k, plan_next_step_at(k.plan) - k.now);
        ask_net(&k, 1, now);
        for (unsigned i = 0; i < BLOCKS; i++)
            assert_true(now[i] == was[i] || (was[i] == '2' && now[i] == '1'));
        memcpy(was, now, sizeof(was));
        steps++;
    }
    assert_int_equal(k.now - begin, 10 * MINUTE);
    assert_in_range(steps, 60, 64);
    check_count(&k, "all are back", 1, '1', BLOCKS);
    assert_null(plankit_steered(&k, WWW)->types[0].bands);
    plankit_fini(&k);
}

static void ttl_is_min_until_all_are_back(void **state)
{
    struct plankit k;

    start(&k, POLICY(""));
    check_gets(&k, "stable", EU, OF_EU " ttl 300");
    bounce_us(&k);
    plankit_update(&k, 9 * MINUTE);
    check_gets(&k, "in the ramp", EU, OF_EU " ttl 10");
    check_gets(&k, "in the ramp", AP, OF_AP " ttl 10");
    plankit_update(&k, MINUTE);
    check_gets(&k, "its end is a change", US, OF_US " ttl 10");
    plankit_update(&k, 20 * SECOND);
    check_gets(&k, "it grows from there", US, OF_US " ttl 20");
    check_gets(&k, "it grows from there", EU, OF_EU " ttl 20");
    plankit_update(&k, 5 * MINUTE);
    check_gets(&k, "as usual", US, OF_US " ttl 300");
    assert_int_equal(plan_next_step_at(k.plan), INT64_MAX);
    plankit_fini(&k);
}

/* A failed probe is no fall: nobody more comes, and nobody goes. */
static void suspicion_makes_it_stand(void **state)
{
    struct plankit k;

    start(&k, POLICY(""));
    bounce_us(&k);
    plankit_update(&k, 5 * MINUTE);
    plankit_suspect(&k, OF_US, true);
    plankit_update(&k, 0);
    plankit_update(&k, 60 * MINUTE);
    check_count(&k, "it stands", 1, '1', BLOCKS / 2);
    plankit_suspect(&k, OF_US, false);
    plankit_update(&k, 0);
    check_count(&k, "it goes on from there", 1, '1', BLOCKS / 2);
    plankit_update(&k, 5 * MINUTE);
    check_count(&k, "to its end", 1, '1', BLOCKS);
    plankit_fini(&k);
}

static void who_fails_again_loses_all_and_begins_anew(void **state)
{
    struct plankit k;

    start(&k, POLICY(""));
    bounce_us(&k);
    plankit_update(&k, 8 * MINUTE);
    turn(&k, OF_US, false);
    check_count(&k, "down", 1, '1', 0);
    check_count(&k, "down", 1, '2', BLOCKS);
    turn(&k, OF_US, true);
    check_count(&k, "from the beginning", 1, '1', 4);
    plankit_fini(&k);
}

static void when_it_ramps_and_when_not(void **state)
{
    /* has: how many of its blocks us has then. */
    static const struct {
        const char *why, *more, *what;
        unsigned has;
    } cases[] = {
        {"first verdicts are no return", "", "", BLOCKS},
        {"a fall and a rise", "", "-us . +us", 4},
        {"it was drained", "", "<us . >us", 4},
        {"it came back while it was drained", "", "-us <us +us . >us", 4},
        {"the drain ended while it was down", "", "-us <us >us +us", 4},
        {"a drain in its ramp", "", "-us +us . . . . . <us >us", 4},
        {"it was held", "", "~us . .", 32},
        {"it was held after an outage", "", "-us ~us +us . .", 32},
        {"a region that nobody of these goes to first", "", "-ap . +ap", BLOCKS},
        {"all were down: nobody else took its clients", "", "-us -eu -ap . +us", BLOCKS},
        {"all were down, and another was there before it", "", "-us -eu -ap . +eu +us", 4},
        {"all others fall in its ramp", "", "-us +us -eu -ap", BLOCKS},
        {"and come back in it", "", "-us +us . -eu -ap . +eu +ap", BLOCKS},
        {"health is ignored", ", min_healthy: 3", "-us . +us", BLOCKS},
        {"health is ignored for a while in its ramp", ", min_healthy: 2",
         "-us . +us . . . . -eu -ap . +eu", 128},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char policies[512];
        struct plankit k;
        snprintf(policies, sizeof(policies), POLICY("%s"), cases[i].more);
        start(&k, policies);
        play(&k, cases[i].what);
        check_count(&k, cases[i].why, 1, '1', cases[i].has);
        plankit_fini(&k);
    }
}

/* us and then eu come back: a block of us goes to ap, eu or us, in that order, and never back. */
static void several_ramp_at_once(void **state)
{
    char was[BLOCKS], now[BLOCKS];
    struct plankit k;

    start(&k, POLICY(""));
    turn(&k, OF_US, false);
    turn(&k, OF_EU, false);
    check_count(&k, "both are down", 1, '3', BLOCKS);
    turn(&k, OF_EU, true);
    plankit_update(&k, 5 * MINUTE);
    check_count(&k, "eu is half way", 1, '2', BLOCKS / 2);
    ask_net(&k, 1, was);
    turn(&k, OF_US, true);
    for (unsigned i = 0; i < 100; i++) {
        ask_net(&k, 1, now);
        for (unsigned b = 0; b < BLOCKS; b++)
            assert_true(now[b] <= was[b]); /* 3, 2, 1 */
        memcpy(was, now, sizeof(was));
        plankit_update(&k, 10 * SECOND);
    }
    check_count(&k, "all are back", 1, '1', BLOCKS);
    check_count(&k, "all are back", 2, '2', BLOCKS);
    plankit_fini(&k);
}

/* With nothing else up, clients stay with the one that was back first while the other ramps. */
static void who_was_back_first_keeps_them(void **state)
{
    struct plankit k;

    start(&k, POLICY(""));
    turn(&k, OF_US, false);
    turn(&k, OF_EU, false);
    turn(&k, OF_EU, true);
    plankit_update(&k, MINUTE);
    turn(&k, OF_AP, false);
    check_count(&k, "nobody else", 1, '2', BLOCKS);
    turn(&k, OF_US, true);
    check_count(&k, "us has begun", 1, '1', 4);
    check_count(&k, "eu has the rest", 1, '2', BLOCKS - 4);
    plankit_fini(&k);
}

/* The fence leaves ap alone: its clients come back at once, others of ap little by little. */
static void behind_a_fence_there_is_nobody_else(void **state)
{
    struct plankit k;

    start(&k, "  default: {map: fenced, probe: web, ramp: 10m}\n");
    turn(&k, OF_AP, false);
    plankit_update(&k, MINUTE);
    turn(&k, OF_AP, true);
    check_gets(&k, "fenced", FENCED, OF_AP " ttl 10");
    assert_int_equal(state_of(&k, "ap"), REGION_RAMPING);
    plankit_fini(&k);
}

static void a_reload_changes_nothing(void **state)
{
    char was[BLOCKS], now[BLOCKS];
    struct plankit old, k;

    start(&old, POLICY(""));
    bounce_us(&old);
    plankit_update(&old, 5 * MINUTE);
    ask_net(&old, 1, was);
    plankit_init(&k, POLICY(""));
    plankit_zone(&k, "example.com.", EACH);
    plankit_follow(&k, &old);
    ask_net(&k, 1, now);
    assert_memory_equal(was, now, sizeof(was));
    plankit_update(&k, 5 * MINUTE);
    check_count(&k, "to its end", 1, '1', BLOCKS);
    plankit_fini(&old);
    plankit_fini(&k);
}

/* It was down before the reload, and is up after it. */
static void a_return_after_a_reload_ramps(void **state)
{
    struct plankit old, k;

    start(&old, POLICY(""));
    turn(&old, OF_US, false);
    plankit_init(&k, POLICY(""));
    plankit_zone(&k, "example.com.", EACH);
    fakehealth_turn(fakehealth_find(old.health, "web", OF_US), VERDICT_UP, old.now);
    plankit_follow(&k, &old);
    check_count(&k, "back", 1, '1', 4);
    plankit_fini(&old);
    plankit_fini(&k);
}

/* As recollect does after a restart, before the first update. */
static void a_restart_goes_on(void **state)
{
    struct plankit k;

    plankit_init(&k, POLICY(""));
    plankit_zone(&k, "example.com.", EACH);
    assert_true(plankit_resolve(&k));
    const struct plan_pool *pool = plankit_pool(&k, WWW);
    plan_set_ramp(k.plan, pool, 0, 0,
                  &(struct ramp){.state = RAMP_CLIMBS, .done_ms = 60000, .at = k.now - 4 * MINUTE});
    plankit_update(&k, 0);
    check_count(&k, "the time between counts", 1, '1', BLOCKS / 2);
    plankit_fini(&k);
}

/* ---- failback: manual ---- */

#define MANUAL "  default: {map: world, probe: web, failback: manual, damping: {max_hold: 0s}}\n"

static void it_waits_for_the_release(void **state)
{
    struct plankit k;

    start(&k, MANUAL);
    bounce_us(&k);
    plankit_update(&k, 24 * 60 * MINUTE);
    check_count(&k, "it waits", 1, '2', BLOCKS);
    assert_int_equal(state_of(&k, "us"), REGION_HELD);
    assert_true(plan_take_change(k.plan));
    release(&k, "us");
    check_count(&k, "released", 1, '1', BLOCKS);
    assert_int_equal(state_of(&k, "us"), REGION_UP);
    bounce_us(&k);
    check_count(&k, "a release is good for once", 1, '2', BLOCKS);
    plankit_fini(&k);
}

static void with_a_ramp_it_begins_at_the_release(void **state)
{
    struct plankit k;

    start(&k, POLICY(", failback: manual"));
    bounce_us(&k);
    plankit_update(&k, 60 * MINUTE);
    check_count(&k, "it waits", 1, '1', 0);
    release(&k, "us");
    check_count(&k, "released", 1, '1', 4);
    plankit_update(&k, 5 * MINUTE);
    check_count(&k, "half way", 1, '1', BLOCKS / 2);
    plankit_fini(&k);
}

static void when_it_waits_and_when_not(void **state)
{
    static const struct {
        const char *why, *what;
        char gets; /* clients of us */
    } cases[] = {
        {"the end of a drain is an operator's word", "<us . >us", '1'},
        {"even if it was down meanwhile", "<us -us +us . >us", '1'},
        {"not while it is down", "<us -us >us +us", '2'},
        {"a drain ends the waiting", "-us +us <us . >us", '1'},
        {"a hold is followed by it", "~us . .", '2'},
        {"unless that is released", "~us !us . .", '1'},
        {"a release of what is down is for nothing", "-us !us +us", '2'},
        {"better than nothing", "-us +us -eu -ap", '1'},
        {"and then it is in use and stays", "-us +us -eu -ap . +eu", '1'},
        {"who is back in its place waits", "-us +us -ap -eu +ap +eu", '1'},
        {"all were down: the first has its clients", "-us -eu -ap . +eu", '2'},
        {"the others wait", "-us -eu -ap . +eu . +us", '2'},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plankit k;
        start(&k, MANUAL);
        play(&k, cases[i].what);
        check_count(&k, cases[i].why, 1, cases[i].gets, BLOCKS);
        plankit_fini(&k);
    }
}

/* What turns within one update: us is back as the others fall, so its clients and all others' have nobody
 * else. */
static void who_comes_back_as_the_last_falls_is_in_use(void **state)
{
    struct plankit k;

    start(&k, MANUAL);
    turn(&k, OF_US, false);
    plankit_update(&k, 60 * MINUTE);
    plankit_turn(&k, OF_AP, VERDICT_DOWN);
    plankit_turn(&k, OF_EU, VERDICT_DOWN);
    turn(&k, OF_US, true);
    assert_int_equal(state_of(&k, "us"), REGION_UP);
    turn(&k, OF_EU, true);
    check_count(&k, "the next one waits", 2, '1', BLOCKS);
    plankit_fini(&k);
}

static void waiting_outlives_reload_and_restart(void **state)
{
    struct plankit old, k, fresh;

    start(&old, MANUAL);
    bounce_us(&old);
    plankit_init(&k, MANUAL);
    plankit_zone(&k, "example.com.", EACH);
    plankit_follow(&k, &old);
    check_count(&k, "after a reload", 1, '2', BLOCKS);
    plankit_fini(&old);
    plankit_fini(&k);

    plankit_init(&fresh, MANUAL);
    plankit_zone(&fresh, "example.com.", EACH);
    assert_true(plankit_resolve(&fresh));
    plan_set_ramp(fresh.plan, plankit_pool(&fresh, WWW), 0, 0, &(struct ramp){.state = RAMP_WAITS});
    plankit_update(&fresh, 0);
    check_count(&fresh, "after a restart", 1, '2', BLOCKS);
    release(&fresh, "us");
    check_count(&fresh, "released", 1, '1', BLOCKS);
    plankit_fini(&fresh);
}

/* An operator's word while a reload takes over is heard by both. */
static void the_word_counts_in_mid_reload(void **state)
{
    static const struct {
        const char *before, *word;
    } cases[] = {{"-us +us", "!us"}, {"<us", ">us"}, {"-us +us <us", ">us"}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plankit old, k;
        start(&old, MANUAL);
        play(&old, cases[i].before);
        plankit_init(&k, MANUAL);
        plankit_zone(&k, "example.com.", EACH);
        plankit_prepare(&k, &old);
        play(&old, cases[i].word);
        check_count(&old, cases[i].word, 1, '1', BLOCKS);
        plan_attach_again(k.plan);
        plankit_take_over(&k, &old);
        check_count(&k, cases[i].word, 1, '1', BLOCKS);
        plankit_fini(&old);
        plankit_fini(&k);
    }
}

/* What ends the waiting is kept, else it would wait again after a restart. */
static void the_end_of_waiting_is_kept(void **state)
{
    static const char *const ends[] = {"!us", "<us >us", "-eu -ap"};

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        struct plankit k;
        start(&k, MANUAL);
        bounce_us(&k);
        assert_true(plan_take_change(k.plan));
        assert_false(plan_take_change(k.plan));
        play(&k, ends[i]);
        if (!plan_take_change(k.plan))
            fail_msg("%s: not kept", ends[i]);
        plankit_fini(&k);
    }
}

/* The configuration says auto now. */
static void a_reload_can_end_the_waiting(void **state)
{
    struct plankit old, k;

    start(&old, MANUAL);
    bounce_us(&old);
    plankit_init(&k, "  default: {map: world, probe: web}\n");
    plankit_zone(&k, "example.com.", EACH);
    plankit_follow(&k, &old);
    check_count(&k, "auto", 1, '1', BLOCKS);
    assert_int_equal(state_of(&k, "us"), REGION_UP);
    plankit_fini(&old);
    plankit_fini(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_it_all_come_at_once),
        cmocka_unit_test(blocks_come_back_one_by_one_and_stay),
        cmocka_unit_test(ttl_is_min_until_all_are_back),
        cmocka_unit_test(suspicion_makes_it_stand),
        cmocka_unit_test(who_fails_again_loses_all_and_begins_anew),
        cmocka_unit_test(when_it_ramps_and_when_not),
        cmocka_unit_test(several_ramp_at_once),
        cmocka_unit_test(who_was_back_first_keeps_them),
        cmocka_unit_test(behind_a_fence_there_is_nobody_else),
        cmocka_unit_test(a_reload_changes_nothing),
        cmocka_unit_test(a_return_after_a_reload_ramps),
        cmocka_unit_test(a_restart_goes_on),
        cmocka_unit_test(it_waits_for_the_release),
        cmocka_unit_test(with_a_ramp_it_begins_at_the_release),
        cmocka_unit_test(when_it_waits_and_when_not),
        cmocka_unit_test(who_comes_back_as_the_last_falls_is_in_use),
        cmocka_unit_test(waiting_outlives_reload_and_restart),
        cmocka_unit_test(the_word_counts_in_mid_reload),
        cmocka_unit_test(the_end_of_waiting_is_kept),
        cmocka_unit_test(a_reload_can_end_the_waiting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
