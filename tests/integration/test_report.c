// SPDX-License-Identifier: BSD-2-Clause
/* Agents report over the control socket, and answers follow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon.h"

static const char zone[] = "$TTL 60\n"
                           "@ SOA ns hostmaster 1 2 3 4 5\n"
                           "@ NS ns\n"
                           "ns A 192.0.2.53\n"
                           "www 60 DYNA web\n"
                           "us.web A 192.0.2.1\n"
                           "us.web A 192.0.2.2\n"
                           "ap.web A 192.0.2.3\n";

static const char config[] = "regions: {us: {at: [39, -77]}, ap: {at: [37, 127]}}\n"
                             "probes: {agents: {type: push}, web: {type: tcp, port: 80}}\n"
                             "policies: {default: {probe: agents, region_up: 100}}\n";

static void wait_for(struct daemon *d, const char *what)
{
    json_decref(daemon_call(d, "wait", "{s:s}", "what", what));
}

static void report(struct daemon *d, const char *endpoint, const char *state, int endpoints)
{
    json_t *r = daemon_call(d, "report", "{s:s, s:s, s:s, s:s}", "probe", "agents", "endpoint",
                            endpoint, "state", state, "why", "the agent says so");

    assert_int_equal(json_integer_value(json_object_get(r, "endpoints")), endpoints);
    json_decref(r);
}

static const char *answer(struct daemon *d)
{
    static struct daemon_reply r;

    r = daemon_ask(d, &(struct daemon_query){.name = "www.example.com", .type = "A"});
    return r.records;
}

static void test_report(void **state)
{
    struct daemon *d = *state;

    assert_string_equal(answer(d), "A 192.0.2.1, A 192.0.2.2");
    report(d, "192.0.2.2", "down", 1); /* one of two, and all are needed */
    wait_for(d, "web.example.com/us=down");
    assert_string_equal(answer(d), "A 192.0.2.3");
    report(d, "us", "up", 2); /* the region */
    wait_for(d, "web.example.com/us=up");
    assert_string_equal(answer(d), "A 192.0.2.1, A 192.0.2.2");
}

static void expect_refusal(struct daemon *d, const char *probe, const char *endpoint,
                           const char *said, const char *why)
{
    char *text = daemon_refused(d, "report", "{s:s, s:s, s:s}", "probe", probe, "endpoint",
                                endpoint, "state", said);

    assert_string_equal(text, why);
    free(text);
}

static void test_refusals(void **state)
{
    struct daemon *d = *state;

    expect_refusal(d, "agent", "us", "up", "no probe \"agent\": did you mean \"agents\"?\n");
    expect_refusal(d, "web", "us", "up",
                   "probe \"web\" finds out by itself: only those of type push take reports\n");
    expect_refusal(d, "agents", "us", "well", "\"well\" is neither up nor down\n");
    expect_refusal(
        d, "agents", "192.0.2.9", "up",
        "\"192.0.2.9\" is neither a region nor an endpoint that probe \"agents\" looks at: "
        "`proximactl status` lists them\n");
    char *text = daemon_refused(d, "report", "{s:s, s:s, s:s, s:i}", "probe", "agents", "endpoint",
                                "us", "state", "up", "ttl_ms", 0);
    assert_string_equal(text, "a report is good for 1ms to 24h\n");
    free(text);
}

static int set_up(void **state)
{
    static const struct daemon_file files[] = {{"zones/example.com.zone", zone}};

    *state = daemon_start(&(struct daemon_opts){.config = config, .files = files, .n_files = 1});
    return 0;
}

static int tear_down(void **state)
{
    daemon_stop(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_report, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refusals, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
