/*
 * Before a change whose moment is known, the end of a hold, answers are kept ever shorter, so that
 * caches let go of them by then (health/ttl.h).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "control/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plankit.h"

#define SECOND ((dur_ms_t)1000)
#define WWW    "www.example.com."

/* Growth 1: an answer reaches max, 300 s, after as long a time. */
#define POLICY(more) \
    "  default: {map: world, probe: web, ttl: {max: 300s, min: 10s, growth: 1}" more "}\n"

/* Two endpoints in us, one each in eu and ap. */
#define FOUR                                                 \
    "www DYNA web\nus.web A 192.0.2.1\nus.web A 192.0.2.2\n" \
    "eu.web A 198.51.100.1\nap.web A 203.0.113.1\n"

#define OF_US  "192.0.2.1 192.0.2.2 ttl "
#define OF_EU  "198.51.100.1 ttl "
#define HOLD_S 1000 /* of those that a case holds */

static void hold_and_wait(struct plankit *k, const char *const *held, dur_ms_t for_ms)
{
    for (; *held != NULL; held++)
        plankit_hold(k, *held, HOLD_S * SECOND);
    plankit_update(k, 0);
    plankit_update(k, for_ms);
}

static void check_gets(const struct plankit *k, const char *why, const char *client,
                       const char *gets)
{
    const char *text = plankit_ask(k, WWW, "A", client);

    if (strcmp(text, gets) != 0)
        fail_msg("%s: %s: %s, not %s", why, client, text, gets);
}

static void answers_glide_to_the_end_of_a_hold(void **state)
{
    /* us and its clients, held for 1000 s, of which left_s are left; what its clients and eu's get */
    static const struct {
        const char *why, *held[3];
        double left_s;
        const char *us, *eu;
    } cases[] = {
        {"long before it, max", {"192.0.2.1", "192.0.2.2"}, 400, OF_EU "300", OF_EU "300"},
        {"the last answer of max", {"192.0.2.1", "192.0.2.2"}, 301, OF_EU "300", OF_EU "300"},
        {"then it runs out at the moment",
         {"192.0.2.1", "192.0.2.2"},
         300,
         OF_EU "160",
         OF_EU "160"},
        {"in steps", {"192.0.2.1", "192.0.2.2"}, 100, OF_EU "80", OF_EU "80"},
        {"to min", {"192.0.2.1", "192.0.2.2"}, 20.5, OF_EU "10", OF_EU "10"},
        {"up to the moment", {"192.0.2.1", "192.0.2.2"}, 0.001, OF_EU "10", OF_EU "10"},
        {"when they come home, to a new answer",
         {"192.0.2.1", "192.0.2.2"},
         0,
         OF_US "10",
         OF_EU "10"},
        {"an endpoint that moves nobody moves no TTL",
         {"192.0.2.1"},
         20,
         "192.0.2.2 ttl 300",
         OF_EU "300"},
        {"a far region's clients come home too", {"203.0.113.1"}, 100, OF_US "80", OF_EU "80"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plankit k;
        plankit_start(&k, POLICY(""), FOUR);
        plankit_update(&k, 9000 * SECOND);
        hold_and_wait(&k, cases[i].held, HOLD_S * SECOND - (dur_ms_t)(cases[i].left_s * 1000));
        check_gets(&k, cases[i].why, US, cases[i].us);
        check_gets(&k, cases[i].why, EU, cases[i].eu);
        plankit_fini(&k);
    }
}

/* The end of the hold changes nothing for anybody. */
static void nothing_glides_where_nobody_is_moved(void **state)
{
    static const char *const held[] = {"192.0.2.1", "192.0.2.2", NULL};
    struct plankit k;

    plankit_start(&k, POLICY(""), FOUR);
    plankit_drain(&k, "us", true);
    hold_and_wait(&k, held, (HOLD_S - 20) * SECOND);
    check_gets(&k, "a drained region", EU, OF_EU "300");
    plankit_fini(&k);

    plankit_start(&k, POLICY(", min_healthy: 3"), FOUR);
    plankit_turn(&k, "203.0.113.1", VERDICT_DOWN);
    plankit_update(&k, 0);
    hold_and_wait(&k, held, (HOLD_S - 20) * SECOND);
    check_gets(&k, "health is ignored", EU, OF_EU "300");
    plankit_fini(&k);
}

/* Whoever sleeps until plan_next_step_at sees each step at its time, and the end of the hold. */
static void the_next_step_is_known(void **state)
{
    static const struct {
        dur_ms_t left_ms;
        const char *gets;
    } steps[] = {
        {300999, OF_EU "160"}, {160999, OF_EU "80"}, {80999, OF_EU "40"},
        {40999, OF_EU "20"},   {20999, OF_EU "10"},  {0, OF_US "10"},
    };
    static const char *const held[] = {"192.0.2.1", "192.0.2.2", NULL};
    struct plankit k;

    plankit_start(&k, POLICY(""), FOUR);
    hold_and_wait(&k, held, 400 * SECOND);
    check_gets(&k, "grown", US, OF_EU "300");
    const mono_ms_t end = k.now + (HOLD_S - 400) * SECOND;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        assert_int_equal(end - plan_next_step_at(k.plan), steps[i].left_ms);
        plankit_update(&k, plan_next_step_at(k.plan) - k.now);
        check_gets(&k, "step", US, steps[i].gets);
    }
    plankit_fini(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_glide_to_the_end_of_a_hold),
        cmocka_unit_test(nothing_glides_where_nobody_is_moved),
        cmocka_unit_test(the_next_step_is_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
