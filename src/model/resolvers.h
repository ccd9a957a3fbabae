/*
 * Thousands of resolvers and the users behind them.  A resolver keeps an answer for its TTL, or for
 * its own minimum where that is longer, and asks again when a user wants the name after that.  Its
 * users go where the last answer sent them.
 *
 * Pure and repeatable: randomness is of the seed.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

#define RESOLVERS_STUBBORN_MAX 4

/* So many resolvers keep every answer for so long at least. */
struct resolvers_stubborn {
    double share; /* 0..1 */
    uint32_t ttl_min_s;
};

struct resolvers_spec {
    size_t n;          /* each with one user */
    double home_share; /* of them at home in region 0; the rest is spread evenly over the others */
    double wishes_per_s; /* how often users of each want the name (Poisson); > 0 */
    struct resolvers_stubborn stubborn[RESOLVERS_STUBBORN_MAX]; /* ends with a share of 0 */
};

/* 3,000, a third at home in region 0, 5 wishes/s; 5 % keep 30 s, 3 % a minute, 2 % five minutes. */
struct resolvers_spec resolvers_default(void);

struct resolver {
    uint8_t home;
    uint8_t region;     /* where its users are */
    uint32_t ttl_min_s; /* 0: it obeys */
    uint64_t random;    /* state of its own randomness */
};

/* n_regions ≥ 2.  Returns n of them, owned (free), their users at home. */
struct resolver *resolvers_new(const struct resolvers_spec *spec, size_t n_regions, uint64_t seed);

/* For how long it keeps what it got with this TTL, until somebody wants the name again. */
dur_ms_t resolver_keeps(struct resolver *r, const struct resolvers_spec *spec, uint32_t ttl_s);
/* When it asks for the first time, of an answer that it has kept for a time unknown. */
dur_ms_t resolver_first(struct resolver *r, const struct resolvers_spec *spec, uint32_t ttl_s);
