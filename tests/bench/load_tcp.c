/*
 * TCP: connections that each keep a number of queries under way (RFC 7766 §6.2.1.1), a write for all
 * that a read made room for.  A query's ID is its place among those of its connection.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "load_inside.h"
#include "process.h"

#define EVENTS     256
#define READ_MAX   65536
#define LENGTH_LEN 2 /* a message's length before it (RFC 1035 §4.2.2) */
/* Connections that the shortest listen queue holds (that of Knot is 10). */
#define OPENED_AT_ONCE 10
/* Queries a write: what fits into any send buffer, so that a write is whole or fails. */
#define WRITE_QUERIES 16

struct conn {
    int fd;            /* -1: closed by the server */
    unsigned n_free;   /* IDs without a query */
    uint16_t *free_id; /* as many as the loop is deep, n_free of them in use */
    uint64_t *due_ns;  /* by ID; 0: free */
    uint8_t head[LENGTH_LEN + DNS_HEADER_LEN];
    unsigned have; /* octets of head */
    unsigned skip; /* of the message behind head, still to come */
};

struct tcp_load {
    const struct load_opts *opts;
    struct questions *questions;
    struct load_result *r;
    struct conn *conns;
    int epoll;
    bool opening; /* replies make room for no queries yet */
    uint64_t under_way, start_ns, now_ns;
    uint8_t in[READ_MAX];
};

/* ---- connections ---- */

/* As many descriptors as connections. */
static void raise_limit(unsigned n)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < n + 64) {
        limit.rlim_cur = n + 64;
        if (limit.rlim_max < limit.rlim_cur)
            limit.rlim_max = limit.rlim_cur;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* Ends by reset: ten thousand connections in TIME-WAIT would be in the next run's way. */
static int connect_to(const struct endpoint_addr *server)
{
    const struct linger reset = {.l_onoff = 1};
    const int on = 1;
    struct sockaddr_storage to;
    const socklen_t len = ipaddr_to_sockaddr(&server->addr, server->port, &to);
    const int fd = socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    if (connect(fd, (const struct sockaddr *)&to, len) == 0 &&
        fcntl(fd, F_SETFL, O_NONBLOCK) == 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
        return fd;
    }
    close(fd);
    return -1;
}

static bool open_conn(struct tcp_load *l, struct conn *c)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};

    c->fd = connect_to(&l->opts->server);
    if (c->fd < 0)
        return false;
    c->n_free = l->opts->outstanding;
    c->free_id = xcalloc(c->n_free, sizeof(*c->free_id));
    c->due_ns = xcalloc(c->n_free, sizeof(*c->due_ns));
    for (unsigned i = 0; i < c->n_free; i++)
        c->free_id[i] = (uint16_t)i;
    return epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &event) == 0;
}

static void close_conn(struct tcp_load *l, struct conn *c)
{
    if (c->fd < 0)
        return;
    close(c->fd);
    c->fd = -1;
    l->under_way -= l->opts->outstanding - c->n_free;
}

/* The server has had enough of a connection; its queries are lost. */
static void lose_conn(struct tcp_load *l, struct conn *c)
{
    l->r->closed += c->fd >= 0;
    close_conn(l, c);
}

static void free_conns(struct tcp_load *l)
{
    for (unsigned i = 0; i < l->opts->sockets; i++) {
        close_conn(l, &l->conns[i]);
        free(l->conns[i].free_id);
        free(l->conns[i].due_ns);
    }
    close(l->epoll);
    free(l->conns);
}

/* ---- out ---- */

/* A write of n queries, at most WRITE_QUERIES. */
static void send_some(struct tcp_load *l, struct conn *c, unsigned n)
{
    uint8_t out[WRITE_QUERIES * (LENGTH_LEN + QUESTION_MAX)];
    size_t len = 0;

    for (unsigned i = 0; i < n; i++) {
        const uint16_t id = c->free_id[--c->n_free];
        const size_t query = questions_next(l->questions, id, out + len + LENGTH_LEN, QUESTION_MAX);
        put_u16(out + len, (uint16_t)query);
        len += LENGTH_LEN + query;
        c->due_ns[id] = l->now_ns;
    }
    l->r->sent += n;
    l->under_way += n;
    if (send(c->fd, out, len, MSG_NOSIGNAL) != (ssize_t)len)
        lose_conn(l, c);
}

/* As many as the connection has room for, or as the bounds leave. */
static void fill(struct tcp_load *l, struct conn *c)
{
    uint64_t left = load_left(l->opts, l->r->sent, l->start_ns, l->now_ns);

    while (c->fd >= 0 && c->n_free > 0 && left > 0) {
        unsigned n = c->n_free < WRITE_QUERIES ? c->n_free : WRITE_QUERIES;
        n = n < left ? n : (unsigned)left;
        send_some(l, c, n);
        left -= n;
    }
}

/* ---- back ---- */

static void take_reply(struct tcp_load *l, struct conn *c, size_t len)
{
    const uint8_t *header = c->head + LENGTH_LEN;
    const uint16_t id = get_u16(header);

    if (len < DNS_HEADER_LEN || id >= l->opts->outstanding || c->due_ns[id] == 0) {
        l->r->stray++;
        return;
    }
    load_count(l->opts, l->r, header, len, c->due_ns[id], l->now_ns);
    c->due_ns[id] = 0;
    c->free_id[c->n_free++] = id;
    l->under_way--;
}

/* Octets of the stream, cut anywhere: length and header are gathered, the rest is passed over. */
static void take_octets(struct tcp_load *l, struct conn *c, const uint8_t *at, size_t left)
{
    while (left > 0) {
        size_t n = c->skip;
        if (n == 0) {
            n = sizeof(c->head) - c->have;
            n = n < left ? n : left;
            memcpy(c->head + c->have, at, n);
            c->have += (unsigned)n;
            if (c->have == sizeof(c->head)) {
                const uint16_t len = get_u16(c->head);
                take_reply(l, c, len);
                c->skip = len > DNS_HEADER_LEN ? len - DNS_HEADER_LEN : 0;
                c->have = 0;
            }
        } else {
            n = n < left ? n : left;
            c->skip -= (unsigned)n;
        }
        at += n;
        left -= n;
    }
}

static void on_readable(struct tcp_load *l, struct conn *c)
{
    const ssize_t n = recv(c->fd, l->in, sizeof(l->in), 0);

    if (n > 0) {
        take_octets(l, c, l->in, (size_t)n);
        if (!l->opening)
            fill(l, c);
    } else if (n == 0 || errno != EAGAIN) {
        lose_conn(l, c);
    }
}

/* ---- the loop ---- */

static void turn(struct tcp_load *l)
{
    struct epoll_event events[EVENTS];
    const int n = epoll_wait(l->epoll, events, EVENTS, 10);

    l->now_ns = load_now_ns();
    for (int i = 0; i < n; i++)
        on_readable(l, events[i].data.ptr);
}

/* Until nothing is under way, or a query has had no reply for long. */
static void finish(struct tcp_load *l)
{
    const uint64_t end_ns = l->now_ns + l->opts->patience_ns;

    while (l->under_way > 0 && l->now_ns < end_ns)
        turn(l);
}

/* A few connections, each asked once: all are accepted when the next few come. */
static bool open_some(struct tcp_load *l, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        if (!open_conn(l, &l->conns[i]))
            return false;
        send_some(l, &l->conns[i], 1);
    }
    finish(l);
    return true;
}

/* What was asked meanwhile does not count. */
static bool open_all(struct tcp_load *l, struct err *err)
{
    const unsigned n = l->opts->sockets;

    raise_limit(n);
    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    l->opening = true;
    l->now_ns = load_now_ns();
    for (unsigned i = 0; i < n; i += OPENED_AT_ONCE)
        if (!open_some(l, i, i + OPENED_AT_ONCE < n ? i + OPENED_AT_ONCE : n)) {
            err_add(err, "connections %u to %u of %u: %s", i + 1, i + OPENED_AT_ONCE, n,
                    strerror(errno));
            return false;
        }
    l->opening = false;
    *l->r = (struct load_result){.closed = l->r->closed};
    return true;
}

static void run(struct tcp_load *l)
{
    load_begin(l->opts, l->r);
    l->start_ns = l->now_ns = load_now_ns();
    for (unsigned i = 0; i < l->opts->sockets; i++)
        fill(l, &l->conns[i]);
    while (l->under_way > 0 && load_left(l->opts, l->r->sent, l->start_ns, l->now_ns) > 0)
        turn(l);
    l->r->elapsed_ns = load_now_ns() - l->start_ns;
    l->r->in_time = l->r->received;
    finish(l);
    load_end(l->opts, l->r);
}

bool load_tcp(const struct load_opts *opts, struct questions *questions, struct load_result *out,
              struct err *err)
{
    struct tcp_load *l = xcalloc(1, sizeof(*l));
    const uint64_t before_kib = opts->watch > 0 ? process_pss_anon_kib(opts->watch) : 0;

    l->opts = opts;
    l->questions = questions;
    l->r = out;
    l->conns = xcalloc(opts->sockets, sizeof(*l->conns));
    for (unsigned i = 0; i < opts->sockets; i++)
        l->conns[i].fd = -1;
    const bool ok = open_all(l, err);
    if (ok) {
        if (opts->watch > 0)
            out->conns_kib = (int64_t)process_pss_anon_kib(opts->watch) - (int64_t)before_kib;
        run(l);
    }
    free_conns(l);
    free(l);
    return ok;
}
