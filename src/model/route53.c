/*
 * Amazon Route 53: failover of alias or weighted records with a health check each.
 *
 * From its Developer Guide, "How Amazon Route 53 determines whether a health check is healthy": checkers
 * in many places probe each target every 30 s (or 10 s), not in step; one turns after three results in a
 * row, up or down; healthy is what more than 18 % of them find healthy.  4 s to connect.  All unhealthy
 * counts as all healthy.  TTL 60 is what the guide advises.  That a change takes a moment to
 * reach its name servers is left out, in its favour.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <assert.h>

#include "base/xalloc.h"
#include "model/steerer_inside.h"

#define CHECKERS 16 /* two in each of eight regions */

struct checker {
    bool is_down;
    unsigned streak; /* results in a row that say otherwise */
};

struct route53 {
    struct steerer base;
    struct checker checkers[TRACE_REGIONS_MAX][CHECKERS];
};

struct steerer_spec steerer_route53(dur_ms_t interval_ms)
{
    return (struct steerer_spec){
        .name = "Route 53",
        .kind = STEERER_ROUTE53,
        .interval_ms = interval_ms,
        .timeout_ms = 4000,
        .checkers = CHECKERS,
        .route53 = {.threshold = 3, .healthy_percent = 18, .ttl_s = 60},
    };
}

static struct steerer *create(const struct steerer_spec *spec)
{
    assert(spec->checkers == CHECKERS);
    struct route53 *x = xcalloc(1, sizeof(*x));

    return &x->base;
}

static void on_probe(struct steerer *s, size_t region, unsigned checker, bool is_good,
                     mono_ms_t now)
{
    struct checker *c = &((struct route53 *)s)->checkers[region][checker];

    (void)now;
    c->streak = is_good == c->is_down ? c->streak + 1 : 0;
    if (c->streak < s->spec->route53.threshold)
        return;
    c->is_down = !c->is_down;
    c->streak = 0;
}

static bool is_healthy(const struct route53 *x, size_t region, unsigned percent)
{
    unsigned n = 0;

    for (size_t i = 0; i < CHECKERS; i++)
        n += !x->checkers[region][i].is_down;
    return n * 100 > percent * CHECKERS;
}

static struct steer_answer answer(struct steerer *s, size_t home, uint32_t client, mono_ms_t now)
{
    const struct route53_rule *rule = &s->spec->route53;
    struct steer_answer a = {.region = (uint8_t)home, .ttl_s = rule->ttl_s};

    (void)client, (void)now;
    for (size_t i = 0; i < s->n_regions; i++) {
        const size_t r = steerer_choice(s, home, i);
        if (is_healthy((const struct route53 *)s, r, rule->healthy_percent)) {
            a.region = (uint8_t)r;
            break;
        }
    }
    return a;
}

const struct steerer_ops ops_route53 = {create, on_probe, answer};
