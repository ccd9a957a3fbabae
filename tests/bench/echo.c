/*
 * The floor: a UDP server that sends back what came, with the system calls that Proxima makes for it
 * (net/udp.c) and no others.  What it uses for a query no server on plain kernel UDP can save.
 *
 *   echo ADDRESS@PORT      until it is killed
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <uv.h>

#include "base/ipaddr.h"

#define BATCH            64 /* as net/udp.c */
#define BATCHES_PER_WAKE 2
#define QUERY_MAX        1536
#define CONTROL_ROOM     CMSG_SPACE(sizeof(struct in6_pktinfo))

static struct mmsghdr batch[BATCH];
static struct slot {
    struct sockaddr_storage peer;
    struct iovec iov;
    _Alignas(struct cmsghdr) uint8_t control[CONTROL_ROOM];
    uint8_t octets[QUERY_MAX];
} slots[BATCH];

static void prepare(unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        struct slot *s = &slots[i];
        s->iov = (struct iovec){.iov_base = s->octets, .iov_len = QUERY_MAX};
        batch[i].msg_hdr = (struct msghdr){.msg_name = &s->peer,
                                           .msg_namelen = sizeof(s->peer),
                                           .msg_iov = &s->iov,
                                           .msg_iovlen = 1,
                                           .msg_control = s->control,
                                           .msg_controllen = CONTROL_ROOM};
    }
}

static void send_back(int fd, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        slots[i].iov.iov_len = batch[i].msg_len;
    for (unsigned at = 0; at < n;) {
        const int sent = sendmmsg(fd, batch + at, n - at, MSG_DONTWAIT);
        at += sent > 0 ? (unsigned)sent : 1;
    }
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    uv_os_fd_t fd;

    (void)status;
    (void)events;
    uv_fileno((const uv_handle_t *)poll, &fd);
    for (int i = 0; i < BATCHES_PER_WAKE; i++) {
        const int n = recvmmsg(fd, batch, BATCH, MSG_DONTWAIT, NULL);
        if (n <= 0)
            return;
        send_back(fd, (unsigned)n);
        prepare((unsigned)n);
        if (n < BATCH)
            return;
    }
}

static int open_socket(const char *where)
{
    const int room = 4 << 20; /* net/listen.c */
    struct endpoint_addr own;
    struct sockaddr_storage name;

    if (!sockaddr_parse(where, 53, &own))
        return -1;
    const socklen_t len = ipaddr_to_sockaddr(&own.addr, own.port, &name);
    const int fd = socket(name.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) != 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
    return bind(fd, (const struct sockaddr *)&name, len) == 0 ? fd : -1;
}

int main(int argc, char **argv)
{
    const int fd = argc == 2 ? open_socket(argv[1]) : -1;
    uv_loop_t *loop = uv_default_loop();
    uv_poll_t poll;

    if (fd < 0) {
        fputs("usage: echo ADDRESS@PORT      (a free one)\n", stderr);
        return 2;
    }
    prepare(BATCH);
    uv_poll_init(loop, &poll, fd);
    uv_poll_start(&poll, UV_READABLE, on_readable);
    return uv_run(loop, UV_RUN_DEFAULT);
}
