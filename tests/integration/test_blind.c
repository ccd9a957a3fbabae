/*
 * The whole server with twelve backends in three regions that hang at once, as behind a link that went
 * down: it doubts itself, and no verdict turns.  When the link is up it sees again; then one region of
 * the three hangs, and is down in time.
 *
 * Backends that hang are black holes: what is sent to them is never answered.
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

#define PATIENCE_MS 20000

enum { PER_REGION = 4, BACKENDS = 12 };
#define INTERVAL_MS 400
#define TIMEOUT_MS  250
#define FALL        3

static const char *const addrs[BACKENDS] = {
    "127.0.3.1", "127.0.3.2", "127.0.3.3", "127.0.3.4",  "127.0.3.5",  "127.0.3.6",
    "127.0.3.7", "127.0.3.8", "127.0.3.9", "127.0.3.10", "127.0.3.11", "127.0.3.12",
};
static const char *const regions[] = {"us", "eu", "ap"};

static struct {
    struct daemon *d;
    struct backend *backend[BACKENDS];
} f;

static char *zone_text(void)
{
    char *text;
    size_t len;
    FILE *z = open_memstream(&text, &len);

    fputs("$TTL 60\n@ SOA ns hostmaster 1 2 3 4 5\n@ NS ns\nns A 192.0.2.53\nwww DYNA web\n", z);
    for (unsigned i = 0; i < BACKENDS; i++)
        fprintf(z, "%s.web A %s\n", regions[i / PER_REGION], addrs[i]);
    fclose(z);
    return text;
}

static void wait_for(const char *what)
{
    char *text = xasprintf("web.example.com/%s", what);

    json_decref(daemon_call(f.d, "wait", "{s:s}", "what", text));
    free(text);
}

static void all_are_up(void)
{
    static const char *const up[] = {"us=up", "eu=up", "ap=up"};

    for (size_t i = 0; i < sizeof(up) / sizeof(up[0]); i++)
        wait_for(up[i]);
}

static int setup(void **state)
{
    char *zone = zone_text();
    const struct daemon_file files[] = {{"zones/example.com.zone", zone}};

    backends_start(f.backend, addrs, BACKENDS);
    char *config = xasprintf("regions: {us: {}, eu: {}, ap: {}}\n"
                             "probes:\n"
                             "  web: {type: http, port: %u, interval: %dms, timeout: %dms,"
                             " rise: 2, fall: %d}\n"
                             "policies: {default: {probe: web}}\n",
                             backend_port(f.backend[0]), INTERVAL_MS, TIMEOUT_MS, FALL);
    f.d = daemon_start(&(struct daemon_opts){.config = config, .files = files, .n_files = 1});
    free(config);
    free(zone);
    for (int i = 0; i < 2; i++) /* all are known */
        json_decref(daemon_call(f.d, "probe", "{s:s}", "name", "web"));
    all_are_up();
    return 0;
}

static int teardown(void **state)
{
    daemon_stop(f.d);
    for (size_t i = 0; i < BACKENDS; i++)
        backend_free(f.backend[i]);
    return 0;
}

static void set(unsigned first, unsigned n, const char *mode)
{
    for (unsigned i = first; i < first + n; i++)
        backend_set(f.backend[i], mode);
}

static void check(const char *first)
{
    const struct daemon_query q = {.name = "www.example.com", .type = "A"};
    const struct daemon_reply r = daemon_ask(f.d, &q);

    if (strncmp(r.records, first, strlen(first)) != 0)
        fail_msg("%s, not %s …", r.records, first);
}

static bool is_blind(void)
{
    json_t *status = daemon_call(f.d, "status", "{}");
    const bool blind = json_is_true(json_object_get(json_object_get(status, "sight"), "blind"));

    json_decref(status);
    return blind;
}

/* How long that took. */
static dur_ms_t wait_sight(bool blind)
{
    const mono_ms_t start = mono_ms();

    while (is_blind() != blind)
        if (mono_ms() - start > PATIENCE_MS)
            fail_msg("still %s", blind ? "not blind" : "blind");
    return mono_ms() - start;
}

static void twelve_at_once_turn_no_verdict(void **state)
{
    set(0, BACKENDS, "hang");
    wait_sight(true);
    for (int i = 0; i < 2 * FALL; i++) /* failures enough for everybody */
        json_decref(daemon_call(f.d, "probe", "{s:s}", "name", "web"));
    assert_true(is_blind());
    all_are_up();
    check("A 127.0.3.1, A 127.0.3.2, A 127.0.3.3, A 127.0.3.4");
    char *log = tmpdir_read(daemon_dir(f.d), "log");
    assert_null(strstr(log, " is down"));
    assert_non_null(strstr(log, "blind: "));
    free(log);
    char *journal = tmpdir_read(daemon_dir(f.d), "state/journal.jsonl");
    assert_non_null(strstr(journal, "\"event\":\"blind\""));
    free(journal);

    set(0, BACKENDS, "ok");
    const dur_ms_t took_ms = wait_sight(false);
    print_message("sees again after %d ms; two rounds are %d\n", (int)took_ms, 2 * INTERVAL_MS);
    assert_true(took_ms <= (2 * INTERVAL_MS + TIMEOUT_MS + 100) * backend_slowness());
    check("A 127.0.3.1, A 127.0.3.2, A 127.0.3.3, A 127.0.3.4");
}

static void one_region_of_three_goes_down_in_time(void **state)
{
    const mono_ms_t start = mono_ms();

    set(0, PER_REGION, "hang");
    wait_for("us=down");
    const dur_ms_t took_ms = mono_ms() - start;
    print_message("down after %d ms\n", (int)took_ms);
    assert_true(took_ms <= (FALL * INTERVAL_MS + TIMEOUT_MS + 150) * backend_slowness());
    check("A 127.0.3.5, A 127.0.3.6, A 127.0.3.7, A 127.0.3.8");
    assert_false(is_blind());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(twelve_at_once_turn_no_verdict, setup, teardown),
        cmocka_unit_test_setup_teardown(one_region_of_three_goes_down_in_time, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
