// SPDX-License-Identifier: BSD-2-Clause
/* Several probes as one. */
#include "world.h"

#include <signal.h>
#include <string.h>

#include "base/xalloc.h"

static struct probe_spec part_static(const char *name, bool is_up)
{
    return (struct probe_spec){.name = (char *)(uintptr_t)name,
                               .kind = PROBE_STATIC,
                               .timeout_ms = PATIENCE_MS,
                               .is_up = is_up};
}

/* One that never knows anything: nobody reports. */
static struct probe_spec part_silent(const char *name)
{
    return (struct probe_spec){.name = (char *)(uintptr_t)name,
                               .kind = PROBE_PUSH,
                               .timeout_ms = PATIENCE_MS,
                               .max_age_ms = NEVER_MS};
}

static struct target_status result(struct world *w)
{
    struct answer a = {0};
    struct target *t = target(w);

    assert_true(target_probe_now(t, on_answer, &a));
    wait_until(w, is_true, &a.is_done, "an answer");
    return status(t);
}

/* "+-?": parts that are good, bad, without a result. */
static void test_votes(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *parts;
        uint8_t need;
        char result;
    } cases[] = {
        {"++", 2, '+'},  {"+-", 2, '-'},  {"--", 2, '-'},  {"+-", 1, '+'}, {"--", 1, '-'},
        {"++-", 2, '+'}, {"+--", 2, '-'}, {"+?", 1, '+'},  {"+?", 2, '?'}, {"-?", 1, '?'},
        {"-?", 2, '-'},  {"??", 1, '?'},  {"+-?", 2, '?'}, {"+", 1, '+'},
    };
    static struct probe_spec parts[3];

    w->spec.kind = PROBE_COMBINE;
    w->spec.parts = parts;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        w->spec.n_parts = strlen(cases[i].parts);
        w->spec.need = cases[i].need;
        for (size_t p = 0; p < w->spec.n_parts; p++)
            parts[p] = cases[i].parts[p] == '?' ? part_silent("part")
                                                : part_static("part", cases[i].parts[p] == '+');
        const uint64_t before = status(target(w)).probes;
        const struct target_status s = result(w);
        const char got = s.probes == before ? '?' : s.last_error == NULL ? '+' : '-';
        if (got != cases[i].result)
            fail_msg("%s of which %u: %c", cases[i].parts, cases[i].need, got);
    }
}

/* Real ones, and the words. */
static void test_words(void **state)
{
    struct world *w = *state;
    struct probe_spec parts[2] = {w->spec, w->spec};

    parts[1].name = (char *)"port";
    parts[1].kind = PROBE_TCP;
    w->spec.kind = PROBE_COMBINE;
    w->spec.parts = parts;
    w->spec.n_parts = 2;
    w->spec.need = 2;
    assert_string_equal(result(w).last_said, "2 of 2 are good, 2 needed");
    origin_set(w->origin, "503");
    assert_string_equal(result(w).last_error,
                        "1 of 2 is good, 2 needed; web: status 503, expected 200");
    origin_stop(w->origin);
    assert_string_equal(result(w).last_error, "0 of 2 are good, 2 needed; web: connection refused; "
                                              "port: connection refused");
}

/* A part that hangs has its own time, and the whole has one. */
static void test_limits(void **state)
{
    struct world *w = *state;
    struct probe_spec parts[2] = {w->spec, part_static("sure", true)};

    origin_set(w->origin, "hang");
    parts[0].timeout_ms = TIMEOUT_MS;
    w->spec.kind = PROBE_COMBINE;
    w->spec.parts = parts;
    w->spec.n_parts = 2;
    w->spec.need = 1;
    assert_string_equal(
        result(w).last_said,
        "1 of 2 is good, 1 needed; web: timeout after 60ms (waiting for the answer)");

    parts[0].timeout_ms = PATIENCE_MS;
    w->spec.timeout_ms = TIMEOUT_MS;
    assert_string_equal(result(w).last_error, "timeout after 60ms (waiting for its parts)");
}

/* The name of an endpoint is resolved once, and asked for by each part. */
static void test_endpoint_by_name(void **state)
{
    struct world *w = *state;
    struct probe_spec parts[2] = {w->spec, w->spec};
    const struct probe_dest good = {.host = (char *)"127.0.0.1"};
    const struct probe_dest bad = {.host = (char *)"no name has blanks"};

    w->spec.kind = PROBE_COMBINE;
    w->spec.parts = parts;
    w->spec.n_parts = w->spec.need = 2;
    struct target *t = health_target(w->health, &w->spec, &good);
    ask(w, t, 1);
    assert_null(status(t).last_error);
    t = health_target(w->health, &w->spec, &bad);
    ask(w, t, 1);
    assert_int_equal(strncmp(status(t).last_error, "cannot resolve no name has blanks: ", 35), 0);
}

static void test_closed_while_running(void **state)
{
    struct world *w = *state;
    struct probe_spec parts[2] = {w->spec, w->spec};
    struct answer a = {0};

    origin_set(w->origin, "hang");
    w->spec.kind = PROBE_COMBINE;
    w->spec.parts = parts;
    w->spec.n_parts = w->spec.need = 2;
    assert_true(target_probe_now(target(w), on_answer, &a));
    health_close(w->health, world_health_closed, w);
    wait_until(w, is_true, &w->is_closed, "close");
    assert_true(a.is_done);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_votes),
        WORLD_TEST(test_words),
        WORLD_TEST(test_limits),
        WORLD_TEST(test_endpoint_by_name),
        WORLD_TEST(test_closed_while_running),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
