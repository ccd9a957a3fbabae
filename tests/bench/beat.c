/*
 * beat: an HTTP origin that is well, and says at its end how regularly it was asked.
 *
 *   beat ADDRESS@PORT INTERVAL_MS      until SIGTERM
 *
 * Says "listening", and at its end "PROBES LATE_MS": how many came, and by how much at most one came later
 * after the one before it than an interval.  Each of its own addresses counts for itself.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/ipaddr.h"

/* Addresses are told apart by their last octet. */
static double last_ms[256];
static double latest_ms;
static unsigned long probes;
static volatile sig_atomic_t stop;

static void on_signal(int signal)
{
    (void)signal;
    stop = 1;
}

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void note(int fd, double interval_ms)
{
    struct sockaddr_in own = {0};
    socklen_t len = sizeof(own);
    const double now = now_ms();

    getsockname(fd, (struct sockaddr *)&own, &len);
    double *last = &last_ms[ntohl(own.sin_addr.s_addr) & 255];
    const double late = *last > 0 ? now - *last - interval_ms : 0;
    latest_ms = late > latest_ms ? late : latest_ms;
    *last = now;
    probes++;
}

/* A request is one segment, and over when it is answered. */
static void serve(int fd)
{
    static const char good[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    char request[2048];

    if (recv(fd, request, sizeof(request), 0) > 0)
        send(fd, good, sizeof(good) - 1, MSG_NOSIGNAL);
    close(fd);
}

static int listen_at(const char *text)
{
    struct endpoint_addr at;
    struct sockaddr_storage own;
    const int on = 1;

    if (!sockaddr_parse(text, 80, &at))
        return -1;
    const socklen_t len = ipaddr_to_sockaddr(&at.addr, at.port, &own);
    const int fd = socket(own.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        bind(fd, (const struct sockaddr *)&own, len) != 0 || listen(fd, 128) != 0)
        return -1;
    return fd;
}

int main(int argc, char **argv)
{
    const struct sigaction end = {.sa_handler = on_signal}; /* interrupts accept() */

    if (argc != 3) {
        fputs("usage: beat ADDRESS@PORT INTERVAL_MS\n", stderr);
        return 2;
    }
    const int listener = listen_at(argv[1]);
    if (listener < 0) {
        perror(argv[1]);
        return 1;
    }
    sigaction(SIGTERM, &end, NULL);
    sigaction(SIGINT, &end, NULL);
    puts("listening");
    fflush(stdout);
    while (!stop) {
        const int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            continue;
        note(fd, strtod(argv[2], NULL));
        serve(fd);
    }
    printf("%lu %.1f\n", probes, latest_ms);
    return 0;
}
