/*
 * How soon the whole server stops answering with a backend that dies: again and again at another moment
 * between two probes, killed (its port refuses) or frozen (its port accepts and nothing comes) by turns.
 *
 * KILLS=100 does it so often and prints how long it took (make bench BENCH=failover).  The bound is fall ×
 * interval + timeout + 100 ms, and what the machine itself held up: how late the server says that its probes were,
 * and how long a question waited for its answer meanwhile.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../unit/rng.h"
#include "backend.h"
#include "base/clock.h"
#include "base/xalloc.h"
#include "daemon.h"

#define PATIENCE_MS 20000

enum { INTERVAL_MS = 500, TIMEOUT_MS = 300, FALL = 2 };
#define BOUND_MS (FALL * INTERVAL_MS + TIMEOUT_MS + 100)

/* The kernel spreads questions over the workers by their ports: with so many, all were asked. */
#define ASKS 16

static const char *const addrs[] = {"127.0.4.1", "127.0.4.2"};
enum { US, EU, BACKENDS };

static const char zone_text[] = "$TTL 60\n"
                                "@ SOA ns hostmaster 1 2 3 4 5\n"
                                "@ NS ns\n"
                                "ns A 192.0.2.53\n"
                                "www 60/5 DYNA web\n"
                                "us.web A 127.0.4.1\n"
                                "eu.web A 127.0.4.2\n";

static struct {
    struct daemon *d;
    struct backend *backend[BACKENDS];
    struct rng rng;
    dur_ms_t slowest_ask_ms; /* of a try */
} f;

/* Nobody is held, however often he dies. */
static int setup(void **state)
{
    static const struct daemon_file files[] = {{"zones/example.com.zone", zone_text}};

    backends_start(f.backend, addrs, BACKENDS);
    char *config = xasprintf("regions: {us: {}, eu: {}}\n"
                             "probes:\n"
                             "  web: {type: http, port: %u, interval: %dms, timeout: %dms, rise: 1,"
                             " fall: %d, damping: {max_hold: 0s}}\n"
                             "policies: {default: {probe: web, damping: {max_hold: 0s}}}\n",
                             backend_port(f.backend[0]), INTERVAL_MS, TIMEOUT_MS, FALL);
    f.d = daemon_start(&(struct daemon_opts){.config = config, .files = files, .n_files = 1});
    free(config);
    rng_init(&f.rng, 4711);
    return 0;
}

static int teardown(void **state)
{
    daemon_stop(f.d);
    for (size_t i = 0; i < BACKENDS; i++)
        backend_free(f.backend[i]);
    return 0;
}

static bool answers_us(void)
{
    const mono_ms_t asked_at = mono_ms();
    const struct daemon_reply r =
        daemon_ask(f.d, &(struct daemon_query){.name = "www.example.com", .type = "A"});
    const dur_ms_t took_ms = mono_ms() - asked_at;

    f.slowest_ask_ms = took_ms > f.slowest_ask_ms ? took_ms : f.slowest_ask_ms;
    return strcmp(r.records, "A 127.0.4.1") == 0;
}

/* Until a moment in the middle of nowhere between two probes. */
static void ask_for_a_while(void)
{
    const mono_ms_t until = mono_ms() + rng_below(&f.rng, INTERVAL_MS);

    while (mono_ms() < until)
        assert_true(answers_us());
}

/* When us was answered last. */
static mono_ms_t wait_until_out(void)
{
    const mono_ms_t start = mono_ms();
    mono_ms_t last = start;

    for (unsigned without = 0; without < ASKS; without++)
        if (answers_us()) {
            last = mono_ms();
            without = 0;
            if (last - start > PATIENCE_MS)
                fail_msg("still answered");
        }
    return last;
}

static void (*const die[])(struct backend *b) = {backend_kill, backend_freeze};
static void (*const live[])(struct backend *b) = {backend_restart, backend_thaw};
static const char *const name[] = {"killed", "frozen"};

/* How long it took. */
static dur_ms_t try(unsigned how)
{
    json_decref(daemon_call(f.d, "wait", "{s:s}", "what", "web.example.com/us=up"));
    ask_for_a_while();
    f.slowest_ask_ms = 0;
    const mono_ms_t dead_at = mono_ms();
    die[how](f.backend[US]);
    const dur_ms_t took_ms = wait_until_out() - dead_at;
    live[how](f.backend[US]);

    const dur_ms_t held_up_ms = daemon_late_ms(f.d) + f.slowest_ask_ms;
    if (took_ms > BOUND_MS + held_up_ms)
        fail_msg("%s: out after %d ms, which are to be %d and %d that the machine held up",
                 name[how], (int)took_ms, BOUND_MS, (int)held_up_ms);
    return took_ms;
}

static int compare(const void *a, const void *b)
{
    const dur_ms_t x = *(const dur_ms_t *)a, y = *(const dur_ms_t *)b;

    return (x > y) - (x < y);
}

static void tell(const char *what, dur_ms_t *ms, unsigned n)
{
    unsigned in_time = 0;

    qsort(ms, n, sizeof(*ms), compare);
    while (in_time < n && ms[in_time] <= BOUND_MS)
        in_time++;
    print_message("%s: %u of %u within %d ms; least %d, median %d, most %d ms\n", what, in_time, n,
                  BOUND_MS, (int)ms[0], (int)ms[n / 2], (int)ms[n - 1]);
}

static void who_dies_is_out_in_time(void **state)
{
    const char *kills = getenv("KILLS");
    const unsigned n = kills != NULL ? (unsigned)strtoul(kills, NULL, 10) : 2;

    for (unsigned how = 0; how < 2 && n > 0; how++) {
        dur_ms_t *ms = xcalloc(n, sizeof(*ms));
        for (unsigned i = 0; i < n; i++)
            ms[i] = try(how);
        tell(name[how], ms, n);
        free(ms);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_dies_is_out_in_time, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
