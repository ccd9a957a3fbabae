/*
 * The commands that change something, or wait for it, with the whole server behind them.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../unit/tmpdir.h"
#include "base/xalloc.h"
#include "regions.h"

/* ---- drain ---- */

/* What a reply says is true when it comes: answers are asked for at once. */
static void test_drain(void **state)
{
    regions_check_answer("www.example.com", ANYWHERE, "A 127.0.1.1");
    assert_true(regions_changed(regions_drain("drain", "us", NULL)));
    regions_check_answer("www.example.com", ANYWHERE, "A 127.0.1.2");
    regions_check_answer("cdn.example.com", ANYWHERE, "CNAME lb.eu.example.");
    regions_check_state(0, "drained");
    assert_false(regions_changed(regions_drain("drain", "us", NULL)));

    daemon_kill(regions_daemon());
    daemon_restart(regions_daemon());
    regions_probe();
    regions_check_answer("www.example.com", ANYWHERE, "A 127.0.1.2");

    assert_true(regions_changed(regions_drain("undrain", "us", NULL)));
    regions_check_answer("www.example.com", ANYWHERE, "A 127.0.1.1");
    assert_false(regions_changed(regions_drain("undrain", "us", NULL)));
    regions_check_state(0, "up");
}

static void test_drain_in_one_pool(void **state)
{
    assert_true(regions_changed(regions_drain("drain", "us", "web.example.com")));
    regions_check_answer("www.example.com", ANYWHERE, "A 127.0.1.2");
    regions_check_answer("cdn.example.com", ANYWHERE, "CNAME lb.us.example.");

    json_t *result = regions_drain("undrain", "us", NULL); /* everywhere it never was */
    json_t *warnings = json_object_get(result, "warnings");
    assert_false(json_is_true(json_object_get(result, "changed")));
    assert_string_equal(json_string_value(json_array_get(warnings, 0)),
                        "us is still drained in one pool: undrain us --pool web.example.com.");
    json_decref(result);
    assert_true(regions_changed(regions_drain("undrain", "us", "web.example.com.")));
    regions_check_answer("www.example.com", ANYWHERE, "A 127.0.1.1");
}

/* A drain that leaves somebody with nobody is done, and says so. */
static void test_drain_warns(void **state)
{
    json_t *result = regions_drain("drain", "eu", "web.example.com");
    json_t *warnings = json_object_get(result, "warnings");

    assert_int_equal(json_array_size(warnings), 1);
    assert_string_equal(json_string_value(json_array_get(warnings, 0)),
                        "pool web.example.com. (policy default): some clients' fence holds drained "
                        "regions only; they still get a drained one (when_all_down: open)");
    regions_check_answer("www.example.com", FENCED, "A 127.0.1.2");
    json_decref(result);
}

static void test_drain_refuses(void **state)
{
    regions_check_refused("drain", REGION("su"), "no region \"su\": did you mean \"us\"?\n");
    regions_check_refused("drain",
                          json_pack("{s:s, s:s}", "region", "us", "pool", "wed.example.com"),
                          "no pool \"wed.example.com\"; did you mean \"web.example.com.\"?\n");
    regions_check_refused("drain",
                          json_pack("{s:s, s:s}", "region", "ap", "pool", "edge.example.com"),
                          "pool edge.example.com. has no region ap\n");
    regions_check_refused("drain", json_object(),
                          "drain needs \"region\": the region that is to get no new clients\n");
}

/* Who did what and why, also what was refused; only what changes something. */
static void test_journal(void **state)
{
    json_decref(daemon_call(regions_daemon(), "status", "{}"));
    json_decref(
        daemon_call(regions_daemon(), "drain", "{s:s, s:s}", "region", "us", "why", "kernel"));
    free(daemon_refused(regions_daemon(), "drain", "{s:s}", "region", "nowhere"));
    daemon_halt(regions_daemon()); /* then all has been written */

    char *journal = tmpdir_read(daemon_dir(regions_daemon()), "state/journal.jsonl"), *save;
    json_t *done = json_loads(strtok_r(journal, "\n", &save), 0, NULL);
    json_t *refused = json_loads(strtok_r(NULL, "\n", &save), 0, NULL);
    const char *method, *why;
    int uid, ok;

    assert_int_equal(json_unpack(done, "{s:s, s:i, s:b, s:{s:s}}", "method", &method, "uid", &uid,
                                 "done", &ok, "params", "why", &why),
                     0);
    assert_string_equal(method, "drain");
    assert_string_equal(why, "kernel");
    assert_int_equal(uid, getuid());
    assert_true(ok);
    assert_int_equal(json_unpack(refused, "{s:b, s:[s]}", "done", &ok, "errors", &why), 0);
    assert_false(ok);
    assert_string_equal(why, "no region \"nowhere\": there are us, eu, ap");
    json_decref(done);
    json_decref(refused);
    free(journal);
}

/* ---- health ---- */

static void test_probe(void **state)
{
    regions_close(0);
    json_t *result = daemon_call(regions_daemon(), "probe", "{s:s}", "name", "www.example.com");
    json_t *results = json_object_get(result, "results"), *r;
    size_t i, down = 0;

    assert_int_equal(json_array_size(results), 4);
    json_array_foreach(results, i, r) {
        const char *endpoint, *verdict;
        int ok;
        assert_int_equal(json_unpack(r, "{s:s, s:s, s:b}", "endpoint", &endpoint, "verdict",
                                     &verdict, "ok", &ok),
                         0);
        assert_string_equal(verdict, ok ? "up" : "down");
        down += !ok;
        if (strcmp(endpoint, "127.0.1.1") == 0)
            assert_false(ok);
    }
    assert_int_equal(down, 1);
    json_decref(result);
    json_decref(daemon_call(regions_daemon(), "wait", "{s:s}", "what", "web.example.com/us=down"));
    regions_check_answer("www.example.com", ANYWHERE, "A 127.0.1.2");
    regions_check_refused(
        "probe", json_pack("{s:s}", "name", "nothing"),
        "\"nothing\" is no pool, no steered name and no probe of the configuration; "
        "`proximactl status` lists them\n");
    regions_check_refused(
        "probe", json_pack("{s:s}", "name", "edge.example.com"),
        "\"edge.example.com\" has no endpoint that is probed: name a probe in its "
        "policy\n");
}

/* A wait is over when it comes true, not before, and holds up nobody. */
static void test_wait(void **state)
{
    const int fd = daemon_connect(regions_daemon());

    daemon_send(fd, "wait", json_pack("{s:s}", "what", "web.example.com./eu=down"));
    regions_check_state(1, "up");
    regions_close(1);
    regions_probe();
    json_t *reply = daemon_receive(fd);
    const char *region, *is;
    assert_int_equal(
        json_unpack(reply, "{s:{s:s, s:s}}", "result", "region", &region, "state", &is), 0);
    assert_string_equal(region, "eu");
    assert_string_equal(is, "down");
    json_decref(reply);
    close(fd);

    regions_open(1);
    regions_probe();
    json_decref(daemon_call(regions_daemon(), "wait", "{s:s}", "what", "web.example.com/eu=up"));
}

static void test_wait_refuses(void **state)
{
    static const struct {
        const char *what, *reason;
    } cases[] = {
        {"web.example.com/eu=down", "web.example.com./eu is still up, not down\n"},
        {"web.example.com/eu", "\"web.example.com/eu\" is not of the form POOL/REGION=STATE\n"},
        {"eu=down", "\"eu=down\" is not of the form POOL/REGION=STATE\n"},
        {"wev.example.com/eu=down",
         "no pool \"wev.example.com\"; did you mean \"web.example.com.\"?\n"},
        {"web.example.com/euu=down", "no region \"euu\": did you mean \"eu\"?\n"},
        {"web.example.com/eu=dwon", "no state \"dwon\": did you mean \"down\"?\n"},
        {"web..com/eu=up", "\"web..com\" is no domain name: empty label\n"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        regions_check_refused("wait",
                              json_pack("{s:s, s:i}", "what", cases[i].what, "timeout_ms", 10),
                              cases[i].reason);
}

/* ---- reload ---- */

/* regions_zone with a line more. */
static void write_zone(const char *line)
{
    char *text = xasprintf("%s%s\n", regions_zone, line);

    tmpdir_write(daemon_dir(regions_daemon()), "zones/example.com.zone", text);
    free(text);
}

static void test_reload(void **state)
{
    write_zone("new A 192.0.2.1");
    json_decref(daemon_call(regions_daemon(), "reload", "{s:s}", "zone", "example.com"));
    regions_check_answer("new.example.com", NULL, "A 192.0.2.1");
    write_zone("new A 192.0.2.2");
    json_decref(daemon_call(regions_daemon(), "reload", "{}"));
    regions_check_answer("new.example.com", NULL, "A 192.0.2.2");

    write_zone("new A 192.0.2.3\nx A 192.0.2\ny NOTYPE z");
    char *reasons = daemon_refused(regions_daemon(), "reload", "{}");
    assert_non_null(strstr(reasons, "example.com.zone:17"));
    assert_non_null(strstr(reasons, "example.com.zone:18"));
    free(reasons);
    regions_check_answer("new.example.com", NULL, "A 192.0.2.2");

    write_zone("");
    daemon_write_config(regions_daemon(), "regions: {us: {at: [99, 0]}}\nprobess: {}\n");
    reasons = daemon_refused(regions_daemon(), "reload", "{}");
    assert_non_null(strstr(reasons, "proxima.yaml:7:"));
    assert_non_null(strstr(reasons, "proxima.yaml:8:"));
    free(reasons);
    regions_check_answer("new.example.com", NULL, "A 192.0.2.2");
}

/* Drains outlive a reload; a wait for a region that it takes away ends. */
static void test_reload_and_others(void **state)
{
    const int fd = daemon_connect(regions_daemon());

    json_decref(regions_drain("drain", "us", NULL));
    daemon_send(fd, "wait", json_pack("{s:s}", "what", "web.example.com/us=up"));
    json_decref(daemon_call(regions_daemon(), "reload", "{}"));
    regions_check_answer("www.example.com", ANYWHERE, "A 127.0.1.2");
    json_decref(regions_drain("undrain", "us", NULL));
    json_t *reply = daemon_receive(fd);
    assert_non_null(json_object_get(reply, "result"));
    json_decref(reply);
    close(fd);
}

/* ---- the server ---- */

static void test_second_one(void **state)
{
    char *log;

    assert_int_equal(daemon_start_second(regions_daemon(), &log), 1);
    assert_non_null(log);
    free(log);
    regions_check_answer("www.example.com", ANYWHERE, "A 127.0.1.1");
}

/* What is under way when it stops is told so. */
static void test_stop_with_waiters(void **state)
{
    const int fd = daemon_connect(regions_daemon());

    daemon_send(fd, "wait", json_pack("{s:s}", "what", "web.example.com/us=down"));
    daemon_send(fd, "stats", json_object()); /* calls of one client are taken in turn */
    json_decref(daemon_receive(fd));
    daemon_halt(regions_daemon());
    json_t *reply = daemon_receive(fd);
    const char *message = NULL;
    json_unpack(reply, "{s:{s:s}}", "error", "message", &message);
    assert_non_null(message);
    assert_string_equal(message, "the server is being stopped");
    json_decref(reply);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REGIONS_TEST(test_drain),       REGIONS_TEST(test_drain_in_one_pool),
        REGIONS_TEST(test_drain_warns), REGIONS_TEST(test_drain_refuses),
        REGIONS_TEST(test_journal),     REGIONS_TEST(test_probe),
        REGIONS_TEST(test_wait),        REGIONS_TEST(test_wait_refuses),
        REGIONS_TEST(test_reload),      REGIONS_TEST(test_reload_and_others),
        REGIONS_TEST(test_second_one),  REGIONS_TEST(test_stop_with_waiters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
