// SPDX-License-Identifier: BSD-2-Clause
/* What each kind of probe makes of real origins over loopback, and in which words. */
#include "world.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

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

/* --- What we lack ourselves says nothing of an endpoint. --- */

static struct rlimit leave_no_descriptor(void)
{
    struct rlimit before, now;
    const int next = dup(STDERR_FILENO);

    close(next);
    getrlimit(RLIMIT_NOFILE, &before);
    now = (struct rlimit){.rlim_cur = (rlim_t)next, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
    return before;
}

static void test_no_descriptor(void **state)
{
    struct world *w = *state;

    w->spec.rise = w->spec.fall = 1;
    for (int i = 0; i < 2; i++) {
        struct answer a = {0};
        w->spec.kind = i == 0 ? PROBE_HTTP : PROBE_TCP;
        struct target *t = target(w);
        ask(w, t, 1);
        const struct rlimit before = leave_no_descriptor();
        assert_true(target_probe_now(t, on_answer, &a));
        wait_until(w, is_true, &a.is_done, "the end of the probe");
        setrlimit(RLIMIT_NOFILE, &before);
        assert_string_equal(status(t).last_error, "too many open files");
        assert_int_equal(status(t).probes, 1);
        assert_int_equal(status(t).verdict, VERDICT_UP);
        target_unref(t);
    }
}

static bool refuse_next;

/* Stands before libc's: what a socket beyond fs.epoll.max_user_watches meets. */
int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
{
    if (op == EPOLL_CTL_ADD && refuse_next) {
        refuse_next = false;
        errno = ENOSPC;
        return -1;
    }
    return (int)syscall(SYS_epoll_ctl, epfd, op, fd, event);
}

static void test_no_watch(void **state)
{
    struct world *w = *state;
    struct answer a = {0};

    struct target *t = target(w);
    ask(w, t, 2);
    refuse_next = true;
    assert_true(target_probe_now(t, on_answer, &a));
    wait_until(w, is_true, &a.is_done, "the end of the probe");
    assert_string_equal(status(t).last_error,
                        "the connection cannot be watched: no space left on device");
    assert_int_equal(status(t).probes, 2);
    ask(w, t, 1); /* the next one works */
    assert_null(status(t).last_error);
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
    char host[64];

    if (origin_open(&w->loop, &at, &w->other) != 0)
        skip(); /* a machine without IPv6 */
    w->spec.port = origin_port(w->other);
    struct target *t = health_target(w->health, &w->spec, &dest);
    ask(w, t, 1);
    assert_null(status(t).last_error);
    snprintf(host, sizeof(host), "\r\nHost: [::1]:%u\r\n", origin_port(w->other));
    assert_non_null(strstr(origin_seen(w->other)->request, host));
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

    assert_int_equal(origin_open_tls(&w->loop, &at, "www.example.com", &w->other), 0);
    w->spec.kind = PROBE_HTTPS;
    w->spec.port = origin_port(w->other);
    w->spec.host = (char *)"www.example.com";

    struct target *t = target(w);
    ask(w, t, 1);
    assert_string_equal(status(t).last_error, "certificate: self-signed certificate");
    assert_int_equal(origin_seen(w->other)->requests, 0);

    w->spec.verify = false;
    target(w);
    ask(w, t, 1);
    assert_null(status(t).last_error);
    assert_string_equal(origin_seen(w->other)->server_name, "www.example.com");

    origin_set(w->other, "503");
    ask(w, t, 1);
    assert_string_equal(status(t).last_error, "status 503, expected 200");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_outcomes),
        WORLD_TEST(test_path),
        WORLD_TEST(test_tcp),
        WORLD_TEST(test_several_codes_in_words),
        WORLD_TEST(test_refused),
        WORLD_TEST(test_full_accept_queue),
        WORLD_TEST(test_no_descriptor),
        WORLD_TEST(test_no_watch),
        WORLD_TEST(test_request),
        WORLD_TEST(test_ip6),
        WORLD_TEST(test_endpoint_by_name),
        WORLD_TEST(test_https),
        WORLD_TEST(test_tls_handshake_hangs),
        WORLD_TEST(test_reuse),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
