// SPDX-License-Identifier: BSD-2-Clause
/* src/ctl/advise*.c: which settings are tried, which are suggested, and how that is told. */
#include "ctl/advise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/xalloc.h"

/* ---- what a server tells ---- */

static json_t *damping(void)
{
    return json_pack("{s:i, s:i, s:i, s:i}", "suppress", 1500, "reuse", 750, "half_life_ms", 120000,
                     "max_hold_ms", 600000);
}

/* The defaults of proxima.yaml(5), and one endpoint with that history. */
static json_t *result_of(const char *policy, const char *runs)
{
    struct track track = {0};

    track_parse(runs, 0, &track);
    const struct track_sum sum = track_sum(&track);
    track_fini(&track);
    return json_pack("{s:{s:s, s:i, s:i, s:i, s:o}, s:{s:s, s:b, s:i, s:i, s:i, s:i, s:i, s:o}, "
                     "s:[{s:i, s:i, s:i}, {s:i, s:i, s:i}], s:{s:i, s:i, s:I, s:I, s:I}, "
                     "s:[{s:s, s:s}]}",
                     "policy", "name", policy, "ttl_max", 300, "ttl_min", 10, "growth", 8,
                     "damping", damping(), "probe", "name", "web", "told", 0, "interval_ms", 5000,
                     "timeout_ms", 2000, "rise", 2, "fall", 3, "fall_of", 3, "damping", damping(),
                     "ttls", "max", 300, "min", 10, "names", 2, "max", 60, "min", 5, "names", 1,
                     "endpoints", "count", 1, "fallen", sum.falls > 0, "falls",
                     (json_int_t)sum.falls, "results", (json_int_t)sum.results, "failures",
                     (json_int_t)sum.failures, "histories", "endpoint", "192.0.2.1", "runs", runs);
}

static struct advice_subject *subject_of(const json_t *result)
{
    struct err err = {0};
    struct advice_subject *s = advice_subject_new(result, &err);

    assert_non_null(s);
    return s;
}

static void set(json_t *result, const char *object, const char *key, json_int_t value)
{
    json_object_set_new(json_object_get(result, object), key, json_integer(value));
}

static void what_makes_no_sense(void **state)
{
    static const struct {
        const char *object, *key;
        json_int_t value;
    } cases[] = {
        {"probe", "interval_ms", 0}, {"probe", "timeout_ms", -1}, {"probe", "rise", 0},
        {"probe", "fall", 65},       {"policy", "growth", 0},     {"policy", "ttl_min", 301},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err err = {0};
        json_t *result = result_of("default", "+1:2:3");
        set(result, cases[i].object, cases[i].key, cases[i].value);
        assert_null(advice_subject_new(result, &err));
        assert_int_equal(err.errors, 1);
        err_fini(&err);
        json_decref(result);
    }
    struct err err = {0};
    json_t *result = result_of("default", "+1:2:3 +5");
    assert_null(advice_subject_new(result, &err));
    err_fini(&err);
    json_decref(result);
}

/* ---- which are tried ---- */

static bool is_slow(const struct settings *s)
{
    return s->ttl.min_s * 1000 > s->rule.fall * s->interval_ms + s->timeout_ms;
}

static void the_grid(void **state)
{
    json_t *result = result_of("default", "+100:40:495000");
    struct advice_subject *s = subject_of(result);
    size_t n;
    struct settings *grid = advice_grid(&s->now, 40, false, &n);

    assert_in_range(n, 100, 2000);
    assert_memory_equal(&grid[0], &s->now, sizeof(s->now)); /* the present ones come first */
    for (size_t i = 1; i < n; i++) {
        assert_memory_not_equal(&grid[i], &s->now, sizeof(s->now));
        assert_true(grid[i].ttl.min_s <= grid[i].ttl.max_s);
        assert_false(is_slow(&grid[i])); /* --check would warn of it */
        assert_in_range(grid[i].interval_ms, 2000, 10000);
        assert_in_range(grid[i].timeout_ms, 500, 2000);
        assert_int_equal(grid[i].rule.rise, 2);
    }
    free(grid);

    /* Good answers take up to 700 ms: four times that is more than the timeout. */
    grid = advice_grid(&s->now, 700, false, &n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(grid[i].timeout_ms, 2000);
    free(grid);

    /* Who is told has no thresholds. */
    grid = advice_grid(&s->now, 0, true, &n);
    assert_in_range(n, 10, 100);
    for (size_t i = 0; i < n; i++)
        assert_true(grid[i].interval_ms == 5000 && grid[i].rule.fall == 3);
    free(grid);
    advice_subject_free(s);
    json_decref(result);
}

/* ---- which are picked ---- */

/* Seconds of failure, in what was recorded and in a crash; queries; changes, and outages noticed. */
struct made {
    double failed, crash, queries, changes, noticed;
};

static struct candidate candidate_of(const struct made *m)
{
    struct candidate c = {
        .figures = {.failed_ms = m->failed,
                    .queries = m->queries,
                    .changes = m->changes,
                    .falls = m->changes / 2,
                    .noticed = m->noticed},
        .crash = {.failed_ms = m->crash},
    };

    c.settings.interval_ms = 5000;
    return c;
}

static void picks(void **state)
{
    static const struct {
        const char *why;
        struct made all[4];         /* the present one first; ends with queries 0 */
        size_t picks[ADVICE_GOALS]; /* fewest failures, fewest queries, balanced */
    } cases[] = {
        {"nothing else", {{100, 50, 10, 8, 4}}, {0, 0, 0}},
        {"half the failures for the same", {{100, 50, 10, 8, 4}, {50, 50, 10, 8, 4}}, {1, 0, 1}},
        {"half the queries for the same", {{100, 50, 10, 8, 4}, {100, 50, 5, 8, 4}}, {0, 1, 0}},
        {"by less than a tenth nobody is moved",
         {{100, 50, 10, 8, 4}, {95, 50, 9.5, 8, 4}},
         {0, 0, 0}},
        {"twice the queries is balanced", {{100, 50, 10, 8, 4}, {40, 20, 20, 8, 4}}, {0, 0, 1}},
        {"thrice is not", {{100, 50, 10, 8, 4}, {40, 20, 30, 8, 4}}, {0, 0, 0}},
        {"a crash must not last longer", {{100, 50, 10, 8, 4}, {50, 60, 5, 8, 4}}, {0, 0, 0}},
        {"nor failures be more", {{100, 50, 10, 8, 4}, {120, 50, 1, 8, 4}}, {0, 0, 0}},
        {"more changes of the answer", {{100, 50, 10, 8, 4}, {50, 50, 5, 12, 4}}, {0, 0, 0}},
        {"for outages that were not noticed", {{100, 50, 10, 8, 4}, {50, 50, 5, 12, 6}}, {1, 0, 1}},
        {"the best of three",
         {{100, 50, 10, 8, 4}, {80, 50, 10, 8, 4}, {60, 50, 9.5, 8, 4}, {30, 20, 18, 8, 4}},
         {2, 0, 3}},
        {"of equals the one that asks less",
         {{100, 50, 10, 8, 4}, {50, 50, 10, 8, 4}, {50, 50, 8, 8, 4}},
         {2, 2, 2}},
        {"nothing failed", {{0, 50, 10, 0, 0}, {0, 40, 8, 0, 0}}, {0, 1, 0}},
        {"and is not to begin to", {{0, 50, 10, 0, 0}, {1, 40, 5, 0, 0}}, {0, 0, 0}},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct candidate all[4];
        size_t n = 0;
        for (; n < 4 && cases[i].all[n].queries > 0; n++)
            all[n] = candidate_of(&cases[i].all[n]);
        for (enum advice_goal g = 0; g < ADVICE_GOALS; g++) {
            const size_t pick = advice_pick(all, n, g);
            if (pick != cases[i].picks[g])
                fail_msg("%s, %s: %zu", cases[i].why, advice_goal_name(g), pick);
        }
    }
}

static void lines_to_paste(void **state)
{
    static const struct {
        struct settings to;
        const char *lines;
    } cases[] = {
        {{5000, 2000, {2, 3, 0}, {0}, {10, 300, 8}}, ""},
        {{2000, 500, {2, 2, 0}, {0}, {10, 300, 8}},
         "    in probes.web:  interval: 2s, timeout: 500ms, fall: 2\n"},
        {{1500, 2000, {2, 3, 5}, {0}, {10, 300, 8}},
         "    in probes.web:  interval: 1500ms, fall: 3 of 5\n"},
        {{5000, 2000, {2, 3, 0}, {0}, {5, 60, 8}},
         "    in policies.default:  ttl: {max: 60s, min: 5s}\n"},
        {{5000, 1000, {2, 3, 0}, {0}, {5, 300, 4}},
         "    in probes.web:  timeout: 1s\n"
         "    in policies.default:  ttl: {max: 300s, min: 5s, growth: 4}\n"},
    };
    json_t *result = result_of("default", "");
    struct advice_subject *s = subject_of(result);

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *lines = advice_yaml(s, &cases[i].to);
        assert_string_equal(lines, cases[i].lines);
        free(lines);
    }
    advice_subject_free(s);
    json_decref(result);
}

/* ---- how it is told ---- */

static char *told(json_t *result, const struct advise_opts *o)
{
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    struct err err = {0};

    assert_true(advise_print(result, o, f, &err));
    fclose(f);
    json_decref(result);
    return text;
}

static void nothing_has_failed(void **state)
{
    char *text = told(result_of("default", "+17280:40:86395000"), &(struct advise_opts){0});

    assert_string_equal(
        text, "policy default, probe web every 5s: 1 endpoint, 23h59m recorded\n"
              "nothing has failed in that time: it says nothing of thresholds\n"
              "\n"
              "1 name has a TTL of its own in the zone file, which a policy's does not change.\n"
              "\n"
              "A crash of one minute, with the settings of now: noticed after 13s, at most 14s; a "
              "client fails for 54s, at most 1m.\n");
    free(text);
}

/* Every hour or so: 30 s down, 10 s up, twenty times; probes fail by timeout. */
static char *bad_day(void)
{
    char *runs = xstrdup("+1000:40:5000000");

    for (int i = 0; i < 100; i++) {
        char *longer = xasprintf("%s -6:2001:30000 +%d:40:%d", runs, i % 20 == 19 ? 700 : 2,
                                 i % 20 == 19 ? 3500000 : 10000);
        free(runs);
        runs = longer;
    }
    return runs;
}

static void a_bad_day(void **state)
{
    char *runs = bad_day(), *text = told(result_of("default", runs), &(struct advise_opts){0});
    static const char *const parts[] = {
        "policy default, probe web every 5s: 1 endpoint, 7h20m recorded\n",
        "\n100 outages of 1 endpoint; 11.3 % of all probes failed\n\nSETTINGS",
        "\nnow ",
        "\nfewest failures",
        "\n    in probes.web:  ",
        "\nWhat two probes 5s apart did not see is not in the history.\n",
        "100 outages in 7h20m: so short a history is little more than an anecdote.\n",
        "\nA crash of one minute, ",
    };

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (strstr(text, parts[i]) == NULL)
            fail_msg("no \"%s\" in\n%s", parts[i], text);
    free(text);

    text = told(result_of("default", runs), &(struct advise_opts){.json = true});
    json_t *o = json_loads(text, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(o, "played")), "histories");
    assert_true(json_array_size(json_object_get(o, "suggestions")) >= 1);
    assert_int_equal(json_array_size(json_object_get(o, "histories")), 1);
    json_decref(o);
    free(text);
    free(runs);
}

/* ---- the plot ---- */

/* Elements close in the order they were opened, and what is no element holds no bare < and &. */
static bool is_well_formed(const char *xml)
{
    char open[32][16];
    size_t depth = 0;

    while (*xml != '\0') {
        char name[16] = "";
        if (*xml == '&' && strncmp(xml, "&lt;", 4) != 0 && strncmp(xml, "&gt;", 4) != 0 &&
            strncmp(xml, "&amp;", 5) != 0)
            return false;
        if (*xml != '<') {
            xml++;
            continue;
        }
        const char *end = strchr(xml, '>');
        if (end == NULL || memchr(xml + 1, '<', (size_t)(end - xml - 1)) != NULL)
            return false;
        const bool is_end = xml[1] == '/', is_empty = end[-1] == '/';
        if (sscanf(xml + 1 + is_end, "%15[a-z]", name) != 1)
            return false;
        if (is_end && (depth == 0 || strcmp(open[--depth], name) != 0))
            return false;
        if (!is_end && !is_empty)
            strcpy(open[depth++], name);
        xml = end + 1;
    }
    return depth == 0;
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;

    for (; (text = strstr(text, what)) != NULL; text++)
        n++;
    return n;
}

static void the_plot(void **state)
{
    const struct advise_opts svg = {.svg = "-"};
    char *runs = bad_day(), *text = told(result_of("a<b>&\"c", runs), &svg);

    assert_true(is_well_formed(text));
    assert_true(count(text, "<circle") > 100);
    assert_int_equal(count(text, "class=\"now\""), 1);
    assert_true(count(text, "class=\"pick\"") >= 1);
    assert_int_equal(count(text, "a&lt;b&gt;&amp;\"c"), 1);
    assert_null(strstr(text, "nan"));
    assert_null(strstr(text, "inf"));
    free(text);
    text = told(result_of("default", ""), &svg); /* of a crash, as nothing is known */
    assert_true(is_well_formed(text));
    assert_true(count(text, "<circle") > 100);
    assert_int_equal(count(text, "in a crash of one minute"), 1);
    free(text);
    free(runs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_makes_no_sense),
        cmocka_unit_test(the_grid),
        cmocka_unit_test(picks),
        cmocka_unit_test(lines_to_paste),
        cmocka_unit_test(nothing_has_failed),
        cmocka_unit_test(a_bad_day),
        cmocka_unit_test(the_plot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
