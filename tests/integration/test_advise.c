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

/* ---- proximactl ---- */

/* Each 1 h: four days good, six hours bad, a dozen times; the newest result is of now. */
static char *weeks_of_runs(void)
{
    char *runs = xstrdup("+10:5:36000000");

    for (int i = 0; i < 12; i++) {
        char *longer = xasprintf("%s -6:2:21600000 +96:5:345600000", runs);
        free(runs);
        runs = longer;
    }
    return runs;
}

/* As if the server had seen that of us. */
static void plant_history(void)
{
    char *runs = weeks_of_runs();

    play("+");
    daemon_halt(f.d);
    char *text = tmpdir_read(daemon_dir(f.d), HISTORY);
    json_t *o = json_loads(text, 0, NULL);
    json_t *us = json_object_get(json_object_get(o, "endpoints"), "web 127.0.2.1");
    assert_non_null(us);
    json_object_set_new(us, "runs", json_string(runs));
    char *other = json_dumps(o, JSON_COMPACT);
    tmpdir_write(daemon_dir(f.d), HISTORY, other);
    daemon_restart(f.d);
    free(other);
    json_decref(o);
    free(text);
    free(runs);
}

static void advice_for_people(void **state)
{
    static const struct {
        const char *arguments;
        int status;
        const char *says;
    } cases[] = {
        {"advise default", 0, "\nnothing has failed in that time: it says nothing of thresholds\n"},
        {"advise default", 0, "\nA crash of one minute, with the settings of now: not noticed; a"},
        {"advise defualt", 1, "no policy \"defualt\": did you mean \"default\"?\n"},
        {"advise plain", 1, "policy \"plain\" has no probe"},
        {"advise default --svg /nowhere/x.svg", 1, "/nowhere/x.svg: No such file"},
        {"advise", 2, "too few arguments: advise POLICY [--pool POOL] [--svg FILE]"},
        {"advise default --why x", 2, "advise takes no --why"},
        {"status --svg x", 2, "status takes no --svg"},
        {"PLANT", 0, ""},
        {"advise default", 0, "12 outages of 1 endpoint; "},
        {"advise default", 0, "\nfewest failures"},
        {"advise default --pool web.example.com", 0, "\n    in probes.web:  fall: 2\n"},
        {"advise default", 0, "\n1 name has a TTL of its own in the zone file"},
        {"--json advise default", 0, "\"goal\": \"fewest failures\""},
        {"advise default --svg -", 0, "<svg xmlns=\"http://www.w3.org/2000/svg\""},
    };

    play("+");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *said;
        if (strcmp(cases[i].arguments, "PLANT") == 0) {
            plant_history();
            continue;
        }
        const int status = site_ctl(f.d, cases[i].arguments, &said);
        if (status != cases[i].status || strstr(said, cases[i].says) == NULL)
            fail_msg("%s: %d\n%s", cases[i].arguments, status, said);
        free(said);
    }
}

static void a_plot_in_a_file(void **state)
{
    char *said, *path = tmpdir_path(daemon_dir(f.d), "advise.svg");
    char *command = xasprintf("advise default --svg '%s'", path);

    assert_int_equal(site_ctl(f.d, command, &said), 0);
    assert_non_null(strstr(said, "A crash of one minute"));
    char *svg = tmpdir_read(daemon_dir(f.d), "advise.svg");
    assert_memory_equal(svg, "<svg ", 5);
    assert_string_equal(svg + strlen(svg) - 7, "</svg>\n");
    free(svg);
    free(said);
    free(command);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(results_are_recorded, setup, teardown),
        cmocka_unit_test_setup_teardown(histories_survive, setup, teardown),
        cmocka_unit_test_setup_teardown(a_reload_keeps_them, setup, teardown),
        cmocka_unit_test_setup_teardown(a_broken_file_is_begun_anew, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(advice_for_people, setup, teardown),
        cmocka_unit_test_setup_teardown(a_plot_in_a_file, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
