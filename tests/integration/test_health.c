// SPDX-License-Identifier: BSD-2-Clause
/*
 * The real prober on a real loop against real origins over loopback.  Everything waits for events
 * of the loop; a test that waits for ten seconds has failed.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "health/health.h"
#include "origin.h"

/* INTERVAL_MS where the schedule is to ask, else the test does.  TIMEOUT_MS for what is to time out;
 * what is to succeed has all the time of a busy machine. */
enum { INTERVAL_MS = 30, TIMEOUT_MS = 60, PATIENCE_MS = 10000 };
#define NEVER_MS (INT64_C(365) * 86400 * 1000)

struct world {
    uv_loop_t loop;
    uv_timer_t patience;
    struct health *health; /* NULL once closed */
    struct origin *origin;
    struct probe_spec spec;
    unsigned changes;
    bool is_closed, out_of_patience;
};

static struct code_range only_200[] = {{200, 200}};


/* --- The world of a test: a loop, a prober, an origin on 127.0.0.1. --- */

static void on_change(void *arg, struct target *t)
{
    struct world *w = arg;

    (void)t;
    w->changes++;
}

static void on_health_closed(void *arg)
{
    struct world *w = arg;

    w->is_closed = true;
    w->health = NULL;
}

static void on_patience(uv_timer_t *t)
{
    ((struct world *)t->data)->out_of_patience = true;
}

static struct endpoint_addr loopback(void)
{
    struct endpoint_addr at = {0};

    assert_true(ipaddr_parse("127.0.0.1", &at.addr));
    return at;
}

static struct probe_dest dest_of(const char *addr)
{
    struct probe_dest d = {0};

    assert_true(ipaddr_parse(addr, &d.addr));
    return d;
}

static void open_health(struct world *w, unsigned max_in_flight)
{
    const struct health_opts opts = {
        .max_in_flight = max_in_flight, .seed = 1, .on_change = on_change, .arg = w};

    w->is_closed = false;
    w->health = health_open(&w->loop, &opts);
}

static int set_up(void **state)
{
    struct world *w = xcalloc(1, sizeof(*w));
    const struct endpoint_addr at = loopback();

    uv_loop_init(&w->loop);
    uv_timer_init(&w->loop, &w->patience);
    w->patience.data = w;
    open_health(w, 100);
    assert_int_equal(origin_open(&w->loop, &at, &w->origin), 0);
    w->spec = (struct probe_spec){
        .name = (char *)"web",
        .kind = PROBE_HTTP,
        .port = origin_port(w->origin),
        .path = (char *)"/healthz",
        .expect = only_200,
        .n_expect = 1,
        .verify = true,
        .interval_ms = NEVER_MS,
        .timeout_ms = PATIENCE_MS,
        .rise = 2,
        .fall = 3,
    };
    *state = w;
    return 0;
}

/* That the loop has nothing left to do is the proof that nothing was forgotten. */
static int tear_down(void **state)
{
    struct world *w = *state;

    if (w->health != NULL)
        health_close(w->health, on_health_closed, w);
    origin_close(w->origin);
    uv_close((uv_handle_t *)&w->patience, NULL);
    assert_int_equal(uv_run(&w->loop, UV_RUN_DEFAULT), 0);
    assert_true(w->is_closed);
    assert_int_equal(uv_loop_close(&w->loop), 0);
    free(w);
    return 0;
}

static struct target_status status(const struct target *t)
{
    struct target_status s;

    target_status(t, &s);
    return s;
}

/* Run the loop until cond(arg). */
static void wait_until(struct world *w, bool (*cond)(void *arg), void *arg, const char *what)
{
    w->out_of_patience = false;
    uv_update_time(&w->loop);
    uv_timer_start(&w->patience, on_patience, PATIENCE_MS, 0);
    while (!cond(arg)) {
        uv_run(&w->loop, UV_RUN_ONCE);
        if (w->out_of_patience)
            fail_msg("waited too long for: %s", what);
    }
    uv_timer_stop(&w->patience);
}

struct wanted {
    const struct target *t;
    enum verdict_state verdict;
    uint64_t probes;
};

static bool has_verdict(void *arg)
{
    const struct wanted *want = arg;

    return status(want->t).verdict == want->verdict;
}

static bool has_probes(void *arg)
{
    const struct wanted *want = arg;

    return status(want->t).probes >= want->probes;
}

static void wait_for(struct world *w, const struct target *t, enum verdict_state verdict)
{
    struct wanted want = {.t = t, .verdict = verdict};

    wait_until(w, has_verdict, &want, verdict_name(verdict));
}

static void wait_probes(struct world *w, const struct target *t, uint64_t more)
{
    struct wanted want = {.t = t, .probes = status(t).probes + more};

    wait_until(w, has_probes, &want, "more probes");
}

static bool is_true(void *arg)
{
    return *(const bool *)arg;
}

static struct target *target(struct world *w)
{
    const struct probe_dest dest = dest_of("127.0.0.1");

    return health_target(w->health, &w->spec, &dest);
}


struct answer {
    bool is_done;
    struct target *target;
};

static void on_answer(void *arg, struct target *t)
{
    struct answer *a = arg;

    assert_false(a->is_done);
    a->is_done = true;
    a->target = t;
}

/* Ask now, until so many results more have counted. */
static void ask(struct world *w, struct target *t, unsigned results)
{
    for (const uint64_t before = status(t).probes; status(t).probes < before + results;) {
        struct answer a = {0};
        assert_true(target_probe_now(t, on_answer, &a));
        wait_until(w, is_true, &a.is_done, "an answer");
    }
}


/* --- What a probe makes of an origin. --- */

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool is_timeout(const char *error)
{
    return error != NULL && begins(error, "timeout");
}

static void test_outcomes(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *why, *mode;
        struct code_range expect;
        const char *error; /* how it begins; NULL: healthy */
    } cases[] = {
        {"the expected status", "ok", {200, 200}, NULL},
        {"another one", "503", {200, 200}, "status 503, expected 200"},
        {"in a range", "503", {500, 599}, NULL},
        {"outside of a range", "ok", {300, 399}, "status 200, expected 300-399"},
        {"a redirect is an answer", "302", {302, 302}, NULL},
        {"an answer without a body", "204", {204, 204}, NULL},
        {"a body without end is left alone", "huge", {200, 200}, NULL},
        {"slow, but in time", "slow=20", {200, 200}, NULL},
        {"too slow", "slow=5000", {200, 200}, "timeout after 60ms (waiting for the answer)"},
        {"never", "hang", {200, 200}, "timeout after 60ms (waiting for the answer)"},
        {"no word", "close", {200, 200}, "connection closed without an answer"},
        {"reset", "reset", {200, 200}, "connection reset by peer"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct code_range expect = cases[i].expect;
        w->spec.expect = &expect;
        w->spec.timeout_ms = is_timeout(cases[i].error) ? TIMEOUT_MS : PATIENCE_MS;
        assert_true(origin_set(w->origin, cases[i].mode));
        struct target *t = target(w);
        ask(w, t, 1);
        const char *error = status(t).last_error;
        const bool is_right =
            cases[i].error == NULL ? error == NULL : error != NULL && begins(error, cases[i].error);
        if (!is_right)
            fail_msg("%s: %s", cases[i].why, error != NULL ? error : "healthy");
        target_unref(t);
    }
}

static void test_path(void **state)
{
    struct world *w = *state;

    w->spec.path = (char *)"/a/../healthz?x=%20#y"; /* goes as it is written */
    struct target *t = target(w);
    ask(w, t, 1);
    assert_true(begins(origin_seen(w->origin)->request, "GET /a/../healthz?x=%20#y HTTP/1.1\r\n"));
    assert_string_equal(status(t).last_error, "status 404, expected 200");
}

/* Accepted is enough. */
static void test_tcp(void **state)
{
    struct world *w = *state;

    w->spec.kind = PROBE_TCP;
    origin_set(w->origin, "hang");
    struct target *t = target(w);
    ask(w, t, 2);
    assert_int_equal(status(t).verdict, VERDICT_UP);
    assert_int_equal(origin_seen(w->origin)->requests, 0);
}

static void test_several_codes_in_words(void **state)
{
    struct world *w = *state;
    struct code_range expect[] = {{200, 200}, {204, 204}, {300, 399}};

    w->spec.expect = expect;
    w->spec.n_expect = 3;
    origin_set(w->origin, "500");
    struct target *t = target(w);
    ask(w, t, 1);
    assert_string_equal(status(t).last_error, "status 500, expected 200, 204 or 300-399");
}

/* Refused is known at once, whatever the timeout. */
static void test_refused(void **state)
{
    struct world *w = *state;

    origin_stop(w->origin);
    for (int i = 0; i < 2; i++) {
        w->spec.kind = i == 0 ? PROBE_HTTP : PROBE_TCP;
        struct target *t = target(w);
        ask(w, t, 1);
        assert_string_equal(status(t).last_error, "connection refused");
        assert_true(status(t).last_ms < 1000);
        target_unref(t);
    }
}

/* A listener that accepts no more: what a kept connection would hide. */
static void test_full_accept_queue(void **state)
{
    struct world *w = *state;
    struct sockaddr_storage sa;
    const struct endpoint_addr at = loopback();
    socklen_t len = ipaddr_to_sockaddr(&at.addr, 0, &sa);
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int clients[4];

    assert_int_equal(bind(listener, (struct sockaddr *)&sa, len), 0);
    assert_int_equal(listen(listener, 0), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&sa, &len), 0);
    ipaddr_from_sockaddr((struct sockaddr *)&sa, &w->spec.port);
    for (size_t i = 0; i < 4; i++) { /* Linux takes one more than the backlog says */
        clients[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)connect(clients[i], (struct sockaddr *)&sa, len);
    }
    w->spec.timeout_ms = TIMEOUT_MS;
    for (int i = 0; i < 2; i++) {
        w->spec.kind = i == 0 ? PROBE_HTTP : PROBE_TCP;
        struct target *t = target(w);
        ask(w, t, 1);
        assert_string_equal(status(t).last_error, "timeout after 60ms (connecting)");
        target_unref(t);
    }
    for (size_t i = 0; i < 4; i++)
        close(clients[i]);
    close(listener);
}

static void test_request(void **state)
{
    struct world *w = *state;
    char host[64];

    /* The endpoint's own name, with its port; the environment does not count. */
    setenv("http_proxy", "http://192.0.2.1:1", 1);
    struct target *t = target(w);
    ask(w, t, 1);
    unsetenv("http_proxy");
    const struct origin_seen *seen = origin_seen(w->origin);
    snprintf(host, sizeof(host), "\r\nHost: 127.0.0.1:%u\r\n", origin_port(w->origin));
    assert_true(begins(seen->request, "GET /healthz HTTP/1.1\r\n"));
    assert_non_null(strstr(seen->request, host));
    assert_non_null(strstr(seen->request, "\r\nUser-Agent: proxima/"));
    assert_non_null(strstr(seen->request, "\r\nConnection: close\r\n"));

    /* A name of the operator's goes as it is written, and the connection to the endpoint. */
    w->spec.host = (char *)"www.example.com";
    target(w);
    ask(w, t, 1);
    assert_non_null(strstr(seen->request, "\r\nHost: www.example.com\r\n"));
}

static void test_ip6(void **state)
{
    struct world *w = *state;
    const struct probe_dest dest = dest_of("::1");
    const struct endpoint_addr at = {.addr = dest.addr};
    struct origin *origin;
    char host[64];

    if (origin_open(&w->loop, &at, &origin) != 0)
        skip(); /* a machine without IPv6 */
    w->spec.port = origin_port(origin);
    struct target *t = health_target(w->health, &w->spec, &dest);
    ask(w, t, 1);
    assert_null(status(t).last_error);
    snprintf(host, sizeof(host), "\r\nHost: [::1]:%u\r\n", origin_port(origin));
    assert_non_null(strstr(origin_seen(origin)->request, host));
    origin_close(origin);
}

static void test_endpoint_by_name(void **state)
{
    struct world *w = *state;
    const struct probe_dest good = {.host = (char *)"127.0.0.1"}; /* needs no resolver */
    const struct probe_dest bad = {.host = (char *)"no name has blanks"};
    char long_name[2000] = {0};
    struct probe_dest worse = {.host = memset(long_name, 'x', sizeof(long_name) - 1)};

    struct target *t = health_target(w->health, &w->spec, &good);
    ask(w, t, 1);
    assert_null(status(t).last_error);
    t = health_target(w->health, &w->spec, &bad);
    ask(w, t, 1);
    assert_true(begins(status(t).last_error, "cannot resolve no name has blanks: "));
    t = health_target(w->health, &w->spec, &worse);
    ask(w, t, 1);
    assert_true(begins(status(t).last_error, "cannot resolve xxx"));
}

static void test_https(void **state)
{
    struct world *w = *state;
    const struct endpoint_addr at = loopback();
    struct origin *tls;

    assert_int_equal(origin_open_tls(&w->loop, &at, "www.example.com", &tls), 0);
    w->spec.kind = PROBE_HTTPS;
    w->spec.port = origin_port(tls);
    w->spec.host = (char *)"www.example.com";

    struct target *t = target(w);
    ask(w, t, 1);
    assert_string_equal(status(t).last_error, "certificate: self-signed certificate");
    assert_int_equal(origin_seen(tls)->requests, 0);

    w->spec.verify = false;
    target(w);
    ask(w, t, 1);
    assert_null(status(t).last_error);
    assert_string_equal(origin_seen(tls)->server_name, "www.example.com");

    origin_set(tls, "503");
    ask(w, t, 1);
    assert_string_equal(status(t).last_error, "status 503, expected 200");
    origin_close(tls);
}

static void test_tls_handshake_hangs(void **state)
{
    struct world *w = *state;

    /* It reads the client's hello for a head that never ends, and waits for more. */
    w->spec.kind = PROBE_HTTPS;
    w->spec.verify = false;
    w->spec.timeout_ms = TIMEOUT_MS;
    struct target *t = target(w);
    ask(w, t, 1);
    assert_string_equal(status(t).last_error, "timeout after 60ms (TLS handshake)");
}

static void test_reuse(void **state)
{
    struct world *w = *state;

    struct target *t = target(w);
    ask(w, t, 5);
    assert_true(origin_seen(w->origin)->connections >= 5);

    w->spec.reuse = true;
    target(w);
    ask(w, t, 1);
    const struct origin_seen before = *origin_seen(w->origin);
    ask(w, t, 5);
    assert_true(origin_seen(w->origin)->requests >= before.requests + 5);
    assert_true(origin_seen(w->origin)->connections <= before.connections + 1);
}


/* --- Verdicts. --- */

static void test_unknown_first(void **state)
{
    struct world *w = *state;

    struct target *t = target(w);
    assert_int_equal(status(t).verdict, VERDICT_UNKNOWN);
    assert_int_equal(status(t).probes, 0);
    assert_int_equal(status(t).last_at, 0);
    ask(w, t, 1);
    assert_int_equal(status(t).verdict, VERDICT_UNKNOWN);
    assert_false(status(t).suspect);
    assert_int_equal(w->changes, 0);
    ask(w, t, 1);
    assert_int_equal(status(t).verdict, VERDICT_UP);
    assert_int_equal(w->changes, 1);
}

/* Both ways by the schedule, each step told: suspicion, down, up. */
static void test_fall_and_rise(void **state)
{
    struct world *w = *state;

    w->spec.interval_ms = INTERVAL_MS;
    struct target *t = target(w);
    wait_for(w, t, VERDICT_UP);
    const mono_ms_t since = status(t).since;
    w->changes = 0;
    origin_stop(w->origin);
    wait_probes(w, t, 1);
    assert_true(status(t).suspect);
    assert_int_equal(status(t).verdict, VERDICT_UP);
    assert_int_equal(status(t).since, since); /* the earlier TTL can return */
    assert_int_equal(w->changes, 1);
    wait_for(w, t, VERDICT_DOWN);
    assert_int_equal(status(t).streak, 3);
    assert_false(status(t).suspect);
    assert_int_equal(w->changes, 2);
    assert_true(status(t).since > since); /* fall × interval later */

    assert_int_equal(origin_restart(w->origin), 0);
    wait_for(w, t, VERDICT_UP);
    assert_int_equal(status(t).streak, 2);
    assert_null(status(t).last_error);
    assert_int_equal(w->changes, 3);
}

static void test_false_alarm(void **state)
{
    struct world *w = *state;

    struct target *t = target(w);
    ask(w, t, 2);
    w->changes = 0;
    origin_set(w->origin, "503");
    ask(w, t, 1);
    origin_set(w->origin, "ok");
    ask(w, t, 1);
    assert_int_equal(status(t).verdict, VERDICT_UP);
    assert_false(status(t).suspect);
    assert_int_equal(w->changes, 2); /* suspicion began, and ended */
}

/* One that alternates never fails three times in a row. */
static void test_flapping(void **state)
{
    struct world *w = *state;

    struct target *t = target(w);
    ask(w, t, 2);
    origin_set(w->origin, "flap");
    ask(w, t, 8);
    assert_int_equal(status(t).verdict, VERDICT_UP);
    assert_true(status(t).failures == 4);
}


/* --- Targets. --- */

static void test_asked_once(void **state)
{
    struct world *w = *state;

    w->spec.interval_ms = INTERVAL_MS;
    struct target *a = target(w), *b = target(w);
    assert_ptr_equal(a, b);
    wait_probes(w, a, 4);
    /* The next may be under way. */
    assert_in_range(origin_seen(w->origin)->requests, status(a).probes, status(a).probes + 1);
    target_unref(b);
    wait_probes(w, a, 1); /* one reference is left */

    /* Another probe's name, or another endpoint, is another target. */
    const struct probe_dest other = dest_of("127.0.0.2");
    assert_ptr_not_equal(health_target(w->health, &w->spec, &other), a);
    w->spec.name = (char *)"strict";
    assert_ptr_not_equal(target(w), a);
    size_t n = 0;
    for (struct target *t = NULL; (t = health_next(w->health, t)) != NULL;)
        n++;
    assert_int_equal(n, 3);
}

static void test_mark(void **state)
{
    struct world *w = *state;

    struct target *t = target(w);
    assert_null(target_data(t));
    target_set_data(t, w);
    assert_ptr_equal(target_data(t), w);
}

static void test_new_spec_keeps_the_verdict(void **state)
{
    struct world *w = *state;

    struct target *t = target(w);
    ask(w, t, 2);
    w->spec.path = (char *)"/no";
    w->spec.interval_ms = INTERVAL_MS;
    assert_ptr_equal(target(w), t);
    assert_int_equal(status(t).verdict, VERDICT_UP);
    assert_string_equal(status(t).spec->path, "/no");
    wait_for(w, t, VERDICT_DOWN);
    assert_string_equal(status(t).last_error, "status 404, expected 200");
}

static bool has_request(void *arg)
{
    return origin_seen(arg)->requests > 0;
}

/* Replaced while it is under way: a result of the old spec says nothing of the new one. */
static void test_new_spec_while_running(void **state)
{
    struct world *w = *state;

    origin_set(w->origin, "slow=50");
    struct target *t = target(w);
    struct answer a = {0};
    assert_true(target_probe_now(t, on_answer, &a));
    wait_until(w, has_request, w->origin, "the first request");
    w->spec.path = (char *)"/no";
    target(w);
    wait_until(w, is_true, &a.is_done, "its answer");
    assert_int_equal(status(t).probes, 0);
    ask(w, t, 1);
    assert_string_equal(status(t).last_error, "status 404, expected 200");
}

/* All hang, and one may run: they come one after the other, and none is left out. */
static void test_limit(void **state)
{
    struct world *w = *state;
    struct target *targets[10];

    health_close(w->health, on_health_closed, w);
    wait_until(w, is_true, &w->is_closed, "close");
    open_health(w, 1);
    origin_set(w->origin, "hang");
    w->spec.interval_ms = w->spec.timeout_ms = TIMEOUT_MS;
    for (unsigned i = 0; i < 10; i++) {
        char addr[32];
        snprintf(addr, sizeof(addr), "127.0.0.%u", i + 1);
        const struct probe_dest dest = dest_of(addr);
        targets[i] = health_target(w->health, &w->spec, &dest);
    }
    for (unsigned i = 0; i < 10; i++)
        if (status(targets[i]).probes == 0)
            wait_probes(w, targets[i], 1);
}


/* --- Asking now. --- */

static void test_probe_now(void **state)
{
    struct world *w = *state;
    struct answer a = {0}, second = {0};

    struct target *t = target(w);
    assert_true(target_probe_now(t, on_answer, &a));
    assert_false(target_probe_now(t, on_answer, &second)); /* it is under way */
    wait_until(w, is_true, &a.is_done, "the answer");
    assert_ptr_equal(a.target, t);
    assert_int_equal(status(t).probes, 1);
    assert_true(target_probe_now(t, on_answer, &second));
    wait_until(w, is_true, &second.is_done, "the second answer");
    assert_int_equal(status(t).verdict, VERDICT_UP); /* it counts as any other */
    assert_int_equal(w->changes, 1);
}

static void test_probe_now_of_a_removed_one(void **state)
{
    struct world *w = *state;
    struct answer a = {0};

    origin_set(w->origin, "hang");
    struct target *t = target(w);
    assert_true(target_probe_now(t, on_answer, &a));
    target_unref(t);
    assert_false(a.is_done); /* not from inside */
    wait_until(w, is_true, &a.is_done, "the answer");
    assert_null(a.target);
}


/* --- Ends. --- */

static void test_removed_while_running(void **state)
{
    struct world *w = *state;

    for (int kind = PROBE_HTTP; kind <= PROBE_TCP; kind++) {
        struct answer a = {0};
        w->spec.kind = (enum probe_kind)kind;
        w->spec.rise = w->spec.fall = 1; /* any result would be told */
        struct target *t = target(w);
        assert_true(target_probe_now(t, on_answer, &a));
        target_unref(t);
        assert_null(health_next(w->health, NULL));
        t = target(w); /* the same endpoint again is a new one */
        assert_int_equal(status(t).probes, 0);
        target_unref(t);
        wait_until(w, is_true, &a.is_done, "the end of the probe");
    }
    assert_int_equal(w->changes, 0);
}

static void test_closed_while_running(void **state)
{
    struct world *w = *state;
    static const char *const modes[] = {"hang", "ok", "slow=20"};

    for (size_t m = 0; m < 3; m++) {
        struct answer answers[4] = {0};
        origin_set(w->origin, modes[m]);
        for (int i = 0; i < 4; i++) {
            const struct probe_dest by_name = {.host = (char *)"127.0.0.1"};
            const struct probe_dest by_addr = dest_of("127.0.0.1");
            static const char *const names[] = {"a", "b", "c", "d"};
            w->spec.name = (char *)(uintptr_t)names[i];
            w->spec.kind = i < 3 ? (enum probe_kind)i : PROBE_HTTP;
            struct target *t = health_target(w->health, &w->spec, i < 3 ? &by_addr : &by_name);
            assert_true(target_probe_now(t, on_answer, &answers[i]));
        }
        health_close(w->health, on_health_closed, w);
        assert_false(w->is_closed);
        wait_until(w, is_true, &w->is_closed, "close");
        for (size_t i = 0; i < 4; i++) {
            assert_true(answers[i].is_done);
            assert_null(answers[i].target);
        }
        open_health(w, 100);
    }
}

static void close_from_inside(void *arg, struct target *t)
{
    struct world *w = arg;

    assert_non_null(t);
    health_close(w->health, on_health_closed, w);
}

static void test_closed_by_an_answer(void **state)
{
    struct world *w = *state;

    assert_true(target_probe_now(target(w), close_from_inside, w));
    wait_until(w, is_true, &w->is_closed, "close");
}

/* The loop stands still while a probe is under way: its timeout is ours, and does not count. */
static void test_frozen_loop(void **state)
{
    struct world *w = *state;
    struct answer a = {0};

    w->spec.fall = 1;
    w->spec.timeout_ms = TIMEOUT_MS;
    struct target *t = target(w);
    ask(w, t, 2);
    const struct target_status before = status(t);
    origin_set(w->origin, "hang");
    assert_true(target_probe_now(t, on_answer, &a));
    usleep(10 * TIMEOUT_MS * 1000);
    wait_until(w, is_true, &a.is_done, "the end of the probe");
    assert_int_equal(status(t).probes, before.probes);
    assert_int_equal(status(t).verdict, VERDICT_UP);
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_outcomes),
        WORLD_TEST(test_path),
        WORLD_TEST(test_tcp),
        WORLD_TEST(test_several_codes_in_words),
        WORLD_TEST(test_refused),
        WORLD_TEST(test_full_accept_queue),
        WORLD_TEST(test_request),
        WORLD_TEST(test_ip6),
        WORLD_TEST(test_endpoint_by_name),
        WORLD_TEST(test_https),
        WORLD_TEST(test_tls_handshake_hangs),
        WORLD_TEST(test_reuse),
        WORLD_TEST(test_unknown_first),
        WORLD_TEST(test_fall_and_rise),
        WORLD_TEST(test_false_alarm),
        WORLD_TEST(test_flapping),
        WORLD_TEST(test_asked_once),
        WORLD_TEST(test_mark),
        WORLD_TEST(test_new_spec_keeps_the_verdict),
        WORLD_TEST(test_new_spec_while_running),
        WORLD_TEST(test_limit),
        WORLD_TEST(test_probe_now),
        WORLD_TEST(test_probe_now_of_a_removed_one),
        WORLD_TEST(test_removed_while_running),
        WORLD_TEST(test_closed_while_running),
        WORLD_TEST(test_closed_by_an_answer),
        WORLD_TEST(test_frozen_loop),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
