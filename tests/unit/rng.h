/*
 * A small random generator, xoshiro256** (Blackman and Vigna, 2018), for tests
 * that repeat: seed and state are the caller's.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdint.h>

struct rng {
    uint64_t s[4];
};

void rng_init(struct rng *r, uint64_t seed);
uint64_t rng_next(struct rng *r);
uint32_t rng_below(struct rng *r, uint32_t n); /* 0..n-1; n > 0; bias under 2^-32 */
