// SPDX-License-Identifier: BSD-2-Clause
/* What http and tcp probes ask of an origin, and what they make of what it says. */
#include "world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* Ask once by the probe as it is.  The error, or NULL when it is healthy. */
static const char *error_of(struct world *w)
{
    struct target *t = target(w);

    ask(w, t, 1);
    return status(t).last_error;
}

static void expect_error(struct world *w, const char *error)
{
    const char *got = error_of(w);

    if (error == NULL)
        assert_null(got);
    else
        assert_string_equal(got, error);
}

static void test_said(void **state)
{
    struct world *w = *state;
    struct target *t = target(w);

    ask(w, t, 1);
    assert_string_equal(status(t).last_said, "status 200, HTTP/1.1");
    assert_null(status(t).last_error);
    origin_set(w->origin, "503");
    ask(w, t, 1);
    assert_null(status(t).last_said);
}

static void test_method(void **state)
{
    struct world *w = *state;
    const struct origin_seen *seen = origin_seen(w->origin);
    char body[] = "ping=1";

    w->spec.method = (char *)"HEAD";
    expect_error(w, NULL);
    assert_true(begins(seen->request, "HEAD /healthz HTTP/1.1\r\n"));

    w->spec.method = (char *)"OPTIONS";
    expect_error(w, NULL);
    assert_true(begins(seen->request, "OPTIONS /healthz HTTP/1.1\r\n"));

    w->spec.method = (char *)"POST";
    w->spec.send = (struct probe_bytes){(uint8_t *)body, strlen(body)};
    expect_error(w, NULL);
    assert_true(begins(seen->request, "POST /healthz HTTP/1.1\r\n"));
    assert_non_null(strstr(seen->request, "\r\nContent-Length: 6\r\n"));
    assert_null(strstr(seen->request, "\r\nExpect:"));
    assert_string_equal(seen->body, "ping=1");
}

static void test_headers(void **state)
{
    struct world *w = *state;
    char *headers[] = {(char *)"Accept: application/json", (char *)"X-Empty;",
                       (char *)"User-Agent: ours/1"};

    w->spec.headers = headers;
    w->spec.n_headers = 3;
    expect_error(w, NULL);
    const char *request = origin_seen(w->origin)->request;
    assert_non_null(strstr(request, "\r\nAccept: application/json\r\n"));
    assert_non_null(strstr(request, "\r\nX-Empty:\r\n"));
    assert_non_null(strstr(request, "\r\nUser-Agent: ours/1\r\n"));
    assert_null(strstr(request, "proxima/"));
}

static void test_body(void **state)
{
    struct world *w = *state;
    char *why;

    w->spec.body = pattern_text("200 from");
    expect_error(w, NULL);
    pattern_unref(w->spec.body);

    w->spec.body = pattern_text("maintenance");
    assert_true(begins(error_of(w), "no \"maintenance\" in the first "));
    pattern_unref(w->spec.body);

    w->spec.body = pattern_regex("^2\\d\\d from 127\\.", &why);
    expect_error(w, NULL);

    origin_set(w->origin, "204"); /* has none */
    w->spec.expect[0].last = 299;
    expect_error(w, "no \"^2\\d\\d from 127\\.\" in the first 0 octets of the body");
    w->spec.expect[0].last = 200;
    pattern_unref(w->spec.body);

    origin_set(w->origin, "huge"); /* the first 64 KiB are looked at, and no more is read */
    w->spec.body = pattern_text("no end");
    expect_error(w, "no \"no end\" in the first 65536 octets of the body");
    pattern_unref(w->spec.body);
    w->spec.body = NULL;
}

static void test_redirects(void **state)
{
    struct world *w = *state;

    w->spec.path = (char *)"/hop/2";
    expect_error(w, "status 302, expected 200");

    w->spec.redirects = 3; /* to another name, and to the endpoint all the same */
    expect_error(w, NULL);
    assert_true(begins(origin_seen(w->origin)->request, "GET /healthz HTTP/1.1\r\n"));
    assert_non_null(strstr(origin_seen(w->origin)->request, "\r\nHost: elsewhere.test:"));

    w->spec.redirects = 2;
    expect_error(w, "Maximum (2) redirects followed");
}

static void test_http2_is_not_spoken(void **state)
{
    struct world *w = *state;

    w->spec.http2 = true;
    w->spec.timeout_ms = TIMEOUT_MS;
    assert_non_null(error_of(w)); /* an HTTP/1.1 server makes nothing of the preface */
}

static void test_source(void **state)
{
    struct world *w = *state;
    struct ipaddr sources[2];

    assert_true(ipaddr_parse("127.0.0.77", &sources[0]));
    assert_true(ipaddr_parse("2001:db8::1", &sources[1])); /* of the other family: not meant */
    w->spec.source = sources;
    w->spec.n_source = 2;
    for (int i = 0; i < 2; i++) {
        w->spec.kind = i == 0 ? PROBE_HTTP : PROBE_TCP;
        expect_error(w, NULL);
        assert_string_equal(origin_seen(w->origin)->client, "127.0.0.77");
    }
}

/* One that is not ours says nothing of the endpoint. */
static void test_source_that_is_not_ours(void **state)
{
    struct world *w = *state;
    struct ipaddr source;

    assert_true(ipaddr_parse("192.0.2.1", &source));
    w->spec.source = &source;
    w->spec.n_source = 1;
    for (int i = 0; i < 2; i++) {
        struct answer a = {0};
        w->spec.kind = i == 0 ? PROBE_HTTP : PROBE_TCP;
        struct target *t = target(w);
        assert_true(target_probe_now(t, on_answer, &a));
        wait_until(w, is_true, &a.is_done, "an answer");
        assert_string_equal(status(t).last_error, "address not available");
        assert_int_equal(status(t).probes, 0);
    }
}

static void test_dialog(void **state)
{
    struct world *w = *state;
    char say[] = "GET /healthz HTTP/1.0\r\nConnection: close\r\n\r\n", hear[] = "200 OK";

    w->spec.kind = PROBE_TCP;
    w->spec.send = (struct probe_bytes){(uint8_t *)say, strlen(say)};
    expect_error(w, NULL); /* said is enough */
    w->spec.receive = (struct probe_bytes){(uint8_t *)hear, strlen(hear)};
    expect_error(w, NULL);

    origin_set(w->origin, "503");
    const char *error = error_of(w);
    assert_true(begins(error, "heard \"HTTP/1.1 503 No\\r\\n"));
    assert_non_null(strstr(error, "expected \"200 OK\""));

    origin_set(w->origin, "close");
    expect_error(w, "heard nothing, expected \"200 OK\"");

    origin_set(w->origin, "hang");
    w->spec.timeout_ms = TIMEOUT_MS;
    expect_error(w, "timeout after 60ms (waiting for what is expected)");
}

static void test_dialog_that_does_not_end(void **state)
{
    struct world *w = *state;
    char say[] = "GET /healthz HTTP/1.0\r\n\r\n", hear[] = "never";

    origin_set(w->origin, "huge");
    w->spec.kind = PROBE_TCP;
    w->spec.send = (struct probe_bytes){(uint8_t *)say, strlen(say)};
    w->spec.receive = (struct probe_bytes){(uint8_t *)hear, strlen(hear)};
    assert_true(begins(error_of(w), "heard \"HTTP/1.1 200 OK\\r\\n"));
}

static void test_family(void **state)
{
    struct world *w = *state;
    const struct probe_dest dest = {.host = (char *)"127.0.0.1"};

    w->spec.family = FAMILY_IP6;
    struct target *t = health_target(w->health, &w->spec, &dest);
    ask(w, t, 1);
    assert_true(begins(status(t).last_error, "cannot resolve 127.0.0.1: "));
    target_unref(t);
    w->spec.family = FAMILY_IP4;
    t = health_target(w->health, &w->spec, &dest);
    ask(w, t, 1);
    assert_null(status(t).last_error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_said),      WORLD_TEST(test_method),
        WORLD_TEST(test_headers),   WORLD_TEST(test_body),
        WORLD_TEST(test_redirects), WORLD_TEST(test_http2_is_not_spoken),
        WORLD_TEST(test_source),    WORLD_TEST(test_source_that_is_not_ours),
        WORLD_TEST(test_dialog),    WORLD_TEST(test_dialog_that_does_not_end),
        WORLD_TEST(test_family),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
