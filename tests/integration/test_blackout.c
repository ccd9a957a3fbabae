/*
 * The whole server with a network that fails: it is in one network namespace, twelve backends in three
 * regions are in another, and between them is a cable (netns.h).
 *
 *   pulled at either end, all backends killed   blind: no verdict turns, the same answers
 *   one region's addresses gone                 down in time, its clients move
 *   one region after the other                  those before the last are down, the last stays
 *
 * Skipped where there are no namespaces to be had.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "../unit/tmpdir.h"
#include "backend.h"
#include "base/clock.h"
#include "base/ipaddr.h"
#include "base/xalloc.h"
#include "daemon.h"
#include "netns.h"

#define PATIENCE_MS  20000
#define EXIT_SKIPPED 77 /* as automake has it */

enum { REGIONS = 3, PER_REGION = 4, BACKENDS = REGIONS * PER_REGION };
enum { INTERVAL_MS = 400, TIMEOUT_MS = 250, RISE = 2, FALL = 3 };

enum { US, EU, AP };
static const char *const regions[REGIONS] = {"us", "eu", "ap"};

static struct {
    struct daemon *d;
    char *addr[BACKENDS]; /* 10.77.REGION.N, both from 1 */
    struct backend *backend[BACKENDS];
} f;

/* ---- the network ---- */

/* What clients get who are sent there. */
static const char *answer_of(unsigned region)
{
    static const char *const answers[REGIONS] = {
        "A 10.77.1.1, A 10.77.1.2, A 10.77.1.3, A 10.77.1.4",
        "A 10.77.2.1, A 10.77.2.2, A 10.77.2.3, A 10.77.2.4",
        "A 10.77.3.1, A 10.77.3.2, A 10.77.3.3, A 10.77.3.4",
    };

    return answers[region];
}

/* An address that is nobody's is a black hole: what comes for it is dropped. */
static void set_region(unsigned region, const char *command)
{
    for (unsigned i = 0; i < PER_REGION; i++)
        netns_far("ip addr %s %s/32 dev lo", command, f.addr[region * PER_REGION + i]);
}

static void add_routes(void)
{
    for (unsigned r = 1; r <= REGIONS; r++)
        netns_near("ip route replace 10.77.%u.0/24 via 10.77.0.2", r);
}

static void start_backends(void *unused)
{
    backends_start(f.backend, (const char *const *)f.addr, BACKENDS);
}

static void kill_backends(void *unused)
{
    for (unsigned i = 0; i < BACKENDS; i++)
        backend_kill(f.backend[i]);
}

static void restart_backends(void *unused)
{
    for (unsigned i = 0; i < BACKENDS; i++)
        backend_restart(f.backend[i]);
}

/* ---- what fails, and how it is mended ---- */

static bool reaches_far(void)
{
    const struct timeval patience = {.tv_usec = 20000};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_storage ss;
    struct ipaddr addr;

    assert_true(ipaddr_parse(f.addr[0], &addr));
    const socklen_t len = ipaddr_to_sockaddr(&addr, backend_port(f.backend[0]), &ss);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    const bool ok = connect(fd, (const struct sockaddr *)&ss, len) == 0;
    close(fd);
    return ok;
}

/* The kernel takes up to a second to notice a cable, and as long to ask for a neighbour once more. */
static void wait_for_network(void)
{
    const mono_ms_t end = mono_ms() + PATIENCE_MS;

    while (!reaches_far())
        if (mono_ms() > end)
            fail_msg("the network does not come back");
}

/* Nothing comes back. */
static void pull_far(void)
{
    netns_far("ip link set far down");
}

static void plug_far(void)
{
    netns_far("ip link set far up");
    wait_for_network();
}

/* The kernel says at once that there is no way. */
static void pull_near(void)
{
    netns_near("ip link set near down");
}

static void plug_near(void)
{
    netns_near("ip link set near up");
    add_routes(); /* they went with it */
    wait_for_network();
}

static void kill_all(void)
{
    netns_in_far(kill_backends, NULL);
}

static void restart_all(void)
{
    netns_in_far(restart_backends, NULL);
}

/* ---- the server ---- */

static char *zone_text(void)
{
    char *text;
    size_t len;
    FILE *z = open_memstream(&text, &len);

    fputs("$TTL 60\n@ SOA ns hostmaster 1 2 3 4 5\n@ NS ns\nns A 192.0.2.53\nwww 60/5 DYNA web\n",
          z);
    for (unsigned i = 0; i < BACKENDS; i++)
        fprintf(z, "%s.web A %s\n", regions[i / PER_REGION], f.addr[i]);
    fclose(z);
    return text;
}

static void start_daemon(void)
{
    char *zone = zone_text();
    const struct daemon_file files[] = {{"zones/example.com.zone", zone}};
    char *config = xasprintf("regions: {us: {}, eu: {}, ap: {}}\n"
                             "probes:\n"
                             "  web: {type: http, port: %u, interval: %dms, timeout: %dms,"
                             " rise: %d, fall: %d}\n"
                             "policies: {default: {probe: web}}\n",
                             backend_port(f.backend[0]), INTERVAL_MS, TIMEOUT_MS, RISE, FALL);

    f.d = daemon_start(&(struct daemon_opts){.config = config, .files = files, .n_files = 1});
    free(config);
    free(zone);
}

static void probe(unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        json_decref(daemon_call(f.d, "probe", "{s:s}", "name", "web"));
}

static void wait_for(unsigned region, const char *state)
{
    char *what = xasprintf("web.example.com/%s=%s", regions[region], state);

    json_decref(daemon_call(f.d, "wait", "{s:s}", "what", what));
    free(what);
}

static int setup(void **state)
{
    for (unsigned i = 0; i < BACKENDS; i++)
        f.addr[i] = xasprintf("10.77.%u.%u", i / PER_REGION + 1, i % PER_REGION + 1);
    netns_far("ip link set far up");
    netns_near("ip link set near up");
    add_routes();
    for (unsigned r = 0; r < REGIONS; r++)
        set_region(r, "replace");
    netns_in_far(start_backends, NULL);
    start_daemon();
    probe(RISE);
    for (unsigned r = 0; r < REGIONS; r++)
        wait_for(r, "up");
    return 0;
}

static int teardown(void **state)
{
    daemon_stop(f.d);
    for (unsigned i = 0; i < BACKENDS; i++) {
        backend_free(f.backend[i]);
        free(f.addr[i]);
    }
    return 0;
}

/* ---- what is seen of it ---- */

static struct daemon_reply ask(void)
{
    return daemon_ask(f.d, &(struct daemon_query){.name = "www.example.com", .type = "A"});
}

static void check(unsigned region)
{
    assert_string_equal(ask().records, answer_of(region));
}

/* Verdicts that turn together travel together, a few ms later. */
static void until(unsigned region)
{
    const mono_ms_t end = mono_ms() + PATIENCE_MS;

    while (strcmp(ask().records, answer_of(region)) != 0)
        if (mono_ms() > end)
            check(region);
}

static bool is_blind(void)
{
    json_t *status = daemon_call(f.d, "status", "{}");
    const bool blind = json_is_true(json_object_get(json_object_get(status, "sight"), "blind"));

    json_decref(status);
    return blind;
}

/* Meanwhile every answer is the same.  How long that took. */
static dur_ms_t wait_sight(bool blind, unsigned region)
{
    const mono_ms_t start = mono_ms();

    while (is_blind() != blind) {
        check(region);
        if (mono_ms() - start > PATIENCE_MS)
            fail_msg("still %s", blind ? "not blind" : "blind");
    }
    return mono_ms() - start;
}

/* At most so long, and what the machine held up. */
static void in_time(const char *what, dur_ms_t took_ms, dur_ms_t bound_ms)
{
    const dur_ms_t late_ms = daemon_late_ms(f.d);

    print_message("%s after %d ms of %d\n", what, (int)took_ms, (int)bound_ms);
    if (took_ms > (bound_ms + late_ms) * backend_slowness())
        fail_msg("%s after %d ms: over %d, with probes %d late", what, (int)took_ms, (int)bound_ms,
                 (int)late_ms);
}

static unsigned count(const char *file, const char *words)
{
    char *text = tmpdir_read(daemon_dir(f.d), file);
    unsigned n = 0;

    for (const char *at = text; at != NULL && (at = strstr(at, words)) != NULL; at++)
        n++;
    free(text);
    return n;
}

/* ---- all at once ---- */

static void no_verdict_turns(void (*fails)(void), void (*is_mended)(void))
{
    fails();
    wait_sight(true, US);
    for (int i = 0; i <= FALL; i++) { /* failures enough for everybody */
        probe(1);
        check(US);
    }
    assert_true(is_blind());
    for (unsigned r = 0; r < REGIONS; r++)
        wait_for(r, "up");

    is_mended();
    in_time("sees again", wait_sight(false, US), 2 * INTERVAL_MS + TIMEOUT_MS + 100);
    check(US);
    daemon_halt(f.d); /* all is written */
    assert_int_equal(count("log", " is down"), 0);
    assert_int_equal(count("state/journal.jsonl", "\"event\":\"down\""), 0);
    assert_int_equal(count("log", " blind: "), 1);
    assert_int_equal(count("state/journal.jsonl", "\"event\":\"blind\""), 1);
}

static void the_cable_is_pulled_over_there(void **state)
{
    no_verdict_turns(pull_far, plug_far);
}

static void the_cable_is_pulled_over_here(void **state)
{
    no_verdict_turns(pull_near, plug_near);
}

static void every_backend_refuses(void **state)
{
    no_verdict_turns(kill_all, restart_all);
}

/* ---- a part of it ---- */

/* How long it took until it was down; then all of it is. */
static dur_ms_t lose(unsigned region)
{
    const mono_ms_t start = mono_ms();

    set_region(region, "del");
    wait_for(region, "down");
    const dur_ms_t took_ms = mono_ms() - start;
    probe(FALL);
    return took_ms;
}

/* Until all of it is up: a probe that is under way now may still fail. */
static void mend(unsigned region)
{
    set_region(region, "replace");
    probe(1 + RISE);
    wait_for(region, "up");
}

static void one_region_is_lost(void **state)
{
    in_time("down", lose(US), FALL * INTERVAL_MS + TIMEOUT_MS + 100);
    until(EU);
    assert_false(is_blind());
    mend(US); /* one outage is followed by no hold */
    until(US);
}

/*
 * With the last region that was left everything fails, which by itself looks like a cable that was pulled: so
 * it stays, as all would be answered anyhow if it were down too.  The first one to come back is the end of it.
 */
static void one_region_after_the_other_is_lost(void **state)
{
    lose(US);
    until(EU);
    lose(EU);
    until(AP);
    set_region(AP, "del");
    wait_sight(true, AP);
    for (int i = 0; i <= FALL; i++) {
        probe(1);
        check(AP);
    }
    wait_for(US, "down");
    wait_for(EU, "down");
    wait_for(AP, "up");

    mend(EU);
    wait_for(AP, "down");
    until(EU);
    assert_false(is_blind());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_cable_is_pulled_over_there, setup, teardown),
        cmocka_unit_test_setup_teardown(the_cable_is_pulled_over_here, setup, teardown),
        cmocka_unit_test_setup_teardown(every_backend_refuses, setup, teardown),
        cmocka_unit_test_setup_teardown(one_region_is_lost, setup, teardown),
        cmocka_unit_test_setup_teardown(one_region_after_the_other_is_lost, setup, teardown),
    };

    if (!netns_enter())
        return EXIT_SKIPPED;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
