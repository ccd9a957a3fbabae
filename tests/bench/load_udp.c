/*
 * UDP: batches out by sendmmsg, batches back by recvmmsg, on a few sockets in turn.
 *
 * Each socket gives out IDs in a row.  An ID whose query is answered or given up is free again, so
 * that the queries under way on a socket lie between its oldest and its next ID.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "load_inside.h"

#define IDS       65536
#define REPLY_MAX 4096
/* A closed loop sends bursts of this size, so that the server's batches are full. */
#define BURST LOAD_BATCH
/* Queries between two looks for replies, when more are due than can be sent. */
#define AT_ONCE (16 * LOAD_BATCH)

struct source {
    int fd;
    uint16_t oldest, next; /* IDs; equal: none is under way */
    uint64_t due_ns[IDS];  /* 0: free */
};

struct udp_load {
    const struct load_opts *opts;
    struct questions *questions;
    struct load_result *r;
    struct source *sources;
    struct pollfd *polls;
    unsigned turn;      /* the source that sends next */
    uint64_t under_way; /* on all sources */
    uint64_t start_ns;
    uint8_t query[LOAD_BATCH][QUESTION_MAX];
    uint8_t reply[LOAD_BATCH][REPLY_MAX];
};

/* ---- sockets ---- */

/* Who sends more than is answered cannot read it all either, and does not let it wait. */
static int open_socket(const struct endpoint_addr *server, bool wide)
{
    struct sockaddr_storage to;
    const socklen_t len = ipaddr_to_sockaddr(&server->addr, server->port, &to);
    const int fd = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int room = 8 << 20; /* what root may; others get net.core.rmem_max */

    if (fd < 0)
        return -1;
    if (wide && setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) != 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
    if (connect(fd, (const struct sockaddr *)&to, len) == 0)
        return fd;
    close(fd);
    return -1;
}

static bool open_sources(struct udp_load *l, struct err *err)
{
    for (unsigned i = 0; i < l->opts->sockets; i++) {
        l->sources[i].fd = open_socket(&l->opts->server, !l->opts->segments);
        if (l->sources[i].fd < 0) {
            err_add(err, "cannot open a UDP socket: %s", strerror(errno));
            return false;
        }
        l->polls[i] = (struct pollfd){.fd = l->sources[i].fd, .events = POLLIN};
    }
    return true;
}

/* ---- out ---- */

/* The oldest queries that are answered, or that nobody will answer any more, leave the row. */
static void forget_old(struct udp_load *l, struct source *s, uint64_t now_ns)
{
    for (; s->oldest != s->next; s->oldest++) {
        uint64_t *due_ns = &s->due_ns[s->oldest];
        if (*due_ns != 0 && now_ns < *due_ns + l->opts->patience_ns)
            return;
        l->under_way -= *due_ns != 0;
        *due_ns = 0;
    }
}

static void send_each(int fd, struct mmsghdr *out, unsigned n)
{
    for (unsigned done = 0; done < n;) {
        const int rc = sendmmsg(fd, out + done, n - done, 0);
        done += rc > 0 ? (unsigned)rc : 1; /* what the system refuses is lost */
    }
}

/* As one datagram, which the kernel cuts only where it delivers: a third of the time of single ones, so
 * that one processor can send what no server answers.  False: they are of different lengths. */
static bool send_as_one(int fd, struct iovec *iov, unsigned n)
{
    _Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(sizeof(uint16_t))] = {0};
    struct msghdr out = {
        .msg_iov = iov, .msg_iovlen = n, .msg_control = control, .msg_controllen = sizeof(control)};
    struct cmsghdr *segment = CMSG_FIRSTHDR(&out);
    const uint16_t len = (uint16_t)iov[0].iov_len;

    for (unsigned i = 1; i < n; i++)
        if (iov[i].iov_len != len)
            return false;
    segment->cmsg_level = SOL_UDP;
    segment->cmsg_type = UDP_SEGMENT;
    segment->cmsg_len = CMSG_LEN(sizeof(len));
    memcpy(CMSG_DATA(segment), &len, sizeof(len));
    sendmsg(fd, &out, 0); /* what the system refuses is lost */
    return true;
}

/* n queries from the next source; the first is due at due_ns, each step_ns after the one before. */
static void send_batch(struct udp_load *l, unsigned n, uint64_t due_ns, double step_ns)
{
    struct source *s = &l->sources[l->turn++ % l->opts->sockets];
    struct mmsghdr out[LOAD_BATCH];
    struct iovec iov[LOAD_BATCH] = {0};

    for (unsigned i = 0; i < n; i++) {
        const uint16_t id = s->next++;
        iov[i] =
            (struct iovec){.iov_base = l->query[i],
                           .iov_len = questions_next(l->questions, id, l->query[i], QUESTION_MAX)};
        out[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &iov[i], .msg_iovlen = 1}};
        l->under_way += s->due_ns[id] == 0;
        s->due_ns[id] = due_ns + (uint64_t)(step_ns * i);
    }
    if (!l->opts->segments || !send_as_one(s->fd, iov, n))
        send_each(s->fd, out, n);
    l->r->sent += n;
}

/* ---- back ---- */

static void take_reply(struct udp_load *l, struct source *s, const uint8_t *reply, size_t len,
                       uint64_t now_ns)
{
    uint64_t *due_ns = len >= DNS_HEADER_LEN ? &s->due_ns[get_u16(reply)] : NULL;

    if (due_ns == NULL || *due_ns == 0) {
        l->r->stray++;
        return;
    }
    load_count(l->opts, l->r, reply, len, *due_ns, now_ns);
    *due_ns = 0;
    l->under_way--;
}

/* One batch, if there is something; returns its size. */
static unsigned receive(struct udp_load *l, struct source *s)
{
    struct mmsghdr in[LOAD_BATCH];
    struct iovec iov[LOAD_BATCH];

    for (unsigned i = 0; i < LOAD_BATCH; i++) {
        iov[i] = (struct iovec){.iov_base = l->reply[i], .iov_len = REPLY_MAX};
        in[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &iov[i], .msg_iovlen = 1}};
    }
    const int n = recvmmsg(s->fd, in, LOAD_BATCH, MSG_DONTWAIT, NULL);
    if (n <= 0)
        return 0;
    const uint64_t now_ns = load_now_ns();
    for (int i = 0; i < n; i++)
        take_reply(l, s, l->reply[i], in[i].msg_len, now_ns);
    return (unsigned)n;
}

/* A batch of each source; true if any had something. */
static bool receive_all(struct udp_load *l)
{
    unsigned n = 0;

    for (unsigned i = 0; i < l->opts->sockets; i++)
        n += receive(l, &l->sources[i]);
    return n > 0;
}

/* Replies for which the sockets had no room, as nobody had time to read them (socket(7), SO_MEMINFO). */
static uint64_t unread(const struct udp_load *l)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < l->opts->sockets; i++) {
        uint32_t info[SK_MEMINFO_VARS] = {0};
        socklen_t len = sizeof(info);
        if (getsockopt(l->sources[i].fd, SOL_SOCKET, SO_MEMINFO, info, &len) == 0)
            sum += info[SK_MEMINFO_DROPS];
    }
    return sum;
}

/* Sleep until a reply is there, or for the time given. */
static void wait_reply(struct udp_load *l, uint64_t ns)
{
    const struct timespec t = {.tv_sec = (time_t)(ns / 1000000000),
                               .tv_nsec = (long)(ns % 1000000000)};

    ppoll(l->polls, l->opts->sockets, &t, NULL);
}

/* ---- the two loops ---- */

static void closed_loop(struct udp_load *l)
{
    const unsigned most = l->opts->outstanding, burst = most < BURST ? most : BURST;
    uint64_t now_ns = l->start_ns, left;

    while ((left = load_left(l->opts, l->r->sent, l->start_ns, now_ns)) > 0) {
        if (l->under_way + burst <= most)
            send_batch(l, left < burst ? (unsigned)left : burst, now_ns, 0);
        if (!receive_all(l) && l->under_way + burst > most)
            wait_reply(l, 10000000);
        now_ns = load_now_ns();
        for (unsigned i = 0; i < l->opts->sockets; i++)
            forget_old(l, &l->sources[i], now_ns);
    }
}

/* What is due by now, in batches; a loop that comes late makes up for it at once, but for so much that
 * the replies to it would not fit into the sockets. */
static void send_due(struct udp_load *l, uint64_t left, uint64_t now_ns)
{
    const double step_ns = 1e9 / l->opts->per_s;
    const uint64_t due = (uint64_t)((double)(now_ns - l->start_ns) / step_ns) + 1;

    left = left < AT_ONCE ? left : AT_ONCE;
    for (uint64_t n; (n = due - l->r->sent) > 0 && left > 0; left -= n) {
        n = n < LOAD_BATCH ? n : LOAD_BATCH;
        n = n < left ? n : left;
        send_batch(l, (unsigned)n, l->start_ns + (uint64_t)(step_ns * (double)l->r->sent), step_ns);
    }
}

static void open_loop(struct udp_load *l)
{
    const double step_ns = 1e9 / l->opts->per_s;
    uint64_t now_ns = l->start_ns, left;

    prctl(PR_SET_TIMERSLACK, 1); /* the usual 50 µs are a query's time at 20,000 a second */
    while ((left = load_left(l->opts, l->r->sent, l->start_ns, now_ns)) > 0) {
        send_due(l, left, now_ns);
        const uint64_t next_ns = l->start_ns + (uint64_t)(step_ns * (double)l->r->sent);
        now_ns = load_now_ns();
        if (!receive_all(l) && !l->opts->spin && now_ns < next_ns)
            wait_reply(l, next_ns - now_ns);
        now_ns = load_now_ns();
        for (unsigned i = 0; i < l->opts->sockets; i++)
            forget_old(l, &l->sources[i], now_ns);
    }
}

/* Replies under way still count; nothing is sent any more. */
static void drain(struct udp_load *l)
{
    const uint64_t end_ns = load_now_ns() + l->opts->patience_ns;

    while (l->under_way > 0 && load_now_ns() < end_ns)
        if (!receive_all(l))
            wait_reply(l, 10000000);
}

static void run(struct udp_load *l)
{
    load_begin(l->opts, l->r);
    l->start_ns = load_now_ns();
    if (l->opts->per_s > 0)
        open_loop(l);
    else
        closed_loop(l);
    l->r->elapsed_ns = load_now_ns() - l->start_ns;
    l->r->unread = unread(l);
    l->r->in_time = l->r->received + l->r->unread;
    drain(l);
    load_end(l->opts, l->r);
}

bool load_udp(const struct load_opts *opts, struct questions *questions, struct load_result *out,
              struct err *err)
{
    struct udp_load *l = xcalloc(1, sizeof(*l));

    l->opts = opts;
    l->questions = questions;
    l->r = out;
    l->sources = xcalloc(opts->sockets, sizeof(*l->sources));
    l->polls = xcalloc(opts->sockets, sizeof(*l->polls));
    for (unsigned i = 0; i < opts->sockets; i++)
        l->sources[i].fd = -1;
    const bool ok = open_sources(l, err);
    if (ok)
        run(l);
    for (unsigned i = 0; i < opts->sockets; i++)
        if (l->sources[i].fd >= 0)
            close(l->sources[i].fd);
    free(l->sources);
    free(l->polls);
    free(l);
    return ok;
}
