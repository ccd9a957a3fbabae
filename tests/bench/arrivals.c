/* SPDX-License-Identifier: BSD-2-Clause */
#include "arrivals.h"

#include <math.h>
#include <stdlib.h>

#include "base/xalloc.h"

void arrivals_note(struct arrivals *a, uint16_t endpoint, double now_ms)
{
    double *last_ms = &a->last_ms[endpoint];

    a->all = xgrow(a->all, a->n, sizeof(*a->all));
    a->all[a->n++] = (struct arrival){
        .at_ms = now_ms,
        .off_ms = *last_ms > 0 ? fabs(now_ms - *last_ms - a->interval_ms) : -1,
    };
    *last_ms = now_ms;
}

static size_t most_within(const struct arrivals *a, double window_ms)
{
    size_t most = 0;

    for (size_t first = 0, i = 0; i < a->n; i++) {
        while (a->all[i].at_ms - a->all[first].at_ms >= window_ms)
            first++;
        most = i - first + 1 > most ? i - first + 1 : most;
    }
    return most;
}

static double burst(const struct arrivals *a, double window_ms)
{
    const double took_ms = a->n > 0 ? a->all[a->n - 1].at_ms - a->all[0].at_ms : 0;

    return took_ms > 0 ? (double)most_within(a, window_ms) / ((double)a->n * window_ms / took_ms)
                       : 0;
}

static int compare_offs(const void *x, const void *y)
{
    const double a = ((const struct arrival *)x)->off_ms, b = ((const struct arrival *)y)->off_ms;

    return (a > b) - (a < b);
}

/* The arrivals are sorted by it; the first ones of endpoints, which have none, come first. */
static double off_at(const struct arrivals *a, size_t firsts, double part)
{
    const size_t n = a->n - firsts;

    return n > 0 ? a->all[firsts + (size_t)(part * (double)(n - 1))].off_ms : 0;
}

static size_t count_endpoints(const struct arrivals *a)
{
    size_t n = 0;

    for (size_t i = 0; i < ARRIVALS_ENDPOINTS; i++)
        n += a->last_ms[i] > 0;
    return n;
}

struct arrivals_report arrivals_report(struct arrivals *a)
{
    struct arrivals_report r = {.endpoints = count_endpoints(a),
                                .arrivals = a->n,
                                .burst_100ms = burst(a, 100),
                                .burst_10ms = burst(a, 10)};
    size_t firsts = 0;

    if (a->n > 0)
        qsort(a->all, a->n, sizeof(*a->all), compare_offs);
    while (firsts < a->n && a->all[firsts].off_ms < 0)
        firsts++;
    r.off_p50_ms = off_at(a, firsts, 0.5);
    r.off_p99_ms = off_at(a, firsts, 0.99);
    r.off_max_ms = off_at(a, firsts, 1);
    a->n = 0;
    return r;
}
