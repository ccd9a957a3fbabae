/* SPDX-License-Identifier: BSD-2-Clause */
#include "abuse.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../unit/kit.h"
#include "base/cursor.h"
#include "base/xalloc.h"

#define TICK_MS  5
#define EVENTS   256
#define SOURCES  50000 /* addresses, from 127.16.0.1 */
#define PIPELINE 64    /* queries that one who never reads has at hand */

struct abuser { /* one connection, or a free place for one */
    struct abuse *in;
    int fd; /* -1: none */
    enum abuse_kind kind;
    size_t sent;
    uint64_t due_ms, end_ms; /* its next octet; when it has had enough */
};

struct abuse {
    struct abuse_opts opts;
    pthread_t thread;
    int epoll;
    struct abuser *abusers;
    unsigned begun, open;
    uint8_t query[2 + PACKET_MAX]; /* as a frame */
    size_t query_len;
    uint8_t pipeline[PIPELINE * (2 + PACKET_MAX)];
    size_t pipeline_len;
    uint8_t large[2 + 65535]; /* a message that is never whole */
    struct abuse_result result;
};

const char *abuse_help(enum abuse_kind kind)
{
    static const char *const help[] = {
#define X(name, text) text,
        ABUSES(X)
#undef X
    };

    return help[kind];
}

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- what is said ---- */

static size_t frame(uint8_t *at, const struct packet *p)
{
    put_u16(at, (uint16_t)p->len);
    memcpy(at + 2, p->data, p->len);
    return 2 + p->len;
}

static void make_words(struct abuse *a)
{
    const struct packet p = q("many.example.com", "A");

    a->query_len = frame(a->query, &p);
    for (unsigned i = 0; i < PIPELINE; i++)
        a->pipeline_len += frame(a->pipeline + a->pipeline_len, &p);
    frame(a->large, &p);
    put_u16(a->large, 65535);
}

struct words {
    const void *data;
    size_t len;
};

/* What an abuser says from the first octet to the last; one who never reads begins again. */
static struct words words_of(const struct abuse *a, enum abuse_kind kind)
{
    static const char proxy[] = "PROXY TCP4 192.0.2.1 198.51.100.53 56324 53\r\n";
    static const uint8_t tls[] = {0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3};
    static const char http[] = "GET / HTTP/1.1\r\nHost: ns1.example.com\r\n\r\n";

    switch (kind) {
    case ABUSE_SILENT: return (struct words){"", 0};
    case ABUSE_ZERO: return (struct words){"\0", 2};
    case ABUSE_TRICKLE: return (struct words){a->query, a->query_len};
    case ABUSE_HALF_CLOSED:
    case ABUSE_RESET: return (struct words){a->query, a->query_len / 2};
    case ABUSE_NEVER_READS: return (struct words){a->pipeline, a->pipeline_len};
    case ABUSE_HOARD: return (struct words){a->large, 60000};
    case ABUSE_PROXY: return (struct words){proxy, sizeof(proxy) - 1};
    case ABUSE_TLS: return (struct words){tls, sizeof(tls)};
    case ABUSE_HTTP: return (struct words){http, sizeof(http) - 1};
    case ABUSE_COUNT: break;
    }
    abort();
}

/* ---- one connection ---- */

static void end(struct abuser *b, bool by_server)
{
    close(b->fd);
    b->fd = -1;
    b->in->open--;
    b->in->result.closed[b->kind] += by_server;
}

static void reset(struct abuser *b)
{
    const struct linger at_once = {.l_onoff = 1};

    setsockopt(b->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    end(b, false);
}

static void watch(struct abuser *b, int op, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = b};

    epoll_ctl(b->in->epoll, op, b->fd, &event);
}

/* All is said, or what can be for now. */
static void said(struct abuser *b, size_t len)
{
    if (b->sent < len || b->kind == ABUSE_NEVER_READS)
        return;
    watch(b, EPOLL_CTL_MOD, EPOLLIN | EPOLLRDHUP);
    if (b->kind == ABUSE_HALF_CLOSED)
        shutdown(b->fd, SHUT_WR);
    else if (b->kind == ABUSE_RESET)
        reset(b);
}

static void say(struct abuser *b, size_t at_most)
{
    const struct words w = words_of(b->in, b->kind);
    const size_t left = w.len - b->sent;
    const ssize_t n = send(b->fd, (const uint8_t *)w.data + b->sent,
                           left < at_most ? left : at_most, MSG_NOSIGNAL);

    if (n < 0 && errno != EAGAIN) {
        end(b, true);
        return;
    }
    b->sent += n > 0 ? (size_t)n : 0;
    if (b->kind == ABUSE_NEVER_READS && b->sent == w.len)
        b->sent = 0;
    said(b, w.len);
}

static void trickle(struct abuser *b, uint64_t now)
{
    if (b->sent == 0)
        watch(b, EPOLL_CTL_MOD, EPOLLIN | EPOLLRDHUP); /* time drives it from now on */
    b->due_ms = now + b->in->opts.hold_ms / 5;
    say(b, 1);
}

static void on_event(struct abuser *b, uint32_t events, uint64_t now)
{
    uint8_t in[4096];

    if (b->fd < 0)
        return;
    if (events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP)) {
        end(b, true);
    } else if (events & EPOLLOUT) {
        if (b->kind == ABUSE_TRICKLE)
            trickle(b, now);
        else
            say(b, SIZE_MAX);
    } else if (b->kind != ABUSE_NEVER_READS && recv(b->fd, in, sizeof(in), 0) == 0) {
        end(b, true);
    }
}

/* With small buffers, so that the server's are full at once, and most of what the kernel holds is
 * the server's. */
static int open_socket(unsigned i, uint16_t port)
{
    struct sockaddr_in from = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(0x7f100001 + i % SOURCES)};
    const struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int room = 4096, on = 1;

    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
    if (fd < 0 || bind(fd, (const struct sockaddr *)&from, sizeof(from)) != 0 ||
        (connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0 && errno != EINPROGRESS))
        abort();
    return fd;
}

static void begin(struct abuse *a, struct abuser *b, uint64_t now)
{
    const enum abuse_kind kind = a->begun % ABUSE_COUNT;

    *b = (struct abuser){.in = a,
                         .fd = open_socket(a->begun, a->opts.port),
                         .kind = kind,
                         .due_ms = UINT64_MAX,
                         .end_ms = now + a->opts.hold_ms};
    a->begun++;
    a->result.begun[kind]++;
    if (++a->open > a->result.most)
        a->result.most = a->open;
    watch(b, EPOLL_CTL_ADD, EPOLLOUT | EPOLLRDHUP);
}

/* ---- all of them ---- */

static void tick(struct abuse *a, uint64_t now, unsigned may_begin)
{
    for (unsigned i = 0; i < a->opts.at_once; i++) {
        struct abuser *b = &a->abusers[i];
        if (b->fd >= 0 && now >= b->end_ms)
            end(b, false);
        else if (b->fd >= 0 && now >= b->due_ms)
            trickle(b, now);
        if (b->fd < 0 && a->begun < may_begin)
            begin(a, b, now);
    }
}

static void serve_events(struct abuse *a)
{
    struct epoll_event events[EVENTS];
    const int n = epoll_wait(a->epoll, events, EVENTS, TICK_MS);
    const uint64_t now = now_ms();

    for (int i = 0; i < n; i++)
        on_event(events[i].data.ptr, events[i].events, now);
}

static void *run(void *arg)
{
    struct abuse *a = arg;
    const uint64_t start = now_ms();

    setpriority(PRIO_PROCESS, (id_t)gettid(), 19); /* its machines are not the server's */
    for (uint64_t last = 0; a->begun < a->opts.n || a->open > 0;) {
        const uint64_t now = now_ms(), due = (now - start + TICK_MS) * a->opts.per_s / 1000;
        if (now - last >= TICK_MS) {
            last = now;
            tick(a, now, due < a->opts.n ? (unsigned)due : a->opts.n);
        }
        serve_events(a);
    }
    return NULL;
}

struct abuse *abuse_start(const struct abuse_opts *opts)
{
    struct abuse *a = xcalloc(1, sizeof(*a));

    a->opts = *opts;
    make_words(a);
    a->epoll = epoll_create1(EPOLL_CLOEXEC);
    a->abusers = xcalloc(opts->at_once, sizeof(*a->abusers));
    for (unsigned i = 0; i < opts->at_once; i++)
        a->abusers[i].fd = -1;
    if (a->epoll < 0 || pthread_create(&a->thread, NULL, run, a) != 0)
        abort();
    return a;
}

struct abuse_result abuse_join(struct abuse *a)
{
    pthread_join(a->thread, NULL);
    const struct abuse_result result = a->result;
    close(a->epoll);
    free(a->abusers);
    free(a);
    return result;
}
