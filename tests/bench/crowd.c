/*
 * crowd: thousands of endpoints, and how evenly they are asked.
 *
 *   crowd [-h PORT] [-f PORT] tcp|http|https|grpc|dns PORT INTERVAL_MS      until SIGTERM
 *     -h   there nobody is ever accepted: a connection that is begun hangs
 *     -f   there connections are refused for an interval, accepted for one, and so on
 *
 * Every address of 127.0.0.0/8 is an endpoint, told apart by its last two octets.  Says "listening", and
 * after each SIGUSR1, of what came to PORT since the last one, "ENDPOINTS PROBES BURST BURST10 P50_MS
 * P99_MS MAX_MS": how many endpoints were ever asked; the most that came within 100 and 10 ms, mean = 1; by
 * how much gaps between two probes of an endpoint are not an interval.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "arrivals.h"
#include "base/xalloc.h"
#include "streams.h"

/* Nobody is waited for longer. */
#define PATIENCE_S 1

static struct arrivals arrivals;
static volatile sig_atomic_t stop, report;

static void on_signal(int signal)
{
    if (signal == SIGUSR1)
        report = 1;
    else
        stop = 1;
}

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void note(const struct in_addr *own)
{
    arrivals_note(&arrivals, (uint16_t)ntohl(own->s_addr), now_ms());
}

static void say(const struct arrivals_report *r)
{
    printf("%zu %zu %.2f %.2f %.2f %.2f %.2f\n", r->endpoints, r->arrivals, r->burst_100ms,
           r->burst_10ms, r->off_p50_ms, r->off_p99_ms, r->off_max_ms);
    fflush(stdout);
}


/* ---- sockets ---- */

static int socket_at(int type, uint16_t port)
{
    const struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(port)};
    const int on = 1, fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        bind(fd, (const struct sockaddr *)&own, sizeof(own)) != 0)
        return -1;
    return fd;
}

/* speaks_first: a client is accepted when it has said something, so that nobody is waited for. */
static int listen_at(uint16_t port, bool speaks_first)
{
    const int fd = socket_at(SOCK_STREAM, port), wait_s = PATIENCE_S;

    if (fd < 0 || (speaks_first &&
                   setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &wait_s, sizeof(wait_s)) != 0))
        return -1;
    return listen(fd, 4096) == 0 ? fd : -1;
}

struct stream {
    int fd;
    void (*answer)(int fd);
};

static void *run_stream(void *arg)
{
    struct stream *s = arg;

    s->answer(s->fd);
    close(s->fd);
    free(s);
    return NULL;
}

/* On a thread of its own: a client that is slow to go on holds up nobody. */
static void answer_aside(int fd, void (*answer)(int fd))
{
    struct stream *s = xcalloc(1, sizeof(*s));
    pthread_t thread;

    *s = (struct stream){fd, answer};
    if (pthread_create(&thread, NULL, run_stream, s) != 0)
        abort();
    pthread_detach(thread);
}

static void serve_stream(int listener, void (*answer)(int fd))
{
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    struct sockaddr_in own;
    socklen_t len = sizeof(own);
    const int fd = accept(listener, NULL, NULL);

    if (fd < 0)
        return;
    if (getsockname(fd, (struct sockaddr *)&own, &len) == 0)
        note(&own.sin_addr);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (answer != NULL)
        answer_aside(fd, answer);
    else
        close(fd);
}

/* The question with QR set is an answer: NOERROR, no data.  It goes from where the question came to. */
static void serve_dns(int fd)
{
    uint8_t message[512];
    char control[CMSG_SPACE(sizeof(struct in_pktinfo))];
    struct sockaddr_in peer;
    struct iovec piece = {message, sizeof(message)};
    struct msghdr m = {.msg_name = &peer,
                       .msg_namelen = sizeof(peer),
                       .msg_iov = &piece,
                       .msg_iovlen = 1,
                       .msg_control = control,
                       .msg_controllen = sizeof(control)};
    const ssize_t n = recvmsg(fd, &m, 0);
    struct cmsghdr *c = n >= 12 ? CMSG_FIRSTHDR(&m) : NULL;

    if (c == NULL)
        return;
    struct in_pktinfo *info = (struct in_pktinfo *)(void *)CMSG_DATA(c);
    note(&info->ipi_addr);
    info->ipi_spec_dst = info->ipi_addr;
    info->ipi_ifindex = 0;
    message[2] |= 0x80;
    piece.iov_len = (size_t)n;
    sendmsg(fd, &m, 0);
}

/* A listener whose queue is full takes no further connection: its clients' SYNs go unanswered. */
static bool block_at(uint16_t port)
{
    const struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int fd = socket_at(SOCK_STREAM, port);

    if (fd < 0 || listen(fd, 0) != 0)
        return false;
    for (int i = 0; i < 4; i++) { /* Linux takes one more than it was told */
        const int client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (client < 0)
            return false;
        (void)connect(client, (const struct sockaddr *)&to, sizeof(to));
    }
    return true;
}

static const struct kind {
    const char *name;
    bool is_dns, speaks_first;
    void (*answer)(int fd); /* NULL: nothing is said */
} kinds[] = {
    {"tcp", .answer = NULL},
    {"http", .speaks_first = true, .answer = stream_http},
    {"https", .speaks_first = true, .answer = stream_https},
    {"grpc", .speaks_first = true, .answer = stream_grpc},
    {"dns", .is_dns = true},
};

static int open_kind(const struct kind *k, uint16_t port)
{
    const int on = 1;

    if (!k->is_dns)
        return listen_at(port, k->speaks_first);
    const int fd = socket_at(SOCK_DGRAM, port);
    return fd >= 0 && setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on)) == 0 ? fd : -1;
}

/* ---- the port that flaps ---- */

struct flapping {
    uint16_t port; /* 0: none */
    int fd;        /* -1: refuses */
    double turn_ms;
};

static void flap(struct flapping *f, double interval_ms)
{
    const double now = now_ms();

    if (f->port == 0 || now < f->turn_ms)
        return;
    f->turn_ms = now + interval_ms;
    if (f->fd >= 0) {
        close(f->fd);
        f->fd = -1;
    } else {
        f->fd = listen_at(f->port, false);
    }
}

static struct timespec until_turn(const struct flapping *f)
{
    const double ms = f->turn_ms > now_ms() ? f->turn_ms - now_ms() : 0;

    return (struct timespec){.tv_sec = (time_t)(ms / 1e3),
                             .tv_nsec = (long)((ms - (double)(time_t)(ms / 1e3) * 1e3) * 1e6)};
}


/* ---- all of it ---- */

static void report_if_asked(void)
{
    if (!report)
        return;
    report = 0;
    const struct arrivals_report r = arrivals_report(&arrivals);
    say(&r);
}

/* Signals interrupt the wait, and nothing else. */
static void run(const struct kind *k, int fd, struct flapping *f, const sigset_t *waiting)
{
    while (!stop) {
        report_if_asked();
        flap(f, arrivals.interval_ms);
        const struct timespec wait = until_turn(f);
        struct pollfd p[] = {{.fd = fd, .events = POLLIN}, {.fd = f->fd, .events = POLLIN}};
        if (ppoll(p, 2, f->port != 0 ? &wait : NULL, waiting) <= 0)
            continue;
        if (p[1].revents != 0)
            close(accept(f->fd, NULL, NULL));
        if (p[0].revents == 0)
            continue;
        if (k->is_dns)
            serve_dns(fd);
        else
            serve_stream(fd, k->answer);
    }
}

static void catch_signals(sigset_t *waiting)
{
    const struct sigaction action = {.sa_handler = on_signal};
    sigset_t caught;

    sigemptyset(&caught);
    sigaddset(&caught, SIGTERM);
    sigaddset(&caught, SIGINT);
    sigaddset(&caught, SIGUSR1);
    sigprocmask(SIG_BLOCK, &caught, waiting);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
}

static const struct kind *find_kind(const char *name)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

static uint16_t port_of(const char *text)
{
    return (uint16_t)strtoul(text, NULL, 10);
}

int main(int argc, char **argv)
{
    struct flapping flapping = {.fd = -1};
    const struct kind *k = NULL;
    uint16_t hangs = 0;
    sigset_t waiting;
    int option;

    while ((option = getopt(argc, argv, "h:f:")) != -1)
        switch (option) {
        case 'h': hangs = port_of(optarg); break;
        case 'f': flapping.port = port_of(optarg); break;
        default: optind = argc;
        }
    if (argc == optind + 3)
        k = find_kind(argv[optind]);
    if (k == NULL) {
        fputs("usage: crowd [-h PORT] [-f PORT] tcp|http|https|grpc|dns PORT INTERVAL_MS\n",
              stderr);
        return 2;
    }
    const int fd = open_kind(k, port_of(argv[optind + 1]));
    if (fd < 0 || (hangs != 0 && !block_at(hangs))) {
        perror("crowd");
        return 1;
    }
    arrivals.interval_ms = strtod(argv[optind + 2], NULL);
    catch_signals(&waiting);
    puts("listening");
    fflush(stdout);
    run(k, fd, &flapping, &waiting);
    return 0;
}
