// SPDX-License-Identifier: BSD-2-Clause
/* Probes that are told rather than ask: static, file and push. */
#include "world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../unit/tmpdir.h"

static char *folder, *path;

/* One word is a verdict, as the configuration has it for these kinds. */
static void told_by(struct world *w, enum probe_kind kind)
{
    w->spec.kind = kind;
    w->spec.rise = w->spec.fall = 1;
    w->spec.file = path;
}

/* Ask once, whether it counts or not. */
static void look(struct world *w, struct target *t)
{
    struct answer a = {0};

    assert_true(target_probe_now(t, on_answer, &a));
    wait_until(w, is_true, &a.is_done, "an answer");
}

static void test_static(void **state)
{
    struct world *w = *state;

    told_by(w, PROBE_STATIC);
    w->spec.is_up = true;
    struct target *t = target(w);
    look(w, t);
    assert_int_equal(status(t).verdict, VERDICT_UP);
    assert_string_equal(status(t).last_said, "up by configuration");
    w->spec.is_up = false;
    target(w);
    look(w, t);
    assert_int_equal(status(t).verdict, VERDICT_DOWN);
    assert_string_equal(status(t).last_error, "down by configuration");
}

/* As agents do: another file in the place of the old one. */
static void write_verdicts(const char *text)
{
    char *next = tmpdir_path(folder, "next");

    tmpdir_write(folder, "next", text);
    assert_int_equal(rename(next, path), 0);
    free(next);
}

/* The schedule asks a year from now: it is the change of the file that counts. */
static void test_file(void **state)
{
    struct world *w = *state;

    told_by(w, PROBE_FILE);
    write_verdicts("127.0.0.1 up\n");
    struct target *t = target(w);
    look(w, t); /* which makes it read */
    wait_for(w, t, VERDICT_UP);
    assert_string_equal(status(t).last_said, "up by file");

    write_verdicts("127.0.0.1 down disk full\n");
    wait_for(w, t, VERDICT_DOWN);
    assert_string_equal(status(t).last_error, "down by file: disk full");

    write_verdicts("* up\n");
    wait_for(w, t, VERDICT_UP);

    write_verdicts("192.0.2.1 down\n"); /* somebody else */
    wait_for(w, t, VERDICT_UNKNOWN);
    assert_non_null(strstr(status(t).last_error, "does not name it"));
}

static bool has_error(void *arg)
{
    return status(arg).last_error != NULL;
}

/* What was good goes on when there is something that is not. */
static void test_file_with_a_mistake(void **state)
{
    struct world *w = *state;
    struct probe_dest other = dest_of("127.0.0.2");

    told_by(w, PROBE_FILE);
    write_verdicts("127.0.0.1 up\n127.0.0.2 up\n");
    struct target *t = target(w), *u = health_target(w->health, &w->spec, &other);
    look(w, t);
    look(w, u);
    wait_for(w, t, VERDICT_UP);
    wait_for(w, u, VERDICT_UP);

    write_verdicts("127.0.0.1 down\n127.0.0.2 perhaps\n");
    const uint64_t before = status(t).probes;
    struct target *seen = t;
    wait_probes(w, seen, 1);
    assert_true(status(t).probes > before);
    assert_int_equal(status(t).verdict, VERDICT_UP);

    write_verdicts("127.0.0.1 down\n127.0.0.2 up\n");
    wait_until(w, has_error, t, "the next good file");
    assert_int_equal(status(t).verdict, VERDICT_DOWN);
    assert_int_equal(status(u).verdict, VERDICT_UP);
}

static void test_file_too_old(void **state)
{
    struct world *w = *state;
    const struct timespec old[] = {{.tv_sec = 1000}, {.tv_sec = 1000}};

    told_by(w, PROBE_FILE);
    w->spec.max_age_ms = 3600 * 1000;
    w->spec.stale_is_down = true;
    write_verdicts("127.0.0.1 up\n");
    struct target *t = target(w);
    look(w, t);
    wait_for(w, t, VERDICT_UP);
    assert_int_equal(utimensat(-1, path, old, 0), 0);
    wait_for(w, t, VERDICT_DOWN);
    assert_non_null(strstr(status(t).last_error, "old"));
}

static void test_no_file(void **state)
{
    struct world *w = *state;

    told_by(w, PROBE_FILE);
    w->spec.file = (char *)"/nonexistent/verdicts";
    w->spec.stale_is_down = true;
    struct target *t = target(w);
    look(w, t);
    wait_for(w, t, VERDICT_DOWN);
    assert_string_equal(status(t).last_error, "/nonexistent/verdicts: No such file or directory");
}

static void report(struct target *t, bool is_up, dur_ms_t ttl_ms, const char *why)
{
    const mono_ms_t now = mono_ms();

    assert_true(target_report(
        t, &(struct report){
               .is_up = is_up, .why = (char *)(uintptr_t)why, .at = now, .until = now + ttl_ms}));
}

static void test_push(void **state)
{
    struct world *w = *state;

    told_by(w, PROBE_PUSH);
    w->spec.max_age_ms = NEVER_MS;
    struct target *t = target(w);
    look(w, t);
    assert_string_equal(status(t).last_error, "nobody has reported");
    assert_int_equal(status(t).probes, 0); /* another server may have been told */

    report(t, false, NEVER_MS, "disk full");
    wait_for(w, t, VERDICT_DOWN);
    assert_non_null(strstr(status(t).last_error, "reported down "));
    assert_non_null(strstr(status(t).last_error, " ago: disk full"));
    report(t, true, NEVER_MS, NULL);
    wait_for(w, t, VERDICT_UP);

    report(t, true, 0, NULL); /* over at once */
    wait_for(w, t, VERDICT_UNKNOWN);
    assert_non_null(strstr(status(t).last_error, "which is over"));

    w->spec.stale_is_down = true;
    target(w);
    look(w, t);
    assert_int_equal(status(t).verdict, VERDICT_DOWN);
}

static void test_push_is_for_one_endpoint(void **state)
{
    struct world *w = *state;
    struct probe_dest other = dest_of("127.0.0.2");

    told_by(w, PROBE_PUSH);
    w->spec.max_age_ms = 0; /* no grace */
    struct target *t = target(w), *u = health_target(w->health, &w->spec, &other);
    report(t, true, NEVER_MS, NULL);
    wait_for(w, t, VERDICT_UP);
    look(w, u);
    assert_int_equal(status(u).verdict, VERDICT_UNKNOWN);
    assert_ptr_equal(health_find(w->health, "web", &other), u);
    assert_null(health_find(w->health, "api", &other));
}

static void test_reports_are_for_push(void **state)
{
    struct world *w = *state;
    struct target *t = target(w);

    assert_false(target_report(t, &(struct report){.is_up = false}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_static),
        WORLD_TEST(test_file),
        WORLD_TEST(test_file_with_a_mistake),
        WORLD_TEST(test_file_too_old),
        WORLD_TEST(test_no_file),
        WORLD_TEST(test_push),
        WORLD_TEST(test_push_is_for_one_endpoint),
        WORLD_TEST(test_reports_are_for_push),
    };

    signal(SIGPIPE, SIG_IGN);
    folder = tmpdir_new();
    path = tmpdir_path(folder, "verdicts");
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(path);
    tmpdir_free(folder);
    return failed;
}
