// SPDX-License-Identifier: BSD-2-Clause
/* dns probes of a proximad, and of servers that misbehave. */
#include "world.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon.h"
#include "dns/types.h"

static const char zone[] = "$TTL 60\n"
                           "@ SOA ns hostmaster 1 2 3 4 5\n"
                           "@ NS ns\n"
                           "ns A 192.0.2.53\n"
                           "www A 192.0.2.1\n"
                           "www A 192.0.2.2\n"
                           "mail MX 10 MX1.example.com.\n"
                           "$GENERATE 1-200 big A 198.51.100.$\n";

static struct daemon *server;

static const char *said_by(struct world *w, bool *is_good)
{
    struct answer a = {0};
    struct target *t = target(w);

    assert_true(target_probe_now(t, on_answer, &a));
    wait_until(w, is_true, &a.is_done, "an answer");
    *is_good = status(t).last_error == NULL;
    return *is_good ? status(t).last_said : status(t).last_error;
}

static void test_answers(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *query;
        uint16_t type;
        struct code_range expect;
        const char *answers[2];
        const char *error, *said; /* one of both */
    } cases[] = {
        {"www.example.com.", TYPE_A, {0, 0}, {NULL}, NULL, "NOERROR, 2 records"},
        {"WWW.example.COM.", TYPE_A, {0, 0}, {"192.0.2.2"}, NULL, "NOERROR, 2 records"},
        {"www.example.com.",
         TYPE_A,
         {0, 0},
         {"192.0.2.2", "192.0.2.1"},
         NULL,
         "NOERROR, 2 records"},
        {"www.example.com.",
         TYPE_A,
         {0, 0},
         {"192.0.2.2", "192.0.2.3"},
         "NOERROR, but no \"192.0.2.3\" among 2 records",
         NULL},
        {"mail.example.com.", TYPE_MX, {0, 0}, {"10 mx1.example.com."}, NULL, "NOERROR, 1 record"},
        {"mail.example.com.",
         TYPE_MX,
         {0, 0},
         {"20 mx1.example.com."},
         "NOERROR, but no \"20 mx1.example.com.\" among 1 record",
         NULL},
        {"nobody.example.com.", TYPE_A, {0, 0}, {NULL}, "NXDOMAIN, expected NOERROR", NULL},
        {"nobody.example.com.", TYPE_A, {3, 3}, {NULL}, NULL, "NXDOMAIN, 0 records"},
        {"www.example.net.", TYPE_A, {0, 0}, {NULL}, "REFUSED, expected NOERROR", NULL},
        /* truncated over UDP */
        {"big.example.com.", TYPE_A, {0, 0}, {"198.51.100.200"}, NULL, "NOERROR, 200 records"},
    };

    w->spec.kind = PROBE_DNS;
    w->spec.port = daemon_port(server);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct code_range expect = cases[i].expect;
        char *answers[] = {(char *)(uintptr_t)cases[i].answers[0],
                           (char *)(uintptr_t)cases[i].answers[1]};
        bool is_good;
        w->spec.query = (char *)(uintptr_t)cases[i].query;
        w->spec.query_type = cases[i].type;
        w->spec.expect = &expect;
        w->spec.answers = answers;
        w->spec.n_answers = (answers[0] != NULL) + (answers[1] != NULL);
        const char *said = said_by(w, &is_good);
        assert_string_equal(said, is_good ? cases[i].said : cases[i].error);
    }
}

static void test_source(void **state)
{
    struct world *w = *state;
    struct ipaddr source;
    bool is_good;

    assert_true(ipaddr_parse("127.0.0.77", &source));
    w->spec.kind = PROBE_DNS;
    w->spec.port = daemon_port(server);
    w->spec.query_type = TYPE_A;
    w->spec.expect[0] = (struct code_range){0, 0};
    w->spec.source = &source;
    w->spec.n_source = 1;
    w->spec.query = (char *)"www.example.com.";
    assert_string_equal(said_by(w, &is_good), "NOERROR, 2 records");
    w->spec.query = (char *)"big.example.com."; /* over TCP */
    assert_string_equal(said_by(w, &is_good), "NOERROR, 200 records");
    w->spec.expect[0] = (struct code_range){200, 200};
}

/* --- A server of the test's own. --- */

struct echo {
    uv_poll_t poll;
    int fd;
    unsigned queries;
    enum { MUTE, FOREIGN_ID, FOREIGN_QUESTION, LATE } mode;
};

/* The query with QR set is an answer, NOERROR and empty. */
static void on_query(uv_poll_t *poll, int status_, int events)
{
    struct echo *e = poll->data;
    struct sockaddr_storage from;
    socklen_t len = sizeof(from);
    uint8_t q[512];
    const ssize_t n = recvfrom(e->fd, q, sizeof(q), 0, (struct sockaddr *)&from, &len);

    (void)status_;
    (void)events;
    assert_true(n > 12);
    e->queries++;
    q[2] |= 0x80;
    if (e->mode == MUTE || (e->mode == LATE && e->queries < 3))
        return;
    if (e->mode == FOREIGN_ID)
        q[0] ^= 1;
    if (e->mode == FOREIGN_QUESTION)
        q[13] ^= 1;
    sendto(e->fd, q, (size_t)n, 0, (struct sockaddr *)&from, len);
}

static void test_misbehaviour(void **state)
{
    struct world *w = *state;
    const struct endpoint_addr at = loopback();
    struct echo e = {.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    struct sockaddr_storage sa;
    socklen_t len = ipaddr_to_sockaddr(&at.addr, 0, &sa);
    bool is_good;

    assert_int_equal(bind(e.fd, (struct sockaddr *)&sa, len), 0);
    assert_int_equal(getsockname(e.fd, (struct sockaddr *)&sa, &len), 0);
    ipaddr_from_sockaddr((struct sockaddr *)&sa, &w->spec.port);
    assert_int_equal(uv_poll_init(&w->loop, &e.poll, e.fd), 0);
    e.poll.data = &e;
    uv_poll_start(&e.poll, UV_READABLE, on_query);
    w->spec.kind = PROBE_DNS;
    w->spec.query = (char *)"example.com.";
    w->spec.query_type = TYPE_SOA;
    w->spec.expect[0] = (struct code_range){0, 0};
    w->spec.timeout_ms = TIMEOUT_MS;

    for (e.mode = MUTE; e.mode <= FOREIGN_QUESTION; e.mode++)
        assert_string_equal(said_by(w, &is_good), "timeout after 60ms (waiting for the answer)");
    e.mode = LATE; /* what is lost is asked again */
    e.queries = 0;
    w->spec.timeout_ms = 1500;
    assert_string_equal(said_by(w, &is_good), "NOERROR, 0 records");
    assert_int_equal(e.queries, 3);

    uv_close((uv_handle_t *)&e.poll, NULL);
    uv_run(&w->loop, UV_RUN_NOWAIT);
    close(e.fd);
    assert_string_equal(said_by(w, &is_good), "connection refused"); /* ICMP says so */
    w->spec.expect[0] = (struct code_range){200, 200};
}

static int start_server(void **state)
{
    static const struct daemon_file files[] = {{"zones/example.com.zone", zone}};

    (void)state;
    server = daemon_start(&(struct daemon_opts){.config = "", .files = files, .n_files = 1});
    return 0;
}

static int stop_server(void **state)
{
    (void)state;
    daemon_stop(server);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_answers),
        WORLD_TEST(test_source),
        WORLD_TEST(test_misbehaviour),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
