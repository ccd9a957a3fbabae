/*
 * The load generator counts right: what it sent, what came back, what did not.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "../integration/site.h"
#include "../unit/tmpdir.h"
#include "dns/types.h"
#include "load.h"

#define LONG_NS 60000000000u /* a machine under a sanitizer may stand still for a while */

static struct endpoint_addr server_at(uint16_t port)
{
    return (struct endpoint_addr){.addr = {.bytes = {127, 0, 0, 1}, .family = FAMILY_IP4},
                                  .port = port};
}

static struct load_result run(struct load_opts load, struct questions_opts questions)
{
    struct load_result *result = calloc(1, sizeof(*result));
    struct err err;

    err_init(&err);
    questions.seed = 1;
    struct questions *q = questions_new(&questions, &err);
    if (q == NULL || !load_run(&load, q, result, &err))
        fail_msg("%s", err_text(&err));
    questions_free(q);
    err_fini(&err);
    const struct load_result out = *result;
    free(result);
    return out;
}

/* ---- the daemon answers all ---- */

static void check_all_answered(const struct load_result *r, uint64_t n)
{
    assert_int_equal(r->sent, n);
    assert_int_equal(r->received, n);
    assert_int_equal(r->stray, 0);
    assert_int_equal(r->closed, 0);
    assert_int_equal(r->latency.n, n);
}

static void test_all_come_back(void **state)
{
    static const struct {
        const char *why;
        struct load_opts opts;
    } cases[] = {
        {"closed loop", {.sockets = 3, .outstanding = 256, .count = 20000}},
        {"fewer under way than a batch", {.sockets = 1, .outstanding = 5, .count = 1003}},
        /* What does not wait for replies sends, after a standstill, all that is due by then: no
         * more than a socket's buffer holds. */
        {"open loop", {.sockets = 2, .per_s = 20000, .count = 150}},
        {"cut by the kernel", {.sockets = 2, .per_s = 20000, .count = 150, .segments = true}},
        {"one connection", {.tcp = true, .sockets = 1, .outstanding = 1, .count = 500}},
        {"pipelined", {.tcp = true, .sockets = 30, .outstanding = 40, .count = 20000}},
    };
    struct daemon *d = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct load_opts opts = cases[i].opts;
        print_message("%s\n", cases[i].why);
        opts.server = server_at(daemon_port(d));
        opts.patience_ns = LONG_NS;
        const struct load_result r = run(
            opts, (struct questions_opts){.names = "www.example.com", .subnets = "192.0.0.0/8"});
        check_all_answered(&r, opts.count);
        assert_int_equal(r.rcode[RCODE_NOERROR], opts.count);
    }
}

static void test_share_of_nxdomain(void **state)
{
    struct daemon *d = *state;

    tmpdir_write(daemon_dir(d), "names", "txt.example.com TXT\nns.example.com\nexample.com SOA\n");
    char *names = tmpdir_path(daemon_dir(d), "names");
    const struct load_opts opts = {.server = server_at(daemon_port(d)),
                                   .sockets = 1,
                                   .outstanding = 64,
                                   .patience_ns = LONG_NS,
                                   .count = 10000};
    const struct load_result r =
        run(opts, (struct questions_opts){.names = names, .nxdomain_per100 = 25});

    check_all_answered(&r, opts.count);
    /* A third of those is asked of example.com., whose changed label is that of a TLD: not ours. */
    assert_in_range(r.rcode[RCODE_NXDOMAIN], 1500, 1833);
    assert_in_range(r.rcode[RCODE_REFUSED], 750, 917);
    assert_int_equal(r.rcode[RCODE_NOERROR] + r.rcode[RCODE_NXDOMAIN] + r.rcode[RCODE_REFUSED],
                     opts.count);
    free(names);
}

/* Of h0 to h3 there are h1 and h2. */
static void test_numbered_names(void **state)
{
    struct daemon *d = *state;
    const struct load_opts opts = {.server = server_at(daemon_port(d)),
                                   .sockets = 1,
                                   .outstanding = 64,
                                   .patience_ns = LONG_NS,
                                   .count = 10000};
    tmpdir_write(
        daemon_dir(d), "zones/numbers.example.zone",
        "@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\nh1a A 192.0.2.1\nh2a A 192.0.2.2\n");
    json_decref(daemon_call(d, "reload", "{}"));
    const struct load_result r =
        run(opts, (struct questions_opts){.names = "h#a.numbers.example", .numbers = 4});

    check_all_answered(&r, opts.count);
    assert_in_range(r.rcode[RCODE_NOERROR], 4700, 5300);
    assert_int_equal(r.rcode[RCODE_NOERROR] + r.rcode[RCODE_NXDOMAIN], opts.count);
}

/* ---- nobody answers ---- */

static int silent_socket(uint16_t *port)
{
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(own);
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (const struct sockaddr *)&own, len), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&own, &len), 0);
    *port = ntohs(own.sin_port);
    return fd;
}

static void test_lost(void **state)
{
    static const struct {
        const char *why;
        struct load_opts opts;
    } cases[] = {
        {"a closed loop goes on when it has given up",
         {.sockets = 1, .outstanding = 64, .count = 640}},
        {"an open loop does not wait", {.sockets = 2, .per_s = 100000, .count = 5000}},
    };
    uint16_t port;
    const int fd = silent_socket(&port);

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct load_opts opts = cases[i].opts;
        print_message("%s\n", cases[i].why);
        opts.server = server_at(port);
        opts.patience_ns = 1000000;
        const struct load_result r = run(opts, (struct questions_opts){.names = "www.example.com"});
        assert_int_equal(r.sent, opts.count);
        assert_int_equal(r.received, 0);
        assert_int_equal(r.latency.n, 0);
    }
    close(fd);
}

/* ---- the histogram ---- */

static void test_histogram(void **state)
{
    static const struct {
        double share;
        uint64_t ns;
    } cases[] = {{0.5, 500000}, {0.9, 900000}, {0.99, 990000}, {0.999, 999000}};
    static struct histogram h;

    (void)state;
    assert_int_equal(histogram_quantile(&h, 0.5), 0);
    for (uint64_t i = 1; i <= 1000; i++)
        histogram_add(&h, 1000 * i);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_in_range(histogram_quantile(&h, cases[i].share), cases[i].ns,
                        cases[i].ns + cases[i].ns / 64);
    assert_int_equal(histogram_quantile(&h, 1), 1000000);
    histogram_add(&h, UINT64_MAX);
    assert_int_equal(histogram_quantile(&h, 1), ((uint64_t)1 << HISTOGRAM_MAX_BITS) - 1);
}

static int start(void **state)
{
    *state = site_start();
    return 0;
}

static int stop(void **state)
{
    daemon_stop(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_all_come_back, start, stop),
        cmocka_unit_test_setup_teardown(test_share_of_nxdomain, start, stop),
        cmocka_unit_test_setup_teardown(test_numbered_names, start, stop),
        cmocka_unit_test(test_lost),
        cmocka_unit_test(test_histogram),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
