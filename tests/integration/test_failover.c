/*
 * Failover with the whole server: what clients get while endpoints go down and come back.
 *
 * Endpoints are TCP ports that the test opens and closes, and each of their probes is asked for
 * (`probe`), so that nothing depends on time; the one test about time says so.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "backend.h"
#include "base/clock.h"
#include "base/xalloc.h"
#include "daemon.h"

/* A reply that does not come in so long has failed; nothing here takes a tenth of it. */
#define PATIENCE_MS 10000

static const char zone_text[] = "$TTL 60\n"
                                "@ SOA ns hostmaster 1 2 3 4 5\n"
                                "@ NS ns\n"
                                "ns A 192.0.2.53\n"
                                "www 60/0 DYNA web\n"
                                "us.web A 127.0.1.1\n"
                                "us.web A 127.0.1.11\n"
                                "us.web AAAA ::1\n"
                                "eu.web A 127.0.1.2\n"
                                "ap.web A 127.0.1.3\n";

static const char *const addrs[] = {"127.0.1.1", "127.0.1.11", "127.0.1.2", "127.0.1.3", "::1"};
enum { US1, US2, EU, AP, US6, BACKENDS };

/* Growth 1: a TTL of one second after one second. */
static const char config_text[] = "regions: {us: {}, eu: {}, ap: {}}\n" /* in this order */
                                  "probes:\n"
                                  "  web: {type: http, port: %u, interval: %s, timeout: 300ms,"
                                  " rise: 2, fall: %u}\n"
                                  "health: {blind_at: 100%%}\n" /* all may be down */
                                  "policies: {default: {probe: web, ttl: {growth: 1}}}\n";

static struct {
    struct daemon *d;
    struct backend *backend[BACKENDS];
} f;

static void start(const char *interval, unsigned fall)
{
    static const struct daemon_file files[] = {{"zones/example.com.zone", zone_text}};

    backends_start(f.backend, addrs, BACKENDS);
    char *config = xasprintf(config_text, backend_port(f.backend[0]), interval, fall);
    f.d = daemon_start(&(struct daemon_opts){.config = config, .files = files, .n_files = 1});
    free(config);
}

static int teardown(void **state)
{
    daemon_stop(f.d);
    for (size_t i = 0; i < BACKENDS; i++)
        backend_free(f.backend[i]);
    return 0;
}

/* Ask every endpoint, n times. */
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

static struct daemon_reply ask(const char *type)
{
    return daemon_ask(f.d, &(struct daemon_query){.name = "www.example.com", .type = type});
}

static void check(const char *type, const char *records)
{
    assert_string_equal(ask(type).records, records);
}

/* Ask until the answer is so.  ttl_s: -1 for any above 0. */
static void until(const char *records, int ttl_s)
{
    const mono_ms_t end = mono_ms() + PATIENCE_MS;
    struct daemon_reply r;

    do {
        r = ask("A");
        if (strcmp(r.records, records) == 0 &&
            (ttl_s < 0 ? r.ttl_s > 0 : r.ttl_s == (uint32_t)ttl_s))
            return;
    } while (mono_ms() < end);
    fail_msg("still %s with TTL %u, not %s", r.records, r.ttl_s, records);
}

/* ---- probes asked for ---- */

static int setup(void **state)
{
    start("1h", 3);
    probe(2);
    wait_for("us=up");
    return 0;
}

#define ALL_OF_US "A 127.0.1.1, A 127.0.1.11"

static void one_endpoint_of_two(void **state)
{
    check("A", ALL_OF_US);
    backend_kill(f.backend[US1]);
    probe(2);
    check("A", ALL_OF_US); /* not yet */
    probe(1);
    until("A 127.0.1.11", 0);
    backend_restart(f.backend[US1]);
    probe(1);
    check("A", "A 127.0.1.11");
    probe(1);
    until(ALL_OF_US, 0);
}

static void a_region_and_the_next_and_back(void **state)
{
    backend_kill(f.backend[US1]);
    backend_kill(f.backend[US2]);
    probe(3);
    wait_for("us=down");
    check("A", "A 127.0.1.2");
    backend_kill(f.backend[EU]);
    probe(3);
    wait_for("eu=down");
    check("A", "A 127.0.1.3");

    backend_restart(f.backend[US1]);
    backend_restart(f.backend[US2]);
    probe(2);
    wait_for("us=up");
    until(ALL_OF_US,
          0); /* one endpoint is enough for a region to be up, the other may come later */
}

static void all_down_is_answered_as_all_up(void **state)
{
    for (size_t i = 0; i < BACKENDS; i++)
        backend_kill(f.backend[i]);
    probe(3);
    wait_for("us=down");
    wait_for("eu=down");
    wait_for("ap=down");
    check("A", ALL_OF_US);
    assert_int_equal(ask("A").ttl_s, 0);
}

/* IPv6 of us goes; its IPv4 stays, and nobody else has IPv6. */
static void each_type_has_its_own_health(void **state)
{
    backend_kill(f.backend[US6]);
    probe(3);
    wait_for("us=down");
    check("A", ALL_OF_US);
    check("AAAA", ""); /* eu has none */
    backend_restart(f.backend[US6]);
    probe(2);
    wait_for("us=up");
    check("AAAA", "AAAA ::1");
}

/* A failed probe is news: min at once; a false alarm: what it was before. */
static void suspicion_is_in_the_ttl(void **state)
{
    until(ALL_OF_US, -1); /* it has grown */
    backend_set(f.backend[US1], "503");
    probe(1);
    until(ALL_OF_US, 0);
    backend_set(f.backend[US1], "ok");
    probe(1);
    until(ALL_OF_US, -1);
    const uint32_t ttl_s = ask("A").ttl_s;
    assert_true(ttl_s >= 1);
}

/* It goes, comes back, goes, and is held: from then on nothing that it does moves anybody. */
static void a_flapping_region_moves_its_clients_thrice(void **state)
{
    for (unsigned flap = 0; flap < 10; flap++) {
        backend_kill(f.backend[US1]);
        backend_kill(f.backend[US2]);
        probe(3);
        wait_for("us=down");
        check("A", "A 127.0.1.2");
        backend_restart(f.backend[US1]);
        backend_restart(f.backend[US2]);
        probe(2);
        wait_for(flap == 0 ? "us=up" : "us=held");
        if (flap == 0)
            until(ALL_OF_US, 0);
        else
            check("A", "A 127.0.1.2"); /* as before, with a TTL that grows */
    }
}

/* ---- by the schedule ---- */

#define INTERVAL_MS 500
#define FALL        2
#define BOUND_MS    (FALL * INTERVAL_MS + 300 + 100)

static int setup_scheduled(void **state)
{
    start("500ms", FALL);
    return 0;
}

static bool holds_us1(const struct daemon_reply *r)
{
    return strstr(r->records, "127.0.1.1,") != NULL;
}

/*
 * A killed endpoint is in no answer after fall × interval + timeout + 100 ms, and from its first
 * failed probe until then the TTL of those that hold it is min.
 */
static void a_killed_endpoint_is_out_in_time(void **state)
{
    bool at_min = false;

    wait_for("us=up");
    until(ALL_OF_US, -1);
    backend_kill(f.backend[US1]);
    const mono_ms_t killed_at = mono_ms();
    for (struct daemon_reply r = ask("A"); holds_us1(&r); r = ask("A")) {
        if (at_min && r.ttl_s != 0)
            fail_msg("TTL %u after it has been at min", r.ttl_s);
        at_min |= r.ttl_s == 0;
        if (mono_ms() - killed_at > PATIENCE_MS)
            fail_msg("still answered");
    }
    const dur_ms_t took_ms = mono_ms() - killed_at;
    print_message("out after %d ms of %d\n", (int)took_ms, BOUND_MS);
    assert_true(at_min);
    assert_true(took_ms <= BOUND_MS * backend_slowness());

    backend_restart(f.backend[US1]);
    until(ALL_OF_US, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_endpoint_of_two, setup, teardown),
        cmocka_unit_test_setup_teardown(a_region_and_the_next_and_back, setup, teardown),
        cmocka_unit_test_setup_teardown(all_down_is_answered_as_all_up, setup, teardown),
        cmocka_unit_test_setup_teardown(each_type_has_its_own_health, setup, teardown),
        cmocka_unit_test_setup_teardown(suspicion_is_in_the_ttl, setup, teardown),
        cmocka_unit_test_setup_teardown(a_flapping_region_moves_its_clients_thrice, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_killed_endpoint_is_out_in_time, setup_scheduled,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
