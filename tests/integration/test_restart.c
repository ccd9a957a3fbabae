/*
 * Restarts with the whole server: what was known of endpoints before a kill -9 is known after it.
 *
 * Endpoints are asked by `probe` alone, so that nothing depends on time.
 * SPDX-License-Identifier: BSD-2-Clause
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

/* What takes so long has failed. */
#define PATIENCE_MS 10000

static const char zone_text[] = "$TTL 60\n"
                                "@ SOA ns hostmaster 1 2 3 4 5\n"
                                "@ NS ns\n"
                                "ns A 192.0.2.53\n"
                                "www 60/0 DYNA web\n"
                                "us.web A 127.0.2.1\n"
                                "eu.web A 127.0.2.2\n";

static const char *const addrs[] = {"127.0.2.1", "127.0.2.2"};
enum { US, EU, BACKENDS };

static struct {
    struct daemon *d;
    struct backend *backend[BACKENDS];
} f;

/* The probe asks `path`. */
static char *config_text(const char *path)
{
    return xasprintf("regions: {us: {}, eu: {}}\n"
                     "probes:\n"
                     "  web: {type: http, port: %u, path: %s, interval: 1h, rise: 2, fall: 3}\n"
                     "policies: {default: {probe: web}}\n",
                     backend_port(f.backend[0]), path);
}

static void probe(unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        json_decref(daemon_call(f.d, "probe", "{s:s}", "name", "web"));
}

static void wait_for(const char *what)
{
    char *text = xasprintf("web.example.com/%s", what);

    json_decref(daemon_call(f.d, "wait", "{s:s}", "what", text));
    free(text);
}

static int setup(void **state)
{
    static const struct daemon_file files[] = {{"zones/example.com.zone", zone_text}};

    backends_start(f.backend, addrs, BACKENDS);
    char *config = config_text("/healthz");
    f.d = daemon_start(&(struct daemon_opts){.config = config, .files = files, .n_files = 1});
    free(config);
    probe(2);
    wait_for("us=up");
    return 0;
}

static int teardown(void **state)
{
    daemon_stop(f.d);
    for (size_t i = 0; i < BACKENDS; i++)
        backend_free(f.backend[i]);
    return 0;
}

static void check(const char *records)
{
    const struct daemon_query q = {.name = "www.example.com", .type = "A"};

    assert_string_equal(daemon_ask(f.d, &q).records, records);
}

static unsigned count(const char *file, const char *text)
{
    unsigned n = 0;

    for (const char *at = file; at != NULL && (at = strstr(at, text)) != NULL; at++)
        n++;
    return n;
}

/* Until the state folder's file knows so many that are down, and so many holds. */
static void wait_written(unsigned down, unsigned held)
{
    const mono_ms_t end = mono_ms() + PATIENCE_MS;
    bool found;

    do {
        char *file = tmpdir_read(daemon_dir(f.d), "state/health.json");
        found = file != NULL && count(file, "\"verdict\":\"down\"") == down &&
                count(file, "\"held_until\":1") == held; /* since 2001 */
        free(file);
    } while (!found && mono_ms() < end);
    if (!found)
        fail_msg("health.json does not say %u down, %u held", down, held);
}

static void restart(void)
{
    daemon_kill(f.d);
    daemon_restart(f.d);
}

static void fall(void)
{
    backend_kill(f.backend[US]);
    probe(3);
    wait_for("us=down");
}

static void rise(const char *state)
{
    backend_restart(f.backend[US]);
    probe(2);
    wait_for(state);
}

/* In the middle of an outage: the first answer, and what it takes to come back. */
static void a_kill_in_an_outage(void **state)
{
    fall();
    wait_written(1, 0);
    restart();
    const struct daemon_reply first =
        daemon_ask(f.d, &(struct daemon_query){.name = "www.example.com", .type = "A"});
    assert_string_equal(first.records, "A 127.0.2.2");
    assert_int_equal(first.ttl_s, 0); /* min: nobody has looked for a while */
    backend_restart(f.backend[US]);
    probe(1);
    check("A 127.0.2.2");
    probe(1);
    wait_for("us=up");
    check("A 127.0.2.1");
}

/* Two failures before, one after. */
static void the_history_goes_on(void **state)
{
    backend_kill(f.backend[US]);
    probe(2);
    check("A 127.0.2.1");
    daemon_halt(f.d); /* it writes what it knows */
    daemon_restart(f.d);
    check("A 127.0.2.1");
    probe(1);
    wait_for("us=down");
}

/* Who fell twice is held over the restart; an operator's word ends it, also for the next one. */
static void holds_and_releases_survive(void **state)
{
    fall();
    rise("us=up");
    fall();
    rise("us=held");
    check("A 127.0.2.2");
    wait_written(0, 2); /* the endpoint and its region */
    restart();
    wait_for("us=held");
    check("A 127.0.2.2");

    json_t *result = daemon_call(f.d, "release", "{s:s, s:s}", "region", "us", "why", "fixed");
    assert_int_equal(json_integer_value(json_object_get(result, "endpoints")), 1);
    assert_int_equal(json_integer_value(json_object_get(result, "pools")), 1);
    json_decref(result);
    check("A 127.0.2.1");
    restart();
    check("A 127.0.2.1");
    result = daemon_call(f.d, "release", "{s:s, s:s}", "region", "us", "pool", "web.example.com");
    assert_int_equal(json_integer_value(json_object_get(result, "endpoints")), 0);
    json_decref(result);
    daemon_halt(f.d);
    char *journal = tmpdir_read(daemon_dir(f.d), "state/journal.jsonl");
    assert_non_null(strstr(journal, "\"method\":\"release\""));
    free(journal);
}

static void check_journal(const char *why)
{
    char *journal = tmpdir_read(daemon_dir(f.d), "state/journal.jsonl");

    if (journal == NULL || strstr(journal, why) == NULL)
        fail_msg("not in the journal: %s", why);
    free(journal);
}

/* Who has the reply may rely on it, whatever happens the next moment. */
static void what_was_ordered_is_in_the_journal(void **state)
{
    static const char *const orders[] = {"drain", "release", "undrain", "drain", "undrain"};

    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        char why[20];
        snprintf(why, sizeof(why), "order %zu", i);
        json_t *result = daemon_call(f.d, orders[i], "{s:s, s:s}", "region", "us", "why", why);
        daemon_kill(f.d);
        check_journal(why);
        json_decref(result);
        daemon_restart(f.d);
    }
}

static void another_question_makes_unknown(void **state)
{
    fall();
    wait_written(1, 0);
    daemon_kill(f.d);
    char *config = config_text("/");
    daemon_write_config(f.d, config);
    free(config);
    daemon_restart(f.d);
    wait_for("us=unknown");
    check("A 127.0.2.1");
}

/* As if the server had been away for years. */
static void what_is_too_old_is_unknown(void **state)
{
    fall();
    wait_written(1, 0);
    daemon_kill(f.d);
    char *file = tmpdir_read(daemon_dir(f.d), "state/health.json");
    char *at = strstr(file, "\"at\":");
    assert_non_null(at);
    at[5] = '0'; /* no JSON number begins so */
    tmpdir_write(daemon_dir(f.d), "state/health.json", file);
    daemon_restart(f.d);
    wait_for("us=unknown"); /* a file that is none of ours */
    daemon_kill(f.d);
    at[5] = '1';
    at[6] = '0';
    tmpdir_write(daemon_dir(f.d), "state/health.json", file);
    daemon_restart(f.d);
    wait_for("us=unknown");
    check("A 127.0.2.1");
    free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_kill_in_an_outage, setup, teardown),
        cmocka_unit_test_setup_teardown(the_history_goes_on, setup, teardown),
        cmocka_unit_test_setup_teardown(holds_and_releases_survive, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_ordered_is_in_the_journal, setup, teardown),
        cmocka_unit_test_setup_teardown(another_question_makes_unknown, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_too_old_is_unknown, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
