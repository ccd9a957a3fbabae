/*
 * src/control/ownsecrets.c: when secrets are made, sign, are taken and go; and as text.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "control/ownsecrets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DAY    86400
#define MINUTE 60
#define HOUR   3600

/* A secret whose octets are all the same letter. */
static struct ownsecrets_random random_of(char letter, uint32_t jitter)
{
    struct ownsecrets_random r = {.jitter = jitter};

    memset(r.key, letter, sizeof(r.key));
    return r;
}

/* "ba": b signs, a is taken. */
static const char *in_force(const struct ownsecrets *o, int64_t now_s)
{
    static char text[COOKIE_SECRETS_MAX + 1];
    const struct cookie_secrets s = ownsecrets_at(o, now_s);

    for (unsigned i = 0; i < s.n; i++)
        text[i] = (char)s.key[i][0];
    text[s.n] = '\0';
    return text;
}

/* Two days in the three stages of RFC 9018 §5, by the times that the rules themselves ask for. */
static void test_stages(void **state)
{
    static const struct {
        const char *why;
        int64_t now_s;
        bool changed;
        const char *want;
        int64_t next_s;
    } steps[] = {
        {"the first signs at once", 0, true, "a", DAY},
        {"it lasts for a day", DAY - 1, false, "a", DAY},
        {"stage 1: a new one is known, the old one signs", DAY, true, "ab", DAY + MINUTE},
        {"still", DAY + MINUTE - 1, false, "ab", DAY + MINUTE},
        {"stage 2: the new one signs", DAY + MINUTE, false, "ba", DAY + 66 * MINUTE},
        {"cookies of the old one are good for an hour and five minutes", DAY + 66 * MINUTE - 1,
         false, "ba", DAY + 66 * MINUTE},
        {"stage 3: it is forgotten", DAY + 66 * MINUTE, true, "b", 2 * DAY},
        {"and on", 2 * DAY, true, "bc", 2 * DAY + MINUTE},
        {"after days of sleep there is a new one again, and one to take", 9 * DAY, true, "cd",
         9 * DAY + MINUTE},
    };
    static const int64_t start_s = 1559731985;
    struct ownsecrets o = {0};
    char letter = 'a';

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        const int64_t now_s = start_s + steps[i].now_s;
        const struct ownsecrets_random random = random_of(letter, 0);
        const bool changed = ownsecrets_step(&o, now_s, &random);
        letter = (char)(letter + (changed && (char)o.at[0].key[0] == letter));
        if (changed != steps[i].changed || strcmp(in_force(&o, now_s), steps[i].want) != 0 ||
            ownsecrets_next_s(&o, now_s) != start_s + steps[i].next_s)
            fail_msg("%s: %d %s %ld", steps[i].why, changed, in_force(&o, now_s),
                     (long)(ownsecrets_next_s(&o, now_s) - start_s));
    }
}

/* A life is 14.4 to 24 hours (RFC 7873 §7.1: minus up to 40 %). */
static void test_jitter(void **state)
{
    static const uint32_t jitters[] = {0, 1, 34559, 34560, 123456789, UINT32_MAX};

    for (size_t i = 0; i < sizeof(jitters) / sizeof(jitters[0]); i++) {
        struct ownsecrets o = {0};
        const struct ownsecrets_random random = random_of('a', jitters[i]);
        assert_true(ownsecrets_step(&o, 1000, &random));
        assert_in_range(o.at[0].until_s - 1000, DAY * 6 / 10 + 1, DAY);
    }
}

/* One that was made while the clock was a year ahead must not last for a year. */
static void test_clock_set_back(void **state)
{
    struct ownsecrets o = {0};
    struct ownsecrets_random random = random_of('a', 0);

    ownsecrets_step(&o, 365 * DAY, &random);
    random = random_of('b', 0);
    assert_false(ownsecrets_step(&o, 365 * DAY - 5 * MINUTE, &random)); /* clocks are corrected */
    assert_true(ownsecrets_step(&o, DAY, &random));
    assert_string_equal(in_force(&o, DAY), "ab");
    assert_string_equal(in_force(&o, DAY + MINUTE), "ba");
}

static void test_text(void **state)
{
    struct ownsecrets o = {0}, read = {0};
    struct ownsecrets_random random = random_of('a', 0);
    struct err err;

    err_init(&err);
    ownsecrets_step(&o, 1000, &random);
    random = random_of('b', 400);
    ownsecrets_step(&o, 1000 + DAY, &random);
    char *text = ownsecrets_print(&o);
    assert_string_equal(text, "62626262626262626262626262626262 87400 173400\n"
                              "61616161616161616161616161616161 1000 87400\n");
    assert_true(ownsecrets_parse(&read, "f", text, &err));
    assert_int_equal(read.n, 2);
    assert_memory_equal(&read, &o, sizeof(o));
    free(text);
    err_fini(&err);
}

static void test_broken_text(void **state)
{
#define KEY "62626262626262626262626262626262"
    static const struct {
        const char *text;
        unsigned line;
    } cases[] = {
        {"secret", 1},
        {KEY "\n", 1},
        {KEY " 1 2 3\n", 1},
        {KEY "6 1 2\n", 1},
        {KEY " 2 2\n", 1},           /* none that ends before it begins */
        {KEY " 1 99999999999\n", 1}, /* nor one that would last for ever */
        {KEY " -9223372036854775807 9223372036854775807\n", 1},
        {KEY " 1 2\n" KEY " 1 2\n" KEY " 1 2", 3}, /* nor three */
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ownsecrets o = {0};
        struct err err;
        char want[80];
        err_init(&err);
        assert_false(ownsecrets_parse(&o, "f", cases[i].text, &err));
        assert_int_equal(o.n, 0);
        snprintf(want, sizeof(want), "f:%u: expected SECRET SINCE UNTIL: a new secret is made\n",
                 cases[i].line);
        char *told = err_text(&err);
        assert_string_equal(told, want);
        free(told);
        err_fini(&err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stages),         cmocka_unit_test(test_jitter),
        cmocka_unit_test(test_clock_set_back), cmocka_unit_test(test_text),
        cmocka_unit_test(test_broken_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
