/*
 * UDP: per readiness at most two batches, each one recvmmsg, answers, one sendmmsg.
 *
 * Worker's thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer/answer.h"
#include "base/xalloc.h"
#include "net/proxy.h"
#include "net/worker_inside.h"

/*
 * Datagrams per recvmmsg/sendmmsg.  Of 8, 16, 32, 64 and 128 a query took 2.33 2.35 2.38 2.26 2.34 µs
 * of CPU with 256 under way, which is the same: the system call is amortised early.  64 gives prefetching
 * (answer.h) enough to do between asking for memory and using it, and its first query waits 0.15 ms for
 * its last.
 */
#define BATCH 64
/* Batches per callback, so that TCP and new snapshots get their turn under load. */
#define BATCHES_PER_WAKE 2
/* A query is a question and OPT; what is longer than this is cut by the kernel and answered FORMERR. */
#define QUERY_MAX 1536

#define CONTROL_ROOM CMSG_SPACE(sizeof(struct in6_pktinfo))

union peer {
    struct sockaddr any;
    struct sockaddr_in in4;
    struct sockaddr_in6 in6;
};

/* What a short query touches of it is two cache lines, and one or two of the reply. */
struct udp_slot {
    _Alignas(CACHE_LINE) union peer peer;
    struct iovec in, out;
    uint8_t query[QUERY_MAX];
    uint8_t reply[ANSWER_UDP_ROOM];
    _Alignas(struct cmsghdr) uint8_t control[CONTROL_ROOM];
};

/* One that is to be answered, and where to. */
struct udp_question {
    struct udp_slot *slot;
    const struct msghdr *header;
    struct answer_request request;
    struct answer_asked asked;
};

struct udp_batch {
    struct mmsghdr received[BATCH], sent[BATCH];
    struct udp_slot slot[BATCH];
    struct udp_question questions[BATCH];
};

struct udp_socket {
    uv_poll_t poll;
    struct worker *w;
    int fd;
    bool proxied;
};

void udp_batch_free(struct udp_batch *b)
{
    free(b);
}

struct udp_socket *udp_sockets_new(size_t n)
{
    return xcalloc(n, sizeof(struct udp_socket));
}

void udp_sockets_free(struct udp_socket *sockets)
{
    free(sockets);
}

/* recvmmsg writes over these two alone; all else is laid out once. */
static void rearm(struct udp_batch *b, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        b->received[i].msg_hdr.msg_namelen = sizeof(union peer);
        b->received[i].msg_hdr.msg_controllen = CONTROL_ROOM;
    }
}

struct udp_batch *udp_batch_new(struct ratelimit *limit)
{
    struct udp_batch *b = xaligned(_Alignof(struct udp_batch), sizeof(*b));

    for (unsigned i = 0; i < BATCH; i++) {
        struct udp_slot *s = &b->slot[i];
        s->in = (struct iovec){.iov_base = s->query, .iov_len = sizeof(s->query)};
        s->out = (struct iovec){.iov_base = s->reply};
        b->received[i].msg_hdr = (struct msghdr){
            .msg_name = &s->peer, .msg_iov = &s->in, .msg_iovlen = 1, .msg_control = s->control};
        b->sent[i].msg_hdr = (struct msghdr){.msg_iovlen = 1};
        b->questions[i].request = (struct answer_request){.limit = limit};
    }
    rearm(b, BATCH);
    return b;
}

/* What came as "asked at this address" goes back as "send from it"; the route is the kernel's
 * choice again, but for link-local addresses, which mean nothing without their interface. */
static void reply_from_asked(struct msghdr *h)
{
    struct cmsghdr *c = CMSG_FIRSTHDR(h);

    if (c == NULL)
        return;
    if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
        ((struct in_pktinfo *)CMSG_DATA(c))->ipi_ifindex = 0;
    } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
        struct in6_pktinfo *info = (struct in6_pktinfo *)CMSG_DATA(c);
        if (!IN6_IS_ADDR_LINKLOCAL(&info->ipi6_addr))
            info->ipi6_ifindex = 0;
    }
}

/* What is behind the PROXY header, and whose it is; false: there is none, or none to be believed. */
static bool strip_proxy(struct worker *w, struct answer_request *r)
{
    struct proxy_header header;

    if (!worker_believes(w, &r->client)) {
        stats_add(&w->stats, STAT_proxy_denied, 1);
        return false;
    }
    if (!proxy_read_datagram(r->packet, r->len, &header)) {
        stats_add(&w->stats, STAT_proxy_wrong, 1);
        return false;
    }
    r->packet += header.len;
    r->len -= header.len;
    if (header.client.family != FAMILY_NONE)
        r->client = header.client;
    return true;
}

/* Port 0 cannot be answered and is what a forged packet carries that would make two servers talk to
 * each other. */
static bool read_slot(const struct udp_socket *socket, struct udp_question *q, struct udp_slot *s,
                      const struct mmsghdr *received)
{
    struct worker *w = socket->w;
    uint16_t port;

    q->slot = s;
    q->header = &received->msg_hdr;
    q->request.packet = s->query;
    q->request.len = received->msg_len;
    q->request.client = ipaddr_from_sockaddr(&s->peer.any, &port);
    q->request.now_ms = w->now_ms;
    if (port == 0) {
        stats_add(&w->stats, STAT_dropped, 1);
        return false;
    }
    if (socket->proxied && !strip_proxy(w, &q->request))
        return false;
    answer_read(&q->asked, w->snap, &q->request);
    return true;
}

static void reply_to(struct msghdr *h, const struct udp_question *q)
{
    h->msg_name = &q->slot->peer;
    h->msg_namelen = q->header->msg_namelen;
    h->msg_iov = &q->slot->out;
    h->msg_control = q->slot->control;
    h->msg_controllen = q->header->msg_controllen;
    if (h->msg_controllen > 0)
        reply_from_asked(h);
}

/* Returns how many of the messages received are to be answered. */
static unsigned read_batch(const struct udp_socket *s, struct udp_batch *b, unsigned received)
{
    unsigned n = 0;

    for (unsigned i = 0; i < received; i++)
        n += read_slot(s, &b->questions[n], &b->slot[i], &b->received[i]);
    return n;
}

/* Returns how many replies there are to send. */
static unsigned answer_batch(const struct udp_socket *s, struct udp_batch *b, unsigned received)
{
    const unsigned n = read_batch(s, b, received);
    unsigned replies = 0;

    for (unsigned i = 0; i < n; i++)
        answer_prefetch(&b->questions[i].asked);
    for (unsigned i = 0; i < n; i++) {
        struct udp_question *q = &b->questions[i];
        struct iovec *out = &q->slot->out;
        out->iov_len =
            answer_write(&q->asked, s->w->snap, out->iov_base, ANSWER_UDP_ROOM, &s->w->stats);
        if (out->iov_len > 0)
            reply_to(&b->sent[replies++].msg_hdr, q);
    }
    return replies;
}

/* A datagram that the system refuses (no route, no buffer) is lost as any datagram may be. */
static void send_batch(struct worker *w, int fd, struct udp_batch *b, unsigned n)
{
    for (unsigned at = 0; at < n;) {
        const int sent = sendmmsg(fd, b->sent + at, n - at, MSG_DONTWAIT);
        if (sent > 0) {
            at += (unsigned)sent;
        } else {
            stats_add(&w->stats, STAT_send_failed, 1);
            at++;
        }
    }
}

static void on_readable(uv_poll_t *poll, int status, int events);

/* An error is queued on the socket.  libuv has stopped polling: without this the worker would be
 * deaf from now on. */
static void clear_error(struct udp_socket *s)
{
    int error;
    socklen_t len = sizeof(error);

    getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &len);
    uv_poll_start(&s->poll, UV_READABLE, on_readable);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct udp_socket *s = poll->data;
    struct worker *w = s->w;

    (void)events;
    if (status < 0) {
        clear_error(s);
        return;
    }
    for (int i = 0; i < BATCHES_PER_WAKE; i++) {
        const int n = recvmmsg(s->fd, w->batch->received, BATCH, MSG_DONTWAIT, NULL);
        if (n <= 0)
            return;
        stats_add(&w->stats, STAT_udp_queries, (uint64_t)n);
        w->now_ms = real_ms();
        send_batch(w, s->fd, w->batch, answer_batch(s, w->batch, (unsigned)n));
        rearm(w->batch, (unsigned)n);
        if (n < BATCH)
            return;
    }
}

int udp_start(struct udp_socket *sockets, size_t i, struct worker *w,
              const struct listen_pair *pair)
{
    struct udp_socket *s = &sockets[i];
    const int rc = uv_poll_init(&w->loop, &s->poll, pair->udp);

    s->w = w;
    s->fd = pair->udp;
    s->proxied = pair->proxied;
    s->poll.data = s;
    if (rc != 0) {
        close(s->fd);
        s->fd = -1;
        return rc;
    }
    return uv_poll_start(&s->poll, UV_READABLE, on_readable);
}

static void on_closed(uv_handle_t *h)
{
    struct udp_socket *s = h->data;

    close(s->fd);
}

void udp_stop(struct udp_socket *sockets, size_t i)
{
    if (sockets[i].fd >= 0)
        uv_close((uv_handle_t *)&sockets[i].poll, on_closed);
}
