// SPDX-License-Identifier: BSD-2-Clause
/* src/health/track.c: what is kept of an endpoint's results. */
#include "health/track.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define INTERVAL 5000
#define WITHIN   7000 /* with a timeout of 2 s */
#define DAY      (24 * 3600 * INT64_C(1000))

/* One result an interval: '+' good in 40 ms, 's' good in 900, '-' bad after 2 s, '.' none. */
static void play(struct track *t, mono_ms_t *now, const char *results, unsigned runs_max)
{
    for (; *results != '\0'; results++, *now += INTERVAL) {
        const bool is_good = *results != '-';
        const struct track_result r = {.is_good = is_good,
                                       .took_ms = !is_good          ? 2000
                                                  : *results == 's' ? 900
                                                                    : 40,
                                       .at = *now,
                                       .within_ms = WITHIN};
        if (*results != '.')
            track_add(t, &r, runs_max);
    }
}

static void results_become_runs(void **state)
{
    static const struct {
        const char *why, *results, *runs;
    } cases[] = {
        {"never asked", "", ""},
        {"asked once", "+", "+1:40:0"},
        {"never failed", "++++", "+4:40:15000"},
        {"the slowest answer is told", "++s+", "+4:900:15000"},
        {"a run goes to where the next begins", "+++--++", "+3:40:15000 -2:2000:10000 +2:40:5000"},
        {"it fails still", "+--", "+1:40:5000 -2:2000:5000"},
        {"failed from the first on", "---", "-3:2000:10000"},
        {"a result that did not count is no gap", "++.++", "+4:40:20000"},
        {"nobody looked for a while", "++...++", "+2:40:5000 ?20000 +2:40:5000"},
        {"before and after, it failed", "+--....--", "+1:40:5000 -2:2000:5000 ?25000 -2:2000:5000"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct track t = {0};
        mono_ms_t now = 1000;
        play(&t, &now, cases[i].results, TRACK_RUNS_MAX);
        char *runs = track_print(&t);
        if (strcmp(runs, cases[i].runs) != 0)
            fail_msg("%s: %s", cases[i].why, runs);
        free(runs);
        track_fini(&t);
    }
}

/* The prober turned blind: failures since then were none, and nobody looked. */
static void failures_are_taken_back(void **state)
{
    static const struct {
        const char *why, *before, *after, *runs;
        dur_ms_t since; /* of the beginning */
    } cases[] = {
        {"the newest run", "+++---", "", "+3:40:15000", 15000},
        {"what comes then is after a gap", "+++---", "...++", "+3:40:15000 ?30000 +2:40:5000",
         15000},
        {"an earlier outage stays", "+--++---", "", "+1:40:5000 -2:2000:10000 +2:40:10000", 25000},
        {"all of it", "---", "", "", 0},
        {"nothing is as new as that", "+++", "", "+3:40:10000", 15000},
        {"a gap is no result either", "++....--", "", "+2:40:5000", 30000},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct track t = {0};
        mono_ms_t now = 1000;
        play(&t, &now, cases[i].before, TRACK_RUNS_MAX);
        track_take_back(&t, 1000 + cases[i].since);
        play(&t, &now, cases[i].after, TRACK_RUNS_MAX);
        char *runs = track_print(&t);
        if (strcmp(runs, cases[i].runs) != 0)
            fail_msg("%s: %s", cases[i].why, runs);
        free(runs);
        track_fini(&t);
    }
}

static void the_sum(void **state)
{
    struct track t = {0};
    mono_ms_t now = 5;

    play(&t, &now, "++++--++s-++.....++", TRACK_RUNS_MAX);
    const struct track_sum s = track_sum(&t);
    assert_int_equal(s.results, 14);
    assert_int_equal(s.failures, 3);
    assert_int_equal(s.falls, 2);
    assert_int_equal(s.bad_ms, 15000);
    assert_int_equal(s.seen_ms, 60000); /* of 90 s: 30 in which nobody looked */
    assert_int_equal(s.worst_good_ms, 900);
    track_fini(&t);
}

static void the_oldest_runs_go(void **state)
{
    struct track t = {0};
    mono_ms_t now = 0;

    for (int i = 0; i < 100; i++) {
        play(&t, &now, "+-", 8);
        assert_in_range(t.n, 1, 8);
    }
    assert_int_equal(t.n, 8);
    assert_int_equal(t.runs[7].from, now - INTERVAL);
    assert_int_equal(t.runs[0].from, now - 8 * INTERVAL);

    /* An unseen run comes with one behind it; none stands at the beginning. */
    play(&t, &now, "....+...+...+...+...+", 8);
    assert_in_range(t.n, 7, 8);
    assert_int_equal(t.runs[0].kind, TRACK_GOOD);

    play(&t, &now, "+-", 4); /* there are more targets now */
    assert_in_range(t.n, 3, 4);
    track_fini(&t);
}

static void a_month_is_kept(void **state)
{
    struct track t = {0};
    mono_ms_t now = 0;

    play(&t, &now, "+--+", TRACK_RUNS_MAX);
    for (; now < 30 * DAY; now += 5000)
        play(&t, &now, "+", TRACK_RUNS_MAX);
    assert_int_equal(t.n, 3);
    for (; now < 32 * DAY; now += 5000)
        play(&t, &now, "+", TRACK_RUNS_MAX);
    assert_int_equal(t.n, 1); /* healthy for longer than that: how long stays known */
    assert_int_equal(track_length(&t, 0), t.last - 15000);
    track_fini(&t);
}

static void limits(void **state)
{
    assert_int_equal(track_limit(0), 256);
    assert_int_equal(track_limit(1024), 256);
    assert_int_equal(track_limit(1025), 255);
    assert_int_equal(track_limit(10000), 26);
    assert_int_equal(track_limit(100000), 8);
}

static void text_comes_back(void **state)
{
    struct track t = {0}, u;
    mono_ms_t now = 777;

    play(&t, &now, "++s--+....---+", TRACK_RUNS_MAX);
    char *text = track_print(&t);
    assert_true(track_parse(text, t.last, &u));
    assert_int_equal(u.n, t.n);
    assert_memory_equal(u.runs, t.runs, t.n * sizeof(*t.runs));
    assert_int_equal(u.last, t.last);
    track_fini(&u);
    assert_true(track_parse(text, -5 * DAY, &u)); /* before this machine was started */
    assert_int_equal(u.last, -5 * DAY);
    assert_int_equal(track_length(&u, 0), track_length(&t, 0));
    track_fini(&u);
    free(text);
    track_fini(&t);
    assert_true(track_parse("", 5, &u));
    assert_int_equal(u.n, 0);
}

static void nonsense_is_not_believed(void **state)
{
    static const char *const texts[] = {
        "x",
        " ",
        "+",
        "+1",
        "+1:2",
        "+1:2:",
        "+1:2:3 ",
        "+1:2:3  -1:2:3",
        "+1:2:3-1:2:3",
        "+1:2:3 +1:2:3", /* that would be one run */
        "+0:2:3",        /* of no result */
        "+1:2:-3",       /* time goes on */
        "+-1:2:3",
        "+1073741824:2:3", /* beyond 30 bits */
        "+1:4294967296:3",
        "+1:2:9223372036854775808",
        "+1:2:9223372036854775807", /* sums would overflow */
        "?5",
        "+1:2:3 ?5", /* nothing ends it */
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct track t;
        if (track_parse(texts[i], 1000, &t))
            fail_msg("\"%s\" is believed", texts[i]);
    }

    char many[5 * 4 * (TRACK_RUNS_MAX + 1)] = "+1:2:3";
    for (int i = 0; i < TRACK_RUNS_MAX / 2; i++)
        strcat(many, " -1:2:3 +1:2:3");
    struct track t;
    assert_false(track_parse(many, 1000, &t));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_become_runs),
        cmocka_unit_test(failures_are_taken_back),
        cmocka_unit_test(the_sum),
        cmocka_unit_test(the_oldest_runs_go),
        cmocka_unit_test(a_month_is_kept),
        cmocka_unit_test(limits),
        cmocka_unit_test(text_comes_back),
        cmocka_unit_test(nonsense_is_not_believed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
