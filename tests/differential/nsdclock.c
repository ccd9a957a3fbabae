/*
 * Loaded into NSD: a clock that shows another second whenever it is looked at.  NSD answers at most 100
 * queries a second with an error and is silent to the rest, for which there is no option; a peer
 * that is asked for its answers must give them.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdatomic.h>
#include <time.h>

time_t nsdclock_next(time_t *out);

time_t nsdclock_next(time_t *out)
{
    static _Atomic time_t looks;
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    const time_t now = t.tv_sec + atomic_fetch_add(&looks, 1);
    if (out != NULL)
        *out = now;
    return now;
}

extern __typeof__(time) time __attribute__((alias("nsdclock_next")));
