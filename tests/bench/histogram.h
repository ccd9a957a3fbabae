/*
 * A histogram of latencies, log-linear: 64 buckets for each power of two, so that a value is known to
 * within 1.6 % from nanoseconds to minutes, in 20 KiB and without an allocation.
 *
 * One thread at a time.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdint.h>

#define HISTOGRAM_SUB_BITS 6
#define HISTOGRAM_MAX_BITS 40 /* 18 minutes; what is longer counts as that */
#define HISTOGRAM_BUCKETS  ((HISTOGRAM_MAX_BITS - HISTOGRAM_SUB_BITS + 1) << HISTOGRAM_SUB_BITS)

struct histogram {
    uint64_t n, max_ns;
    uint64_t bucket[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *h, uint64_t ns);
/* The value that a share (0 to 1) of all values does not exceed; 0 when there are none. */
uint64_t histogram_quantile(const struct histogram *h, double share);
