/*
 * One that knows at once, but not beforehand, in which region requests fail; there is none such.  What
 * it cannot mend, DNS cannot.  SPDX-License-Identifier: BSD-2-Clause
 */
#include "base/xalloc.h"
#include "model/steerer_inside.h"

struct perfect {
    struct steerer base;
    size_t piece[TRACE_REGIONS_MAX]; /* that holds now */
};

struct steerer_spec steerer_perfect(uint32_t ttl_s)
{
    return (struct steerer_spec){
        .name = "perfect", .kind = STEERER_PERFECT, .perfect = {.ttl_s = ttl_s}};
}

static struct steerer *create(const struct steerer_spec *spec)
{
    struct perfect *p = xcalloc(1, sizeof(*p));

    (void)spec;
    return &p->base;
}

/* It asks nobody. */
static void on_probe(struct steerer *s, size_t region, unsigned checker, bool is_good,
                     mono_ms_t now)
{
    (void)s, (void)region, (void)checker, (void)is_good, (void)now;
}

static double fails(struct perfect *p, size_t region, mono_ms_t now)
{
    const struct trace_region *r = &p->base.trace->regions[region];
    size_t *i = &p->piece[region];

    while (*i + 1 < r->n && r->pieces[*i + 1].from_ms <= now)
        ++*i;
    return r->pieces[*i].user_fails;
}

static struct steer_answer answer(struct steerer *s, size_t home, uint32_t client, mono_ms_t now)
{
    struct perfect *p = (struct perfect *)s;
    struct steer_answer best = {.region = (uint8_t)home, .ttl_s = s->spec->perfect.ttl_s};
    double least = fails(p, home, now);

    (void)client;
    for (size_t i = 1; i < s->n_regions; i++) {
        const size_t r = steerer_choice(s, home, i);
        const double share = fails(p, r, now);
        if (share < least) {
            least = share;
            best.region = (uint8_t)r;
        }
    }
    return best;
}

const struct steerer_ops ops_perfect = {create, on_probe, answer};
