// SPDX-License-Identifier: BSD-2-Clause
/* src/health/verdict.c: when an endpoint turns, as sequences of probes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "health/verdict.h"

static char letter(const struct verdict *v, const struct verdict_rule *rule)
{
    if (verdict_is_suspect(v, rule))
        return v->state == VERDICT_UP ? 'u' : '.';
    return v->state == VERDICT_UP ? 'U' : v->state == VERDICT_DOWN ? 'D' : '?';
}

struct sequence {
    const char *why, *probes, *after;
};

static void play(const struct verdict_rule *rule, const struct sequence *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct verdict v = {0};
        for (size_t k = 0; cases[i].probes[k] != '\0'; k++) {
            const uint8_t was = v.state;
            const bool turned = verdict_step(&v, rule, cases[i].probes[k] == '+');
            if (letter(&v, rule) != cases[i].after[k])
                fail_msg("%s: %.*s gives %c, not %c", cases[i].why, (int)k + 1, cases[i].probes,
                         letter(&v, rule), cases[i].after[k]);
            assert_int_equal(turned, v.state != was);
        }
    }
}

static void test_in_a_row(void **state)
{
    (void)state;
    /* probes: '+' good, '-' bad.  after each: Up, up but suspect, Down, ? unknown, . unknown and
     * suspect. */
    static const struct sequence cases[] = {
        {"two good in a row make an unknown one up", "++", "?U"},
        {"three bad in a row make an unknown one down", "---", "..D"},
        {"unknown until either is met", "+-+--+-++", "?.?..?.?U"},
        {"three bad in a row take it down", "++---", "?UuuD"},
        {"two bad change nothing", "+++--+--+", "?UUuuUuuU"},
        {"suspicion begins with the first bad one", "++-", "?Uu"},
        {"suspicion ends with the first good one", "++-+", "?UuU"},
        {"two good in a row raise it", "---++", "..DDU"},
        {"a flapping one stays down", "---+-+-+-", "..DDDDDDD"},
        {"what is down is not suspected any more", "---+-", "..DDD"},
        {"a good one starts the count to fall anew", "++--+--+---", "?UuuUuuUuuD"},
    };
    const struct verdict_rule rule = {.rise = 2, .fall = 3};

    play(&rule, cases, sizeof(cases) / sizeof(cases[0]));
}

static void test_of_the_last_few(void **state)
{
    (void)state;
    static const struct sequence cases[] = {
        {"three in a row are three of five", "++---", "?UuuD"},
        {"not before it was asked three times", "--", ".."},
        {"good ones between do not save it", "++-+-+-", "?UuUuuD"},
        {"suspect while one more would take it down", "++--+++++", "?UuuuuUUU"},
        {"one of five alone is a false alarm", "++-++++", "?UuUUUU"},
        {"what is older than five is forgotten", "++-++++-+-", "?UuUUUUuUu"},
        {"two good in a row raise it", "++---++", "?UuuDDU"},
        {"and failures from before that take nothing down again", "++---++-+-+-", "?UuuDDUuUuuD"},
        {"an unknown one goes down likewise", "-+-+-", ".?..D"},
    };
    const struct verdict_rule rule = {.rise = 2, .fall = 3, .fall_of = 5};

    play(&rule, cases, sizeof(cases) / sizeof(cases[0]));
}

static void test_sixty_four_of_sixty_four(void **state)
{
    (void)state;
    const struct verdict_rule rule = {.rise = 1, .fall = 2, .fall_of = 64};
    struct verdict v = {0};

    verdict_step(&v, &rule, true);
    verdict_step(&v, &rule, false);
    for (int i = 0; i < 62; i++)
        verdict_step(&v, &rule, true);
    assert_true(verdict_is_suspect(&v, &rule)); /* one more, in this window: the last chance */
    struct verdict late = v;
    assert_true(verdict_step(&v, &rule, false));
    verdict_step(&late, &rule, true);
    assert_false(verdict_is_suspect(&late, &rule));
    assert_false(verdict_step(&late, &rule, false));
}

static void test_never_asked(void **state)
{
    (void)state;
    const struct verdict_rule rule = {.rise = 1, .fall = 1};
    const struct verdict v = {0};

    assert_int_equal(v.state, VERDICT_UNKNOWN);
    assert_false(verdict_is_suspect(&v, &rule));
    assert_int_equal(verdict_streak(&v), 0);
}

static void test_one_is_enough(void **state)
{
    (void)state;
    const struct verdict_rule rule = {.rise = 1, .fall = 1};
    struct verdict v = {0};

    assert_true(verdict_step(&v, &rule, false));
    assert_int_equal(v.state, VERDICT_DOWN);
    assert_true(verdict_step(&v, &rule, true));
    assert_int_equal(v.state, VERDICT_UP);
}

/* The longest rule uses the whole history, and no bit that is not there. */
static void test_sixty_four(void **state)
{
    (void)state;
    const struct verdict_rule rule = {.rise = 64, .fall = 64};
    struct verdict v = {0};

    for (int i = 1; i < 64; i++)
        assert_false(verdict_step(&v, &rule, false));
    assert_true(verdict_step(&v, &rule, false));
    assert_int_equal(v.state, VERDICT_DOWN);
    for (int i = 1; i < 64; i++)
        assert_false(verdict_step(&v, &rule, true));
    assert_true(verdict_step(&v, &rule, true));
    assert_int_equal(v.state, VERDICT_UP);
}

static void test_streak(void **state)
{
    (void)state;
    static const struct {
        const char *probes;
        unsigned streak;
    } cases[] = {{"+", 1}, {"-", 1}, {"--", 2}, {"+--", 2}, {"--+++", 3}, {"++-", 1}};
    const struct verdict_rule rule = {.rise = 2, .fall = 3};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct verdict v = {0};
        for (const char *p = cases[i].probes; *p != '\0'; p++)
            verdict_step(&v, &rule, *p == '+');
        assert_int_equal(verdict_streak(&v), cases[i].streak);
    }
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(verdict_name(VERDICT_UNKNOWN), "unknown");
    assert_string_equal(verdict_name(VERDICT_UP), "up");
    assert_string_equal(verdict_name(VERDICT_DOWN), "down");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_a_row),
        cmocka_unit_test(test_of_the_last_few),
        cmocka_unit_test(test_sixty_four_of_sixty_four),
        cmocka_unit_test(test_never_asked),
        cmocka_unit_test(test_one_is_enough),
        cmocka_unit_test(test_sixty_four),
        cmocka_unit_test(test_streak),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
