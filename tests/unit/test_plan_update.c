/*
 * What steered names answer while endpoints go down and come back, regions are drained and time
 * goes by (proxima.yaml(5)).  Time is the test's.
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

#include "base/xalloc.h"
#include "plankit.h"

#define SECOND ((dur_ms_t)1000)
#define DAY    (24 * 3600 * SECOND)

#define WWW "www.example.com."

#define POLICY "  default: {map: world, probe: web, ttl: {max: 300s, min: 10s}}\n"

/* Two endpoints in us, one each in eu and ap. */
#define FOUR                                                 \
    "www DYNA web\nus.web A 192.0.2.1\nus.web A 192.0.2.2\n" \
    "eu.web A 198.51.100.1\nap.web A 203.0.113.1\n"

/*
 * Steps of a scenario, apart by blanks:
 *
 *   -ENDPOINT  it goes down       +ENDPOINT  it is up       ?ENDPOINT  its last probe failed
 *   !ENDPOINT  no more suspected  hENDPOINT  held for 100 s
 *   nENDPOINT  it is not ready    yENDPOINT  it is ready
 *   d:REGION   drained            u:REGION   undrained
 *   NUMBER     so many seconds later
 *
 * Each step is brought in before the next.
 */
static void step(struct plankit *k, const char *word)
{
    dur_ms_t later = 0;

    switch (word[0]) {
    case '-': plankit_turn(k, word + 1, VERDICT_DOWN); break;
    case '+': plankit_turn(k, word + 1, VERDICT_UP); break;
    case '?': plankit_suspect(k, word + 1, true); break;
    case '!': plankit_suspect(k, word + 1, false); break;
    case 'h': plankit_hold(k, word + 1, 100 * SECOND); break;
    case 'n': plankit_ready(k, word + 1, false); break;
    case 'y': plankit_ready(k, word + 1, true); break;
    case 'd': plankit_drain(k, word + 2, true); break;
    case 'u': plankit_drain(k, word + 2, false); break;
    default: later = strtol(word, NULL, 10) * SECOND;
    }
    plankit_update(k, later);
}

static void play(struct plankit *k, const char *steps)
{
    char *copy = xstrdup(steps), *save;

    for (char *word = strtok_r(copy, " ", &save); word != NULL; word = strtok_r(NULL, " ", &save))
        step(k, word);
    free(copy);
}

static void check_gets(const struct plankit *k, const char *why, const char *type,
                       const char *client, const char *gets)
{
    const char *text = plankit_ask(k, WWW, type, client);

    if (strcmp(text, gets) != 0)
        fail_msg("%s: %s %s: %s, not %s", why, type, client, text, gets);
}

static void health_and_drains_choose_the_region(void **state)
{
    static const struct {
        const char *why, *steps, *us, *eu; /* what the two clients get */
    } cases[] = {
        {"all is well, nothing known yet", "", "192.0.2.1 192.0.2.2 ttl 10", "198.51.100.1 ttl 10"},
        {"one of two down: only the other is answered", "-192.0.2.1", "192.0.2.2 ttl 10",
         "198.51.100.1 ttl 10"},
        {"both down: the next region", "-192.0.2.1 -192.0.2.2", "198.51.100.1 ttl 10",
         "198.51.100.1 ttl 10"},
        {"two regions down: the third", "-192.0.2.1 -192.0.2.2 -198.51.100.1", "203.0.113.1 ttl 10",
         "203.0.113.1 ttl 10"},
        {"all down: as if all were up", "-192.0.2.1 -192.0.2.2 -198.51.100.1 -203.0.113.1",
         "192.0.2.1 192.0.2.2 ttl 10", "198.51.100.1 ttl 10"},
        {"back again", "-192.0.2.1 -192.0.2.2 +192.0.2.1 +192.0.2.2", "192.0.2.1 192.0.2.2 ttl 10",
         "198.51.100.1 ttl 10"},
        {"half back", "-192.0.2.1 -192.0.2.2 +192.0.2.2", "192.0.2.2 ttl 10",
         "198.51.100.1 ttl 10"},
        {"drained: the next region", "d:us", "198.51.100.1 ttl 10", "198.51.100.1 ttl 10"},
        {"undrained", "d:us u:us", "192.0.2.1 192.0.2.2 ttl 10", "198.51.100.1 ttl 10"},
        {"drained before down", "d:us -198.51.100.1 -203.0.113.1", "198.51.100.1 ttl 10",
         "198.51.100.1 ttl 10"},
        {"all drained: as if none were", "d:us d:eu d:ap", "192.0.2.1 192.0.2.2 ttl 10",
         "198.51.100.1 ttl 10"},
        {"suspicion alone moves nobody", "?192.0.2.1 ?192.0.2.2", "192.0.2.1 192.0.2.2 ttl 10",
         "198.51.100.1 ttl 10"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plankit k;
        plankit_start(&k, POLICY, FOUR);
        play(&k, cases[i].steps);
        check_gets(&k, cases[i].why, "A", US, cases[i].us);
        check_gets(&k, cases[i].why, "A", EU, cases[i].eu);
        plankit_fini(&k);
    }
}

static void policies_say_when_a_region_is_up(void **state)
{
    /* us has four endpoints, 192.0.2.1 to 4; eu one. */
    static const char text[] = "www DYNA web\nus.web A 192.0.2.1\nus.web A 192.0.2.2\n"
                               "us.web A 192.0.2.3\nus.web A 192.0.2.4\neu.web A 198.51.100.1\n";
    static const struct {
        const char *why, *policy, *steps, *us;
    } cases[] = {
        {"half by default", "", "-192.0.2.1 -192.0.2.2", "192.0.2.3 192.0.2.4 ttl 10"},
        {"less than half is down", "", "-192.0.2.1 -192.0.2.2 -192.0.2.3", "198.51.100.1 ttl 10"},
        {"a quarter is enough", ", region_up: 25%", "-192.0.2.1 -192.0.2.2 -192.0.2.3",
         "192.0.2.4 ttl 10"},
        {"not none at all", ", region_up: 1%", "-192.0.2.1 -192.0.2.2 -192.0.2.3 -192.0.2.4",
         "198.51.100.1 ttl 10"},
        {"held regions are not down: no panic", ", min_healthy: 2", "h198.51.100.1 -192.0.2.1",
         "192.0.2.2 192.0.2.3 192.0.2.4 ttl 10"},
        {"every one", ", region_up: 100%", "-192.0.2.1", "198.51.100.1 ttl 10"},
        {"just below three quarters", ", region_up: 76%", "-192.0.2.1", "198.51.100.1 ttl 10"},

        {"two regions are to be up: one is down, health is ignored", ", min_healthy: 2",
         "-198.51.100.1 -192.0.2.1", "192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4 ttl 10"},
        {"both are up: it counts", ", min_healthy: 2", "-192.0.2.1",
         "192.0.2.2 192.0.2.3 192.0.2.4 ttl 10"},
        {"drains count all the same", ", min_healthy: 2", "-198.51.100.1 d:us",
         "198.51.100.1 ttl 10"},
        {"one region is to be up and is", ", min_healthy: 1", "-198.51.100.1 -192.0.2.1",
         "192.0.2.2 192.0.2.3 192.0.2.4 ttl 10"},

        {"all down, all at once", ", when_all_down: all",
         "-198.51.100.1 -192.0.2.1 -192.0.2.2 -192.0.2.3",
         "192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4 ttl 10, 198.51.100.1 ttl 10"},
        {"but not those drained", ", when_all_down: all",
         "-198.51.100.1 -192.0.2.1 -192.0.2.2 -192.0.2.3 d:us", "198.51.100.1 ttl 10"},
        {"all down, SERVFAIL", ", when_all_down: servfail",
         "-198.51.100.1 -192.0.2.1 -192.0.2.2 -192.0.2.3", "servfail"},
        {"all down, NODATA", ", when_all_down: nodata",
         "-198.51.100.1 -192.0.2.1 -192.0.2.2 -192.0.2.3", "nodata"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plankit k;
        char policy[160];
        snprintf(policy, sizeof(policy),
                 "  default: {map: world, probe: web, ttl: {max: 300s, min: 10s}%s}\n",
                 cases[i].policy);
        plankit_start(&k, policy, text);
        play(&k, cases[i].steps);
        check_gets(&k, cases[i].why, "A", US, cases[i].us);
        plankit_fini(&k);
    }
}

static void each_type_has_its_own_health(void **state)
{
    /* us has both types, eu A alone, ap both. */
    static const char text[] = "www DYNA web\nus.web A 192.0.2.1\nus.web AAAA 2001:db8::1\n"
                               "eu.web A 198.51.100.1\n"
                               "ap.web A 203.0.113.1\nap.web AAAA 2001:db8::3\n";
    static const struct {
        const char *why, *steps, *client, *a, *aaaa;
    } cases[] = {
        {"both of the region", "", US, "192.0.2.1 ttl 10", "2001:db8::1 ttl 10"},
        {"IPv6 down", "-2001:db8::1", AP, "203.0.113.1 ttl 10", "2001:db8::3 ttl 10"},
        {"a region without the type is not skipped", "", EU, "198.51.100.1 ttl 10", "nodata"},
        {"nor when it comes next", "-2001:db8::1", US, "192.0.2.1 ttl 10", "nodata"},
        {"IPv4 down moves IPv4 alone", "-203.0.113.1", AP, "198.51.100.1 ttl 10",
         "2001:db8::3 ttl 10"},
        {"one type all down does not touch the other", "-2001:db8::1 -2001:db8::3", AP,
         "203.0.113.1 ttl 10", "nodata"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plankit k;
        plankit_start(&k, POLICY, text);
        play(&k, cases[i].steps);
        check_gets(&k, cases[i].why, "A", cases[i].client, cases[i].a);
        check_gets(&k, cases[i].why, "AAAA", cases[i].client, cases[i].aaaa);
        plankit_fini(&k);
    }
}

/* min_healthy counts regions of the pool: one without IPv6 is no reason to ignore IPv6's health. */
static void a_region_without_the_type_is_healthy(void **state)
{
    struct plankit k;

    plankit_start(&k, "  default: {map: world, probe: web, min_healthy: 2, ttl: {min: 10s}}\n",
                  "www DYNA web\nus.web A 192.0.2.1\neu.web A 198.51.100.1\n"
                  "ap.web A 203.0.113.1\nap.web AAAA 2001:db8::3\nap.web AAAA 2001:db8::4\n");
    play(&k, "-2001:db8::3");
    check_gets(&k, "one of two", "AAAA", AP, "2001:db8::4 ttl 10");
    assert_false(plankit_pool(&k, WWW)->types[1].panic);
    plankit_fini(&k);
}

static void an_alias_follows_its_endpoints(void **state)
{
    static const char text[] = "www DYNC web\nus.web CNAME lb.us.example.\n"
                               "eu.web A 198.51.100.1\neu.web AAAA 2001:db8::2\n";
    struct plankit k;

    plankit_start(&k, POLICY, text);
    play(&k, "-lb.us.example");
    check_gets(&k, "the host is down", "CNAME", US, "eu.web.example.com. ttl 10");
    play(&k, "-198.51.100.1");
    check_gets(&k, "half of the addresses are up", "CNAME", US, "eu.web.example.com. ttl 10");
    play(&k, "-2001:db8::2");
    check_gets(&k, "all down", "CNAME", US, "lb.us.example. ttl 10");
    plankit_fini(&k);
}

/* ---- how long it may be kept ---- */

static void ttls_grow_with_stability(void **state)
{
    /* max 300, min 10, growth 8: 20 s after 160 s, 40 s after 320 s … 300 s after 2400 s. */
    static const struct {
        const char *why, *steps, *us, *eu;
    } cases[] = {
        {"min at first", "159", "192.0.2.1 192.0.2.2 ttl 10", "198.51.100.1 ttl 10"},
        {"twice that", "160", "192.0.2.1 192.0.2.2 ttl 20", "198.51.100.1 ttl 20"},
        {"in powers of two", "160 160", "192.0.2.1 192.0.2.2 ttl 40", "198.51.100.1 ttl 40"},
        {"to max", "2400", "192.0.2.1 192.0.2.2 ttl 300", "198.51.100.1 ttl 300"},
        {"and no further", "2400 86400", "192.0.2.1 192.0.2.2 ttl 300", "198.51.100.1 ttl 300"},

        {"suspected: min at once, where the endpoint is answered", "9000 ?192.0.2.1",
         "192.0.2.1 192.0.2.2 ttl 10", "198.51.100.1 ttl 300"},
        {"for as long as it is", "9000 ?192.0.2.1 9000", "192.0.2.1 192.0.2.2 ttl 10",
         "198.51.100.1 ttl 300"},
        {"a false alarm: the earlier TTL", "9000 ?192.0.2.1 5 !192.0.2.1",
         "192.0.2.1 192.0.2.2 ttl 300", "198.51.100.1 ttl 300"},
        {"and no growth lost", "150 ?192.0.2.1 5 !192.0.2.1 5", "192.0.2.1 192.0.2.2 ttl 20",
         "198.51.100.1 ttl 20"},

        {"one of two down: the region's is min", "9000 -192.0.2.1", "192.0.2.2 ttl 10",
         "198.51.100.1 ttl 300"},
        {"and grows again", "9000 -192.0.2.1 160", "192.0.2.2 ttl 20", "198.51.100.1 ttl 300"},
        {"a region moved: all of the pool's are min", "9000 -192.0.2.1 -192.0.2.2",
         "198.51.100.1 ttl 10", "198.51.100.1 ttl 10"},
        {"and grow again", "9000 -192.0.2.1 -192.0.2.2 160", "198.51.100.1 ttl 20",
         "198.51.100.1 ttl 20"},
        {"all down: min, however long",
         "9000 -192.0.2.1 -192.0.2.2 -198.51.100.1 -203.0.113.1 9000", "192.0.2.1 192.0.2.2 ttl 10",
         "198.51.100.1 ttl 10"},
        {"drained: min", "9000 d:eu", "192.0.2.1 192.0.2.2 ttl 10", "192.0.2.1 192.0.2.2 ttl 10"},
        {"a drain grows old too", "9000 d:eu 9000", "192.0.2.1 192.0.2.2 ttl 300",
         "192.0.2.1 192.0.2.2 ttl 300"},
        {"a drain of what is down moves nobody", "9000 -203.0.113.1 9000 d:ap",
         "192.0.2.1 192.0.2.2 ttl 300", "198.51.100.1 ttl 300"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plankit k;
        plankit_start(&k, POLICY, FOUR);
        play(&k, cases[i].steps);
        check_gets(&k, cases[i].why, "A", US, cases[i].us);
        check_gets(&k, cases[i].why, "A", EU, cases[i].eu);
        plankit_fini(&k);
    }
}

static void what_is_held_comes_after_what_is_up(void **state)
{
    static const struct {
        const char *why, *steps, *us, *eu;
    } cases[] = {
        {"one of two held: only the other", "h192.0.2.1", "192.0.2.2 ttl 10",
         "198.51.100.1 ttl 10"},
        {"both: the next region", "h192.0.2.1 h192.0.2.2", "198.51.100.1 ttl 10",
         "198.51.100.1 ttl 10"},
        {"one down, one held: held", "h192.0.2.1 -192.0.2.2", "198.51.100.1 ttl 10",
         "198.51.100.1 ttl 10"},
        {"where no other is up, before those that are down",
         "h192.0.2.1 -192.0.2.2 -198.51.100.1 -203.0.113.1", "192.0.2.1 ttl 10",
         "192.0.2.1 ttl 10"},
        {"among the held, the nearest", "h192.0.2.1 h192.0.2.2 h198.51.100.1 -203.0.113.1",
         "192.0.2.1 192.0.2.2 ttl 10", "198.51.100.1 ttl 10"},
        {"a drained one is not preferred to a held one", "h198.51.100.1 d:us -203.0.113.1",
         "198.51.100.1 ttl 10", "198.51.100.1 ttl 10"},
        {"down while held: down", "h198.51.100.1 -198.51.100.1", "192.0.2.1 192.0.2.2 ttl 10",
         "192.0.2.1 192.0.2.2 ttl 10"},
        {"a hold ends by itself", "9000 h192.0.2.1 99 1", "192.0.2.1 192.0.2.2 ttl 10",
         "198.51.100.1 ttl 300"},
        {"and the region's", "9000 h192.0.2.1 h192.0.2.2 100", "192.0.2.1 192.0.2.2 ttl 10",
         "198.51.100.1 ttl 10"},
        {"from then on it is stable", "9000 h192.0.2.1 h192.0.2.2 100 160",
         "192.0.2.1 192.0.2.2 ttl 20", "198.51.100.1 ttl 20"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plankit k;
        plankit_start(&k, POLICY, FOUR);
        play(&k, cases[i].steps);
        check_gets(&k, cases[i].why, "A", US, cases[i].us);
        check_gets(&k, cases[i].why, "A", EU, cases[i].eu);
        plankit_fini(&k);
    }
}

/* Live by probe web, on all endpoints' tcp port 8080 ready by probe api. */
static void who_is_not_ready_is_avoided(void **state)
{
    static const struct {
        const char *why, *steps, *us, *eu, *us_is;
    } cases[] = {
        {"all are", "", "192.0.2.1 192.0.2.2 ttl 10", "198.51.100.1 ttl 10", "unknown"},
        {"one of two is not", "n192.0.2.1", "192.0.2.2 ttl 10", "198.51.100.1 ttl 10", "unknown"},
        {"a region is not", "n192.0.2.1 n192.0.2.2", "198.51.100.1 ttl 10", "198.51.100.1 ttl 10",
         "unready"},
        {"it is again", "n192.0.2.1 n192.0.2.2 y192.0.2.1", "192.0.2.1 ttl 10",
         "198.51.100.1 ttl 10", "unknown"},
        {"what all depend on fails: everybody stays",
         "n192.0.2.1 n192.0.2.2 n198.51.100.1 n203.0.113.1", "192.0.2.1 192.0.2.2 ttl 10",
         "198.51.100.1 ttl 10", "unready"},
        {"and who is down is down",
         "n192.0.2.1 n192.0.2.2 n198.51.100.1 n203.0.113.1 -192.0.2.1 -192.0.2.2",
         "198.51.100.1 ttl 10", "198.51.100.1 ttl 10", "down"},
        {"ready but down is down", "-198.51.100.1", "192.0.2.1 192.0.2.2 ttl 10",
         "192.0.2.1 192.0.2.2 ttl 10", "unknown"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plankit k;
        plankit_start(&k, "  default: {map: world, probe: web, ready: api}\n", FOUR);
        play(&k, cases[i].steps);
        check_gets(&k, cases[i].why, "A", US, cases[i].us);
        check_gets(&k, cases[i].why, "A", EU, cases[i].eu);
        assert_string_equal(region_state_name(plan_region_state(k.plan, plankit_pool(&k, WWW), 0)),
                            cases[i].us_is);
        plankit_fini(&k);
    }
}

/* Its endpoints fall by turns, each but once: it is the region that flaps. */
static void a_region_has_its_own_penalty(void **state)
{
    static const struct {
        const char *why, *steps, *us;
    } cases[] = {
        {"it fell once", "+192.0.2.1 +192.0.2.2 -192.0.2.1 +192.0.2.1",
         "192.0.2.1 192.0.2.2 ttl 10"},
        {"twice, by turns", "-192.0.2.1 +192.0.2.1 10 -192.0.2.2 +192.0.2.2",
         "198.51.100.1 ttl 10"},
        {"for less than three minutes", "-192.0.2.1 +192.0.2.1 10 -192.0.2.2 +192.0.2.2 180",
         "192.0.2.1 192.0.2.2 ttl 10"},
        {"one of its endpoints falls meanwhile: no region",
         "-192.0.2.1 +192.0.2.1 10 -192.0.2.2 +192.0.2.2 10 -192.0.2.2", "198.51.100.1 ttl 10"},
        {"held is better than down",
         "-192.0.2.1 +192.0.2.1 10 -192.0.2.2 +192.0.2.2 -198.51.100.1 -203.0.113.1",
         "192.0.2.1 192.0.2.2 ttl 10"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plankit k;
        plankit_start(&k, "  default: {map: world, probe: web, region_up: 100%}\n", FOUR);
        play(&k, cases[i].steps);
        check_gets(&k, cases[i].why, "A", US, cases[i].us);
        plankit_fini(&k);
    }
}

/* Whoever sleeps until plan_next_step_at misses no step and never wakes for nothing. */
static void the_next_step_is_known(void **state)
{
    static const struct {
        dur_ms_t after;
        const char *gets;
    } steps[] = {
        {160 * SECOND, "192.0.2.1 192.0.2.2 ttl 20"},
        {320 * SECOND, "192.0.2.1 192.0.2.2 ttl 40"},
        {640 * SECOND, "192.0.2.1 192.0.2.2 ttl 80"},
        {1280 * SECOND, "192.0.2.1 192.0.2.2 ttl 160"},
        {2400 * SECOND, "192.0.2.1 192.0.2.2 ttl 300"},
    };
    struct plankit k;

    plankit_start(&k, POLICY, FOUR);
    const mono_ms_t start = k.now;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        assert_int_equal(plan_next_step_at(k.plan) - start, steps[i].after);
        plankit_update(&k, plan_next_step_at(k.plan) - k.now);
        check_gets(&k, "step", "A", US, steps[i].gets);
    }
    assert_true(plan_next_step_at(k.plan) == INT64_MAX);
    plankit_fini(&k);
}

static void what_is_not_probed_is_stable_since_ever(void **state)
{
    struct plankit k;

    plankit_start(&k, "  default: {map: world, ttl: {max: 300s, min: 10s}}\n", FOUR);
    check_gets(&k, "from the start", "A", US, "192.0.2.1 192.0.2.2 ttl 300");
    assert_true(plan_next_step_at(k.plan) == INT64_MAX);
    play(&k, "d:us");
    check_gets(&k, "a drain is a change all the same", "A", US, "198.51.100.1 ttl 10");
    plankit_fini(&k);
}

/* ---- what is shared ---- */

/* Pool one's names in two flavours, pool two apart. */
#define TWO                                                             \
    "www DYNA one\nshort 60/10 DYNA one\nftp DYNA two\n"                \
    "us.one A 192.0.2.1\nus.one AAAA 2001:db8::1\neu.one A 192.0.2.2\n" \
    "us.two A 198.51.100.1\neu.two A 198.51.100.2\n"

static void nothing_new_is_the_same_object(void **state)
{
    struct plankit k;

    plankit_start(&k, POLICY, TWO);
    const struct steering *before = k.steering;
    plankit_update(&k, 0);
    assert_ptr_equal(k.steering, before);
    plankit_update(&k, SECOND); /* time alone, and no step */
    assert_ptr_equal(k.steering, before);
    plan_touch_all(k.plan);
    plankit_update(&k, 0);
    assert_ptr_equal(k.steering, before);
    plankit_suspect(&k, "192.0.2.1", true); /* TTLs are at min anyway */
    plankit_update(&k, 0);
    assert_ptr_equal(k.steering, before);
    plankit_fini(&k);
}

static void a_flip_makes_anew_its_own_pool_only(void **state)
{
    struct plankit k;

    plankit_start(&k, POLICY, TWO);
    const struct steered *www = plankit_steered(&k, WWW),
                         *short_ = plankit_steered(&k, "short.example.com."),
                         *ftp = plankit_steered(&k, "ftp.example.com.");
    plankit_turn(&k, "192.0.2.1", VERDICT_DOWN);
    plankit_update(&k, 0);
    assert_ptr_not_equal(plankit_steered(&k, WWW), www);
    assert_ptr_not_equal(plankit_steered(&k, "short.example.com."), short_);
    assert_ptr_equal(plankit_steered(&k, "ftp.example.com."), ftp);
    plankit_fini(&k);
}

/* A verdict is not told twice where nothing follows from it. */
static void unknown_to_up_keeps_all_but_the_ttl(void **state)
{
    struct plankit k;

    plankit_start(&k, POLICY, TWO);
    const struct steering *before = k.steering;
    play(&k, "+192.0.2.1 +192.0.2.2");
    assert_ptr_equal(k.steering, before);
    plankit_fini(&k);
}

static void a_step_renders_the_types_that_grew(void **state)
{
    struct plankit k;

    plankit_start(&k, POLICY, TWO);
    play(&k, "9000 ?192.0.2.1"); /* A is at min, AAAA at max */
    const struct steer_answers *aaaa = steered_type(plankit_steered(&k, WWW), TYPE_AAAA)->answers;
    const struct steer_answers *a = steered_type(plankit_steered(&k, WWW), TYPE_A)->answers;
    play(&k, "!192.0.2.1");
    assert_ptr_not_equal(steered_type(plankit_steered(&k, WWW), TYPE_A)->answers, a);
    assert_ptr_equal(steered_type(plankit_steered(&k, WWW), TYPE_AAAA)->answers, aaaa);
    plankit_fini(&k);
}

static void pools_in_the_same_state_share_a_choice(void **state)
{
    struct plankit k;

    plankit_start(&k, POLICY, TWO);
    assert_ptr_equal(steered_type(plankit_steered(&k, WWW), TYPE_A)->choice,
                     steered_type(plankit_steered(&k, "ftp.example.com."), TYPE_A)->choice);
    play(&k, "-192.0.2.1");
    assert_ptr_not_equal(steered_type(plankit_steered(&k, WWW), TYPE_A)->choice,
                         steered_type(plankit_steered(&k, "ftp.example.com."), TYPE_A)->choice);
    play(&k, "-198.51.100.1");
    assert_ptr_equal(steered_type(plankit_steered(&k, WWW), TYPE_A)->choice,
                     steered_type(plankit_steered(&k, "ftp.example.com."), TYPE_A)->choice);
    plankit_fini(&k);
}

static void a_drain_may_be_one_pools(void **state)
{
    static const uint8_t one[] = "\3one\7example\3com";
    struct plankit k;

    plankit_start(&k, POLICY, TWO);
    k.drained_pool = one;
    plankit_drain(&k, "us", true);
    plankit_update(&k, 0);
    assert_string_equal(plankit_ask(&k, WWW, "A", US), "192.0.2.2 ttl 10");
    assert_string_equal(plankit_ask(&k, "ftp.example.com.", "A", US), "198.51.100.1 ttl 10");
    plankit_fini(&k);
}

/* ---- what is shown ---- */

static void region_states(void **state)
{
    static const struct {
        const char *steps, *region, *is;
    } cases[] = {
        {"", "us", "unknown"},
        {"", "ap", "absent"},
        {"+192.0.2.1", "us", "unknown"}, /* its AAAA is not known yet */
        {"+192.0.2.1 +2001:db8::1", "us", "up"},
        {"+192.0.2.1 -2001:db8::1", "us", "down"},
        {"-192.0.2.1 d:us", "us", "drained"},
        {"d:us u:us -192.0.2.1 -2001:db8::1", "us", "down"},
        {"-192.0.2.2", "eu", "down"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plankit k;
        plankit_start(&k, POLICY, TWO);
        play(&k, cases[i].steps);
        const int region = config_region(k.config, cases[i].region);
        assert_string_equal(
            region_state_name(plan_region_state(k.plan, plankit_pool(&k, WWW), (unsigned)region)),
            cases[i].is);
        plankit_fini(&k);
    }
}

/* status shows the TTL of the name that stands first in the file. */
static void the_ttl_shown_is_the_first_names(void **state)
{
    struct plankit k;

    plankit_start(&k, POLICY, TWO);
    plankit_update(&k, DAY);
    assert_int_equal(plan_set(k.plan, plankit_pool(&k, WWW), 0, 0)->ttl_s, 300);
    plankit_fini(&k);
}

/* ---- reload ---- */

static void a_reload_keeps_verdicts_and_stability(void **state)
{
    static const struct {
        const char *why, *text, *steps, *us;
    } cases[] = {
        {"nothing changed", FOUR, "9000", "192.0.2.1 192.0.2.2 ttl 300"},
        {"a verdict stays", FOUR, "9000 -192.0.2.1", "192.0.2.2 ttl 10"},
        {"with its time", FOUR, "9000 -192.0.2.1 320", "192.0.2.2 ttl 40"},
        {"so does the time of a move", FOUR, "9000 -192.0.2.1 -192.0.2.2 160",
         "198.51.100.1 ttl 20"},
        {"a drain too", FOUR, "9000 d:us 160", "198.51.100.1 ttl 20"},
        {"another name before it", "ftp DYNA web\n" FOUR, "9000", "192.0.2.1 192.0.2.2 ttl 300"},
        {"another pool before it", "ftp DYNA pool\nus.pool A 192.0.2.9\n" FOUR, "9000 d:us 160",
         "198.51.100.1 ttl 20"},
        {"a region's penalty", FOUR,
         "-192.0.2.1 -192.0.2.2 +192.0.2.1 +192.0.2.2 -192.0.2.1 -192.0.2.2 +192.0.2.1 +192.0.2.2",
         "198.51.100.1 ttl 10"},
        {"a new endpoint is new", FOUR "us.web A 192.0.2.3\n", "9000",
         "192.0.2.1 192.0.2.2 192.0.2.3 ttl 10"},
        {"other regions' are not", FOUR "eu.web A 198.51.100.2\n", "9000",
         "192.0.2.1 192.0.2.2 ttl 300"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plankit old, k;
        plankit_start(&old, POLICY, FOUR);
        play(&old, cases[i].steps);
        plankit_init(&k, POLICY);
        k.drained = old.drained;
        plankit_zone(&k, "example.com.", cases[i].text);
        plankit_follow(&k, &old);
        check_gets(&k, cases[i].why, "A", US, cases[i].us);
        plankit_fini(&k);
        plankit_fini(&old);
    }
}

static void a_reload_lets_go_of_what_is_gone(void **state)
{
    struct plankit old, k;

    plankit_start(&old, POLICY, FOUR);
    plankit_init(&k, POLICY);
    plankit_zone(&k, "example.com.", "www DYNA web\nus.web A 192.0.2.2\n");
    plankit_follow(&k, &old);
    assert_int_equal(fakehealth_count(k.health), 1);
    play(&k, "-192.0.2.2"); /* its pools are found by the new plan */
    check_gets(&k, "fail open", "A", US, "192.0.2.2 ttl 10");
    plankit_fini(&k);
    plankit_fini(&old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(health_and_drains_choose_the_region),
        cmocka_unit_test(policies_say_when_a_region_is_up),
        cmocka_unit_test(each_type_has_its_own_health),
        cmocka_unit_test(a_region_without_the_type_is_healthy),
        cmocka_unit_test(an_alias_follows_its_endpoints),
        cmocka_unit_test(ttls_grow_with_stability),
        cmocka_unit_test(what_is_held_comes_after_what_is_up),
        cmocka_unit_test(who_is_not_ready_is_avoided),
        cmocka_unit_test(a_region_has_its_own_penalty),
        cmocka_unit_test(the_next_step_is_known),
        cmocka_unit_test(what_is_not_probed_is_stable_since_ever),
        cmocka_unit_test(nothing_new_is_the_same_object),
        cmocka_unit_test(a_flip_makes_anew_its_own_pool_only),
        cmocka_unit_test(unknown_to_up_keeps_all_but_the_ttl),
        cmocka_unit_test(a_step_renders_the_types_that_grew),
        cmocka_unit_test(pools_in_the_same_state_share_a_choice),
        cmocka_unit_test(a_drain_may_be_one_pools),
        cmocka_unit_test(region_states),
        cmocka_unit_test(the_ttl_shown_is_the_first_names),
        cmocka_unit_test(a_reload_keeps_verdicts_and_stability),
        cmocka_unit_test(a_reload_lets_go_of_what_is_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
