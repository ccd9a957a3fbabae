// SPDX-License-Identifier: BSD-2-Clause
/*
 * How often endpoints are asked that many pools name, counted where they are asked: the endpoints are
 * sockets of this test, on which a probe of type tcp is over when the kernel accepts it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../unit/tmpdir.h"
#include "base/clock.h"
#include "base/ipaddr.h"
#include "base/xalloc.h"
#include "daemon.h"

enum { POOLS = 50, INTERVAL_MS = 100, PATIENCE_MS = 10000 };

#define ZONE_HEAD "$TTL 60\n@ SOA ns hostmaster 1 2 3 4 5\n@ NS ns\nns A 192.0.2.53\n"

static const char *const addrs[] = {"127.0.3.1", "127.0.3.2"};
enum { US, EU, ENDPOINTS };

static struct {
    struct daemon *d;
    int listener[ENDPOINTS];
    unsigned probes[ENDPOINTS]; /* that came */
} f;

/* Each pool has a region at both endpoints, or only at the second one. */
static char *zone_text(const char *first)
{
    char *text = xstrdup(ZONE_HEAD);

    for (unsigned i = 0; i < POOLS; i++) {
        char *longer = xasprintf("%sw%u 60 DYNA p%u\neu.p%u A 127.0.3.2\nus.p%u A %s\n", text, i, i,
                                 i, i, first);
        free(text);
        text = longer;
    }
    return text;
}

/* port 0: any, which comes back. */
static int listen_at(const char *addr, uint16_t *port)
{
    struct sockaddr_storage sa;
    struct ipaddr a;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    assert_true(ipaddr_parse(addr, &a));
    socklen_t len = ipaddr_to_sockaddr(&a, *port, &sa);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&sa, len), 0);
    assert_int_equal(listen(fd, 128), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
    ipaddr_from_sockaddr((struct sockaddr *)&sa, port);
    return fd;
}

static int set_up(void **state)
{
    char *zone = zone_text(addrs[US]);
    const struct daemon_file file = {"zones/example.com.zone", zone};
    uint16_t port = 0;

    (void)state;
    f.probes[US] = f.probes[EU] = 0;
    for (size_t i = 0; i < ENDPOINTS; i++)
        f.listener[i] = listen_at(addrs[i], &port);
    char *config = xasprintf("regions: {us: {}, eu: {}}\n"
                             "probes: {web: {type: tcp, port: %u, interval: %dms, timeout: 90ms}}\n"
                             "policies: {default: {probe: web}}\n",
                             port, INTERVAL_MS);
    f.d = daemon_start(&(struct daemon_opts){.config = config, .files = &file, .n_files = 1});
    free(config);
    free(zone);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    daemon_stop(f.d);
    for (size_t i = 0; i < ENDPOINTS; i++)
        close(f.listener[i]);
    return 0;
}

static void take_probes(size_t i)
{
    for (int fd; (fd = accept(f.listener[i], NULL, NULL)) >= 0; f.probes[i]++)
        close(fd);
}

/* Until so many more have come to an endpoint. */
static void wait_probes(size_t endpoint, unsigned more)
{
    const unsigned enough = f.probes[endpoint] + more;
    const mono_ms_t end = mono_ms() + PATIENCE_MS;

    while (f.probes[endpoint] < enough) {
        struct pollfd p[] = {{.fd = f.listener[US], .events = POLLIN},
                             {.fd = f.listener[EU], .events = POLLIN}};
        if (mono_ms() > end || poll(p, ENDPOINTS, PATIENCE_MS) <= 0)
            fail_msg("%u of %u probes", f.probes[endpoint], enough);
        for (size_t i = 0; i < ENDPOINTS; i++)
            take_probes(i);
    }
}

static json_int_t probed_endpoints(void)
{
    json_t *status = daemon_call(f.d, "status", "{}");
    const json_int_t n =
        json_integer_value(json_object_get(json_object_get(status, "probes"), "endpoints"));

    json_decref(status);
    return n;
}

/* In a time that holds n starts of its interval an endpoint is asked n times, one or two at the edges aside,
 * not fifty times n. */
static void test_asked_once(void **state)
{
    (void)state;
    wait_probes(US, 1);
    const mono_ms_t from = mono_ms();
    const unsigned before = f.probes[EU];
    wait_probes(US, 10);
    take_probes(EU);
    const mono_ms_t took_ms = mono_ms() - from;
    assert_true(f.probes[US] - 1 <= took_ms / INTERVAL_MS + 2);
    assert_true(f.probes[EU] - before <= took_ms / INTERVAL_MS + 2);
    assert_int_equal(probed_endpoints(), ENDPOINTS);
}

static void reload_with(const char *first)
{
    char *zone = zone_text(first);

    tmpdir_write(daemon_dir(f.d), "zones/example.com.zone", zone);
    json_decref(daemon_call(f.d, "reload", "{}"));
    free(zone);
}

/* When the last record that names it goes, and from then on again when one comes back. */
static void test_stops_with_its_last_name(void **state)
{
    (void)state;
    wait_probes(US, 2);
    reload_with(addrs[EU]);
    assert_int_equal(probed_endpoints(), 1);
    wait_probes(EU, 1); /* what was under way has come */
    const unsigned last = f.probes[US];
    wait_probes(EU, 5);
    assert_int_equal(f.probes[US], last);

    reload_with(addrs[US]);
    wait_probes(US, 2);
    assert_int_equal(probed_endpoints(), ENDPOINTS);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_asked_once),
        TEST(test_stops_with_its_last_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
