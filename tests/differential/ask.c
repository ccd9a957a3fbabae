/* SPDX-License-Identifier: BSD-2-Clause */
#include "ask.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/xalloc.h"
#include "die.h"
#include "dns/types.h"

#define READY_MS       20000 /* BIND takes a second, all of them longer when the machine is busy */
#define ANSWER_MS      3000  /* a reply on loopback takes microseconds */
#define TRIES          3
#define LAST_ID        0xfffe /* the one behind the queries; theirs are below it */
#define REPLY_MAX      65535
#define RECEIVE_BUFFER (4 << 20)

/* ---- sockets ---- */

static int connect_to(const struct server *s, int type)
{
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons(s->port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0), size = RECEIVE_BUFFER, on = 1;

    if (type == SOCK_DGRAM)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    else
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool readable(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    return poll(&p, 1, ANSWER_MS) == 1;
}

/* ---- the query behind the others ---- */

static void last_query(struct query *q)
{
    *q = (struct query){.id = LAST_ID, .type = TYPE_SOA, .class = CLASS_IN};
    query_write(q);
}

/* Put a reply where its query stands; true: it was the last one's. */
static bool sort_in(const uint8_t *octets, size_t len, const struct query *const *query, size_t n,
                    struct datagram *reply)
{
    const uint16_t id = len >= 2 ? get_u16(octets) : 0;

    if (id == LAST_ID)
        return true;
    for (size_t i = 0; i < n; i++)
        if (query[i]->id == id && reply[i].octets == NULL)
            reply[i] = (struct datagram){.octets = xmemdup(octets, len), .len = len};
    return false;
}

/* ---- UDP ---- */

static bool receive_udp(int fd, const struct query *const *query, size_t n, struct datagram *reply)
{
    static uint8_t octets[REPLY_MAX];

    while (readable(fd)) {
        const ssize_t len = recv(fd, octets, sizeof(octets), 0);
        if (len < 0)
            return false;
        if (sort_in(octets, (size_t)len, query, n, reply))
            return true;
    }
    return false;
}

/* False: the last one was not answered. */
static bool round_udp(struct server *s, const struct query *const *query, size_t n,
                      struct datagram *reply)
{
    const int fd = connect_to(s, SOCK_DGRAM);
    struct query last;

    if (fd < 0)
        return false;
    last_query(&last);
    for (size_t i = 0; i < n; i++)
        send(fd, query[i]->wire, query[i]->len, 0);
    send(fd, last.wire, last.len, 0);
    const bool ok = receive_udp(fd, query, n, reply);
    close(fd);
    return ok;
}

/* ---- TCP ---- */

static bool send_tcp(int fd, const struct query *q)
{
    uint8_t message[2 + QUERY_MAX];

    put_u16(message, q->len);
    memcpy(message + 2, q->wire, q->len);
    return send(fd, message, 2 + q->len, MSG_NOSIGNAL) == 2 + q->len;
}

static bool read_whole(int fd, uint8_t *to, size_t len)
{
    for (size_t have = 0; have < len;) {
        const ssize_t n = readable(fd) ? recv(fd, to + have, len - have, 0) : -1;
        if (n <= 0)
            return false;
        have += (size_t)n;
    }
    return true;
}

static bool receive_tcp(int fd, const struct query *const *query, size_t n, struct datagram *reply)
{
    static uint8_t octets[REPLY_MAX];
    uint8_t len[2];

    while (read_whole(fd, len, 2) && read_whole(fd, octets, get_u16(len)))
        if (sort_in(octets, get_u16(len), query, n, reply))
            return true;
    return false;
}

/* All in one connection.  A server may end it at a message that it does not take, so that what
 * came behind is not answered: true even then. */
static bool round_tcp(struct server *s, const struct query *const *query, size_t n,
                      struct datagram *reply)
{
    const int fd = connect_to(s, SOCK_STREAM);
    struct query last;

    if (fd < 0)
        return false;
    last_query(&last);
    for (size_t i = 0; i < n && send_tcp(fd, query[i]); i++)
        ;
    send_tcp(fd, &last);
    receive_tcp(fd, query, n, reply);
    close(fd);
    return true;
}

/* ---- both ---- */

static void fail_if_dead(const struct server *s)
{
    if (kill(s->pid, 0) != 0 || waitpid(s->pid, NULL, WNOHANG) == s->pid)
        server_fail(s, "has ended");
}

static void one_round(struct server *s, const struct query *const *query, size_t n,
                      struct datagram *reply)
{
    for (unsigned tries = 0; tries < TRIES; tries++) {
        if (query[0]->tcp ? round_tcp(s, query, n, reply) : round_udp(s, query, n, reply))
            return;
        fail_if_dead(s);
    }
    server_fail(s, "does not answer");
}

void ask_all(struct server *s, const struct query *const *query, size_t n, struct datagram *reply)
{
    memset(reply, 0, n * sizeof(*reply));
    if (n == 0)
        return;
    one_round(s, query, n, reply);
    for (size_t i = 0; i < n; i++)
        for (unsigned tries = 1; tries < TRIES && reply[i].octets == NULL; tries++)
            one_round(s, &query[i], 1, &reply[i]);
}

/* ---- readiness ---- */

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* One that is not there yet refuses the connection at once: asking again needs a pause. */
static bool has_zone(const struct server *s, const struct zone *z)
{
    const struct timespec pause = {.tv_nsec = 10 * 1000000};
    struct query q = {.id = 1, .type = TYPE_SOA, .class = CLASS_IN};
    uint8_t octets[REPLY_MAX];
    const int fd = connect_to(s, SOCK_STREAM);

    memcpy(q.name, z->apex, name_len(z->apex));
    query_write(&q);
    if (fd >= 0) {
        uint8_t len[2];
        const bool ok = send_tcp(fd, &q) && read_whole(fd, len, 2) &&
                        read_whole(fd, octets, get_u16(len)) && (octets[2] & 0x04) != 0 &&
                        (octets[3] & 0x0f) == RCODE_NOERROR;
        close(fd);
        if (ok)
            return true;
    }
    nanosleep(&pause, NULL);
    return false;
}

void ask_until_ready(struct server *s, const struct world *w)
{
    const int64_t end = now_ms() + READY_MS;

    for (size_t i = 0; i < w->n_zones; i++) {
        while (!has_zone(s, &w->zones[i])) {
            fail_if_dead(s);
            if (now_ms() > end)
                server_fail(s, w->zones[i].apex_text);
        }
    }
}
