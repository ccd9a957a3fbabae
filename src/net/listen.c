/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/listen.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"

/*
 * Datagrams that may wait while a worker is in a batch or off its CPU.  The system doubles this, and
 * counts 768 octets for a small datagram over loopback, 2304 and more for one from a network card: room
 * for 10,900 or 3,600.  At 20,000 queries/s that bridges half a second or 180 ms.
 *
 * More is worse: when more is asked than can be answered the queue is always full, so that every query
 * waits for all of it, and a client that has given up is answered in vain.  A worker that answers 300,000
 * a second makes it wait some 36 ms (when 600,000 were asked half of the replies took 39 ms), one a third
 * as fast 100 ms, a quarter of what resolvers wait at first.
 */
#define UDP_RCVBUF (4 << 20)

/* What the kernel keeps of replies that a client does not take; it counts twice as much, with its
 * overhead.  Left to itself it would grow to megabytes for a connection, which a thousand clients that
 * never read would make gigabytes.  The largest reply fits. */
#define TCP_SNDBUF (64 << 10)

/* How often to look for a port that is free for both UDP and TCP when the system chooses (port 0). */
#define PORT_TRIES 16

static bool set_option(int fd, int level, int name, int value)
{
    return setsockopt(fd, level, name, &value, sizeof(value)) == 0;
}

static bool set_common(int fd, uint8_t family)
{
    return set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1) &&
           (family != FAMILY_IP6 || set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1));
}

/* Fragments are the client's choice of size, not the path's to dictate: an attacker who forges
 * "fragmentation needed" must not make us send small fragments (RFC 9715 §3). */
static bool set_udp(int fd, uint8_t family, bool wildcard)
{
    if (!set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, UDP_RCVBUF))
        set_option(fd, SOL_SOCKET, SO_RCVBUF,
                   UDP_RCVBUF); /* without the right: as far as allowed */
    if (family == FAMILY_IP4)
        return set_option(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT) &&
               (!wildcard || set_option(fd, IPPROTO_IP, IP_PKTINFO, 1));
    return set_option(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_OMIT) &&
           (!wildcard || set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1));
}

static bool is_wildcard(const struct ipaddr *a)
{
    const struct ipaddr any = {.family = a->family};

    return ipaddr_equal(a, &any);
}

/* Connections inherit it from their listener. */
static bool set_tcp(int fd)
{
    return set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1) &&
           set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1) &&
           set_option(fd, SOL_SOCKET, SO_SNDBUF, TCP_SNDBUF);
}

/* A bound socket, or -1 with errno; the port it got in addr. */
static int open_socket(struct endpoint_addr *addr, int type)
{
    struct sockaddr_storage ss;
    socklen_t len = ipaddr_to_sockaddr(&addr->addr, addr->port, &ss);
    const int fd = socket(ss.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    const bool set =
        set_common(fd, addr->addr.family) &&
        (type == SOCK_STREAM ? set_tcp(fd)
                             : set_udp(fd, addr->addr.family, is_wildcard(&addr->addr)));
    if (!set || bind(fd, (struct sockaddr *)&ss, len) < 0 ||
        getsockname(fd, (struct sockaddr *)&ss, &len) < 0) {
        const int saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    ipaddr_from_sockaddr((struct sockaddr *)&ss, &addr->port);
    return fd;
}

static void close_pair(struct listen_pair *pair)
{
    if (pair->udp >= 0)
        close(pair->udp);
    if (pair->tcp >= 0)
        close(pair->tcp);
    *pair = (struct listen_pair){.udp = -1, .tcp = -1};
}

/* UDP and TCP, or neither and errno. */
static bool open_pair(struct endpoint_addr *addr, struct listen_pair *pair)
{
    *pair = (struct listen_pair){.udp = open_socket(addr, SOCK_DGRAM), .tcp = -1};
    if (pair->udp >= 0)
        pair->tcp = open_socket(addr, SOCK_STREAM);
    if (pair->tcp >= 0)
        return true;
    const int saved = errno;
    close_pair(pair);
    errno = saved;
    return false;
}

/*
 * Without SO_REUSEPORT, which would let a second server of the same user share the port and take half
 * of the queries: is the address free?  A port 0 becomes one that is.
 */
static bool ask_alone(struct endpoint_addr *addr)
{
    struct sockaddr_storage ss;
    socklen_t len = ipaddr_to_sockaddr(&addr->addr, addr->port, &ss);
    const int fd = socket(ss.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return true; /* what follows will fail, and say why */
    if (addr->addr.family == FAMILY_IP6)
        set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    const bool bound = bind(fd, (struct sockaddr *)&ss, len) == 0;
    const bool taken = !bound && errno == EADDRINUSE;
    if (bound && getsockname(fd, (struct sockaddr *)&ss, &len) == 0)
        ipaddr_from_sockaddr((struct sockaddr *)&ss, &addr->port);
    close(fd);
    if (taken)
        errno = EADDRINUSE;
    return !taken;
}

/* The first worker's, at a port of its own if the system chooses it. */
static bool open_first(struct endpoint_addr *addr, struct listen_pair *pair)
{
    const uint16_t asked = addr->port;

    *pair = (struct listen_pair){.udp = -1, .tcp = -1};
    for (int i = 0; i < PORT_TRIES; i++) {
        addr->port = asked;
        if (ask_alone(addr) && open_pair(addr, pair))
            return true;
        if (asked != 0 || errno != EADDRINUSE)
            break;
    }
    return false;
}

static const char *advice(int error)
{
    switch (error) {
    case EADDRINUSE:
        return "another server listens there; stop it or choose another address or port";
    case EADDRNOTAVAIL: return "this machine does not have the address";
    case EACCES: return "ports below 1024 need root or CAP_NET_BIND_SERVICE";
    }
    return strerror(error);
}

/* A pair of sockets for each worker, or none. */
static bool open_address(struct endpoint_addr *addr, struct listen_pair *pairs, unsigned workers,
                         struct err *err)
{
    char text[SOCKADDR_TEXT];
    bool ok = open_first(addr, &pairs[0]);
    unsigned opened = 1;

    for (; opened < workers && ok; opened++)
        ok = open_pair(addr, &pairs[opened]);
    if (ok)
        return true;
    err_add(err, "cannot listen on %s: %s", sockaddr_print(addr, text), advice(errno));
    while (opened-- > 0)
        close_pair(&pairs[opened]);
    return false;
}

/* One address more, if it can be had; its pairs go behind those that are there. */
static void add_address(struct listeners *l, const struct endpoint_addr *addr, bool proxied,
                        struct listen_pair *opened, struct err *err)
{
    struct listen_pair *pairs = &opened[l->n * l->workers];

    l->addrs[l->n] = *addr;
    if (!open_address(&l->addrs[l->n], pairs, l->workers, err))
        return;
    for (unsigned w = 0; w < l->workers; w++)
        pairs[w].proxied = proxied;
    l->n++;
}

struct listeners *listen_open(const struct listen_opts *opts, struct err *err)
{
    const size_t n = opts->n + opts->n_proxied;
    struct listeners *l = xcalloc(1, sizeof(*l));
    struct listen_pair *opened = xcalloc(n * opts->workers, sizeof(*opened)); /* by address */

    l->workers = opts->workers;
    l->addrs = xcalloc(n, sizeof(*l->addrs));
    for (size_t i = 0; i < opts->n; i++)
        add_address(l, &opts->addrs[i], false, opened, err);
    for (size_t i = 0; i < opts->n_proxied; i++)
        add_address(l, &opts->proxied[i], true, opened, err);
    l->pairs = xcalloc(l->n * l->workers, sizeof(*l->pairs));
    for (size_t i = 0; i < l->n * l->workers; i++)
        l->pairs[i % l->workers * l->n + i / l->workers] = opened[i];
    free(opened);
    if (l->n == 0) {
        listen_close(l);
        return NULL;
    }
    return l;
}

void listen_close(struct listeners *l)
{
    if (l == NULL)
        return;
    for (size_t i = 0; i < l->n * l->workers; i++)
        close_pair(&l->pairs[i]);
    free(l->addrs);
    free(l->pairs);
    free(l);
}
