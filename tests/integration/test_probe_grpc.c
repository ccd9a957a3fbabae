// SPDX-License-Identifier: BSD-2-Clause
/* HTTP/2: gRPC's health protocol, and http probes that insist on it. */
#include "world.h"

#include <signal.h>
#include <string.h>

#include "origin_h2.h"
#include "origin_tls.h"

#define SERVING     "\0\0\0\0\2\x08\1"
#define NOT_SERVING "\0\0\0\0\2\x08\2"

/* Ask once; the result's words, good or bad. */
static const char *result(struct world *w, bool *is_good)
{
    struct target *t = target(w);

    ask(w, t, 1);
    *is_good = status(t).last_error == NULL;
    return *is_good ? status(t).last_said : status(t).last_error;
}

/* What a test opened; closed after it, however it ends. */
static struct origin_h2 *opened[2];
static size_t n_opened;

static struct origin_h2 *open_origin(struct world *w, struct tls_server *tls,
                                     const struct h2_answer *answer)
{
    return opened[n_opened++] = origin_h2_open(&w->loop, tls, answer);
}

static int tear_down(void **state)
{
    while (n_opened > 0)
        origin_h2_close(opened[--n_opened]);
    return world_tear_down(state);
}

static void test_answers(void **state)
{
    struct world *w = *state;
    static const char grpc[] = "application/grpc";
    static const struct {
        struct h2_answer answer;
        bool is_good;
        const char *said;
    } cases[] = {
        {{"200", grpc, SERVING, 7, "0", NULL, false}, true, "SERVING"},
        {{"200", grpc, NOT_SERVING, 7, "0", NULL, false}, false, "NOT_SERVING"},
        {{"200", grpc, "\0\0\0\0\0", 5, "0", NULL, false}, false, "UNKNOWN"},
        {{"200", grpc, NULL, 0, "5", NULL, false},
         false,
         "service \"shop.Cart\" is not known there"},
        {{"200", grpc, NULL, 0, "12", NULL, false}, false, "the server has no health service"},
        {{"200", grpc, NULL, 0, "14", "try later", false}, false, "grpc-status 14: try later"},
        {{"200", grpc, "junk", 4, "0", NULL, false},
         false,
         "what it answers is no HealthCheckResponse"},
        {{"200", "text/html", "hello", 5, NULL, NULL, false},
         false,
         "it is no gRPC server: no grpc-status"},
        {{"503", "text/html", "sorry", 5, NULL, NULL, false}, false, "status 503, expected 200"},
        {{"200", grpc, NULL, 0, NULL, NULL, true},
         false,
         "timeout after 60ms (reading the answer)"},
    };
    struct h2_answer answer = cases[0].answer;
    struct origin_h2 *o = open_origin(w, NULL, &answer);

    w->spec.kind = PROBE_GRPC;
    w->spec.service = (char *)"shop.Cart";
    w->spec.port = origin_h2_port(o);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bool is_good;
        answer = cases[i].answer;
        w->spec.timeout_ms = answer.is_mute ? TIMEOUT_MS : PATIENCE_MS;
        assert_string_equal(result(w, &is_good), cases[i].said);
        assert_int_equal(is_good, cases[i].is_good);
    }
}

static void test_request(void **state)
{
    struct world *w = *state;
    const struct h2_answer answer = {"200", "application/grpc", SERVING, 7, "0", NULL, false};
    struct origin_h2 *o = open_origin(w, NULL, &answer);
    const struct h2_seen *seen = origin_h2_seen(o);
    bool is_good;

    w->spec.kind = PROBE_GRPC;
    w->spec.service = (char *)"";
    w->spec.host = (char *)"shop.example.com";
    w->spec.port = origin_h2_port(o);
    result(w, &is_good);
    assert_true(is_good);
    assert_string_equal(seen->method, "POST");
    assert_string_equal(seen->path, "/grpc.health.v1.Health/Check");
    assert_string_equal(seen->authority, "shop.example.com");
    assert_string_equal(seen->content_type, "application/grpc");
    assert_string_equal(seen->te, "trailers");
    assert_int_equal(seen->body_len, 5);
}

static void test_over_tls(void **state)
{
    struct world *w = *state;
    const struct h2_answer answer = {"200", "application/grpc", SERVING, 7, "0", NULL, false};
    struct tls_server *tls = tls_server_new("www.example.com");
    struct origin_h2 *o = open_origin(w, tls, &answer);
    bool is_good;

    w->spec.kind = PROBE_GRPCS;
    w->spec.service = (char *)"";
    w->spec.host = (char *)"www.example.com";
    w->spec.port = origin_h2_port(o);
    assert_string_equal(result(w, &is_good), "certificate: self-signed certificate");
    w->spec.verify = false;
    result(w, &is_good); /* it has not agreed to HTTP/2, and speaks nothing else */
    assert_false(is_good);
    tls_server_agree_on_h2(tls);
    assert_string_equal(result(w, &is_good), "SERVING");
}

/* An HTTP/1.1 server makes nothing of the preface. */
static void test_no_http2(void **state)
{
    struct world *w = *state;
    bool is_good;

    w->spec.kind = PROBE_GRPC;
    w->spec.service = (char *)"";
    w->spec.timeout_ms = TIMEOUT_MS;
    result(w, &is_good);
    assert_false(is_good);

    const struct endpoint_addr at = loopback(); /* nor one that falls back */
    assert_int_equal(origin_open_tls(&w->loop, &at, "www.example.com", &w->other), 0);
    w->spec.kind = PROBE_GRPCS;
    w->spec.verify = false;
    w->spec.timeout_ms = PATIENCE_MS;
    w->spec.port = origin_port(w->other);
    assert_string_equal(result(w, &is_good), "it does not speak HTTP/2");
}

static void test_http_over_http2(void **state)
{
    struct world *w = *state;
    const struct h2_answer answer = {"200", "text/plain", "all is well", 11, NULL, NULL, false};
    struct tls_server *tls = tls_server_new("www.example.com");
    struct origin_h2 *plain = open_origin(w, NULL, &answer), *o = open_origin(w, tls, &answer);
    bool is_good;

    w->spec.http2 = true;
    w->spec.body = pattern_text("well");
    w->spec.port = origin_h2_port(plain);
    assert_string_equal(result(w, &is_good), "status 200, HTTP/2");

    tls_server_agree_on_h2(tls);
    w->spec.kind = PROBE_HTTPS;
    w->spec.verify = false;
    w->spec.port = origin_h2_port(o);
    assert_string_equal(result(w, &is_good), "status 200, HTTP/2");
    assert_string_equal(origin_h2_seen(o)->path, "/healthz");
    pattern_unref(w->spec.body);

    const struct endpoint_addr at = loopback(); /* one that falls back */
    assert_int_equal(origin_open_tls(&w->loop, &at, "www.example.com", &w->other), 0);
    w->spec.body = NULL;
    w->spec.port = origin_port(w->other);
    assert_string_equal(result(w, &is_good), "HTTP/1.1, expected HTTP/2");
}

int main(void)
{
#define H2_TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, tear_down)
    const struct CMUnitTest tests[] = {
        H2_TEST(test_answers),  H2_TEST(test_request),         H2_TEST(test_over_tls),
        H2_TEST(test_no_http2), H2_TEST(test_http_over_http2),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
