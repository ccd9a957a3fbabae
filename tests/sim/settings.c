/* SPDX-License-Identifier: BSD-2-Clause */
#include "settings.h"

#include <stdio.h>

#define NAME_TEXT 48

/* ---- rivals ---- */

/* As strict as it goes: interval 2 s, thresholds 1/1/1. */
static struct steerer_spec gdnsd_strict(void)
{
    struct steerer_spec s = steerer_gdnsd();

    s.name = "gdnsd 2 s 1/1/1 60/5";
    s.interval_ms = 2000;
    s.timeout_ms = 1000;
    s.gdnsd.up_thresh = s.gdnsd.ok_thresh = s.gdnsd.down_thresh = 1;
    return s;
}

static struct steerer_spec named(struct steerer_spec s, const char *name)
{
    s.name = name;
    return s;
}

const struct steerer_spec *settings_rivals(size_t *n)
{
    static struct steerer_spec all[6];

    all[0] = named(steerer_gdnsd(), "gdnsd default 60/5");
    all[1] = gdnsd_strict();
    all[2] = named(steerer_powerdns(10), "PowerDNS 5 s TTL 10");
    all[3] = named(steerer_powerdns(60), "PowerDNS 5 s TTL 60");
    all[4] = named(steerer_route53(30000), "Route 53 30 s TTL 60");
    all[5] = named(steerer_route53(10000), "Route 53 10 s TTL 60");
    *n = sizeof(all) / sizeof(all[0]);
    return all;
}

const struct steerer_spec *settings_perfect(size_t *n)
{
    static struct steerer_spec all[2];

    all[0] = named(steerer_perfect(5), "perfect TTL 5");
    all[1] = named(steerer_perfect(60), "perfect TTL 60");
    *n = sizeof(all) / sizeof(all[0]);
    return all;
}

/* ---- ours ---- */

struct probing {
    dur_ms_t interval_ms, timeout_ms;
    struct verdict_rule verdict;
};

static const struct probing probings[] = {
    {5000, 2000, {.rise = 2, .fall = 3}},
    {2000, 1000, {.rise = 2, .fall = 3}},
    {2000, 1000, {.rise = 2, .fall = 3, .fall_of = 5}},
    {1000, 500, {.rise = 2, .fall = 2}},
    {1000, 500, {.rise = 3, .fall = 3}},
    {500, 400, {.rise = 3, .fall = 3}},
    {500, 400, {.rise = 3, .fall = 3, .fall_of = 10}},
};

static const struct ttl_rule ttls[] = {
    {300, 300, 8}, {300, 10, 8}, {60, 60, 8}, {60, 10, 8}, {60, 5, 8}, {30, 30, 8}, {10, 10, 8}, {5, 5, 8},
};

enum { N_PROBINGS = sizeof(probings) / sizeof(probings[0]), N_TTLS = sizeof(ttls) / sizeof(ttls[0]) };

static void name_of(const struct steerer_spec *s, char out[NAME_TEXT])
{
    const struct verdict_rule *v = &s->ours.verdict;
    char window[16] = "";

    if (v->fall_of > v->fall)
        snprintf(window, sizeof(window), " of %u", v->fall_of);
    snprintf(out, NAME_TEXT, "ours %g s fall %u%s ttl %u/%u", (double)s->interval_ms / 1000, v->fall,
             window, s->ours.ttl.max_s, s->ours.ttl.min_s);
}

const struct steerer_spec *settings_ours(size_t *n)
{
    static struct steerer_spec all[1 + N_PROBINGS * N_TTLS];
    static char names[1 + N_PROBINGS * N_TTLS][NAME_TEXT];

    *n = 0;
    all[(*n)++] = named(steerer_ours(), "ours default");
    for (size_t p = 0; p < N_PROBINGS; p++)
        for (size_t t = 0; t < N_TTLS; t++) {
            struct steerer_spec *s = &all[*n];
            *s = steerer_ours();
            s->interval_ms = probings[p].interval_ms;
            s->timeout_ms = probings[p].timeout_ms;
            s->ours.verdict = probings[p].verdict;
            s->ours.ttl = (struct ttl_rule){.max_s = ttls[t].min_s, .min_s = ttls[t].max_s, .growth = ttls[t].growth};
            name_of(s, names[*n]);
            s->name = names[(*n)++];
        }
    return all;
}
