/*
 * The commands, with the whole server behind them.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../unit/tmpdir.h"
#include "base/xalloc.h"
#include "daemon.h"

/* ---- three regions, each a TCP port that a test opens and closes ---- */

#define N_REGIONS 3

static const char zone_text[] = "$ORIGIN example.com.\n"
                                "$TTL 3600\n"
                                "@  SOA ns1 hostmaster 1 3600 900 1209600 300\n"
                                "   NS  ns1\n"
                                "ns1 A 192.0.2.53\n"
                                "txt TXT \"plain\"\n"
                                "www  300/10 DYNA web\n"
                                "shop CNAME www\n"
                                "cdn  DYNC edge unprobed\n"
                                "us.web A 127.0.1.1\n"
                                "us.web AAAA ::1\n"
                                "eu.web A 127.0.1.2\n"
                                "ap.web A 127.0.1.3\n"
                                "us.edge CNAME lb.us.example.\n"
                                "eu.edge CNAME lb.eu.example.\n";

/* %u: the port that is probed. */
static const char config_text[] =
    "regions:\n"
    "  us: {at: [38.95, -77.45]}\n"
    "  eu: {at: [53.35, -6.26]}\n"
    "  ap: {at: [37.57, 126.98]}\n"
    "maps:\n"
    "  world:\n"
    "    rules:\n"
    "      - {network: 10.1.0.0/16, prefer: [ap, us]}\n"
    "      - {network: 10.2.0.0/16, only: [eu]}\n"
    "probes:\n"
    "  tcp: {type: tcp, port: %u, interval: 1h, timeout: 1s, rise: 1, fall: 1}\n"
    "policies:\n"
    "  default: {map: world, probe: tcp, ttl: {max: 300s, min: 10s}}\n"
    "  unprobed: {map: world, ttl: {max: 600s, min: 60s}}\n";

static struct {
    struct daemon *d;
    int listener[N_REGIONS]; /* of 127.0.1.1, 127.0.1.2 …; -1: closed */
    int listener6;           /* of ::1, the first region's too */
    uint16_t port;
} f;

static void open_region(int i)
{
    const struct sockaddr_in at = {.sin_family = AF_INET,
                                   .sin_port = htons(f.port),
                                   .sin_addr.s_addr = htonl(0x7f000101u + (unsigned)i)};
    const int yes = 1;

    f.listener[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(f.listener[i], SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    assert_int_equal(bind(f.listener[i], (const struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(f.listener[i], 100), 0);
    if (f.port == 0) { /* the first one takes any, the others the same */
        struct sockaddr_in got;
        socklen_t len = sizeof(got);
        getsockname(f.listener[i], (struct sockaddr *)&got, &len);
        f.port = ntohs(got.sin_port);
    }
}

static void open_region6(void)
{
    const struct sockaddr_in6 at = {
        .sin6_family = AF_INET6, .sin6_port = htons(f.port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};

    f.listener6 = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(f.listener6, (const struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(f.listener6, 100), 0);
}

static void close_region(int i)
{
    close(f.listener[i]);
    f.listener[i] = -1;
}

static char *config_with_port(void)
{
    return xasprintf(config_text, f.port);
}

/* Every endpoint is asked, so that none is unknown. */
static void probe_all(void)
{
    json_decref(daemon_call(f.d, "probe", "{s:s}", "name", "tcp"));
}

static int setup(void **state)
{
    static const struct daemon_file files[] = {{"zones/example.com.zone", zone_text}};

    f.port = 0;
    for (int i = 0; i < N_REGIONS; i++)
        open_region(i);
    open_region6();
    char *config = config_with_port();
    f.d = daemon_start(&(struct daemon_opts){.config = config, .files = files, .n_files = 1});
    free(config);
    probe_all();
    return 0;
}

static int teardown(void **state)
{
    daemon_stop(f.d);
    for (int i = 0; i < N_REGIONS; i++)
        if (f.listener[i] >= 0)
            close_region(i);
    close(f.listener6);
    return 0;
}

/* ---- short ways to say it ---- */

static void assert_answer(const char *name, const char *subnet, const char *records)
{
    const struct daemon_reply r =
        daemon_ask(f.d, &(struct daemon_query){.name = name, .type = "A", .subnet = subnet});

    assert_string_equal(r.records, records);
}

static void assert_refused(const char *method, json_t *params_taken, const char *reasons)
{
    char *text = daemon_refused(f.d, method, "o", params_taken);

    assert_string_equal(text, reasons);
    free(text);
}

#define REGION(name) json_pack("{s:s}", "region", name)

static json_t *drain(const char *method, const char *region, const char *pool)
{
    json_t *params = REGION(region);

    if (pool != NULL)
        json_object_set_new(params, "pool", json_string(pool));
    return daemon_call(f.d, method, "o", params);
}

static bool changed(json_t *result_taken)
{
    const bool is = json_is_true(json_object_get(result_taken, "changed"));

    json_decref(result_taken);
    return is;
}

/* The state of a region of pool web. */
static char *state_of(int region)
{
    json_t *status = daemon_call(f.d, "status", "{}"), *pool;
    char *state = NULL;
    size_t i;

    json_array_foreach(json_object_get(status, "pools"), i, pool) {
        const char *name, *text;
        json_t *r = json_array_get(json_object_get(pool, "regions"), (size_t)region);
        assert_int_equal(json_unpack(pool, "{s:s}", "name", &name), 0);
        assert_int_equal(json_unpack(r, "{s:s}", "state", &text), 0);
        if (strcmp(name, "web.example.com.") == 0)
            state = xstrdup(text);
    }
    json_decref(status);
    return state;
}

static void assert_state(int region, const char *want)
{
    char *state = state_of(region);

    assert_string_equal(state, want);
    free(state);
}

/* ---- drain ---- */

#define ANYWHERE "192.0.2.0/24" /* no rule, no coordinates: us, eu, ap, as declared */
#define ASIA     "10.1.2.0/24"
#define FENCED   "10.2.3.0/24"

/* What a reply says is true when it comes: answers are asked for at once. */
static void test_drain(void **state)
{
    assert_answer("www.example.com", ANYWHERE, "A 127.0.1.1");
    assert_true(changed(drain("drain", "us", NULL)));
    assert_answer("www.example.com", ANYWHERE, "A 127.0.1.2");
    assert_answer("cdn.example.com", ANYWHERE, "CNAME lb.eu.example.");
    assert_state(0, "drained");
    assert_false(changed(drain("drain", "us", NULL)));

    daemon_kill(f.d);
    daemon_restart(f.d);
    probe_all();
    assert_answer("www.example.com", ANYWHERE, "A 127.0.1.2");

    assert_true(changed(drain("undrain", "us", NULL)));
    assert_answer("www.example.com", ANYWHERE, "A 127.0.1.1");
    assert_false(changed(drain("undrain", "us", NULL)));
    assert_state(0, "up");
}

static void test_drain_in_one_pool(void **state)
{
    assert_true(changed(drain("drain", "us", "web.example.com")));
    assert_answer("www.example.com", ANYWHERE, "A 127.0.1.2");
    assert_answer("cdn.example.com", ANYWHERE, "CNAME lb.us.example.");

    json_t *result = drain("undrain", "us", NULL); /* everywhere it never was */
    json_t *warnings = json_object_get(result, "warnings");
    assert_false(json_is_true(json_object_get(result, "changed")));
    assert_string_equal(json_string_value(json_array_get(warnings, 0)),
                        "us is still drained in one pool: undrain us --pool web.example.com.");
    json_decref(result);
    assert_true(changed(drain("undrain", "us", "web.example.com.")));
    assert_answer("www.example.com", ANYWHERE, "A 127.0.1.1");
}

/* A drain that leaves somebody with nobody is done, and says so. */
static void test_drain_warns(void **state)
{
    json_t *result = drain("drain", "eu", "web.example.com");
    json_t *warnings = json_object_get(result, "warnings");

    assert_int_equal(json_array_size(warnings), 1);
    assert_string_equal(json_string_value(json_array_get(warnings, 0)),
                        "pool web.example.com. (policy default): some clients' fence holds drained "
                        "regions only; they still get a drained one (when_all_down: open)");
    assert_answer("www.example.com", FENCED, "A 127.0.1.2");
    json_decref(result);
}

static void test_drain_refuses(void **state)
{
    assert_refused("drain", REGION("su"), "no region \"su\": did you mean \"us\"?\n");
    assert_refused("drain", json_pack("{s:s, s:s}", "region", "us", "pool", "wed.example.com"),
                   "no pool \"wed.example.com\"; did you mean \"web.example.com.\"?\n");
    assert_refused("drain", json_pack("{s:s, s:s}", "region", "ap", "pool", "edge.example.com"),
                   "pool edge.example.com. has no region ap\n");
    assert_refused("drain", json_object(),
                   "drain needs \"region\": the region that is to get no new clients\n");
}

/* Who did what and why, also what was refused; only what changes something. */
static void test_journal(void **state)
{
    json_decref(daemon_call(f.d, "status", "{}"));
    json_decref(daemon_call(f.d, "drain", "{s:s, s:s}", "region", "us", "why", "kernel"));
    free(daemon_refused(f.d, "drain", "{s:s}", "region", "nowhere"));
    daemon_halt(f.d); /* then all has been written */

    char *journal = tmpdir_read(daemon_dir(f.d), "state/journal.jsonl"), *save;
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
    close_region(0);
    json_t *result = daemon_call(f.d, "probe", "{s:s}", "name", "www.example.com");
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
    json_decref(daemon_call(f.d, "wait", "{s:s}", "what", "web.example.com/us=down"));
    assert_answer("www.example.com", ANYWHERE, "A 127.0.1.2");
    assert_refused("probe", json_pack("{s:s}", "name", "nothing"),
                   "\"nothing\" is no pool, no steered name and no probe of the configuration; "
                   "`proximactl status` lists them\n");
    assert_refused("probe", json_pack("{s:s}", "name", "edge.example.com"),
                   "\"edge.example.com\" has no endpoint that is probed: name a probe in its "
                   "policy\n");
}

/* A wait is over when it comes true, not before, and holds up nobody. */
static void test_wait(void **state)
{
    const int fd = daemon_connect(f.d);

    daemon_send(fd, "wait", json_pack("{s:s}", "what", "web.example.com./eu=down"));
    assert_state(1, "up");
    close_region(1);
    probe_all();
    json_t *reply = daemon_receive(fd);
    const char *region, *is;
    assert_int_equal(
        json_unpack(reply, "{s:{s:s, s:s}}", "result", "region", &region, "state", &is), 0);
    assert_string_equal(region, "eu");
    assert_string_equal(is, "down");
    json_decref(reply);
    close(fd);

    open_region(1);
    probe_all();
    json_decref(daemon_call(f.d, "wait", "{s:s}", "what", "web.example.com/eu=up"));
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
        assert_refused("wait", json_pack("{s:s, s:i}", "what", cases[i].what, "timeout_ms", 10),
                       cases[i].reason);
}

/* ---- explain ---- */

/* It tells what workers do: its records, TTL and scope are those of the answer. */
static void test_explain_is_the_answer(void **state)
{
    static const char *const subnets[] = {ANYWHERE, ASIA, FENCED, "10.1.0.0/16", "2001:db8::/48"};
    static const char *const names[] = {"www.example.com", "cdn.example.com"};

    close_region(2);
    probe_all();
    json_decref(daemon_call(f.d, "wait", "{s:s}", "what", "web.example.com/ap=down"));
    for (size_t n = 0; n < 2; n++)
        for (size_t i = 0; i < sizeof(subnets) / sizeof(subnets[0]); i++) {
            const struct daemon_query q = {.name = names[n], .type = "A", .subnet = subnets[i]};
            const struct daemon_reply r = daemon_ask(f.d, &q);
            json_t *told =
                daemon_call(f.d, "explain", "{s:s, s:s}", "name", names[n], "client", subnets[i]);
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

    close_region(2);
    probe_all();
    json_decref(drain("drain", "us", NULL));
    json_decref(daemon_call(f.d, "wait", "{s:s}", "what", "web.example.com/ap=down"));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *told = daemon_call(f.d, "explain", "{s:s, s:s, s:s}", "name", "shop.example.com",
                                   "type", "A", "client", cases[i].subnet);
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
        json_t *told = daemon_call(f.d, "explain", "{s:s, s:s, s:s}", "name", cases[i].name, "type",
                                   cases[i].type, "client", ANYWHERE);
        const char *what, *rcode;
        assert_int_equal(
            json_unpack(told, "{s:[{s:s}], s:s}", "steps", "what", &what, "rcode", &rcode), 0);
        assert_string_equal(what, cases[i].what);
        assert_string_equal(rcode, cases[i].rcode);
        json_decref(told);
    }
    assert_refused("explain", json_pack("{s:s, s:s}", "name", "a", "client", "10.0.0.1/8"),
                   "client \"10.0.0.1/8\" is no address and no subnet; 192.0.2.0/24 is one (bits "
                   "beyond the length are zero)\n");
    assert_refused("explain",
                   json_pack("{s:s, s:s, s:s}", "name", "a", "client", "::1", "type", "AAA"),
                   "no type \"AAA\"; TYPE123 names any by its number\n");
    assert_refused("explain",
                   json_pack("{s:s, s:s, s:s}", "name", "a", "client", "::1", "type", "AXFR"),
                   "no name has records of type AXFR\n");
}

/* ---- reload, stats ---- */

/* zone_text with a line more. */
static void write_zone(const char *line)
{
    char *text = xasprintf("%s%s\n", zone_text, line);

    tmpdir_write(daemon_dir(f.d), "zones/example.com.zone", text);
    free(text);
}

static void test_reload(void **state)
{
    write_zone("new A 192.0.2.1");
    json_decref(daemon_call(f.d, "reload", "{s:s}", "zone", "example.com"));
    assert_answer("new.example.com", NULL, "A 192.0.2.1");
    write_zone("new A 192.0.2.2");
    json_decref(daemon_call(f.d, "reload", "{}"));
    assert_answer("new.example.com", NULL, "A 192.0.2.2");

    write_zone("new A 192.0.2.3\nx A 192.0.2\ny NOTYPE z");
    char *reasons = daemon_refused(f.d, "reload", "{}");
    assert_non_null(strstr(reasons, "example.com.zone:17"));
    assert_non_null(strstr(reasons, "example.com.zone:18"));
    free(reasons);
    assert_answer("new.example.com", NULL, "A 192.0.2.2");

    write_zone("");
    daemon_write_config(f.d, "regions: {us: {at: [99, 0]}}\nprobess: {}\n");
    reasons = daemon_refused(f.d, "reload", "{}");
    assert_non_null(strstr(reasons, "proxima.yaml:7:"));
    assert_non_null(strstr(reasons, "proxima.yaml:8:"));
    free(reasons);
    assert_answer("new.example.com", NULL, "A 192.0.2.2");
}

/* Drains outlive a reload; a wait for a region that it takes away ends. */
static void test_reload_and_others(void **state)
{
    const int fd = daemon_connect(f.d);

    json_decref(drain("drain", "us", NULL));
    daemon_send(fd, "wait", json_pack("{s:s}", "what", "web.example.com/us=up"));
    json_decref(daemon_call(f.d, "reload", "{}"));
    assert_answer("www.example.com", ANYWHERE, "A 127.0.1.2");
    json_decref(drain("undrain", "us", NULL));
    json_t *reply = daemon_receive(fd);
    assert_non_null(json_object_get(reply, "result"));
    json_decref(reply);
    close(fd);
}

static json_int_t counter(const char *name)
{
    json_t *stats = daemon_call(f.d, "stats", "{}");
    const json_int_t n =
        json_integer_value(json_object_get(json_object_get(stats, "counters"), name));

    json_decref(stats);
    return n;
}

static void test_stats(void **state)
{
    const json_int_t udp = counter("udp_queries"), steered = counter("steered");

    assert_answer("www.example.com", ANYWHERE, "A 127.0.1.1");
    assert_answer("txt.example.com", NULL, "");
    daemon_ask(f.d, &(struct daemon_query){.name = "ns1.example.com", .type = "A", .tcp = true});
    assert_int_equal(counter("udp_queries"), udp + 2);
    assert_int_equal(counter("steered"), steered + 1);
    assert_int_equal(counter("tcp_queries"), 1);
}

static void test_stats_of_the_prober(void **state)
{
    json_t *stats = daemon_call(f.d, "stats", "{}");
    const json_t *probes = json_object_get(stats, "probes");

    assert_true(json_integer_value(json_object_get(probes, "endpoints")) > 0);
    assert_true(json_is_integer(json_object_get(probes, "running")));
    assert_true(json_is_integer(json_object_get(probes, "late_ms")));
    json_decref(stats);
}

/* ---- the server ---- */

static void test_second_one(void **state)
{
    char *log;

    assert_int_equal(daemon_start_second(f.d, &log), 1);
    assert_non_null(log);
    free(log);
    assert_answer("www.example.com", ANYWHERE, "A 127.0.1.1");
}

/* What is under way when it stops is told so. */
static void test_stop_with_waiters(void **state)
{
    const int fd = daemon_connect(f.d);

    daemon_send(fd, "wait", json_pack("{s:s}", "what", "web.example.com/us=down"));
    daemon_send(fd, "stats", json_object()); /* calls of one client are taken in turn */
    json_decref(daemon_receive(fd));
    daemon_halt(f.d);
    json_t *reply = daemon_receive(fd);
    const char *message = NULL;
    json_unpack(reply, "{s:{s:s}}", "error", "message", &message);
    assert_non_null(message);
    assert_string_equal(message, "the server is being stopped");
    json_decref(reply);
    close(fd);
}

/* ---- proximactl ---- */

/* Run it through a shell; *out: both outputs, owned. */
static int run_proximactl(const char *arguments, char **out)
{
    const char *program = getenv("PROXIMACTL");
    char *command = xasprintf("'%s' -s '%s' %s 2>&1", program != NULL ? program : "./proximactl",
                              daemon_socket(f.d), arguments);
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
        cmocka_unit_test_setup_teardown(test_drain, setup, teardown),
        cmocka_unit_test_setup_teardown(test_drain_in_one_pool, setup, teardown),
        cmocka_unit_test_setup_teardown(test_drain_warns, setup, teardown),
        cmocka_unit_test_setup_teardown(test_drain_refuses, setup, teardown),
        cmocka_unit_test_setup_teardown(test_journal, setup, teardown),
        cmocka_unit_test_setup_teardown(test_probe, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wait, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wait_refuses, setup, teardown),
        cmocka_unit_test_setup_teardown(test_explain_is_the_answer, setup, teardown),
        cmocka_unit_test_setup_teardown(test_explain_reasons, setup, teardown),
        cmocka_unit_test_setup_teardown(test_explain_others, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reload, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reload_and_others, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stats, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stats_of_the_prober, setup, teardown),
        cmocka_unit_test_setup_teardown(test_second_one, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stop_with_waiters, setup, teardown),
        cmocka_unit_test_setup_teardown(test_proximactl, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
