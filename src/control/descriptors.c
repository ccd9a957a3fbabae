/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/descriptors.h"

#include <stdint.h>
#include <sys/resource.h>

/* Enough for ten thousand endpoints that all hang for as long as their interval is.  More would not hurt
 * but for what probes take while they are under way, of http some 20 KiB each. */
#define PROBES_MOST 10000
/* With an interval of 5 s and a timeout of 2 s these are 2,500 endpoints that all hang. */
#define PROBES_LEAST 1000

/* What event loops, zone files, the control socket and its clients take beside what can be counted. */
#define OF_CONTROL 128

void descriptors_raise(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* As many as are wanted, or as there are. */
static rlim_t provide(rlim_t wanted)
{
    const struct rlimit want = {.rlim_cur = wanted, .rlim_max = wanted};
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted ||
        setrlimit(RLIMIT_NOFILE, &want) == 0)
        return wanted;
    return limit.rlim_cur;
}

unsigned descriptors_for_probes(size_t clients, size_t sockets, struct err *err)
{
    const rlim_t others = clients + sockets + OF_CONTROL;
    const rlim_t there = provide(others + PROBES_MOST);

    if (there >= others + PROBES_LEAST)
        return (unsigned)(there - others);
    err_warn(err,
             "only %ju descriptors can be open, %ju are needed for server.tcp_clients, probes and "
             "listening sockets: raise the limit (LimitNOFILE= of systemd, ulimit -n)",
             (uintmax_t)there, (uintmax_t)(others + PROBES_LEAST));
    return PROBES_LEAST;
}
