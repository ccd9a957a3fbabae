/*
 * The PROXY protocol through a real worker: where it is spoken, the client is who the header says, for
 * steering and all else; where it is not, it is no DNS.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <netinet/tcp.h>

#include "base/cursor.h"
#include "dns/types.h"
#include "netkit.h"

#define HEADER_MAX 256

/* Who asks www.example.com gets one address: by the rules of steer.yaml 10.0.0.1 as 192.0.2.x, .2 as
 * 198.51.100.x, .3 as 203.0.113.x; 127.0.0.1 is in no rule: .1. */
#define OF_A    1
#define OF_B    2
#define OF_C    3
#define OF_NONE 1

static struct prefix anybody(void)
{
    struct prefix p;

    assert_true(prefix_parse("0.0.0.0/0", &p));
    return p;
}

/* A server behind load balancers at from; steered if kit is the one of open_steered. */
static struct kitsnap *open_steered(struct netkit *s, const struct prefix *from, const char *listen)
{
    char *path = kit_path("tests/answer/steer.yaml");
    size_t len;
    char *yaml = kit_read_file(path, &len);
    struct kitsnap *k = kitsnap_new(yaml);

    kitsnap_add_file(k, "example.com.", "tests/answer/steer.zone");
    netkit_open(
        s, &(struct netkit_opts){.first = kitsnap_get(k), .proxy_from = from, .listen = listen});
    free(yaml);
    free(path);
    return k;
}

static void close_steered(struct netkit *s, struct kitsnap *k)
{
    netkit_close(s);
    kitsnap_free(k);
}

struct header {
    uint8_t data[HEADER_MAX];
    size_t len;
};

/* A header of version 2 with a TLV, transport 1 for TCP, 2 for UDP. */
static struct header v2(const char *client, uint8_t transport)
{
    struct header h = {.len = 0};
    struct wr w = wr_init(h.data, sizeof(h.data));
    struct ipaddr a;

    assert_true(ipaddr_parse(client, &a));
    const size_t addr_len = ipaddr_bits(&a) / 8;
    wr_bytes(&w, "\r\n\r\n\0\r\nQUIT\n\x21", 13);
    wr_u8(&w, (uint8_t)(a.family << 4 | transport));
    wr_u16(&w, (uint16_t)(2 * addr_len + 4 + 3 + 5));
    wr_bytes(&w, a.bytes, addr_len);
    wr_bytes(&w, a.bytes, addr_len);
    wr_u32(&w, 0);
    wr_u8(&w, 0xea);
    wr_u16(&w, 5);
    wr_bytes(&w, "hello", 5);
    assert_false(w.full);
    h.len = wr_len(&w);
    return h;
}

static const struct header local = {"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", 16};

static struct packet steered_query(void)
{
    return q("www.example.com", "A");
}

/* The last octet of the address that was answered. */
static void check_answer(const struct packet *p, const uint8_t *out, size_t len, uint8_t want)
{
    assert_null(kit_wrong(p, out, len));
    assert_true(len > 4);
    const uint8_t *address = out + len - 4;
    if (want == OF_A) /* two, in the order of the zone */
        assert_true(address[3] == 1 || address[3] == 11);
    else
        assert_int_equal(address[3], want);
}

static void ask_tcp(int fd, uint8_t want)
{
    static uint8_t out[65535];
    const struct packet p = steered_query();
    uint8_t frame[2 + PACKET_MAX];

    netkit_send(fd, frame, (size_t)(netkit_frame(frame, &p) - frame));
    check_answer(&p, out, netkit_recv_frame(fd, out), want);
}

/* A datagram behind this header, and its answer. */
static void ask_udp(int fd, struct header h, uint8_t want)
{
    const struct packet p = steered_query();
    uint8_t datagram[HEADER_MAX + PACKET_MAX], out[4096];

    memcpy(datagram, h.data, h.len);
    memcpy(datagram + h.len, p.data, p.len);
    netkit_send(fd, datagram, h.len + p.len);
    check_answer(&p, out, netkit_recv(fd, out, sizeof(out)), want);
}

static void test_tcp(void **state)
{
    static const struct {
        const char *v1, *v2; /* one of them */
        uint8_t want;
    } cases[] = {
        {"PROXY TCP4 192.0.2.9 127.0.0.1 1234 53\r\n", NULL, OF_A},
        {"PROXY TCP4 198.51.100.9 127.0.0.1 1234 53\r\n", NULL, OF_B},
        {"PROXY TCP6 2001:db8:b::9 ::1 1234 53\r\n", NULL, OF_B},
        {"PROXY UNKNOWN\r\n", NULL, OF_NONE},
        {NULL, "203.0.113.9", OF_C},
        {NULL, "198.51.100.9", OF_B},
        {NULL, "2001:db8:b::9", OF_B},
    };
    const struct prefix from = anybody();
    struct netkit s;
    struct kitsnap *k = open_steered(&s, &from, NULL);

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const int fd = netkit_connect(&s, SOCK_STREAM, NULL);
        if (cases[i].v1 != NULL) {
            netkit_send(fd, cases[i].v1, strlen(cases[i].v1));
        } else {
            const struct header h = v2(cases[i].v2, 1);
            netkit_send(fd, h.data, h.len);
        }
        ask_tcp(fd, cases[i].want);
        ask_tcp(fd, cases[i].want); /* it holds for the whole connection */
        close(fd);
    }
    assert_int_equal(netkit_stat(&s, STAT_proxy_wrong), 0);
    close_steered(&s, k);
}

/* Header and query in one segment, and an octet at a time. */
static void test_pieces(void **state)
{
    const struct prefix from = anybody();
    const struct packet p = steered_query();
    const int on = 1;
    static uint8_t out[65535];
    struct netkit s;
    struct kitsnap *k = open_steered(&s, &from, NULL);

    for (size_t piece = 1; piece < 200; piece += 33) {
        const struct header h = v2("203.0.113.9", 1);
        uint8_t stream[HEADER_MAX + 2 + PACKET_MAX];
        memcpy(stream, h.data, h.len);
        const size_t len = (size_t)(netkit_frame(stream + h.len, &p) - stream);
        const int fd = netkit_connect(&s, SOCK_STREAM, NULL);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        for (size_t i = 0; i < len; i += piece)
            netkit_send(fd, stream + i, len - i < piece ? len - i : piece);
        check_answer(&p, out, netkit_recv_frame(fd, out), OF_C);
        close(fd);
    }
    close_steered(&s, k);
}

static void test_udp(void **state)
{
    const struct prefix from = anybody();
    struct netkit s;
    struct kitsnap *k = open_steered(&s, &from, NULL);
    const int fd = netkit_connect(&s, SOCK_DGRAM, NULL);

    for (uint8_t transport = 1; transport <= 2;
         transport++) { /* dnsdist also relays TCP over UDP */
        ask_udp(fd, v2("192.0.2.9", transport), OF_A);
        ask_udp(fd, v2("198.51.100.9", transport), OF_B);
        ask_udp(fd, v2("203.0.113.9", transport), OF_C);
        ask_udp(fd, v2("2001:db8:b::9", transport), OF_B);
    }
    ask_udp(fd, local, OF_NONE);
    close(fd);
    close_steered(&s, k);
}

/* At a wildcard the reply to the load balancer comes from the address that it asked: fd is connected. */
static void test_udp_at_a_wildcard(void **state)
{
    const struct prefix from = anybody();
    struct netkit s;
    struct kitsnap *k = open_steered(&s, &from, "0.0.0.0");
    const int fd = netkit_connect(&s, SOCK_DGRAM, "127.1.2.3");

    ask_udp(fd, v2("203.0.113.9", 2), OF_C);
    close(fd);
    close_steered(&s, k);
}

static void expect_end(int fd)
{
    uint8_t out[65535];

    assert_int_equal(netkit_recv_frame(fd, out), 0);
}

/* Without a right header TCP ends, and a datagram gets no answer. */
static void test_wrong_headers(void **state)
{
    static const char *const starts[] = {
        "GET / HTTP/1.1\r\n\r\n",
        "PROXY TCP4 192.0.2.9 127.0.0.1 1234 65536\r\n",
        "\x16\x03\x01\x02",
    };
    const struct prefix from = anybody();
    const struct packet p = steered_query();
    uint8_t frame[2 + PACKET_MAX];
    struct netkit s;
    struct kitsnap *k = open_steered(&s, &from, NULL);
    const int udp = netkit_connect(&s, SOCK_DGRAM, NULL);
    uint64_t n = 0;

    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        const int fd = netkit_connect(&s, SOCK_STREAM, NULL);
        netkit_send(fd, starts[i], strlen(starts[i]));
        expect_end(fd);
        close(fd);
        netkit_send(udp, starts[i], strlen(starts[i]));
        n += 2;
    }
    const int fd = netkit_connect(&s, SOCK_STREAM, NULL);
    netkit_send(fd, frame, (size_t)(netkit_frame(frame, &p) - frame)); /* a query alone */
    expect_end(fd);
    close(fd);
    netkit_send(udp, p.data, p.len);
    n += 2;
    ask_udp(udp, v2("203.0.113.9", 2), OF_C); /* they are answered in order */
    assert_int_equal(netkit_stat(&s, STAT_proxy_wrong), n);
    assert_int_equal(netkit_stat(&s, STAT_formerr), 0);
    close(udp);
    close_steered(&s, k);
}

/* Somebody who is no load balancer of ours claims to be one. */
static void test_denied(void **state)
{
    const struct packet p = steered_query();
    const struct header h = v2("203.0.113.9", 2);
    uint8_t datagram[HEADER_MAX + PACKET_MAX];
    struct prefix from;
    struct netkit s;

    assert_true(prefix_parse("127.0.0.128/25", &from));
    struct kitsnap *k = open_steered(&s, &from, NULL);
    const int tcp = netkit_connect(&s, SOCK_STREAM, NULL);
    const int udp = netkit_connect(&s, SOCK_DGRAM, NULL);
    expect_end(tcp); /* without a word */
    memcpy(datagram, h.data, h.len);
    memcpy(datagram + h.len, p.data, p.len);
    netkit_send(udp, datagram, h.len + p.len);

    const int allowed = netkit_connect_from(&s, SOCK_DGRAM, "127.0.0.129");
    ask_udp(allowed, v2("203.0.113.9", 2), OF_C);
    assert_int_equal(netkit_stat(&s, STAT_proxy_denied), 2);
    assert_int_equal(netkit_stat(&s, STAT_tcp_accepted), 0);
    close(tcp);
    close(udp);
    close(allowed);
    close_steered(&s, k);
}

/* Where it is not spoken, a header is a message as any other, and a bad one. */
static void test_not_spoken(void **state)
{
    static const char v1[] = "PROXY TCP4 192.0.2.9 127.0.0.1 1234 53\r\n";
    const struct header h = v2("203.0.113.9", 2);
    uint8_t out[4096];
    struct netkit s;

    netkit_open(&s, &(struct netkit_opts){0});
    const int udp = netkit_connect(&s, SOCK_DGRAM, NULL);
    netkit_send(udp, h.data, h.len);
    assert_int_equal(netkit_recv(udp, out, sizeof(out)), DNS_HEADER_LEN);
    assert_int_equal(kit_rcode(out), RCODE_NOTIMP); /* its ID is CR LF, its opcode 1 */
    const int tcp = netkit_connect(&s, SOCK_STREAM, NULL);
    netkit_send(tcp, v1, strlen(v1)); /* a message of 20562 octets that never comes */
    assert_int_equal(shutdown(tcp, SHUT_WR), 0);
    expect_end(tcp);
    assert_int_equal(netkit_stat(&s, STAT_tcp_queries), 0);
    close(udp);
    close(tcp);
    netkit_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tcp),           cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_udp),           cmocka_unit_test(test_udp_at_a_wildcard),
        cmocka_unit_test(test_wrong_headers), cmocka_unit_test(test_denied),
        cmocka_unit_test(test_not_spoken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
