/*
 * The whole server is stopped for longer than its probes may take, and goes on: what it did not see is
 * no failure of anybody's, and it says that it was blind.  Two endpoints in two regions, any failure of
 * which would turn the verdict.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#include "../unit/tmpdir.h"
#include "backend.h"
#include "base/clock.h"
#include "base/xalloc.h"
#include "daemon.h"

#define PATIENCE_MS 20000
#define INTERVAL_MS 300
#define TIMEOUT_MS  150

static const char zone_text[] = "$TTL 60\n"
                                "@ SOA ns hostmaster 1 2 3 4 5\n"
                                "@ NS ns\n"
                                "ns A 192.0.2.53\n"
                                "www 60/0 DYNA web\n"
                                "us.web A 127.0.4.1\n"
                                "eu.web A 127.0.4.2\n";

static const char *const addrs[] = {"127.0.4.1", "127.0.4.2"};
enum { US, EU, BACKENDS };

static struct {
    struct daemon *d;
    struct backend *backend[BACKENDS];
} f;

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
    char *config = xasprintf("regions: {us: {}, eu: {}}\n"
                             "probes:\n"
                             "  web: {type: http, port: %u, interval: %dms, timeout: %dms,"
                             " rise: 1, fall: 1}\n"
                             "policies: {default: {probe: web}}\n",
                             backend_port(f.backend[0]), INTERVAL_MS, TIMEOUT_MS);
    f.d = daemon_start(&(struct daemon_opts){.config = config, .files = files, .n_files = 1});
    free(config);
    wait_for("us=up");
    wait_for("eu=up");
    return 0;
}

static int teardown(void **state)
{
    daemon_stop(f.d);
    for (size_t i = 0; i < BACKENDS; i++)
        backend_free(f.backend[i]);
    return 0;
}

/* Returns when it has stopped. */
static void stop(void)
{
    siginfo_t info;

    kill(daemon_pid(f.d), SIGSTOP);
    assert_int_equal(waitid(P_PID, (id_t)daemon_pid(f.d), &info, WSTOPPED), 0);
}

/* It takes the time that it is to have stood still. */
static void go_on_after(dur_ms_t ms)
{
    const struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    nanosleep(&time, NULL);
    kill(daemon_pid(f.d), SIGCONT);
}

static json_t *sight(void)
{
    json_t *status = daemon_call(f.d, "status", "{}");
    json_t *is = json_incref(json_object_get(status, "sight"));

    json_decref(status);
    return is;
}

static int times_blind(void)
{
    json_t *is = sight();
    const int times = (int)json_integer_value(json_object_get(is, "times"));

    json_decref(is);
    return times;
}

static bool is_blind(void)
{
    json_t *is = sight();
    const bool blind = json_is_true(json_object_get(is, "blind"));

    json_decref(is);
    return blind;
}

static void wait_until_it_sees(void)
{
    const mono_ms_t start = mono_ms();

    while (is_blind())
        if (mono_ms() - start > PATIENCE_MS)
            fail_msg("still blind");
}

static void check_log(const char *text, bool is_there)
{
    char *log = tmpdir_read(daemon_dir(f.d), "log");

    if ((strstr(log, text) != NULL) != is_there)
        fail_msg("%s \"%s\":\n%s", is_there ? "nothing of" : "it says", text, log);
    free(log);
}

/* At whatever moment of a probe: answers that wait to be read are read, and count. */
static void a_short_one_turns_no_verdict(void **state)
{
    for (int i = 0; i < 5; i++) {
        stop();
        go_on_after(2 * TIMEOUT_MS + 17 * i);
        json_decref(daemon_call(f.d, "probe", "{s:s}", "name", "web"));
    }
    check_log(" is down", false);
    assert_int_equal(times_blind(), 0);
}

static void a_long_one_is_blind_for_a_round(void **state)
{
    stop();
    go_on_after(5 * INTERVAL_MS);
    assert_int_equal(times_blind(), 1);
    check_log("blind: the server stood still for", true);
    wait_until_it_sees();
    check_log(" is down", false);
    char *journal = tmpdir_read(daemon_dir(f.d), "state/journal.jsonl");
    assert_non_null(strstr(journal, "stood still"));
    free(journal);
}

/* What happened meanwhile is found out, a round later. */
static void what_died_meanwhile_is_down(void **state)
{
    const struct daemon_query q = {.name = "www.example.com", .type = "A"};

    stop();
    backend_kill(f.backend[US]);
    go_on_after(5 * INTERVAL_MS);
    wait_for("us=down");
    assert_int_equal(times_blind(), 1);
    assert_false(is_blind());
    assert_string_equal(daemon_ask(f.d, &q).records, "A 127.0.4.2");
    check_log("127.0.4.2 is down", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_short_one_turns_no_verdict, setup, teardown),
        cmocka_unit_test_setup_teardown(a_long_one_is_blind_for_a_round, setup, teardown),
        cmocka_unit_test_setup_teardown(what_died_meanwhile_is_down, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
