/* UDP through real workers: src/net/udp.c, listen.c.  SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cursor.h"
#include "dns/types.h"
#include "netkit.h"

static struct packet query_with_id(uint16_t id)
{
    return q("ns1.example.com", "A", .id = id, .edns = true);
}

static bool has_ip6(void)
{
    struct sockaddr_in6 loopback = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    const int fd = socket(AF_INET6, SOCK_DGRAM, 0);
    const bool has = fd >= 0 && bind(fd, (struct sockaddr *)&loopback, sizeof(loopback)) == 0;

    close(fd);
    return has;
}

static void test_both_families(void **state)
{
    static const char *const addrs[] = {"127.0.0.1", "::1"};

    for (unsigned i = 0; i < (has_ip6() ? 2 : 1); i++) {
        struct netkit s;
        netkit_open(&s, &(struct netkit_opts){.listen = addrs[i]});
        const int udp = netkit_connect(&s, SOCK_DGRAM, NULL);
        const int tcp = netkit_connect(&s, SOCK_STREAM, NULL);
        const struct packet p = query_with_id(7);
        netkit_ask_udp(udp, &p);
        netkit_ask_tcp(tcp, &p);
        assert_int_equal(netkit_stat(&s, STAT_udp_queries), 1);
        assert_int_equal(netkit_stat(&s, STAT_tcp_queries), 1);
        close(udp);
        close(tcp);
        netkit_close(&s);
    }
}

#define BURST 500 /* several batches */

/* Of what two clients send in turns, every third message is itself a response. */
static bool wants_reply(unsigned id)
{
    return id % 3 != 0;
}

/* The replies to the messages up to last that are this client's, each once. */
static void take_replies(int fd, unsigned client, unsigned first, unsigned last)
{
    bool seen[BURST + 1] = {false};
    uint8_t out[4096];

    for (unsigned id = first; id <= last; id++) {
        if (id % 2 != client || !wants_reply(id))
            continue;
        assert_true(netkit_recv(fd, out, sizeof(out)) > 0);
        const uint16_t got = get_u16(out);
        assert_in_range(got, first, last);
        assert_true(got % 2 == client && wants_reply(got) && !seen[got]);
        seen[got] = true;
    }
}

/* Sent at once, each is answered once, to who asked; what gets no answer is left out of the batch. */
static void test_batches(void **state)
{
    struct netkit s;
    int fds[2];

    netkit_open(&s, &(struct netkit_opts){0});
    for (unsigned i = 0; i < 2; i++)
        fds[i] = netkit_connect(&s, SOCK_DGRAM, NULL);
    for (unsigned id = 1; id <= BURST; id++) {
        struct packet p = query_with_id((uint16_t)id);
        if (!wants_reply(id))
            p.data[2] |= FLAG_QR >> 8;
        netkit_send(fds[id % 2], p.data, p.len);
        if (id % 100 == 0) /* no more at once than any receive buffer holds */
            for (unsigned i = 0; i < 2; i++)
                take_replies(fds[i], i, id - 99, id);
    }
    assert_int_equal(netkit_stat(&s, STAT_udp_queries), BURST);
    assert_int_equal(netkit_stat(&s, STAT_dropped), BURST / 3);
    assert_int_equal(netkit_stat(&s, STAT_send_failed), 0);
    for (unsigned i = 0; i < 2; i++)
        close(fds[i]);
    netkit_close(&s);
}

/* Ask one of the addresses that a wildcard socket listens on: the reply is from it. */
static void check_asked(const struct netkit *s, const char *addr)
{
    struct endpoint_addr asked = {.port = s->listeners->addrs[0].port}, from;
    const struct packet p = query_with_id(9);
    struct sockaddr_storage ss;
    socklen_t len;
    uint8_t out[4096];

    assert_true(ipaddr_parse(addr, &asked.addr));
    len = ipaddr_to_sockaddr(&asked.addr, asked.port, &ss);
    const int fd = socket(ss.ss_family, SOCK_DGRAM, 0);
    const struct timeval wait = {.tv_sec = WAIT_S};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
    assert_int_equal(sendto(fd, p.data, p.len, 0, (struct sockaddr *)&ss, len), p.len);
    len = sizeof(ss);
    assert_true(recvfrom(fd, out, sizeof(out), 0, (struct sockaddr *)&ss, &len) > 0);
    from.addr = ipaddr_from_sockaddr((struct sockaddr *)&ss, &from.port);
    assert_true(ipaddr_equal(&from.addr, &asked.addr));
    assert_int_equal(from.port, asked.port);
    close(fd);
}

static void test_wildcard_answers_from_the_address_asked(void **state)
{
    struct netkit s;

    netkit_open(&s, &(struct netkit_opts){.listen = "0.0.0.0"});
    check_asked(&s, "127.0.0.1");
    check_asked(&s, "127.0.0.2");
    check_asked(&s, "127.1.2.3");
    netkit_close(&s);
    if (!has_ip6())
        return;
    netkit_open(&s, &(struct netkit_opts){.listen = "::"});
    check_asked(&s, "::1");
    netkit_close(&s);
}

/* What gets no answer holds up nobody, and what is longer than a query is answered, as an error. */
static void test_odd_datagrams(void **state)
{
    static const uint8_t zeros[4000] = {0x12, 0x34};
    struct netkit s;
    uint8_t out[4096];

    netkit_open(&s, &(struct netkit_opts){0});
    const int fd = netkit_connect(&s, SOCK_DGRAM, NULL);
    struct packet response = query_with_id(1);
    response.data[2] |= 0x80;
    assert_int_equal(send(fd, zeros, 0, 0), 0);
    netkit_send(fd, zeros, 11);
    netkit_send(fd, response.data, response.len);
    netkit_send(fd, zeros, sizeof(zeros));
    assert_int_equal(netkit_recv(fd, out, sizeof(out)), DNS_HEADER_LEN);
    assert_int_equal(kit_rcode(out), RCODE_FORMERR);
    assert_int_equal(netkit_stat(&s, STAT_dropped), 3);
    const struct packet p = query_with_id(2);
    netkit_ask_udp(fd, &p);
    close(fd);
    netkit_close(&s);
}

/* A client that is two workers' by turns: the kernel spreads by address and port. */
static void test_workers_share_a_port(void **state)
{
    struct netkit s;

    netkit_open(&s, &(struct netkit_opts){.workers = 2});
    assert_int_not_equal(s.listeners->addrs[0].port, 0);
    for (unsigned i = 0; i < 64; i++) {
        const int fd = netkit_connect(&s, SOCK_DGRAM, NULL);
        const struct packet p = query_with_id((uint16_t)(i + 1));
        netkit_ask_udp(fd, &p);
        close(fd);
    }
    for (unsigned i = 0; i < 2; i++) {
        const struct stats *stats = worker_stats(s.workers[i]);
        assert_int_equal((uintptr_t)stats % CACHE_LINE, 0);  /* counted apart from the other's */
        assert_true(stats_get(stats, STAT_udp_queries) > 0); /* all to one: once in 2^63 runs */
    }
    assert_int_equal(netkit_stat(&s, STAT_udp_queries), 64);
    netkit_close(&s);
}

/* An error queued on the worker's socket does not make it deaf.  It is made through a copy of the
 * socket: connected to a closed port for a moment, it sends, and ICMP refuses. */
static void test_error_on_the_socket(void **state)
{
    const struct sockaddr_in closed = {
        .sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_port = htons(1)};
    const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    const struct packet p = query_with_id(3);
    char listen[SOCKADDR_TEXT];
    struct netkit s;

    /* a port that was named: one of the system's choice would be lost when the copy disconnects;
     * and below those that the system chooses, so that nobody gets it by chance */
    snprintf(listen, sizeof(listen), "127.0.0.1@%u", 10000 + (unsigned)getpid() % 20000);
    netkit_open(&s, &(struct netkit_opts){.listen = listen, .copy_udp = true});
    for (int i = 0; i < 3; i++) {
        assert_int_equal(connect(s.udp, (const struct sockaddr *)&closed, sizeof(closed)), 0);
        assert_int_equal(send(s.udp, "x", 1, 0), 1);
        assert_int_equal(connect(s.udp, &nobody, sizeof(nobody)), 0);
        const int fd = netkit_connect(&s, SOCK_DGRAM, NULL);
        netkit_ask_udp(fd, &p);
        close(fd);
    }
    close(s.udp);
    netkit_close(&s);
}

static void check_refused(const char *listen, uint16_t port, const char *want)
{
    struct endpoint_addr addr;
    char *text, name[SOCKADDR_TEXT], line[256];
    struct err err;

    err_init(&err);
    assert_true(sockaddr_parse(listen, port, &addr));
    assert_null(listen_open(&(struct listen_opts){.addrs = &addr, .n = 1, .workers = 1}, &err));
    text = err_text(&err);
    snprintf(line, sizeof(line), "cannot listen on %s: %s\n", sockaddr_print(&addr, name), want);
    assert_string_equal(text, line);
    free(text);
    err_fini(&err);
}

/* Although sockets share ports among workers, a second server does not get a share. */
static void test_listen_errors(void **state)
{
    struct netkit s;

    netkit_open(&s, &(struct netkit_opts){0});
    check_refused("127.0.0.1", s.listeners->addrs[0].port,
                  "another server listens there; stop it or choose another address or port");
    check_refused("192.0.2.1", 5300, "this machine does not have the address");
    netkit_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_families),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_wildcard_answers_from_the_address_asked),
        cmocka_unit_test(test_odd_datagrams),
        cmocka_unit_test(test_workers_share_a_port),
        cmocka_unit_test(test_error_on_the_socket),
        cmocka_unit_test(test_listen_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
