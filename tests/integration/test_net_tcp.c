/* TCP through a real worker: src/net/tcp.c (RFC 7766).  SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/cursor.h"
#include "base/xalloc.h"
#include "dns/types.h"
#include "netkit.h"

static uint8_t reply[65535];

static struct packet small_query(uint16_t id)
{
    return q("ns1.example.com", "A", .id = id);
}

/* 674 octets of answer for 34 of question. */
static struct packet big_query(uint16_t id)
{
    return q("many.example.com", "A", .id = id);
}

/* n queries with the IDs 1 to n, as one stream of octets.  Returns owned. */
static uint8_t *make_stream(struct packet (*query)(uint16_t id), uint16_t n, size_t *len)
{
    uint8_t *stream = xmalloc(n * (size_t)(2 + PACKET_MAX)), *at = stream;

    for (uint16_t id = 1; id <= n; id++) {
        const struct packet p = query(id);
        at = netkit_frame(at, &p);
    }
    *len = (size_t)(at - stream);
    return stream;
}

/* Replies with the IDs from first to last, in order (RFC 7766 §7 would allow any). */
static void recv_replies(int fd, uint16_t first, uint16_t last)
{
    for (uint16_t id = first; id <= last; id++) {
        assert_true(netkit_recv_frame(fd, reply) > 0);
        assert_int_equal(get_u16(reply), id);
        assert_int_equal(kit_rcode(reply), RCODE_NOERROR);
    }
}

static void expect_end(int fd)
{
    assert_int_equal(netkit_recv_frame(fd, reply), 0);
}

static void test_pipelining(void **state)
{
    struct netkit s;
    size_t len;
    uint8_t *stream = make_stream(small_query, 1000, &len);

    netkit_open(&s, &(struct netkit_opts){0});
    const int fd = netkit_connect(&s, SOCK_STREAM, NULL);
    netkit_send(fd, stream, len);
    recv_replies(fd, 1, 1000);
    assert_int_equal(netkit_stat(&s, STAT_tcp_queries), 1000);
    assert_int_equal(netkit_stat(&s, STAT_tcp_accepted), 1);
    close(fd);
    netkit_close(&s);
    free(stream);
}

/* One octet a segment, then in pieces that end anywhere (RFC 7766 §8). */
static void test_pieces(void **state)
{
    struct netkit s;
    const int on = 1;
    size_t len;
    uint8_t *stream = make_stream(small_query, 40, &len);

    netkit_open(&s, &(struct netkit_opts){0});
    const int fd = netkit_connect(&s, SOCK_STREAM, NULL);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    for (size_t i = 0; i < len; i++)
        netkit_send(fd, stream + i, 1);
    recv_replies(fd, 1, 40);
    for (size_t piece = 2; piece < 80; piece += 7) {
        for (size_t i = 0; i < len; i += piece)
            netkit_send(fd, stream + i, len - i < piece ? len - i : piece);
        recv_replies(fd, 1, 40);
    }
    close(fd);
    netkit_close(&s);
    free(stream);
}

/* The largest message that a length can say: it is read whole and answered. */
static void test_largest_message(void **state)
{
    static uint8_t frame[2 + 65535];
    const struct packet p = small_query(5);
    struct netkit s;

    netkit_open(&s, &(struct netkit_opts){0});
    const int fd = netkit_connect(&s, SOCK_STREAM, NULL);
    netkit_frame(frame, &p);
    put_u16(frame, 65535); /* the rest are octets behind the last record */
    netkit_send(fd, frame, sizeof(frame));
    netkit_send(fd, frame, sizeof(frame));
    assert_true(netkit_recv_frame(fd, reply) > 0);
    assert_true(netkit_recv_frame(fd, reply) > 0);
    netkit_ask_tcp(fd, &p);
    close(fd);
    netkit_close(&s);
}

/* A message without a header or one that is a response: what came before is answered, then the
 * connection ends. */
static void test_no_dns_client(void **state)
{
    const struct packet p = small_query(1);
    struct packet response = small_query(2);

    response.data[2] |= 0x80;
    for (int i = 0; i < 3; i++) {
        uint8_t stream[4 * PACKET_MAX], *at = netkit_frame(stream, &p);
        struct netkit s;
        if (i == 0)
            at = netkit_frame(at, &(struct packet){.len = 0});
        else if (i == 1)
            at = netkit_frame(at, &(struct packet){.len = 11});
        else
            at = netkit_frame(at, &response);
        netkit_open(&s, &(struct netkit_opts){0});
        const int fd = netkit_connect(&s, SOCK_STREAM, NULL);
        netkit_send(fd, stream, (size_t)(at - stream));
        recv_replies(fd, 1, 1);
        expect_end(fd);
        assert_int_equal(netkit_stat(&s, STAT_dropped), 1);
        close(fd);
        netkit_close(&s);
    }
}

/* A client that has no more to ask says so, and still gets all answers (RFC 7766 §6.2.4). */
static void test_half_close(void **state)
{
    struct netkit s;
    size_t len;
    uint8_t *stream = make_stream(big_query, 2000, &len);

    netkit_open(&s, &(struct netkit_opts){0});
    const int fd = netkit_connect(&s, SOCK_STREAM, NULL);
    netkit_send(fd, stream, len);
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    recv_replies(fd, 1, 2000);
    expect_end(fd);
    close(fd);
    netkit_close(&s);
    free(stream);
}

/* A client that asks for more than the kernel keeps for it, and does not read: others are answered
 * meanwhile, and when it reads it gets everything, in order. */
static void test_client_that_does_not_read(void **state)
{
    struct netkit s;
    const uint16_t n = 20000; /* 13 MB of replies */
    size_t len, sent = 0;
    uint8_t *stream = make_stream(big_query, n, &len);
    const struct packet p = small_query(9);

    netkit_open(&s, &(struct netkit_opts){0});
    const int greedy = netkit_connect(&s, SOCK_STREAM, NULL);
    const int other = netkit_connect(&s, SOCK_STREAM, NULL);
    const int udp = netkit_connect(&s, SOCK_DGRAM, NULL);
    for (ssize_t got = 1; got > 0 && sent < len;) { /* as much as is taken without waiting */
        got = send(greedy, stream + sent, len - sent, MSG_DONTWAIT);
        sent += got > 0 ? (size_t)got : 0;
        netkit_ask_tcp(other, &p);
        netkit_ask_udp(udp, &p);
    }
    uint16_t next = 1;
    while (sent < len) { /* read a little, send what fits */
        recv_replies(greedy, next, next);
        next++;
        const ssize_t got = send(greedy, stream + sent, len - sent, MSG_DONTWAIT);
        sent += got > 0 ? (size_t)got : 0;
    }
    netkit_ask_tcp(other, &p);
    recv_replies(greedy, next, n);
    close(greedy);
    close(other);
    close(udp);
    netkit_close(&s);
    free(stream);
}

/* Without a whole query for tcp_idle the connection is closed (RFC 7766 §6.2.3), also if single
 * octets come. */
static void test_idle(void **state)
{
    struct netkit s;
    const struct packet p = small_query(1);

    netkit_open(&s, &(struct netkit_opts){.tcp_idle_ms = 100});
    const int silent = netkit_connect(&s, SOCK_STREAM, NULL);
    const int slow = netkit_connect(&s, SOCK_STREAM, NULL);
    const int done = netkit_connect(&s, SOCK_STREAM, NULL);
    netkit_send(slow, "\0", 1);
    netkit_ask_tcp(done, &p);
    expect_end(silent);
    expect_end(slow);
    expect_end(done);
    assert_int_equal(netkit_stat(&s, STAT_tcp_idled), 3);
    close(silent);
    close(slow);
    close(done);
    netkit_close(&s);
}

/* A client that never takes its replies is idle too. */
static void test_idle_while_writing(void **state)
{
    struct netkit s;
    size_t len;
    uint8_t *stream = make_stream(big_query, 20000, &len);

    netkit_open(&s, &(struct netkit_opts){.tcp_idle_ms = 100});
    const int fd = netkit_connect(&s, SOCK_STREAM, NULL);
    for (size_t sent = 0; sent < len;) { /* until it is full, then until it is closed */
        const ssize_t n = send(fd, stream + sent, len - sent, MSG_NOSIGNAL);
        if (n < 0)
            break;
        sent += (size_t)n;
    }
    while (netkit_stat(&s, STAT_tcp_idled) == 0)
        sched_yield();
    close(fd);
    netkit_close(&s);
    free(stream);
}

/* One more than tcp_clients: the one that has been quiet longest goes. */
static void test_eviction(void **state)
{
    struct netkit s;
    const struct packet p = small_query(1);

    netkit_open(&s, &(struct netkit_opts){.tcp_clients = 2});
    const int a = netkit_connect(&s, SOCK_STREAM, NULL);
    netkit_ask_tcp(a, &p);
    const int b = netkit_connect(&s, SOCK_STREAM, NULL);
    netkit_ask_tcp(b, &p);
    netkit_ask_tcp(a, &p); /* now b is the one */
    const int c = netkit_connect(&s, SOCK_STREAM, NULL);
    netkit_ask_tcp(c, &p);
    expect_end(b);
    netkit_ask_tcp(a, &p);
    assert_int_equal(netkit_stat(&s, STAT_tcp_evicted), 1);
    const int d = netkit_connect(&s, SOCK_STREAM, NULL);
    netkit_ask_tcp(d, &p);
    expect_end(c);
    assert_int_equal(netkit_stat(&s, STAT_tcp_accepted), 4);
    close(a);
    close(b);
    close(c);
    close(d);
    netkit_close(&s);
}

/* A connection that is always busy ends too, between two answers; a query that crosses the end on its
 * way makes it a reset. */
static void test_lifetime(void **state)
{
    const struct packet p = small_query(7);
    uint8_t frame[2 + PACKET_MAX];
    const size_t len = (size_t)(netkit_frame(frame, &p) - frame);
    struct netkit s;

    netkit_open(&s, &(struct netkit_opts){.tcp_lifetime_ms = 50});
    const int fd = netkit_connect(&s, SOCK_STREAM, NULL);
    netkit_ask_tcp(fd, &p);
    while (send(fd, frame, len, MSG_NOSIGNAL) == (ssize_t)len &&
           recv(fd, reply, sizeof(reply), 0) > 0)
        ;
    assert_int_equal(netkit_stat(&s, STAT_tcp_aged), 1);
    close(fd);
    netkit_close(&s);
}

/* Stops the worker in its first snapshot until the queries are there, and looks in the second how many
 * of them it has answered meanwhile. */
static struct {
    sem_t is_stopped, go_on;
    unsigned n_swaps;
    uint64_t answered;
} turn;

static void look_at_turn(struct netkit *s)
{
    if (turn.n_swaps++ == 0) {
        sem_post(&turn.is_stopped);
        sem_wait(&turn.go_on);
    } else {
        turn.answered = netkit_stat(s, STAT_tcp_queries);
    }
}

/* A thousand queries in one segment are answered in turns, between which others have theirs. */
static void test_turns(void **state)
{
    struct netkit s;
    size_t len;
    uint8_t *stream = make_stream(small_query, 1000, &len);

    const struct packet one = small_query(1);

    sem_init(&turn.is_stopped, 0, 0);
    sem_init(&turn.go_on, 0, 0);
    netkit_open(&s, &(struct netkit_opts){.swap = look_at_turn});
    const int fd = netkit_connect(&s, SOCK_STREAM, NULL);
    netkit_ask_tcp(fd, &one);
    for (int i = 0; i < 2; i++) {
        kitsnap_drain(s.kit, ""); /* as good as the last one, but another */
        worker_offer(s.workers[0], kitsnap_get(s.kit));
        if (i == 0) {
            sem_wait(&turn.is_stopped);
            netkit_send(fd, stream, len);
        }
    }
    sem_post(&turn.go_on);
    recv_replies(fd, 1, 1000);
    netkit_wait(&s, kitsnap_get(s.kit)->generation);
    assert_in_range(turn.answered, 1, 1 + 64);
    close(fd);
    netkit_close(&s);
    sem_destroy(&turn.is_stopped);
    sem_destroy(&turn.go_on);
    free(stream);
}

#define HOARDERS 40

/* Clients that send most of the largest message and no more: whoever has held memory longest goes, and
 * the last to come is served. */
static void test_hoarders(void **state)
{
    static uint8_t frame[2 + 65535];
    const struct packet p = small_query(5);
    int fd[HOARDERS];
    struct netkit s;

    netkit_frame(frame, &p);
    put_u16(frame, 65535);
    netkit_open(&s, &(struct netkit_opts){.tcp_clients = 2 * HOARDERS});
    for (size_t i = 0; i < HOARDERS; i++) {
        fd[i] = netkit_connect(&s, SOCK_STREAM, NULL);
        netkit_send(fd[i], frame, sizeof(frame) - 1);
    }
    while (netkit_stat(&s, STAT_tcp_evicted) == 0)
        sched_yield();
    assert_true(recv(fd[0], reply, 1, 0) <= 0);
    netkit_send(fd[HOARDERS - 1], frame + sizeof(frame) - 1, 1);
    assert_true(netkit_recv_frame(fd[HOARDERS - 1], reply) > 0);
    assert_true(netkit_stat(&s, STAT_tcp_evicted) < HOARDERS / 2);
    for (size_t i = 0; i < HOARDERS; i++)
        close(fd[i]);
    netkit_close(&s);
}

/* Connections kept open, each answered, from a process with descriptors of its own; its exit status. */
static int connect_many(const struct netkit *s, int n, const struct packet *p)
{
    uint8_t frame[2 + PACKET_MAX];
    const size_t len = (size_t)(netkit_frame(frame, p) - frame);
    struct sockaddr_storage ss;
    const socklen_t ss_len =
        ipaddr_to_sockaddr(&s->listeners->addrs[0].addr, s->listeners->addrs[0].port, &ss);

    for (; n > 0; n--) {
        const int fd = socket(ss.ss_family, SOCK_STREAM, 0);
        if (connect(fd, (struct sockaddr *)&ss, ss_len) != 0 ||
            send(fd, frame, len, 0) != (ssize_t)len || recv(fd, reply, sizeof(reply), 0) <= 0)
            return 1;
    }
    return 0;
}

/* Without a descriptor for it, a new client gets that of the one that has been quiet longest. */
static void test_out_of_descriptors(void **state)
{
    const struct packet p = small_query(1);
    struct rlimit before, few;
    struct netkit s;
    int status, go[2];

    netkit_open(&s, &(struct netkit_opts){0});
    assert_int_equal(pipe(go), 0);
    const int next = dup(0); /* the lowest that is free */
    close(next);
    getrlimit(RLIMIT_NOFILE, &before);
    const pid_t pid = fork();
    if (pid == 0) {
        char word;
        _exit(read(go[0], &word, 1) == 1 ? connect_many(&s, 20, &p) : 1);
    }
    few = (struct rlimit){.rlim_cur = (rlim_t)next + 5, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    assert_int_equal(write(go[1], "", 1), 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    setrlimit(RLIMIT_NOFILE, &before);
    close(go[0]);
    close(go[1]);
    assert_int_equal(status, 0);
    assert_true(netkit_stat(&s, STAT_tcp_evicted) >= 15);
    const int fd = netkit_connect(&s, SOCK_STREAM, NULL);
    netkit_ask_tcp(fd, &p);
    close(fd);
    netkit_close(&s);
}

/* A worker that stops ends its connections. */
static void test_stop(void **state)
{
    struct netkit s;
    const struct packet p = small_query(1);
    uint8_t octet;

    netkit_open(&s, &(struct netkit_opts){0});
    const int fd = netkit_connect(&s, SOCK_STREAM, NULL);
    netkit_ask_tcp(fd, &p);
    netkit_close(&s);
    assert_true(recv(fd, &octet, 1, 0) <= 0);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pipelining),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_largest_message),
        cmocka_unit_test(test_no_dns_client),
        cmocka_unit_test(test_half_close),
        cmocka_unit_test(test_client_that_does_not_read),
        cmocka_unit_test(test_idle),
        cmocka_unit_test(test_idle_while_writing),
        cmocka_unit_test(test_eviction),
        cmocka_unit_test(test_lifetime),
        cmocka_unit_test(test_turns),
        cmocka_unit_test(test_hoarders),
        cmocka_unit_test(test_out_of_descriptors),
        cmocka_unit_test(test_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
