/*
 * The types of values, on a section made for it; then the tables of the configuration: are they
 * complete, and does the man page say the same?  SPDX-License-Identifier: BSD-2-Clause
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "control/sections.h"

struct thing {
    uint8_t count, *list;
    size_t n_list;
    uint8_t percent;
    uint32_t ttl;
    dur_ms_t time;
    bool flag;
    int word;
    char *text, *path;
    double bias;
};

static const struct option_word words[] = {{"one", 1}, {"three", 3}};

static const struct option thing_options[] = {
    {"count", &type_count, OPTION_FIELD(struct thing, count), .min = 1, .max = 64, .fallback = "8"},
    {"list", &type_count, OPTION_LIST, OPTION_ARRAY(struct thing, list), .max = 99,
     .fallback = "4, 5"},
    {"percent", &type_percent, OPTION_FIELD(struct thing, percent), .max = 100, .fallback = "50%"},
    {"ttl", &type_ttl, OPTION_FIELD(struct thing, ttl), .max = 86400, .fallback = "300s"},
    {"time", &type_duration, OPTION_FIELD(struct thing, time), .min = 1, .max = 86400000,
     .fallback = "5s"},
    {"flag", &type_bool, OPTION_FIELD(struct thing, flag), .fallback = "yes"},
    {"word", &type_word, OPTION_FIELD(struct thing, word), OPTION_WORDS(words), .fallback = "one"},
    {"text", &type_text, OPTION_FIELD(struct thing, text), .min = 1, .max = 5, .unset = "no"},
    {"path", &type_path, OPTION_FIELD(struct thing, path), .unset = "no"},
    {"bias", &type_bias, OPTION_FIELD(struct thing, bias), .min = -99, .max = 99, .fallback = "0"},
};

static const struct section thing_section = {
    .what = "a thing",
    SECTION_OPTIONS(thing_options),
};

/* Every field, or the errors. */
static char *read_thing(const char *yaml)
{
    struct thing thing = {0};
    struct err err;
    err_init(&err);
    struct yamltree *tree = yamltree_parse("f", yaml, strlen(yaml), &err);
    assert_non_null(tree);
    struct reader r = {.tree = tree, .base = "etc", .err = &err};
    char *result, list[64] = "";

    if (section_read(&r, &thing_section, yamltree_root(tree), &thing)) {
        assert_int_equal(err.n, 0);
        for (size_t i = 0; i < thing.n_list; i++)
            snprintf(list + strlen(list), sizeof(list) - strlen(list), "+%u", thing.list[i]);
        result = xasprintf("%u %s %u%% %us %dms %d %d %s %s %g", thing.count, list, thing.percent,
                           (unsigned)thing.ttl, (int)thing.time, thing.flag, thing.word,
                           thing.text != NULL ? thing.text : "-",
                           thing.path != NULL ? thing.path : "-", thing.bias);
    } else {
        assert_true(err.errors > 0);
        result = err_text(&err);
    }
    free(thing.list);
    free(thing.text);
    free(thing.path);
    yamltree_free(tree);
    err_fini(&err);
    return result;
}

static void test_values(void **state)
{
    static const struct {
        const char *yaml, *result;
    } cases[] = {
        {"{}", "8 +4+5 50% 300s 5000ms 1 1 - - 0"},
        {"{count: 64, list: 7, percent: 51, ttl: 60, time: 250ms}",
         "64 +7 51% 60s 250ms 1 1 - - 0"},
        {"{count: '1', list: [1, 2], percent: 0%, ttl: 2m, time: 2m}",
         "1 +1+2 0% 120s 120000ms 1 1 - - 0"},
        {"{time: 1h, ttl: 1d, flag: Off, word: three}", "8 +4+5 50% 86400s 3600000ms 0 3 - - 0"},
        {"{text: 12345, path: a/b, bias: -2.5%}", "8 +4+5 50% 300s 5000ms 1 1 12345 etc/a/b -2.5"},
        {"{path: /a, flag: true, bias: .5}", "8 +4+5 50% 300s 5000ms 1 1 - /a 0.5"},

        {"count: x", "f:1:8: count: expected a whole number, such as 8, not \"x\"\n"},
        {"count: -1", "f:1:8: count: expected a whole number, such as 8, not \"-1\"\n"},
        {"count: [1]", "f:1:8: count: expected a whole number, such as 8, not a list\n"},
        {"count: {}", "f:1:8: count: expected a whole number, such as 8, not a mapping\n"},
        {"count:", "f:1:7: count: expected a whole number, such as 8, not an empty value\n"},
        {"count: 65", "f:1:8: count: 65 is out of range: 1 to 64\n"},
        {"count: 99999999999999999999",
         "f:1:8: count: 99999999999999999999 is out of range: 1 to 64\n"},
        {"list: []", "f:1:7: list: an empty list: leave list out, or name a whole number\n"},
        {"list: [1, x, 100]", "f:1:11: list: expected a whole number, such as 8, not \"x\"\n"
                              "f:1:14: list: 100 is out of range: 0 to 99\n"},
        {"percent: 101%", "f:1:10: percent: 101% is out of range: 0% to 100%\n"},
        {"percent: '%'", "f:1:10: percent: expected a percentage, such as 50%, not \"%\"\n"},
        {"ttl: 500ms", "f:1:6: ttl: expected whole seconds, such as 300s, not \"500ms\"\n"},
        {"ttl: 99999999999999999999d",
         "f:1:6: ttl: 99999999999999999999d is out of range: 0s to 1d\n"},
        {"time: 5",
         "f:1:7: time: expected a number with its unit (ms, s, m, h, d), such as 5s, not \"5\"\n"},
        {"time: 1.5s",
         "f:1:7: time: expected a number with its unit (ms, s, m, h, d), such as 5s, not \"1.5s\"\n"},
        {"time: 2d", "f:1:7: time: 2d is out of range: 1ms to 1d\n"},
        {"flag: maybe", "f:1:7: flag: expected yes or no, such as yes, not \"maybe\"\n"},
        {"word: thre", "f:1:7: word: \"thre\" is not known: did you mean \"three\"?\n"},
        {"word: nine", "f:1:7: word: \"nine\" is not known: there are one, three\n"},
        {"text: 123456", "f:1:7: text: 123456 is out of range: 1 to 5 octets\n"},
        {"bias: nan", "f:1:7: bias: expected a percentage, such as 0, not \"nan\"\n"},
        {"bias: 100", "f:1:7: bias: 100 is out of range: -99% to 99%\n"},
        {"{cout: 1, zzz: 2, time: x}",
         "f:1:2: a thing has no option \"cout\": did you mean \"count\"?\n"
         "f:1:11: a thing has no option \"zzz\": there are count, list, percent, ttl, time, flag, "
         "word, text, path, bias\n"
         "f:1:25: time: expected a number with its unit (ms, s, m, h, d), such as 5s, not \"x\"\n"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *result = read_thing(cases[i].yaml);
        assert_string_equal(result, cases[i].result);
        free(result);
    }
}


/* --- The tables of the configuration --- */

/* Call visit for every option; heading: as the man page names its section, "policies: ttl". */
static void walk(const struct section *s, const char *heading,
                 void (*visit)(const char *heading, const struct option *o))
{
    for (size_t i = 0; i < s->n; i++) {
        const struct option *o = &s->options[i];
        visit(heading, o);
        if (o->section == NULL)
            continue;
        char *below = xasprintf("%s%s%s", heading, heading[0] != '\0' ? ": " : "", o->key);
        walk(o->section, below, visit);
        free(below);
    }
}

static void check_row(const char *heading, const struct option *o)
{
    assert_non_null(o->help);
    assert_int_equal(o->help[strlen(o->help) - 1], '.');
    assert_int_equal((o->fallback != NULL) + (o->unset != NULL) + o->required, 1);
    assert_true(o->type != &type_word || o->n_words > 0);
    assert_true(o->type->print == NULL || o->min < o->max);
    assert_true(o->type->example != NULL || o->section != NULL || o->fallback != NULL ||
                o->words != NULL);
}

static void test_rows(void **state)
{
    walk(&config_section, "", check_row);
}

static char *man; /* the page's source */

static char *read_file(const char *name)
{
    const char *srcdir = getenv("SRCDIR");
    char *path = xasprintf("%s/%s", srcdir != NULL ? srcdir : ".", name), *text = NULL;
    size_t size = 0;
    FILE *f = fopen(path, "re");

    assert_non_null(f);
    assert_true(getdelim(&text, &size, '\0', f) > 0);
    fclose(f);
    free(path);
    return text;
}

/* The part of text from the line `first` to the next that begins with one of two macros, in text
 * that is cut there; fails the test if there is none. */
static char *part(const char *text, const char *first, const char *end1, const char *end2)
{
    char *start = xasprintf("\n%s\n", first);
    const char *at = strstr(text, start);

    if (at == NULL)
        fail_msg("proxima.yaml(5) lacks %s", first);
    char *copy = xstrdup(at + strlen(start) - 1);
    char *cut;
    if ((cut = strstr(copy, end1)) != NULL)
        cut[1] = '\0';
    if ((cut = strstr(copy, end2)) != NULL)
        cut[1] = '\0';
    free(start);
    return copy;
}

static void check_line(const char *entry, const struct option *o, const char *what,
                       const char *value)
{
    char *line = xasprintf("\n%s%s%s.\n", what, value[0] != '\0' ? ": " : "", value);

    if (strstr(entry, line) == NULL)
        fail_msg("proxima.yaml(5) says of %s:%s where the table says:%s", o->key, entry, line);
    free(line);
}

/* A path that depends on how we were configured, as the page spells it. */
static char *page_default(const char *fallback)
{
    static const struct {
        const char *value, *name;
    } folders[] = {{RUNSTATEDIR, "RUNSTATEDIR"}, {LOCALSTATEDIR, "LOCALSTATEDIR"}};

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        const size_t len = strlen(folders[i].value);
        if (len > 0 && strncmp(fallback, folders[i].value, len) == 0 && fallback[len] == '/')
            return xasprintf("%s%s", folders[i].name, fallback + len);
    }
    return xstrdup(fallback);
}

static void check_man(const char *heading, const struct option *o)
{
    if (heading[0] == '\0')
        return; /* a section: its options come next */
    char *title = xasprintf(".Ss %s", heading), *item = xasprintf(".It Ic %s", o->key);
    char *section = part(man, title, "\n.Ss", "\n.Sh"),
         *entry = part(section, item, "\n.It", "\n.El");
    char *range = option_range(o);

    if (o->required)
        check_line(entry, o, "Required", "");
    if (o->unset != NULL)
        check_line(entry, o, "Unset", o->unset);
    if (o->fallback != NULL) {
        char *value = page_default(o->fallback);
        check_line(entry, o, "Default", value);
        free(value);
    }
    if (range != NULL)
        check_line(entry, o, o->words != NULL ? "Values" : "Range", range);
    free(range);
    free(entry);
    free(section);
    free(item);
    free(title);
}

static void test_man(void **state)
{
    man = read_file("man/proxima.yaml.5");
    walk(&config_section, "", check_man);
    free(man);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_man),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
