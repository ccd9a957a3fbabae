/*
 * Regions that come back, with the whole server: block by block (`ramp`), and when they are released
 * (`failback: manual`), over kill -9.
 *
 * Endpoints are asked by `probe` alone; of the time that a ramp takes, only that it ends.
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
#include "site.h"

/* What takes so long has failed. */
#define PATIENCE_MS 20000

static const char zone_text[] = "$TTL 60\n"
                                "@ SOA ns hostmaster 1 2 3 4 5\n"
                                "@ NS ns\n"
                                "ns A 192.0.2.53\n"
                                "www DYNA web\n"
                                "us.web A 127.0.4.1\n"
                                "eu.web A 127.0.4.2\n";

static const char *const addrs[] = {"127.0.4.1", "127.0.4.2"};
enum { US, EU, BACKENDS };

static struct {
    struct daemon *d;
    struct backend *backend[BACKENDS];
} f;

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

/* Everybody prefers us. */
static void start(const char *policy)
{
    static const struct daemon_file files[] = {{"zones/example.com.zone", zone_text}};

    backends_start(f.backend, addrs, BACKENDS);
    char *config = xasprintf("regions: {us: {}, eu: {}}\n"
                             "probes:\n"
                             "  web: {type: http, port: %u, interval: 1h, rise: 2, fall: 3,\n"
                             "        damping: {max_hold: 0s}}\n"
                             "policies: {default: {probe: web, damping: {max_hold: 0s},\n"
                             "                     ttl: {max: 60s, min: 0s}, %s}}\n",
                             backend_port(f.backend[0]), policy);
    f.d = daemon_start(&(struct daemon_opts){.config = config, .files = files, .n_files = 1});
    free(config);
    probe(2);
    wait_for("us=up");
}

static int teardown(void **state)
{
    daemon_stop(f.d);
    for (size_t i = 0; i < BACKENDS; i++)
        backend_free(f.backend[i]);
    return 0;
}

static void fall(unsigned region, const char *state)
{
    backend_kill(f.backend[region]);
    probe(3);
    wait_for(state);
}

static void rise(unsigned region, const char *state)
{
    backend_restart(f.backend[region]);
    probe(2);
    wait_for(state);
}

static void restart(void)
{
    daemon_kill(f.d);
    daemon_restart(f.d);
}

/* ---- who gets what ---- */

#define BLOCKS 256

static struct daemon_reply ask_block(unsigned i)
{
    char subnet[32];

    snprintf(subnet, sizeof(subnet), "10.9.%u.0/24", i);
    return daemon_ask(
        f.d, &(struct daemon_query){.name = "www.example.com", .type = "A", .subnet = subnet});
}

/* How many blocks get us; at[i]: block i does. */
static unsigned ask_all(bool at[BLOCKS])
{
    unsigned n = 0;

    for (unsigned i = 0; i < BLOCKS; i++) {
        const struct daemon_reply r = ask_block(i);
        at[i] = strcmp(r.records, "A 127.0.4.1") == 0;
        if (!at[i])
            assert_string_equal(r.records, "A 127.0.4.2");
        n += at[i];
    }
    return n;
}

static unsigned count_us(void)
{
    bool at[BLOCKS];

    return ask_all(at);
}

/* Who had come is there still. */
static void check_nobody_left(const bool was[BLOCKS], const bool now[BLOCKS])
{
    for (unsigned i = 0; i < BLOCKS; i++)
        if (was[i] && !now[i])
            fail_msg("block %u was back and is gone", i);
}

/* ---- what is told ---- */

/* Until the state folder's file says so, and that nobody is down. */
static void wait_written(const char *text)
{
    const mono_ms_t end = mono_ms() + PATIENCE_MS;
    bool found;

    do {
        char *file = tmpdir_read(daemon_dir(f.d), "state/health.json");
        found = file != NULL && strstr(file, text) != NULL && strstr(file, "\"down\"") == NULL;
        free(file);
    } while (!found && mono_ms() < end);
    if (!found)
        fail_msg("health.json does not say %s", text);
}

static void check_told(const char *command, const char *text)
{
    char *said;

    assert_int_equal(site_ctl(f.d, command, &said), 0);
    if (strstr(said, text) == NULL)
        fail_msg("%s does not say \"%s\": %s", command, text, said);
    free(said);
}

/* `explain` chooses, and says the scope of, what is answered. */
static void check_explained(unsigned i)
{
    const struct daemon_reply r = ask_block(i);
    char *client = xasprintf("10.9.%u.0/24", i);
    json_t *result =
        daemon_call(f.d, "explain", "{s:s, s:s}", "name", "www.example.com", "client", client);
    const json_t *step = json_array_get(json_object_get(result, "steps"), 0);
    const json_t *turn = json_object_get(step, "turn");
    const bool is_us = strcmp(r.records, "A 127.0.4.1") == 0;

    assert_string_equal(json_string_value(json_object_get(step, "choice")), is_us ? "us" : "eu");
    assert_int_equal(json_integer_value(json_object_get(step, "scope")), r.scope);
    assert_string_equal(json_string_value(json_object_get(turn, "block")), client);
    json_decref(result);
    free(client);
}

/* ---- ramp ---- */

static int setup_long(void **state)
{
    start("ramp: 1h");
    return 0;
}

static int setup_short(void **state)
{
    start("ramp: 2s");
    return 0;
}

/* Its first step, 4 of 256, lasts a minute. */
static void a_few_come_at_first(void **state)
{
    assert_int_equal(ask_block(0).scope, 0);
    fall(US, "us=down");
    assert_int_equal(count_us(), 0);
    rise(US, "us=ramping");
    assert_in_range(count_us(), 1, BLOCKS / 4);
    assert_int_equal(ask_block(0).scope, 24);
    assert_int_equal(ask_block(0).ttl_s, 0);
    check_told("status", "DEGRADED: 1 pool, 2 regions in them, 1 ramping");
    check_told("status", " % of its clients are back, all are in ");
    check_told("explain www.example.com --client 10.9.0.0/24", " of 256, as all of 10.9.0.0/24");
    for (unsigned i = 0; i < BLOCKS; i++)
        check_explained(i);

    backend_kill(f.backend[US]);
    probe(1); /* suspected: nobody goes */
    assert_in_range(count_us(), 1, BLOCKS / 4);
    probe(2);
    wait_for("us=down");
    assert_int_equal(count_us(), 0);
    assert_int_equal(ask_block(0).scope, 0);
}

static void an_undrained_region_ramps_too(void **state)
{
    json_decref(daemon_call(f.d, "drain", "{s:s}", "region", "us"));
    assert_int_equal(count_us(), 0);
    json_decref(daemon_call(f.d, "undrain", "{s:s}", "region", "us"));
    assert_in_range(count_us(), 1, BLOCKS / 4);
    wait_for("us=ramping");
}

static void a_ramp_goes_on_after_a_kill(void **state)
{
    bool was[BLOCKS], now[BLOCKS];

    fall(US, "us=down");
    rise(US, "us=ramping");
    ask_all(was);
    wait_written("\"ramp\":\"climbs\"");
    restart();
    assert_in_range(ask_all(now), 1, BLOCKS / 4);
    check_nobody_left(was, now);
    json_decref(daemon_call(f.d, "reload", "{s:b}", "all", 1));
    assert_in_range(ask_all(now), 1, BLOCKS / 4);
    check_nobody_left(was, now);
}

static void all_come_one_by_one_and_stay(void **state)
{
    const mono_ms_t end = mono_ms() + PATIENCE_MS;
    bool was[BLOCKS] = {false}, now[BLOCKS];

    fall(US, "us=down");
    rise(US, "us=ramping");
    while (ask_all(now) < BLOCKS) {
        check_nobody_left(was, now);
        memcpy(was, now, sizeof(was));
        if (mono_ms() > end)
            fail_msg("not all are back");
    }
    wait_for("us=up");
    assert_int_equal(ask_block(0).scope, 0);
}

/* ---- failback: manual ---- */

static int setup_manual(void **state)
{
    start("failback: manual");
    return 0;
}

static void it_waits_over_a_kill(void **state)
{
    fall(US, "us=down");
    rise(US, "us=held");
    assert_int_equal(count_us(), 0);
    wait_written("\"ramp\":\"waits\"");
    restart();
    wait_for("us=held");
    assert_int_equal(count_us(), 0);
    check_told("status", "waits for: proximactl release us");
    check_told("explain www.example.com --client 10.9.0.0/24", "it waits for `proximactl release`");

    json_t *result = daemon_call(f.d, "release", "{s:s}", "region", "us");
    assert_int_equal(json_integer_value(json_object_get(result, "pools")), 1);
    json_decref(result);
    assert_int_equal(count_us(), BLOCKS);
    restart();
    assert_int_equal(count_us(), BLOCKS);
}

/* The only one that is up is in use, and is not left when the other comes back. */
static void who_is_in_use_stays(void **state)
{
    fall(US, "us=down");
    rise(US, "us=held");
    fall(EU, "eu=down");
    wait_for("us=up");
    assert_int_equal(count_us(), BLOCKS);
    rise(EU, "eu=held");
    assert_int_equal(count_us(), BLOCKS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_few_come_at_first, setup_long, teardown),
        cmocka_unit_test_setup_teardown(an_undrained_region_ramps_too, setup_long, teardown),
        cmocka_unit_test_setup_teardown(a_ramp_goes_on_after_a_kill, setup_long, teardown),
        cmocka_unit_test_setup_teardown(all_come_one_by_one_and_stay, setup_short, teardown),
        cmocka_unit_test_setup_teardown(it_waits_over_a_kill, setup_manual, teardown),
        cmocka_unit_test_setup_teardown(who_is_in_use_stays, setup_manual, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
