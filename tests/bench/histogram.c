/* SPDX-License-Identifier: BSD-2-Clause */
#include "histogram.h"

#define SUB (1u << HISTOGRAM_SUB_BITS)

/*
 * Below 64 a bucket a value.  Above, the leading bit says which row of 64, the six bits behind it
 * which of the row:  1xxxxxx......  with n dots is row n + 1.
 */
static unsigned bucket_of(uint64_t ns)
{
    if (ns < SUB)
        return (unsigned)ns;
    const unsigned dots = 63 - (unsigned)__builtin_clzll(ns) - HISTOGRAM_SUB_BITS;
    return (dots + 1) * SUB + (unsigned)(ns >> dots & (SUB - 1));
}

/* The largest value that falls into a bucket. */
static uint64_t top_of(unsigned bucket)
{
    if (bucket < SUB)
        return bucket;
    const unsigned dots = bucket / SUB - 1;
    return (((uint64_t)SUB + bucket % SUB + 1) << dots) - 1;
}

void histogram_add(struct histogram *h, uint64_t ns)
{
    const uint64_t most = ((uint64_t)1 << HISTOGRAM_MAX_BITS) - 1;

    h->n++;
    h->bucket[bucket_of(ns < most ? ns : most)]++;
    if (ns > h->max_ns)
        h->max_ns = ns;
}

uint64_t histogram_quantile(const struct histogram *h, double share)
{
    uint64_t below = 0;

    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        below += h->bucket[i];
        if (below > 0 && (double)below >= share * (double)h->n)
            return top_of(i) < h->max_ns ? top_of(i) : h->max_ns;
    }
    return 0;
}
