/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/listen.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"

/* Datagrams that may wait while a worker is in a batch or off its CPU: at some 800 octets of kernel
 * memory each, 4 MiB hold 5,000, a quarter of a second at 20,000 queries/s. */
#define UDP_RCVBUF (4 << 20)

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
        (type == SOCK_STREAM ? set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1) &&
                                   set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1)
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

static bool open_pair(struct endpoint_addr *addr, struct listen_pair *pair)
{
    const uint16_t asked = addr->port;

    for (int i = 0; i < PORT_TRIES; i++) {
        addr->port = asked;
        pair->udp = open_socket(addr, SOCK_DGRAM);
        pair->tcp = pair->udp < 0 ? -1 : open_socket(addr, SOCK_STREAM);
        if (pair->tcp >= 0)
            return true;
        const int saved = errno;
        if (pair->udp >= 0)
            close(pair->udp);
        pair->udp = -1;
        errno = saved;
        if (asked != 0 || errno != EADDRINUSE)
            break;
    }
    return false;
}

/* SO_REUSEPORT would let a second server of the same user share the port and take half of the
 * queries: ask once without it. */
static bool is_taken(const struct endpoint_addr *addr)
{
    struct sockaddr_storage ss;
    const socklen_t len = ipaddr_to_sockaddr(&addr->addr, addr->port, &ss);
    const int fd = socket(ss.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool taken = false;

    if (fd < 0)
        return false;
    if (addr->addr.family == FAMILY_IP6)
        set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    if (addr->port != 0 && bind(fd, (struct sockaddr *)&ss, len) < 0)
        taken = errno == EADDRINUSE;
    close(fd);
    return taken;
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

static void close_pair(struct listen_pair *pair)
{
    if (pair->udp >= 0)
        close(pair->udp);
    if (pair->tcp >= 0)
        close(pair->tcp);
    *pair = (struct listen_pair){.udp = -1, .tcp = -1};
}

/* A pair of sockets for each worker, or none. */
static bool open_address(struct endpoint_addr *addr, struct listen_pair *pairs, unsigned workers,
                         struct err *err)
{
    char text[SOCKADDR_TEXT];
    bool ok = !is_taken(addr);
    unsigned opened = 0;

    if (!ok)
        errno = EADDRINUSE;
    for (; opened < workers && ok; opened++)
        ok = open_pair(addr, &pairs[opened]);
    if (ok)
        return true;
    err_add(err, "cannot listen on %s: %s", sockaddr_print(addr, text), advice(errno));
    while (opened-- > 0)
        close_pair(&pairs[opened]);
    return false;
}

struct listeners *listen_open(const struct endpoint_addr *addrs, size_t n, unsigned workers,
                              struct err *err)
{
    struct listeners *l = xcalloc(1, sizeof(*l));
    struct listen_pair *opened = xcalloc(n * workers, sizeof(*opened)); /* by address */

    *l = (struct listeners){.workers = workers, .addrs = xmemdup(addrs, n * sizeof(*addrs))};
    for (size_t i = 0; i < n; i++) {
        l->addrs[l->n] = addrs[i];
        l->n += open_address(&l->addrs[l->n], &opened[l->n * workers], workers, err);
    }
    l->pairs = xcalloc(l->n * workers, sizeof(*l->pairs));
    for (size_t i = 0; i < l->n * workers; i++)
        l->pairs[i % workers * l->n + i / workers] = opened[i];
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
