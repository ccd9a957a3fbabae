/* SPDX-License-Identifier: BSD-2-Clause */
#include "storm.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/xalloc.h"

#define SOCKETS  32 /* source ports: the kernel spreads them over the server's workers */
#define BATCH    64
#define IDS      65536
#define TICK_NS  1000000
#define GRACE_NS 2000000000
#define BUCKETS  100000 /* of latency, 10 µs each */

struct storm {
    struct storm_opts opts;
    pthread_t thread;
    atomic_bool stop;
    int fd[SOCKETS];
    uint16_t port[SOCKETS];
    uint64_t due_ns[IDS]; /* by ID: when it was last due */
    uint32_t latency[BUCKETS];
    struct storm_result result;
    uint64_t backlog_drops; /* when it began */
};

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void open_socket(struct storm *s, size_t i)
{
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons(s->opts.port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in own;
    socklen_t len = sizeof(own);
    const int room = 1 << 20;

    s->fd[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    setsockopt(s->fd[i], SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
    if (connect(s->fd[i], (const struct sockaddr *)&to, sizeof(to)) != 0 ||
        getsockname(s->fd[i], (struct sockaddr *)&own, &len) != 0)
        abort();
    s->port[i] = ntohs(own.sin_port);
}

/* ---- out ---- */

/* Query number k and those after it, from one socket. */
static void send_batch(struct storm *s, int fd, uint64_t k, unsigned n, uint64_t due_ns)
{
    struct mmsghdr out[BATCH];
    struct iovec iov[BATCH];

    for (unsigned i = 0; i < n; i++) {
        const size_t id = (k + i) % s->opts.n;
        iov[i] = (struct iovec){.iov_base = (void *)s->opts.queries[id].data,
                                .iov_len = s->opts.queries[id].len};
        out[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &iov[i], .msg_iovlen = 1}};
        s->due_ns[id] = due_ns;
    }
    for (unsigned done = 0; done < n;) {
        const int rc = sendmmsg(fd, out + done, n - done, 0);
        if (rc > 0)
            done += (unsigned)rc;
    }
    s->result.sent += n;
}

/* ---- back ---- */

static bool is_right(const struct storm *s, const uint8_t *reply, size_t len)
{
    const size_t id = len >= 2 ? get_u16(reply) : s->opts.n;

    if (id >= s->opts.n)
        return false;
    const struct packet *query = &s->opts.queries[id];
    const size_t question = kit_question_len(query->data, query->len);
    return len >= 12 + question && memcmp(reply + 12, query->data + 12, question) == 0 &&
           s->opts.is_right(id, reply, len);
}

static void take_reply(struct storm *s, const uint8_t *reply, size_t len, uint64_t now)
{
    s->result.received++;
    if (is_right(s, reply, len)) {
        const uint64_t bucket = (now - s->due_ns[get_u16(reply)]) / 10000;
        s->latency[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
        return;
    }
    if (s->result.wrong++ == 0) {
        s->result.first_wrong_len = len;
        memcpy(s->result.first_wrong, reply, len);
    }
}

static void receive(struct storm *s, int fd)
{
    static uint8_t room[BATCH][PACKET_MAX];
    struct mmsghdr in[BATCH];
    struct iovec iov[BATCH];
    int n;

    do {
        for (unsigned i = 0; i < BATCH; i++) {
            iov[i] = (struct iovec){.iov_base = room[i], .iov_len = PACKET_MAX};
            in[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &iov[i], .msg_iovlen = 1}};
        }
        n = recvmmsg(fd, in, BATCH, MSG_DONTWAIT, NULL);
        const uint64_t now = now_ns();
        for (int i = 0; i < n; i++)
            take_reply(s, room[i], in[i].msg_len, now);
    } while (n == BATCH);
}

/* ---- the loop ---- */

/* Take replies as they come until then. */
static void receive_until(struct storm *s, uint64_t ns)
{
    struct pollfd p[SOCKETS];

    for (size_t i = 0; i < SOCKETS; i++)
        p[i] = (struct pollfd){.fd = s->fd[i], .events = POLLIN};
    for (uint64_t now = now_ns(); now < ns; now = now_ns()) {
        const struct timespec left = {.tv_nsec = (long)(ns - now)};
        if (ppoll(p, SOCKETS, &left, NULL) <= 0)
            continue;
        for (size_t i = 0; i < SOCKETS; i++)
            if (p[i].revents != 0)
                receive(s, s->fd[i]);
    }
}

/* What is due by now, a batch a socket; a tick that came late makes up for it at once. */
static void send_due(struct storm *s, uint64_t start, uint64_t now)
{
    const uint64_t due = (now - start) * s->opts.per_s / 1000000000;

    while (s->result.sent < due) {
        const uint64_t k = s->result.sent, left = due - k;
        send_batch(s, s->fd[k / 16 % SOCKETS], k, left < 16 ? (unsigned)left : 16, now);
    }
}

static void *run(void *arg)
{
    struct storm *s = arg;
    const uint64_t start = now_ns();

    for (uint64_t tick = start; !atomic_load(&s->stop); tick += TICK_NS) {
        receive_until(s, tick);
        send_due(s, start, now_ns());
    }
    for (const uint64_t end = now_ns() + GRACE_NS;
         s->result.received < s->result.sent && now_ns() < end;)
        receive_until(s, now_ns() + TICK_NS);
    return NULL;
}

/*
 * Datagrams of whomever that a CPU's backlog had no room for, which happens to loopback, too, on a
 * machine that is overrun; a line a CPU, the second number (proc(5), net.core.netdev_max_backlog).
 */
static uint64_t backlog_drops(void)
{
    FILE *f = fopen("/proc/net/softnet_stat", "r");
    char line[512];
    uint64_t sum = 0;

    while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
        unsigned drops;
        if (sscanf(line, "%*x %x", &drops) == 1)
            sum += drops;
    }
    if (f != NULL)
        fclose(f);
    return sum;
}

struct storm *storm_start(const struct storm_opts *opts)
{
    struct storm *s = xcalloc(1, sizeof(*s));

    s->opts = *opts;
    s->backlog_drops = backlog_drops();
    for (size_t i = 0; i < SOCKETS; i++)
        open_socket(s, i);
    if (pthread_create(&s->thread, NULL, run, s) != 0)
        abort();
    return s;
}

static double percentile_ms(const struct storm *s, double share)
{
    const uint64_t right = s->result.received - s->result.wrong;
    uint64_t below = 0;

    for (size_t i = 0; i < BUCKETS; i++)
        if ((double)(below += s->latency[i]) >= share * (double)right)
            return (double)(i + 1) / 100;
    return 0;
}

struct storm_result storm_stop(struct storm *s)
{
    atomic_store(&s->stop, true);
    pthread_join(s->thread, NULL);
    s->result.p50_ms = percentile_ms(s, 0.5);
    s->result.p99_ms = percentile_ms(s, 0.99);
    s->result.max_ms = percentile_ms(s, 1);
    for (size_t i = 0; i < SOCKETS; i++) {
        s->result.dropped_here += storm_drops(s->port[i]);
        close(s->fd[i]);
    }
    s->result.dropped_between = backlog_drops() - s->backlog_drops;
    const struct storm_result result = s->result;
    free(s);
    return result;
}

uint64_t storm_drops(uint16_t port)
{
    FILE *f = fopen("/proc/net/udp", "r");
    char line[512];
    uint64_t sum = 0;

    while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
        unsigned local;
        unsigned long long drops;
        /* sl local_address rem_address st queues tr retrnsmt uid timeout inode ref pointer drops */
        if (sscanf(line, "%*s %*8x:%4x %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu", &local,
                   &drops) == 2 &&
            local == port)
            sum += drops;
    }
    if (f != NULL)
        fclose(f);
    return sum;
}
