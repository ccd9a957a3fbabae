/*
 * Nameservers as the model sees them: results of probes go in, answers come out.  Ours runs the very
 * rules of health/; the others' are written down from their sources and manuals, each in its own file.
 *
 * A client's order of regions is its home and then those after it, round the circle.
 *
 * Pure; time is an argument.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "health/damping.h"
#include "health/ttl.h"
#include "health/verdict.h"
#include "model/trace.h"

struct ours_rule {
    struct verdict_rule verdict;
    struct damping_rule damping; /* max_hold_ms 0: none */
    struct ttl_rule ttl;
    unsigned blind_at; /* percent; 100: never */
    dur_ms_t ramp_ms;  /* 0: all clients come home at once */
};

struct gdnsd_rule {
    unsigned up_thresh, ok_thresh, down_thresh; /* service_types, gdnsd.config(5) */
    uint32_t ttl_max_s, ttl_min_s;              /* TTL/MIN of the record, gdnsd.zonefile(5) */
};

struct powerdns_rule {
    unsigned minimum_failures;
    uint32_t ttl_s;
};

struct route53_rule {
    unsigned threshold;
    unsigned healthy_percent; /* more checkers than this find it healthy: it is */
    uint32_t ttl_s;
};

struct perfect_rule {
    uint32_t ttl_s;
};

enum steerer_kind {
    STEERER_OURS,
    STEERER_GDNSD,
    STEERER_POWERDNS,
    STEERER_ROUTE53,
    STEERER_PERFECT
};

/* A setting of one of them.  Plain data. */
struct steerer_spec {
    const char *name; /* borrowed */
    enum steerer_kind kind;
    dur_ms_t interval_ms, timeout_ms;
    unsigned checkers; /* places that probe each region, each every interval; 0 is 1 */
    bool at_once; /* all regions are probed at the same moment, rather than spread over interval */
    union {
        struct ours_rule ours;
        struct gdnsd_rule gdnsd;
        struct powerdns_rule powerdns;
        struct route53_rule route53;
        struct perfect_rule perfect;
    };
};

/* The defaults of each: what its documentation says for whoever sets nothing. */
struct steerer_spec steerer_ours(void);
struct steerer_spec steerer_gdnsd(void);
struct steerer_spec steerer_powerdns(uint32_t ttl_s);
struct steerer_spec steerer_route53(dur_ms_t interval_ms);
struct steerer_spec steerer_perfect(uint32_t ttl_s);

struct steer_answer {
    uint8_t region;
    bool is_random; /* another client would get another one */
    uint32_t ttl_s;
};

struct steerer;

/* All has been well for ever.  trace is what the perfect one knows; both are borrowed.  Returns owned. */
struct steerer *steerer_new(const struct steerer_spec *spec, const struct trace *trace,
                            uint64_t seed);
void steerer_free(struct steerer *s);

/* The result of a probe of a region from a checker comes in at `now`, not before any time given earlier. */
void steerer_on_probe(struct steerer *s, size_t region, unsigned checker, bool is_good,
                      mono_ms_t now);
/* What a client gets at `now`; client: any number that stays its own. */
struct steer_answer steerer_answer(struct steerer *s, size_t home, uint32_t client, mono_ms_t now);
