/*
 * What came of probes, with the whole server: recorded, kept over restarts, told to `advise`.
 *
 * Endpoints are asked by `probe` alone, so that nothing depends on time; what takes weeks to come
 * about is written into history.json.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../unit/tmpdir.h"
#include "backend.h"
#include "base/clock.h"
#include "base/xalloc.h"
#include "daemon.h"
#include "site.h"

#define HISTORY "state/history.json"

static const char zone_text[] = "$TTL 60\n"
                                "@ SOA ns hostmaster 1 2 3 4 5\n"
                                "@ NS ns\n"
                                "ns A 192.0.2.53\n"
                                "www DYNA web\n"
                                "api 60/20 DYNA web\n"
                                "us.web A 127.0.2.1\n"
                                "eu.web A 127.0.2.2\n";

static const char *const addrs[] = {"127.0.2.1", "127.0.2.2"};
enum { US, EU, BACKENDS };

static struct {
    struct daemon *d;
    struct backend *backend[BACKENDS];
} f;

static char *config_text(const char *path)
{
    return xasprintf("regions: {us: {}, eu: {}}\n"
                     "probes:\n"
                     "  web: {type: http, port: %u, path: %s, interval: 1h, rise: 2, fall: 3}\n"
                     "policies: {default: {probe: web}, idle: {probe: web}, plain: {}}\n",
                     backend_port(f.backend[0]), path);
}

static int setup(void **state)
{
    static const struct daemon_file files[] = {{"zones/example.com.zone", zone_text}};

    backends_start(f.backend, addrs, BACKENDS);
    char *config = config_text("/healthz");
    f.d = daemon_start(&(struct daemon_opts){.config = config, .files = files, .n_files = 1});
    free(config);
    return 0;
}

static int teardown(void **state)
{
    daemon_stop(f.d);
    for (size_t i = 0; i < BACKENDS; i++)
        backend_free(f.backend[i]);
    return 0;
}

static void probe(unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        json_decref(daemon_call(f.d, "probe", "{s:s}", "name", "web"));
}

static void play(const char *results)
{
    for (; *results != '\0'; results++) {
        backend_set(f.backend[US], *results == '+' ? "ok" : "503");
        probe(1);
    }
}

/* The runs of us as advise tells them, without how long they took: "+2 -3 +1".  Static memory. */
static const char *runs_of_us(void)
{
    static char text[256];
    json_t *result = daemon_call(f.d, "advise", "{s:s}", "policy", "default"), *history;
    size_t i, len = 0;

    text[0] = '\0';
    json_array_foreach(json_object_get(result, "histories"), i, history) {
        const char *at = json_string_value(json_object_get(history, "runs"));
        if (strcmp(json_string_value(json_object_get(history, "endpoint")), addrs[US]) != 0)
            continue;
        for (bool is_copied = true; *at != '\0'; at++) {
            is_copied = *at == ' ' || (is_copied && *at != ':');
            if (is_copied)
                text[len++] = *at;
        }
        text[len] = '\0';
    }
    json_decref(result);
    return text;
}

static json_int_t member(const json_t *result, const char *object, const char *key)
{
    const json_t *value = json_object_get(json_object_get(result, object), key);

    assert_true(json_is_integer(value));
    return json_integer_value(value);
}

static void results_are_recorded(void **state)
{
    assert_string_equal(runs_of_us(), "");
    play("++---+");
    assert_string_equal(runs_of_us(), "+2 -3 +1");

    json_t *result =
        daemon_call(f.d, "advise", "{s:s, s:s}", "policy", "default", "pool", "web.example.com");
    assert_int_equal(member(result, "endpoints", "count"), 2);
    assert_int_equal(member(result, "endpoints", "fallen"), 1);
    assert_int_equal(member(result, "endpoints", "falls"), 1);
    assert_int_equal(member(result, "endpoints", "results"), 12);
    assert_int_equal(member(result, "endpoints", "failures"), 3);
    assert_int_equal(member(result, "probe", "interval_ms"), 3600000);
    assert_int_equal(member(result, "policy", "ttl_max"), 300);
    assert_int_equal(json_array_size(json_object_get(result, "ttls")), 2);
    json_t *first = json_array_get(json_object_get(result, "histories"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "endpoint")), addrs[US]);
    json_decref(result);
}

static void histories_survive(void **state)
{
    play("++-");
    daemon_halt(f.d); /* it writes what it knows */
    daemon_restart(f.d);
    assert_string_equal(runs_of_us(), "+2 -1");
    play("--+");
    assert_string_equal(runs_of_us(), "+2 -3 +1");
    daemon_kill(f.d); /* minutes are lost, no more */
    daemon_restart(f.d);
    assert_string_equal(runs_of_us(), "+2 -1");

    daemon_kill(f.d);
    char *config = config_text("/");
    daemon_write_config(f.d, config); /* another question */
    free(config);
    daemon_restart(f.d);
    assert_string_equal(runs_of_us(), "");
}

static void a_reload_keeps_them(void **state)
{
    play("++-");
    json_decref(daemon_call(f.d, "reload", "{}"));
    assert_string_equal(runs_of_us(), "+2 -1");
    char *config = config_text("/");
    daemon_write_config(f.d, config);
    free(config);
    json_decref(daemon_call(f.d, "reload", "{}"));
    assert_string_equal(runs_of_us(), "");
}

static void a_broken_file_is_begun_anew(void **state)
{
    play("++-");
    daemon_halt(f.d);
    tmpdir_write(daemon_dir(f.d), HISTORY, "{\"at\": 1764");
    daemon_restart(f.d);
    assert_string_equal(runs_of_us(), "");
    play("+");
    daemon_halt(f.d);
    daemon_restart(f.d);
    assert_string_equal(runs_of_us(), "+1");
}

static void what_is_refused(void **state)
{
    static const struct {
        const char *policy, *pool, *why;
    } cases[] = {
        {"defualt", NULL, "no policy \"defualt\": did you mean \"default\"?\n"},
        {"web", NULL, "no policy \"web\": there are default, idle, plain\n"},
        {"plain", NULL,
         "policy \"plain\" has no probe, so nothing of its endpoints is known; give it one with "
         "`probe`\n"},
        {"idle", NULL, "no name steers by policy \"idle\"\n"},
        {"idle", "web.example.com", "no name steers to web.example.com by policy \"idle\"\n"},
        {"default", "wbe.example.com",
         "no pool \"wbe.example.com\"; did you mean \"web.example.com.\"?\n"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *why = daemon_refused(f.d, "advise", "{s:s, s:s*}", "policy", cases[i].policy, "pool",
                                   cases[i].pool);
        assert_string_equal(why, cases[i].why);
        free(why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(results_are_recorded, setup, teardown),
        cmocka_unit_test_setup_teardown(histories_survive, setup, teardown),
        cmocka_unit_test_setup_teardown(a_reload_keeps_them, setup, teardown),
        cmocka_unit_test_setup_teardown(a_broken_file_is_begun_anew, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_refused, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
