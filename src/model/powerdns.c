/*
 * PowerDNS 4.7: a Lua record `ifurlup(url, {{home}, {next}, ...})`.
 *
 * From pdns/lua-record.cc: all addresses are probed together every 5 s (lua-health-checks-interval) with
 * 2 s for each; minimumFailures in a row (1) take one down, one success brings it back.  The first set
 * with one that is up; are all down, any address at random (backupSelector).  The record's TTL, always.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "base/xalloc.h"
#include "model/dice.h"
#include "model/steerer_inside.h"

struct powerdns {
    struct steerer base;
    unsigned failures[TRACE_REGIONS_MAX]; /* in a row */
};

struct steerer_spec steerer_powerdns(uint32_t ttl_s)
{
    return (struct steerer_spec){
        .name = "PowerDNS",
        .kind = STEERER_POWERDNS,
        .interval_ms = 5000,
        .timeout_ms = 2000,
        .at_once = true,
        .powerdns = {.minimum_failures = 1, .ttl_s = ttl_s},
    };
}

static struct steerer *create(const struct steerer_spec *spec)
{
    struct powerdns *p = xcalloc(1, sizeof(*p));

    (void)spec;
    return &p->base;
}

static void on_probe(struct steerer *s, size_t region, unsigned checker, bool is_good,
                     mono_ms_t now)
{
    struct powerdns *p = (struct powerdns *)s;

    (void)checker, (void)now;
    p->failures[region] = is_good ? 0 : p->failures[region] + 1;
}

static struct steer_answer answer(struct steerer *s, size_t home, uint32_t client, mono_ms_t now)
{
    const struct powerdns *p = (const struct powerdns *)s;
    const struct powerdns_rule *rule = &s->spec->powerdns;

    (void)client, (void)now;
    for (size_t i = 0; i < s->n_regions; i++) {
        const size_t r = steerer_choice(s, home, i);
        if (p->failures[r] < rule->minimum_failures)
            return (struct steer_answer){.region = (uint8_t)r, .ttl_s = rule->ttl_s};
    }
    const double at = dice(&s->random) * (double)s->n_regions;
    return (struct steer_answer){.region = (uint8_t)at, .is_random = true, .ttl_s = rule->ttl_s};
}

const struct steerer_ops ops_powerdns = {create, on_probe, answer};
