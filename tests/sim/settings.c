/* SPDX-License-Identifier: BSD-2-Clause */
#include "settings.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

static void add(struct settings *s, enum settings_group group, struct steerer_spec spec,
                const char *format, ...) __attribute__((format(printf, 4, 5)));

static void add(struct settings *s, enum settings_group group, struct steerer_spec spec,
                const char *format, ...)
{
    assert(s->n < SETTINGS_MAX);
    struct setting *new = &s->all[s->n++];
    va_list args;

    va_start(args, format);
    vsnprintf(new->name, sizeof(new->name), format, args);
    va_end(args);
    new->group = group;
    new->spec = spec;
    new->spec.name = new->name;
}

/* ---- others ---- */

/* As strict as it goes: an interval of 2 s, thresholds 1/1/1. */
static struct steerer_spec gdnsd_strict(void)
{
    struct steerer_spec s = steerer_gdnsd();

    s.interval_ms = 2000;
    s.timeout_ms = 1000;
    s.gdnsd.up_thresh = s.gdnsd.ok_thresh = s.gdnsd.down_thresh = 1;
    return s;
}

static void add_others(struct settings *s)
{
    add(s, SETTINGS_RIVAL, steerer_gdnsd(), "gdnsd, defaults, TTL 60/5");
    add(s, SETTINGS_RIVAL, gdnsd_strict(), "gdnsd, 2 s, 1/1/1, TTL 60/5");
    add(s, SETTINGS_RIVAL, steerer_powerdns(10), "PowerDNS, 5 s, TTL 10");
    add(s, SETTINGS_RIVAL, steerer_powerdns(60), "PowerDNS, 5 s, TTL 60");
    add(s, SETTINGS_RIVAL, steerer_route53(30000), "Route 53, 30 s, TTL 60");
    add(s, SETTINGS_RIVAL, steerer_route53(10000), "Route 53, 10 s, TTL 60");
    add(s, SETTINGS_PERFECT, steerer_perfect(5), "a perfect prober, TTL 5");
    add(s, SETTINGS_PERFECT, steerer_perfect(60), "a perfect prober, TTL 60");
}

/* ---- ours ---- */

struct probing {
    const char *name;
    dur_ms_t interval_ms, timeout_ms;
    struct verdict_rule verdict;
};

static const struct probing probings[] = {
    {"5 s, fall 3 of 5", 5000, 2000, {.rise = 2, .fall = 3, .fall_of = 5}}, /* as it comes */
    {"5 s, fall 3", 5000, 2000, {.rise = 2, .fall = 3}},
    {"1 s, fall 3 of 5", 1000, 500, {.rise = 2, .fall = 3, .fall_of = 5}},
    {"0.5 s, fall 3 of 5", 500, 400, {.rise = 3, .fall = 3, .fall_of = 5}},
};

static const struct ttl_rule ttls[] = {
    {.max_s = 300, .min_s = 10, .growth = 8}, /* as it comes */
    {.max_s = 60, .min_s = 10, .growth = 8},  {.max_s = 60, .min_s = 60, .growth = 8},
    {.max_s = 10, .min_s = 10, .growth = 8},  {.max_s = 5, .min_s = 5, .growth = 8},
};

enum {
    N_PROBINGS = sizeof(probings) / sizeof(probings[0]),
    N_TTLS = sizeof(ttls) / sizeof(ttls[0])
};

static void add_ours(struct settings *s)
{
    for (size_t p = 0; p < N_PROBINGS; p++)
        for (size_t t = 0; t < N_TTLS; t++) {
            struct steerer_spec spec = steerer_ours();
            spec.interval_ms = probings[p].interval_ms;
            spec.timeout_ms = probings[p].timeout_ms;
            spec.ours.verdict = probings[p].verdict;
            spec.ours.ttl = ttls[t];
            add(s, SETTINGS_OURS, spec, "Proxima, %s, TTL %u/%u", probings[p].name, ttls[t].max_s,
                ttls[t].min_s);
        }
}

/* A region that comes back gets its clients over two minutes. */
static void add_ramped(struct settings *s)
{
    struct steerer_spec spec = steerer_ours();

    spec.interval_ms = 1000;
    spec.timeout_ms = 500;
    spec.ours.verdict = probings[0].verdict;
    spec.ours.ttl = (struct ttl_rule){.max_s = 10, .min_s = 10, .growth = 8};
    spec.ours.ramp_ms = 120000;
    add(s, SETTINGS_OURS, spec, "Proxima, 1 s, fall 3 of 5, TTL 10/10, ramp");
}

void settings_init(struct settings *s)
{
    s->n = 0;
    add_others(s);
    add_ours(s);
    add_ramped(s);
}
