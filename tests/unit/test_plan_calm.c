/*
 * What nobody gets to see moves nobody: an endpoint that is left out of the answers may turn as often as
 * it likes, and nothing is rendered, published or kept shorter for it.
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
#define LONG   (100000 * SECOND) /* all TTLs are at max after it, and no hold is near its end */

/* Two endpoints in us, one each in eu and ap. */
#define FOUR                                                 \
    "www DYNA web\nus.web A 192.0.2.1\nus.web A 192.0.2.2\n" \
    "eu.web A 198.51.100.1\nap.web A 203.0.113.1\n"

struct calm {
    const char *why, *held[3], *drained; /* before */
    const char *flaps;
};

static void settle(struct plankit *k, const char *map, const struct calm *c)
{
    char policy[120];

    snprintf(policy, sizeof(policy), "  default: {map: %s, probe: web, ttl: {max: 300s}}\n", map);
    plankit_start(k, policy, FOUR);
    for (size_t i = 0; c->held[i] != NULL; i++)
        plankit_hold(k, c->held[i], 4 * LONG);
    if (c->drained != NULL)
        plankit_drain(k, c->drained, true);
    plankit_update(k, 0);
    plankit_update(k, LONG);
}

/* One turn of its life: it fails a probe, goes down, comes up, fails one that was a false alarm. */
static void live(struct plankit *k, const char *endpoint, unsigned turn)
{
    switch (turn % 4) {
    case 0: plankit_suspect(k, endpoint, true); break;
    case 1: plankit_turn(k, endpoint, VERDICT_DOWN); break;
    case 2: plankit_turn(k, endpoint, VERDICT_UP); break;
    case 3:
        plankit_suspect(k, endpoint, true);
        plankit_update(k, 0);
        plankit_suspect(k, endpoint, false);
        break;
    }
    plankit_update(k, SECOND);
}

static void what_nobody_is_sent_to_changes_nothing(void **state)
{
    static const struct calm cases[] = {
        {"held beside one that is up", {"192.0.2.1"}, NULL, "192.0.2.1"},
        {"held, and all of its region", {"198.51.100.1"}, NULL, "198.51.100.1"},
        {"one of two that are held", {"192.0.2.1", "192.0.2.2"}, NULL, "192.0.2.1"},
        {"of a region that is drained", {NULL}, "eu", "198.51.100.1"},
        {"one of two of such a region", {NULL}, "us", "192.0.2.2"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plankit k;
        settle(&k, "world", &cases[i]);
        const struct steering *before = k.steering;
        for (unsigned turn = 0; turn < 12; turn++) {
            live(&k, cases[i].flaps, turn);
            if (k.steering != before)
                fail_msg("%s: turn %u is published", cases[i].why, turn);
        }
        plankit_fini(&k);
    }
}

static void what_somebody_is_sent_to_is_published(void **state)
{
    static const struct calm cases[] = {
        {"not held", {NULL}, NULL, "192.0.2.1"},
        {"in a fence of its own", {"203.0.113.1"}, NULL, "203.0.113.1"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plankit k;
        settle(&k, i == 0 ? "world" : "fenced", &cases[i]);
        const struct steering *before = k.steering;
        live(&k, cases[i].flaps, 1);
        assert_ptr_not_equal(k.steering, before);
        plankit_fini(&k);
    }
}

/* What was not rendered while nobody saw it is when somebody does. */
static void who_is_sent_there_gets_what_is_up_then(void **state)
{
    static const struct calm both = {NULL, {"192.0.2.1", "192.0.2.2"}, NULL, NULL};
    struct plankit k;

    settle(&k, "world", &both);
    plankit_turn(&k, "192.0.2.1", VERDICT_DOWN);
    plankit_update(&k, 0);
    plankit_turn(&k, "198.51.100.1", VERDICT_DOWN);
    plankit_turn(&k, "203.0.113.1", VERDICT_DOWN);
    plankit_update(&k, 0);
    assert_string_equal(plankit_ask(&k, "www.example.com.", "A", US), "192.0.2.2 ttl 10");
    plankit_fini(&k);
}

/* A drained region is as good as others are by the time it is undrained. */
static void an_undrained_region_is_answered_as_it_is(void **state)
{
    static const struct calm drained = {NULL, {NULL}, "us", NULL};
    struct plankit k;

    settle(&k, "world", &drained);
    plankit_turn(&k, "192.0.2.1", VERDICT_DOWN);
    plankit_update(&k, 0);
    plankit_drain(&k, "us", false);
    plankit_update(&k, 0);
    assert_string_equal(plankit_ask(&k, "www.example.com.", "A", US), "192.0.2.2 ttl 10");
    plankit_fini(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_nobody_is_sent_to_changes_nothing),
        cmocka_unit_test(what_somebody_is_sent_to_is_published),
        cmocka_unit_test(who_is_sent_there_gets_what_is_up_then),
        cmocka_unit_test(an_undrained_region_is_answered_as_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
