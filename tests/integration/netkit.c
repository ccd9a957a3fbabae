/* SPDX-License-Identifier: BSD-2-Clause */
#include "netkit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cursor.h"

static void on_swap(void *arg)
{
    struct netkit *s = arg;

    sem_post(&s->swapped);
    if (s->swap != NULL)
        s->swap(s);
}

static struct endpoint_addr parse_listen(const char *text)
{
    struct endpoint_addr a;

    assert_true(sockaddr_parse(text, 0, &a));
    return a;
}

static void start_worker(struct netkit *s, unsigned i, const struct netkit_opts *opts,
                         struct snapshot *first)
{
    struct err err;

    err_init(&err);
    s->workers[i] = worker_start(
        &(struct worker_opts){
            .pairs = &s->listeners->pairs[i],
            .n = 1,
            .tcp = {.clients = opts->tcp_clients != 0 ? opts->tcp_clients : 100,
                    .idle_ms = opts->tcp_idle_ms != 0 ? opts->tcp_idle_ms : 3600 * 1000,
                    .lifetime_ms = opts->tcp_lifetime_ms},
            .proxies = {.from = opts->proxy_from, .n = opts->proxy_from != NULL ? 1 : 0},
            .first = first,
            .on_swap = on_swap,
            .arg = s,
        },
        &err);
    assert_non_null(s->workers[i]);
    err_fini(&err);
}

void netkit_open(struct netkit *s, const struct netkit_opts *opts)
{
    const struct endpoint_addr listen =
        parse_listen(opts->listen != NULL ? opts->listen : "127.0.0.1");
    struct err err;

    *s = (struct netkit){.n = opts->workers != 0 ? opts->workers : 1, .swap = opts->swap};
    sem_init(&s->swapped, 0, 0);
    if (opts->first == NULL) {
        s->kit = kitsnap_new(NULL);
        kitsnap_add_file(s->kit, "example.com.", "tests/answer/big.zone");
    }
    err_init(&err);
    s->listeners = listen_open(&(struct listen_opts){.addrs = &listen,
                                                     .n = opts->proxy_from == NULL ? 1 : 0,
                                                     .proxied = &listen,
                                                     .n_proxied = opts->proxy_from != NULL ? 1 : 0,
                                                     .workers = s->n},
                               &err);
    assert_non_null(s->listeners);
    err_fini(&err);
    s->udp = opts->copy_udp ? dup(s->listeners->pairs[0].udp) : -1;
    for (unsigned i = 0; i < s->n; i++)
        start_worker(s, i, opts, opts->first != NULL ? opts->first : kitsnap_get(s->kit));
}

void netkit_close(struct netkit *s)
{
    for (unsigned i = 0; i < s->n; i++)
        worker_stop(s->workers[i]);
    listen_close(s->listeners);
    if (s->kit != NULL)
        kitsnap_free(s->kit);
    sem_destroy(&s->swapped);
}

uint64_t netkit_stat(const struct netkit *s, enum stats_id which)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < s->n; i++)
        sum += stats_get(worker_stats(s->workers[i]), which);
    return sum;
}

void netkit_wait(struct netkit *s, uint64_t generation)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += WAIT_S;
    for (unsigned i = 0; i < s->n; i++)
        while (worker_generation(s->workers[i]) != generation)
            assert_int_equal(sem_timedwait(&s->swapped, &until), 0);
}

static int open_client(int type, uint8_t family)
{
    const struct timeval wait = {.tv_sec = WAIT_S};
    const int fd = socket(family == FAMILY_IP4 ? AF_INET : AF_INET6, type, 0);

    assert_true(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
    return fd;
}

static void connect_client(int fd, const struct endpoint_addr *to)
{
    struct sockaddr_storage ss;
    const socklen_t len = ipaddr_to_sockaddr(&to->addr, to->port, &ss);

    assert_int_equal(connect(fd, (struct sockaddr *)&ss, len), 0);
}

int netkit_connect(const struct netkit *s, int type, const char *to)
{
    struct endpoint_addr a = s->listeners->addrs[0];

    if (to != NULL)
        assert_true(ipaddr_parse(to, &a.addr));
    const int fd = open_client(type, a.addr.family);
    connect_client(fd, &a);
    return fd;
}

int netkit_connect_from(const struct netkit *s, int type, const char *from)
{
    struct sockaddr_storage ss;
    struct ipaddr source;

    assert_true(ipaddr_parse(from, &source));
    const socklen_t len = ipaddr_to_sockaddr(&source, 0, &ss);
    const int fd = open_client(type, source.family);
    assert_int_equal(bind(fd, (struct sockaddr *)&ss, len), 0);
    connect_client(fd, &s->listeners->addrs[0]);
    return fd;
}

void netkit_send(int fd, const void *data, size_t len)
{
    const uint8_t *at = data;

    while (len > 0) {
        const ssize_t n = send(fd, at, len, MSG_NOSIGNAL);
        assert_true(n > 0);
        at += n;
        len -= (size_t)n;
    }
}

size_t netkit_recv(int fd, uint8_t *out, size_t cap)
{
    const ssize_t n = recv(fd, out, cap, 0);

    assert_true(n >= 0);
    return (size_t)n;
}

/* False at the end of the stream, before the first octet. */
static bool recv_exactly(int fd, uint8_t *out, size_t len)
{
    size_t have = 0;

    while (have < len) {
        const size_t n = netkit_recv(fd, out + have, len - have);
        if (n == 0 && have == 0)
            return false;
        assert_true(n > 0);
        have += n;
    }
    return true;
}

size_t netkit_recv_frame(int fd, uint8_t out[65535])
{
    uint8_t head[2];

    if (!recv_exactly(fd, head, 2))
        return 0;
    assert_true(get_u16(head) > 0);
    assert_true(recv_exactly(fd, out, get_u16(head)));
    return get_u16(head);
}

uint8_t *netkit_frame(uint8_t *at, const struct packet *p)
{
    put_u16(at, (uint16_t)p->len);
    memcpy(at + 2, p->data, p->len);
    return at + 2 + p->len;
}

static void check_reply(const struct packet *p, const uint8_t *out, size_t len)
{
    const char *wrong = len > 0 ? kit_wrong(p, out, len) : "closed";

    if (wrong != NULL)
        fail_msg("%s", wrong);
}

void netkit_ask_tcp(int fd, const struct packet *p)
{
    static _Thread_local uint8_t out[65535];
    uint8_t frame[2 + PACKET_MAX];

    netkit_send(fd, frame, (size_t)(netkit_frame(frame, p) - frame));
    check_reply(p, out, netkit_recv_frame(fd, out));
}

void netkit_ask_udp(int fd, const struct packet *p)
{
    uint8_t out[4096];

    netkit_send(fd, p->data, p->len);
    check_reply(p, out, netkit_recv(fd, out, sizeof(out)));
}
