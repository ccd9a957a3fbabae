/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/source.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

const struct ipaddr *source_of(const struct probe *p)
{
    for (size_t i = 0; i < p->spec->n_source; i++)
        if (p->spec->source[i].family == p->addr.family)
            return &p->spec->source[i];
    return NULL;
}

/* The port is left until connect(2): else each socket would occupy one of its own, whoever it talks
 * to, and 28,000 probes a minute would have none left. */
int source_bind(int fd, const struct probe *p)
{
    const struct ipaddr *source = source_of(p);
    const int on = 1;
    struct sockaddr_storage sa;

    if (source == NULL)
        return 0;
    const socklen_t len = ipaddr_to_sockaddr(source, 0, &sa);
    (void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
    return bind(fd, (const struct sockaddr *)&sa, len) == 0 ? 0 : -errno;
}
