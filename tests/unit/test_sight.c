// SPDX-License-Identifier: BSD-2-Clause
/* src/health/sight.c: when a prober doubts itself; with verdicts, who goes down and who does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "health/sight.h"

#define ROUND 5000
#define MAX   32

/*
 * Targets by the letter of their region, "aaabbb", and then who fails of them, in the same order, each
 * asked once a round: '-' fails, '+' is good.  'r' is a reference.
 */
struct world {
    struct sight sight;
    struct seen seen[MAX];
    size_t n;
    mono_ms_t now;
};

static void start(struct world *w, const char *regions, unsigned at_percent)
{
    *w = (struct world){.sight = {.at_percent = at_percent, .round_ms = ROUND}, .now = 1000};
    for (; regions[w->n] != '\0'; w->n++) {
        struct seen *t = &w->seen[w->n];
        sight_add(&w->sight, t);
        if (regions[w->n] == 'r')
            sight_change(&w->sight, t, 0, true);
        else
            sight_change(&w->sight, t, UINT64_C(1) << (regions[w->n] - 'a'), false);
    }
}

static void play_round(struct world *w, const char *results)
{
    assert_int_equal(strlen(results), w->n);
    for (size_t i = 0; i < w->n; i++) {
        w->now += ROUND / (mono_ms_t)w->n;
        sight_result(&w->sight, &w->seen[i], results[i] == '+', w->now);
    }
}

static void who_is_blind(void **state)
{
    (void)state;
    static const struct {
        const char *why, *regions, *results;
        bool blind;
        unsigned at; /* 0: 90 */
    } cases[] = {
        {"all is well", "aaaabbbbcccc", "++++++++++++", false, 0},
        {"twelve in three regions at once", "aaaabbbbcccc", "------------", true, 0},
        {"one region of three", "aaaabbbbcccc", "----++++++++", false, 0},
        {"two regions of three", "aaaabbbbcccc", "--------++++", false, 0},
        {"all but one of twelve", "aaaabbbbcccc", "-----------+", true, 0},
        {"all but two of twelve: 83 %", "aaaabbbbcccc", "----------++", false, 0},
        {"just 90 % is not over it", "aaaaabbbbb", "---------+", false, 0},
        {"four in two regions are enough", "aabb", "----", true, 0},
        {"three are not", "abc", "---", false, 0},
        {"nor is one region", "aaaaaaaa", "--------", false, 0},
        {"blind_at 50%", "aaaabbbb", "-----+++", true, 50},
        {"blind_at 100%: never", "aaaabbbb", "--------", false, 100},

        {"the reference answers: it is them", "aaaabbbbr", "--------+", false, 0},
        {"it does not either", "aaaabbbbr", "---------", true, 0},
        {"with one even two targets will do", "abr", "---", true, 0},
        {"one of two references is enough to see", "aaaabbbbrr", "---------+", false, 0},
        {"it alone fails: it is the reference's trouble", "aaaabbbbr", "++++++++-", false, 0},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct world w;
        start(&w, cases[i].regions, cases[i].at != 0 ? cases[i].at : 90);
        play_round(&w, cases[i].results);
        if (w.sight.is_blind != cases[i].blind)
            fail_msg("%s: %s", cases[i].why, w.sight.is_blind ? "blind" : "not blind");
    }
}

/* Link up: the second good round is the first that counts. */
static void back_within_two_rounds(void **state)
{
    (void)state;
    struct world w;

    start(&w, "aaaabbbbcccc", 90);
    for (int i = 0; i < 10; i++)
        play_round(&w, "------------");
    assert_true(w.sight.is_blind);
    assert_int_equal(w.sight.times, 1);
    const mono_ms_t up_at = w.now;
    while (w.sight.is_blind)
        play_round(&w, "++++++++++++");
    assert_in_range(w.sight.since - up_at, ROUND, 2 * ROUND);
}

/* The loop stood still: a round of results does not count, however few targets there are, and none of them
 * has to be good. */
static void a_standstill_is_blind_for_a_round(void **state)
{
    (void)state;
    struct world w;

    start(&w, "ab", 90);
    assert_true(sight_standstill(&w.sight, 4 * ROUND, ROUND, w.now));
    assert_int_equal(w.sight.stood_ms, 4 * ROUND);
    assert_int_equal(w.sight.times, 1);
    play_round(&w, "--");
    assert_true(w.sight.is_blind);
    w.now += ROUND / 2;
    assert_false(
        sight_standstill(&w.sight, 2 * ROUND, ROUND, w.now)); /* again: a round from here */
    play_round(&w, "--");
    assert_true(w.sight.is_blind);
    play_round(&w, "+-");
    assert_false(w.sight.is_blind);
    assert_int_equal(w.sight.stood_ms, 0);

    start(&w, "", 90);
    assert_false(sight_standstill(&w.sight, 4 * ROUND, ROUND, w.now)); /* nobody is asked */
    assert_false(w.sight.is_blind);
}

/* Else what others tell, which goes on, would be doubted for ever. */
static void without_targets_it_is_over(void **state)
{
    (void)state;
    struct world w;

    start(&w, "ab", 90);
    sight_standstill(&w.sight, 4 * ROUND, ROUND, w.now);
    sight_remove(&w.sight, &w.seen[0]);
    assert_false(sight_nobody(&w.sight, w.now));
    sight_told(&w.sight, &w.seen[1], true);
    assert_true(sight_nobody(&w.sight, w.now));
    assert_false(w.sight.is_blind);
    assert_int_equal(w.sight.stood_ms, 0);
    assert_false(sight_nobody(&w.sight, w.now));
}

/* It comes back to a network that is gone. */
static void a_standstill_may_end_in_the_dark(void **state)
{
    (void)state;
    struct world w;

    start(&w, "aabb", 90);
    sight_standstill(&w.sight, 4 * ROUND, ROUND, w.now);
    for (int i = 0; i < 5; i++)
        play_round(&w, "----");
    assert_true(w.sight.is_blind);
    assert_int_equal(w.sight.stood_ms, 0); /* that is why, now */
    assert_int_equal(w.sight.times, 1);
}

/* A network that comes and goes: one that was good is not when it is asked again. */
static void not_before_a_whole_round(void **state)
{
    (void)state;
    struct world w;

    start(&w, "aaaabbbb", 90);
    play_round(&w, "--------");
    for (int i = 0; i < 20; i++) {
        w.now += ROUND / 2;
        sight_result(&w.sight, &w.seen[i % 8], true, w.now);
        w.now += ROUND / 2;
        sight_result(&w.sight, &w.seen[i % 8], false, w.now);
        assert_true(w.sight.is_blind);
    }
    assert_int_equal(w.sight.times, 1);
}

/* Sight comes back to a world in which one region is dead: it may go down now. */
static void back_to_a_real_outage(void **state)
{
    (void)state;
    struct world w;

    start(&w, "aaaabbbb", 90);
    play_round(&w, "--------");
    play_round(&w, "++++----");
    play_round(&w, "++++----");
    assert_false(w.sight.is_blind);
}

static void counts_follow_targets(void **state)
{
    (void)state;
    struct world w;

    start(&w, "aabb", 90);
    play_round(&w, "--+-");
    assert_int_equal(w.sight.n, 4);
    assert_int_equal(w.sight.n_dark, 3);
    assert_int_equal(sight_dark_regions(&w.sight), 2);
    sight_change(&w.sight, &w.seen[3], 1 | UINT64_C(1) << 63, false); /* of two regions now */
    assert_int_equal(sight_dark_regions(&w.sight), 2);
    sight_told(&w.sight, &w.seen[3], true); /* by others: it says nothing of our network */
    assert_int_equal(w.sight.n, 3);
    sight_told(&w.sight, &w.seen[3], false);
    assert_int_equal(w.sight.n, 4);
    sight_remove(&w.sight, &w.seen[3]);
    assert_int_equal(w.sight.n_dark, 2);
    assert_int_equal(sight_dark_regions(&w.sight), 1);
    for (int i = 0; i < 3; i++)
        sight_remove(&w.sight, &w.seen[i]);
    assert_int_equal(w.sight.n + w.sight.n_dark, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_blind),
        cmocka_unit_test(back_within_two_rounds),
        cmocka_unit_test(a_standstill_is_blind_for_a_round),
        cmocka_unit_test(without_targets_it_is_over),
        cmocka_unit_test(a_standstill_may_end_in_the_dark),
        cmocka_unit_test(not_before_a_whole_round),
        cmocka_unit_test(back_to_a_real_outage),
        cmocka_unit_test(counts_follow_targets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
