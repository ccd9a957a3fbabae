/*
 * A drain's reply comes when every worker answers by it: whoever asks then, on whatever socket, gets
 * the new answer (proximactl(8)).  SPDX-License-Identifier: BSD-2-Clause
 */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "../unit/kit.h"
#include "backend.h"
#include "daemon.h"

/* Enough source ports that each worker gets some: the kernel spreads by their hash. */
#define SOCKETS 64
#define ROUNDS  50
#define SOON_MS 50

static const struct daemon_file zone = {"zones/example.com.zone", "$TTL 60\n"
                                                                  "@ SOA ns hostmaster 1 2 3 4 5\n"
                                                                  "@ NS ns\n"
                                                                  "ns A 192.0.2.53\n"
                                                                  "www DYNA web\n"
                                                                  "us.web A 192.0.2.1\n"
                                                                  "eu.web A 192.0.2.2\n"};

static struct {
    struct daemon *d;
    int fd[SOCKETS];
} f;

static void open_sockets(void)
{
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons(daemon_port(f.d)),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval patience = {.tv_sec = 20};

    for (size_t i = 0; i < SOCKETS; i++) {
        f.fd[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        setsockopt(f.fd[i], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        assert_int_equal(connect(f.fd[i], (const struct sockaddr *)&to, sizeof(to)), 0);
    }
}

static void close_sockets(void)
{
    for (size_t i = 0; i < SOCKETS; i++)
        close(f.fd[i]);
}

static int setup(void **state)
{
    f.d = daemon_start(&(struct daemon_opts){
        .config = "regions: {us: {}, eu: {}}\n", .files = &zone, .n_files = 1});
    open_sockets();
    return 0;
}

static int teardown(void **state)
{
    close_sockets();
    daemon_stop(f.d);
    return 0;
}

/* The last octet of the address in a reply to www A: its only record ends the message. */
static unsigned region_of(int fd)
{
    uint8_t reply[512];
    const ssize_t n = recv(fd, reply, sizeof(reply), 0);

    assert_true(n > 0);
    assert_int_equal(kit_count(reply, 1), 1);
    return reply[n - 1];
}

/* All at once, then all that came: no worker has time to catch up. */
static void check_everywhere(unsigned region)
{
    const struct packet query = q("www.example.com", "A");

    for (size_t i = 0; i < SOCKETS; i++)
        assert_int_equal(send(f.fd[i], query.data, query.len, 0), query.len);
    for (size_t i = 0; i < SOCKETS; i++)
        assert_int_equal(region_of(f.fd[i]), region);
}

static double change(const char *method)
{
    json_t *result = daemon_call(f.d, method, "{s:s}", "region", "us");
    const double took_ms = json_real_value(json_object_get(result, "took_ms"));

    assert_true(json_is_true(json_object_get(result, "changed")));
    json_decref(result);
    return took_ms;
}

static void the_reply_comes_when_every_worker_answers_by_it(void **state)
{
    double slowest_ms = 0;

    for (unsigned i = 0; i < ROUNDS; i++) {
        const double drain_ms = change("drain");
        check_everywhere(2);
        const double undrain_ms = change("undrain");
        check_everywhere(1);
        slowest_ms = drain_ms > slowest_ms ? drain_ms : slowest_ms;
        slowest_ms = undrain_ms > slowest_ms ? undrain_ms : slowest_ms;
    }
    print_message("the slowest of %u took %.1f ms\n", 2 * ROUNDS, slowest_ms);
}

static int compare_ms(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* As fast as the disk is, which brings it to safety first: the median tells of us, the slowest of it. */
static void it_takes_little_time(void **state)
{
    double took_ms[2 * 10];

    for (unsigned i = 0; i < 10; i++) {
        took_ms[2 * i] = change("drain");
        took_ms[2 * i + 1] = change("undrain");
    }
    qsort(took_ms, 2 * 10, sizeof(took_ms[0]), compare_ms);
    assert_true(took_ms[10] <= SOON_MS * backend_slowness());
}

static void a_drain_is_there_again_after_kill_9(void **state)
{
    change("drain");
    daemon_kill(f.d);
    close_sockets();
    daemon_restart(f.d);
    open_sockets();
    check_everywhere(2);
    change("undrain");
    check_everywhere(1);
    daemon_kill(f.d);
    close_sockets();
    daemon_restart(f.d);
    open_sockets();
    check_everywhere(1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_reply_comes_when_every_worker_answers_by_it, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(it_takes_little_time, setup, teardown),
        cmocka_unit_test_setup_teardown(a_drain_is_there_again_after_kill_9, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
