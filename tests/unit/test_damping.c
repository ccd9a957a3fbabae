// SPDX-License-Identifier: BSD-2-Clause
/* src/health/damping.c: who is held, and for how long; with verdicts, what a flapping endpoint does
 * to the answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "health/damping.h"
#include "health/verdict.h"

#define SECOND ((dur_ms_t)1000)
#define MINUTE (60 * SECOND)

/* The default. */
static const struct damping_rule usual = {.suppress = 1500,
                                          .reuse = 750,
                                          .half_life_ms = 2 * MINUTE,
                                          .max_hold_ms = 10 * MINUTE};

static void test_falls(void **state)
{
    (void)state;
    /* falls_s: when it fell, -1 the end.  held_s: for how long after the last one. */
    static const struct {
        const char *why;
        struct damping_rule rule;
        int falls_s[12];
        int64_t held_s;
    } cases[] = {
        {"one outage", {1500, 750, 120000, 600000}, {0, -1}, 0},
        {"a second one within a half-life", {1500, 750, 120000, 600000}, {0, 60, -1}, 142},
        {"at once", {1500, 750, 120000, 600000}, {0, 0, -1}, 170},
        {"two and a half minutes later", {1500, 750, 120000, 600000}, {0, 150, -1}, 0},
        {"the third of such a row", {1500, 750, 120000, 600000}, {0, 150, 300, -1}, 131},
        {"every five minutes", {1500, 750, 120000, 600000}, {0, 300, 600, 900, 1200, -1}, 0},
        {"never longer than max_hold",
         {1500, 750, 120000, 300000},
         {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, -1},
         300},
        {"max_hold 0: never held", {1500, 750, 120000, 0}, {0, 0, 0, 0, -1}, 0},
        {"suppress beyond what max_hold lets the penalty reach",
         {1500, 750, 120000, 100000},
         {0, 0, 0, 0, -1},
         0},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct damping d = {0};
        mono_ms_t last = 0;
        for (const int *at = cases[i].falls_s; *at >= 0; at++)
            damping_fall(&d, &cases[i].rule, last = MINUTE + *at * SECOND);
        const dur_ms_t left = d.held_until > last ? d.held_until - last : 0;
        if ((left + 500) / SECOND != cases[i].held_s)
            fail_msg("%s: held for %lld ms, not %lld s", cases[i].why, (long long)left,
                     (long long)cases[i].held_s);
    }
}

/* At the end of a hold the penalty is what reuse says, and not before. */
static void test_hold_ends_at_reuse(void **state)
{
    (void)state;
    struct damping d = {0};

    damping_fall(&d, &usual, 5000);
    assert_false(damping_is_held(&d, 5000));
    damping_fall(&d, &usual, 8000);
    assert_true(damping_is_held(&d, 8000));
    assert_true(damping_is_held(&d, d.held_until - 1));
    assert_false(damping_is_held(&d, d.held_until));
    assert_true(damping_penalty(&d, &usual, d.held_until) <= 750);
    assert_true(damping_penalty(&d, &usual, d.held_until - 10) > 750);
}

static void test_half_life(void **state)
{
    (void)state;
    struct damping d = {0};

    damping_fall(&d, &usual, 0);
    assert_true(damping_penalty(&d, &usual, 0) == 1000);
    assert_true(damping_penalty(&d, &usual, 2 * MINUTE) == 500);
    assert_true(damping_penalty(&d, &usual, 6 * MINUTE) == 125);
}

/* ---- with verdicts, in virtual time ---- */

struct endpoint {
    struct verdict verdict;
    struct damping damping;
    bool answered;
    unsigned changes;
    mono_ms_t changed_at;
};

static void look(struct endpoint *e, mono_ms_t now)
{
    const bool answered = e->verdict.state != VERDICT_DOWN && !damping_is_held(&e->damping, now);

    if (answered != e->answered) {
        e->changes++;
        e->changed_at = now;
    }
    e->answered = answered;
}

static void probe(struct endpoint *e, const struct verdict_rule *rule, bool ok, mono_ms_t now)
{
    if (verdict_step(&e->verdict, rule, ok) && e->verdict.state == VERDICT_DOWN)
        damping_fall(&e->damping, &usual, now);
    look(e, now);
}

/* Flaps of so long up and so long down, from any phase: what the answer does in so long. */
static unsigned worst_changes(const struct verdict_rule *rule, dur_ms_t interval_ms, dur_ms_t up_ms,
                              dur_ms_t down_ms, dur_ms_t for_ms)
{
    unsigned worst = 0;

    for (dur_ms_t phase = 0; phase < up_ms + down_ms; phase += 50) {
        struct endpoint e = {.answered = true};
        for (mono_ms_t now = interval_ms; now <= for_ms; now += interval_ms)
            probe(&e, rule, (now + phase) % (up_ms + down_ms) < up_ms, now);
        worst = e.changes > worst ? e.changes : worst;
    }
    return worst;
}

/* 1.3 s up, 1.3 s down, asked every 500 ms, one result enough: down, up, down, and held. */
static void test_a_flapping_one_changes_the_answer_thrice(void **state)
{
    (void)state;
    const struct verdict_rule hasty = {.rise = 1, .fall = 1}, patient = {.rise = 2, .fall = 3};

    assert_in_range(worst_changes(&hasty, 500, 1300, 1300, 5 * MINUTE), 1, 3);
    assert_in_range(worst_changes(&hasty, 500, 10000, 10000, 60 * MINUTE), 1, 3);
    assert_in_range(worst_changes(&patient, 5000, 30000, 30000, 60 * MINUTE), 1, 3);
}

static void test_an_outage_of_a_minute_is_no_flap(void **state)
{
    (void)state;
    const struct verdict_rule rule = {.rise = 2, .fall = 3};
    struct endpoint e = {.answered = true};
    mono_ms_t now = 0;

    for (; now < 10 * MINUTE; now += 5 * SECOND)
        probe(&e, &rule, true, now);
    for (; now < 11 * MINUTE; now += 5 * SECOND)
        probe(&e, &rule, false, now);
    assert_false(e.answered);
    for (; now < 12 * MINUTE; now += 5 * SECOND)
        probe(&e, &rule, true, now);
    assert_true(e.answered);
    assert_int_equal(e.changes, 2);
    assert_int_equal(e.changed_at, 11 * MINUTE + 5 * SECOND); /* the second success */
}

/* Once it has been quiet it is trusted again, without anybody's help. */
static void test_a_hold_ends(void **state)
{
    (void)state;
    const struct verdict_rule rule = {.rise = 1, .fall = 1};
    struct endpoint e = {.answered = true};
    mono_ms_t now = 0;

    for (; now < 5 * MINUTE; now += 500)
        probe(&e, &rule, now % 2000 < 1000, now);
    assert_false(e.answered);
    for (; now < 16 * MINUTE; now += 500)
        probe(&e, &rule, true, now);
    assert_true(e.answered);
    assert_in_range(e.changed_at, 14 * MINUTE, 15 * MINUTE); /* max_hold */
    assert_int_equal(e.changes, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_falls),
        cmocka_unit_test(test_hold_ends_at_reuse),
        cmocka_unit_test(test_half_life),
        cmocka_unit_test(test_a_flapping_one_changes_the_answer_thrice),
        cmocka_unit_test(test_an_outage_of_a_minute_is_no_flap),
        cmocka_unit_test(test_a_hold_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
