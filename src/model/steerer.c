/* SPDX-License-Identifier: BSD-2-Clause */
#include "model/steerer.h"

#include <stdlib.h>

#include "model/steerer_inside.h"

static const struct steerer_ops *ops_of(enum steerer_kind kind)
{
    switch (kind) {
    case STEERER_OURS: return &ops_ours;
    case STEERER_GDNSD: return &ops_gdnsd;
    case STEERER_POWERDNS: return &ops_powerdns;
    case STEERER_ROUTE53: return &ops_route53;
    case STEERER_PERFECT: return &ops_perfect;
    }
    abort();
}

struct steerer *steerer_new(const struct steerer_spec *spec, const struct trace *trace,
                            uint64_t seed)
{
    const struct steerer_ops *ops = ops_of(spec->kind);
    struct steerer *s = ops->create(spec);

    s->ops = ops;
    s->spec = spec;
    s->trace = trace;
    s->n_regions = trace->n_regions;
    s->random = seed;
    return s;
}

void steerer_free(struct steerer *s)
{
    free(s);
}

void steerer_on_probe(struct steerer *s, size_t region, unsigned checker, bool is_good,
                      mono_ms_t now)
{
    s->ops->on_probe(s, region, checker, is_good, now);
}

struct steer_answer steerer_answer(struct steerer *s, size_t home, uint32_t client, mono_ms_t now)
{
    return s->ops->answer(s, home, client, now);
}
