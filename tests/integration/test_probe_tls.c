// SPDX-License-Identifier: BSD-2-Clause
/* Certificates, ours and theirs, as https and tls probes see them. */
#include "world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/tmpdir.h"
#include "origin_tls.h"

#define NAME "www.example.com"

static char *folder, *pem;

/* A TLS origin beside, whose certificate lies in `pem`, and a probe that trusts it. */
static void open_tls(struct world *w)
{
    const struct endpoint_addr at = loopback();

    assert_int_equal(origin_open_tls(&w->loop, &at, NAME, &w->other), 0);
    tls_server_write_pem(origin_tls(w->other), pem);
    w->spec.kind = PROBE_HTTPS;
    w->spec.port = origin_port(w->other);
    w->spec.host = (char *)NAME;
    w->spec.ca = pem;
}

static const char *error_of(struct world *w)
{
    struct answer a = {0};
    struct target *t = target(w);

    assert_true(target_probe_now(t, on_answer, &a));
    wait_until(w, is_true, &a.is_done, "an answer");
    return status(t).last_error;
}

static void expect_error(struct world *w, const char *error)
{
    const char *got = error_of(w);

    if (error == NULL && got != NULL)
        fail_msg("%s", got);
    if (error != NULL)
        assert_string_equal(got, error);
}

static void test_authority(void **state)
{
    struct world *w = *state;

    open_tls(w);
    expect_error(w, NULL);

    w->spec.sni = (char *)"other.example.com"; /* asked for in the handshake, not in the header */
    assert_non_null(strstr(error_of(w), "other.example.com"));
    w->spec.verify = false;
    expect_error(w, NULL);
    assert_string_equal(origin_seen(w->other)->server_name, "other.example.com");
    assert_non_null(strstr(origin_seen(w->other)->request, "\r\nHost: " NAME "\r\n"));
}

static void test_authorities_that_cannot_be_read(void **state)
{
    struct world *w = *state;

    open_tls(w);
    w->spec.ca = (char *)"/nonexistent/ca.pem";
    assert_non_null(error_of(w));
    assert_int_equal(status(target(w)).probes, 0); /* ours: it does not count */
}

/* Octets that this process has read of files so far (proc(5)). */
static unsigned long octets_read(void)
{
    FILE *f = fopen("/proc/self/io", "r");
    unsigned long n;

    assert_non_null(f);
    assert_int_equal(fscanf(f, "rchar: %lu", &n), 1);
    fclose(f);
    return n;
}

/* The trusted certificate again, with so much talk before it that reading it shows. */
static char *make_large(const char *name)
{
    char *path = tmpdir_path(folder, name), *certificate = tmpdir_read(folder, "cert.pem");
    FILE *f = fopen(path, "w");

    for (int i = 0; i < 10000; i++)
        fputs("# one line of many\n", f);
    fputs(certificate, f);
    fclose(f);
    free(certificate);
    return path;
}

/* They are read once for many probes, also where two files take turns, and those of the system. */
static void test_authorities_are_kept(void **state)
{
    struct world *w = *state;

    open_tls(w);
    char *files[] = {make_large("one.pem"), make_large("two.pem"), NULL};
    static const char *const errors[] = {NULL, NULL, "certificate: self-signed certificate"};
    unsigned long before = 0;
    for (unsigned i = 0; i < 12; i++) {
        w->spec.ca = files[i % 3];
        expect_error(w, errors[i % 3]);
        if (i == 2)
            before = octets_read();
    }
    assert_true(octets_read() - before < 100000);
    for (unsigned i = 0; i < 2; i++)
        free(files[i]);
}

static void test_days(void **state)
{
    struct world *w = *state;

    open_tls(w); /* valid for a day and a half */
    w->spec.cert_days = 14;
    expect_error(w, "certificate: days left: 1, expected 14");
    w->spec.kind = PROBE_TLS;
    expect_error(w, "certificate: days left: 1, expected 14");
    w->spec.verify = false;
    expect_error(w, "certificate: days left: 1, expected 14");
}

static void test_client_certificate(void **state)
{
    struct world *w = *state;

    open_tls(w);
    tls_server_require_client(origin_tls(w->other));
    assert_non_null(error_of(w));
    w->spec.cert = w->spec.key = pem;
    expect_error(w, NULL);
    assert_int_equal(origin_seen(w->other)->requests, 1);

    w->spec.cert = w->spec.key = (char *)"/nonexistent/probe.pem";
    const uint64_t counted = status(target(w)).probes;
    assert_non_null(error_of(w));
    assert_int_equal(status(target(w)).probes, counted); /* ours */
}

static void test_tls_handshake(void **state)
{
    struct world *w = *state;

    open_tls(w);
    w->spec.kind = PROBE_TLS;
    expect_error(w, NULL);
    assert_int_equal(origin_seen(w->other)->requests, 0);

    w->spec.ca = NULL;
    expect_error(w, "certificate: self-signed certificate");

    origin_stop(w->other);
    expect_error(w, "connection refused");
}

static void test_tls_dialog(void **state)
{
    struct world *w = *state;
    char say[] = "GET /healthz HTTP/1.0\r\nConnection: close\r\n\r\n", hear[] = "200 OK";

    open_tls(w);
    w->spec.kind = PROBE_TLS;
    w->spec.send = (struct probe_bytes){(uint8_t *)say, strlen(say)};
    expect_error(w, NULL);
    w->spec.receive = (struct probe_bytes){(uint8_t *)hear, strlen(hear)};
    expect_error(w, NULL);
    origin_set(w->other, "503");
    assert_non_null(strstr(error_of(w), "heard \"HTTP/1.1 503 No\\r\\n"));
    origin_set(w->other, "hang");
    say[strlen("GET /healthz HTTP/1.0\r\n")] = '\0'; /* without an end it is not answered */
    w->spec.send.len = strlen(say);
    w->spec.timeout_ms = 500;
    expect_error(w, "timeout after 500ms (waiting for what is expected)");
}

/* Where nobody speaks TLS. */
static void test_tls_to_nothing(void **state)
{
    struct world *w = *state;

    w->spec.kind = PROBE_TLS;
    w->spec.timeout_ms = TIMEOUT_MS;
    expect_error(w, "timeout after 60ms (TLS handshake)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_authority),
        WORLD_TEST(test_authorities_that_cannot_be_read),
        WORLD_TEST(test_authorities_are_kept),
        WORLD_TEST(test_days),
        WORLD_TEST(test_client_certificate),
        WORLD_TEST(test_tls_handshake),
        WORLD_TEST(test_tls_dialog),
        WORLD_TEST(test_tls_to_nothing),
    };

    signal(SIGPIPE, SIG_IGN);
    folder = tmpdir_new();
    pem = tmpdir_path(folder, "cert.pem");
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    tmpdir_free(folder);
    free(pem);
    return failed;
}
