/*
 * What a server tells of itself: explain, stats, and proximactl, which shows it to people.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "regions.h"

/* ---- explain ---- */

/* It tells what workers do: its records, TTL and scope are those of the answer. */
static void test_explain_is_the_answer(void **state)
{
    static const char *const subnets[] = {ANYWHERE, ASIA, FENCED, "10.1.0.0/16", "2001:db8::/48"};
    static const char *const names[] = {"www.example.com", "cdn.example.com"};

    regions_close(2);
    regions_probe();
    json_decref(daemon_call(regions_daemon(), "wait", "{s:s}", "what", "web.example.com/ap=down"));
    for (size_t n = 0; n < 2; n++)
        for (size_t i = 0; i < sizeof(subnets) / sizeof(subnets[0]); i++) {
            const struct daemon_query q = {.name = names[n], .type = "A", .subnet = subnets[i]};
            const struct daemon_reply r = daemon_ask(regions_daemon(), &q);
            json_t *told = daemon_call(regions_daemon(), "explain", "{s:s, s:s}", "name", names[n],
                                       "client", subnets[i]);
            const char *record;
            int ttl_s, scope;

            assert_int_equal(json_unpack(told, "{s:[{s:[s], s:i, s:i}]}", "steps", "records",
                                         &record, "ttl", &ttl_s, "scope", &scope),
                             0);
            assert_string_equal(record, r.records);
            assert_int_equal(ttl_s, r.ttl_s);
            assert_int_equal(scope, r.scope);
            json_decref(told);
        }
}

/* The regions of a step, in order: "ap down, us up *, eu up". */
static char *regions_text(const json_t *step)
{
    char *text;
    size_t len, i;
    FILE *to = open_memstream(&text, &len);
    json_t *r;

    json_array_foreach(json_object_get(step, "regions"), i, r)
        fprintf(to, "%s%s %s%s", i > 0 ? ", " : "", json_string_value(json_object_get(r, "region")),
                json_string_value(json_object_get(r, "state")),
                json_is_true(json_object_get(r, "chosen")) ? " *" : "");
    fclose(to);
    return text;
}

static void test_explain_reasons(void **state)
{
    static const struct {
        const char *subnet, *ordered_by, *fence, *regions;
    } cases[] = {
        {ANYWHERE, "unknown", NULL, "us drained, eu up *, ap down"},
        {ASIA, "network 10.1.0.0/16", NULL, "ap down, us drained, eu up *"},
        {FENCED, "unknown", "network 10.2.0.0/16", "eu up *, us drained, ap down"},
    };

    regions_close(2);
    regions_probe();
    json_decref(regions_drain("drain", "us", NULL));
    json_decref(daemon_call(regions_daemon(), "wait", "{s:s}", "what", "web.example.com/ap=down"));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *told = daemon_call(regions_daemon(), "explain", "{s:s, s:s, s:s}", "name",
                                   "shop.example.com", "type", "A", "client", cases[i].subnet);
        json_t *steps = json_object_get(told, "steps"), *step = json_array_get(steps, 1);
        const char *what, *rule, *fence = NULL;

        assert_int_equal(json_array_size(steps), 2); /* shop is an alias of www */
        assert_int_equal(json_unpack(json_array_get(steps, 0), "{s:s}", "what", &what), 0);
        assert_string_equal(what, "alias");
        assert_int_equal(json_unpack(step, "{s:{s:s}}", "ordered_by", "rule", &rule), 0);
        assert_string_equal(rule, cases[i].ordered_by);
        json_unpack(step, "{s:[{s:s}]}", "fences", "rule", &fence);
        if (cases[i].fence != NULL)
            assert_string_equal(fence, cases[i].fence);
        else
            assert_null(fence);
        char *regions = regions_text(step);
        assert_string_equal(regions, cases[i].regions);
        free(regions);
        json_decref(told);
    }
}

static void test_explain_others(void **state)
{
    static const struct {
        const char *name, *type, *what, *rcode;
    } cases[] = {
        {"txt.example.com", "TXT", "static", "NOERROR"},
        {"txt.example.com", "A", "nodata", "NOERROR"},
        {"none.example.com", "A", "nxdomain", "NXDOMAIN"},
        {"www.example.net", "A", "outside", "REFUSED"},
        {"www.example.com", "AAAA", "steered", "NOERROR"},
        {"www.example.com", "MX", "nodata", "NOERROR"},
        {"cdn.example.com", "MX", "steered", "NOERROR"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *told = daemon_call(regions_daemon(), "explain", "{s:s, s:s, s:s}", "name",
                                   cases[i].name, "type", cases[i].type, "client", ANYWHERE);
        const char *what, *rcode;
        assert_int_equal(
            json_unpack(told, "{s:[{s:s}], s:s}", "steps", "what", &what, "rcode", &rcode), 0);
        assert_string_equal(what, cases[i].what);
        assert_string_equal(rcode, cases[i].rcode);
        json_decref(told);
    }
    regions_check_refused(
        "explain", json_pack("{s:s, s:s}", "name", "a", "client", "10.0.0.1/8"),
        "client \"10.0.0.1/8\" is no address and no subnet; 192.0.2.0/24 is one (bits "
        "beyond the length are zero)\n");
    regions_check_refused("explain",
                          json_pack("{s:s, s:s, s:s}", "name", "a", "client", "::1", "type", "AAA"),
                          "no type \"AAA\"; TYPE123 names any by its number\n");
    regions_check_refused(
        "explain", json_pack("{s:s, s:s, s:s}", "name", "a", "client", "::1", "type", "AXFR"),
        "no name has records of type AXFR\n");
}

/* ---- stats ---- */

static json_int_t counter(const char *name)
{
    json_t *stats = daemon_call(regions_daemon(), "stats", "{}");
    const json_int_t n =
        json_integer_value(json_object_get(json_object_get(stats, "counters"), name));

    json_decref(stats);
    return n;
}

static void test_stats(void **state)
{
    const json_int_t udp = counter("udp_queries"), steered = counter("steered");

    regions_check_answer("www.example.com", ANYWHERE, "A 127.0.1.1");
    regions_check_answer("txt.example.com", NULL, "");
    daemon_ask(regions_daemon(),
               &(struct daemon_query){.name = "ns1.example.com", .type = "A", .tcp = true});
    assert_int_equal(counter("udp_queries"), udp + 2);
    assert_int_equal(counter("steered"), steered + 1);
    assert_int_equal(counter("tcp_queries"), 1);
}

static void test_stats_of_the_prober(void **state)
{
    json_t *stats = daemon_call(regions_daemon(), "stats", "{}");
    const json_t *probes = json_object_get(stats, "probes");

    assert_true(json_integer_value(json_object_get(probes, "endpoints")) > 0);
    assert_true(json_is_integer(json_object_get(probes, "running")));
    assert_true(json_is_integer(json_object_get(probes, "late_ms")));
    json_decref(stats);
}

/* ---- proximactl ---- */

/* Run it through a shell; *out: both outputs, owned. */
static int run_proximactl(const char *arguments, char **out)
{
    const char *program = getenv("PROXIMACTL");
    char *command = xasprintf("'%s' -s '%s' %s 2>&1", program != NULL ? program : "./proximactl",
                              daemon_socket(regions_daemon()), arguments);
    FILE *p = popen(command, "r");
    size_t cap = 0;

    *out = NULL;
    if (getdelim(out, &cap, '\0', p) < 0)
        (*out)[0] = '\0';
    free(command);
    const int status = pclose(p);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_proximactl(void **state)
{
    static const struct {
        const char *arguments;
        int status;
        const char *begins;
    } cases[] = {
        {"status", 0, "OK: 2 pools, 5 regions in them\nproximad "},
        {"drain us --why kernel", 0, "us is drained everywhere; every worker answers by it ("},
        {"drain us", 0, "us is already drained everywhere, since 20"},
        {"status", 0, "DEGRADED: 2 pools, 5 regions in them, 2 drained\n"},
        {"explain www.example.com --client 10.2.0.0/16", 0,
         "www.example.com. A for 10.2.0.0/16\n\nwww.example.com.  DYNA at "},
        {"undrain us", 0, "us is not drained; every worker answers by it ("},
        {"release us", 0, "us: nothing was held; its penalties are forgotten; every worker"},
        {"drain nowhere", 1, "no region \"nowhere\""},
        {"wait web.example.com/us=up", 0, "web.example.com./us is up (after "},
        {"wait web.example.com/us=down --timeout 10ms", 1,
         "web.example.com./us is still up, not down\n"},
        {"probe tcp", 0, "ENDPOINT"},
        {"reload", 0, "reloaded: 1 zone, generation "},
        {"reload nope.example", 1, "no file in "},
        {"stats", 0, "COUNTER"},
        {"--json stats", 0, "{\n  \"workers\": 2,\n"},
        {"drain", 2, "proximactl: too few arguments: drain REGION"},
        {"--help", 0, "usage: proximactl "},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *out;
        const int status = run_proximactl(cases[i].arguments, &out);

        if (status != cases[i].status ||
            strncmp(out, cases[i].begins, strlen(cases[i].begins)) != 0)
            fail_msg("%s: %d\n%s", cases[i].arguments, status, out);
        free(out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REGIONS_TEST(test_explain_is_the_answer), REGIONS_TEST(test_explain_reasons),
        REGIONS_TEST(test_explain_others),        REGIONS_TEST(test_stats),
        REGIONS_TEST(test_stats_of_the_prober),   REGIONS_TEST(test_proximactl),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
