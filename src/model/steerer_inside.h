/*
 * What a kind of steerer is made of: one row of functions, each kind a file.
 *
 * Inside of model/.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "model/steerer.h"

struct steerer_ops {
    struct steerer *(*create)(const struct steerer_spec *spec); /* NULL-free, owned, with free() */
    void (*on_probe)(struct steerer *s, size_t region, unsigned checker, bool is_good,
                     mono_ms_t now);
    struct steer_answer (*answer)(struct steerer *s, size_t home, uint32_t client, mono_ms_t now);
};

/* The first member of each. */
struct steerer {
    const struct steerer_ops *ops;
    const struct steerer_spec *spec;
    const struct trace *trace;
    size_t n_regions;
    uint64_t random;
};

extern const struct steerer_ops ops_ours, ops_gdnsd, ops_powerdns, ops_route53, ops_perfect;

/* The i-th choice of clients of a home. */
static inline size_t steerer_choice(const struct steerer *s, size_t home, size_t i)
{
    return (home + i) % s->n_regions;
}
