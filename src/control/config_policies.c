/*
 * Section `policies`: how pools are steered.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>

#include "control/config.h"
#include "control/names.h"
#include "control/sections.h"
#include "health/exposure.h"
#include "health/ramp.h"

/* TTLs beyond a week are capped by resolvers (RFC 8767 §4), and nothing steers by them. */
#define POLICY_TTL_MAX_S (7 * 86400)

static bool tell_unknown(struct reader *r, const char *what, const json_t *value,
                         const struct names *known)
{
    char *hint = names_hint(known, json_string_value(value));

    err_at(r->err, yamltree_pos(r->tree, value), "there is no %s \"%s\"%s", what,
           json_string_value(value), hint);
    free(hint);
    return false;
}

static bool read_map(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    const struct names maps = NAMES(r->config->maps, r->config->n_maps);
    const char *text = option_text(r, o, value);

    return text != NULL && (names_find(&maps, text, at) || tell_unknown(r, "map", value, &maps));
}

static const struct option_type type_map = {
    .what = "the name of a map",
    .example = "world",
    .read = read_map,
    .schema = "{\"type\": \"string\"}",
};

static bool read_probe(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    const struct names probes = NAMES(r->config->probes, r->config->n_probes);
    const char *text = option_text(r, o, value);
    size_t i = 0;

    if (text == NULL)
        return false;
    const bool none = strcmp(text, "none") == 0;
    if (!none && !names_find(&probes, text, &i))
        return tell_unknown(r, "probe", value, &probes);
    *(int *)at = none ? -1 : (int)i;
    return true;
}

const struct option_type type_probe = {
    .what = "the name of a probe, or none",
    .example = "web",
    .read = read_probe,
    .schema = "{\"type\": \"string\"}",
};

static const struct option_word steers[] = {{"nearest", 0}}; /* no choice yet, so not kept */

static const struct option_word all_down_words[] = {
    {"open", ALL_DOWN_OPEN},
    {"all", ALL_DOWN_ALL},
    {"servfail", ALL_DOWN_SERVFAIL},
    {"nodata", ALL_DOWN_NODATA},
};

static const struct option_word failback_words[] = {
    {"auto", FAILBACK_AUTO},
    {"manual", FAILBACK_MANUAL},
};

static const struct option ttl_options[] = {
    {"max", &type_ttl, OPTION_FIELD(struct policy_spec, ttl_max_s), .min = 0,
     .max = POLICY_TTL_MAX_S, .fallback = "300s",
     .help = "The TTL of an answer that has been stable for long."},
    {"min", &type_ttl, OPTION_FIELD(struct policy_spec, ttl_min_s), .min = 0,
     .max = POLICY_TTL_MAX_S, .fallback = "10s",
     .help = "The TTL right after a change or a failed probe; unset, never more than max."},
    {"growth", &type_count, OPTION_FIELD(struct policy_spec, growth), .min = 1, .max = 1000,
     .fallback = "8", .help = "The TTL is the time an answer has been stable, divided by this."},
};

static void finish_ttl(struct reader *r, const json_t *node, void *out)
{
    struct policy_spec *p = out;
    const json_t *min = json_object_get(node, "min");

    if (min == NULL && p->ttl_min_s > p->ttl_max_s)
        p->ttl_min_s = p->ttl_max_s;
    if (p->ttl_min_s > p->ttl_max_s)
        err_at(r->err, yamltree_pos(r->tree, min), "min: %us is above max, which is %us: lower it",
               (unsigned)p->ttl_min_s, (unsigned)p->ttl_max_s);
}

static const struct section ttl_section = {
    .what = "ttl",
    .example = "{max: 300s, min: 10s}",
    SECTION_OPTIONS(ttl_options),
    .finish = finish_ttl,
};

static const struct option policy_options[] = {
    {"map", &type_map, OPTION_FIELD(struct policy_spec, map), .unset = "the first map",
     .help = "Which map orders the regions for a client."},
    {"probe", &type_probe, OPTION_FIELD(struct policy_spec, probe), .fallback = "none",
     .help = "Which probe asks the endpoints; with none they always count as up."},
    {"ready", &type_probe, OPTION_FIELD(struct policy_spec, ready), .fallback = "none",
     .help =
         "Which probe asks whether an endpoint that is up is ready for clients; one that is not "
         "is avoided, but never withdrawn for it."},
    {"steer", &type_word, OPTION_WORDS(steers), .fallback = "nearest",
     .help = "How one of the usable regions is chosen: the nearest."},
    {"ttl", &type_section, .section = &ttl_section, .unset = "its defaults",
     .help = "Between which limits the TTL of answers moves."},
    {"region_up", &type_percent, OPTION_FIELD(struct policy_spec, region_up), .min = 1, .max = 100,
     .fallback = "50%",
     .help = "A region is up for a type of address while this share of its endpoints of it is."},
    {"damping", &type_section, OPTION_FIELD(struct policy_spec, damping),
     .section = &damping_section, .unset = "its defaults",
     .help = "How long a region of a pool is held back that goes down again and again."},
    {"ramp", &type_duration, OPTION_FIELD(struct policy_spec, ramp_ms), .min = 0,
     .max = RAMP_OVER_MAX_MS, .fallback = "0s",
     .help = "Over so long a region gets its clients back that was away; 0s: at once."},
    {"failback", &type_word, OPTION_FIELD(struct policy_spec, failback),
     OPTION_WORDS(failback_words), .fallback = "auto",
     .help =
         "Whether a region that was away gets its clients back by itself, or when it is released."},
    {"min_healthy", &type_count, OPTION_FIELD(struct policy_spec, min_healthy), .min = 0,
     .max = REGIONS_MAX, .fallback = "0",
     .help = "With fewer regions of the pool up than this, health is ignored; drains are not."},
    {"when_all_down", &type_word, OPTION_FIELD(struct policy_spec, when_all_down),
     OPTION_WORDS(all_down_words), .fallback = "open",
     .help = "The answer when no region is up: open, the nearest as if all were up; all, every "
             "region's; servfail; nodata."},
};

/* Verdicts faster than the shortest TTL are wasted: caches keep a dead answer for longer anyway. */
static void warn_slow_ttl(struct reader *r, const json_t *node, const struct policy_spec *p)
{
    const json_t *min = json_object_get(json_object_get(node, "ttl"), "min");
    char detect[DUR_TEXT];

    if (min == NULL || p->probe < 0)
        return;
    const struct ttl_rule ttl = {.min_s = p->ttl_min_s, .max_s = p->ttl_max_s};
    const struct exposure e = exposure_of(&r->config->probes[p->probe], &ttl);
    if (e.detect_ms > 0 && p->ttl_min_s * INT64_C(1000) > e.detect_ms)
        err_warn_at(
            r->err, yamltree_pos(r->tree, min),
            "min: caches keep an answer for %us, and a dead endpoint is noticed after %s: a "
            "lower min would let clients profit",
            (unsigned)p->ttl_min_s, dur_print(e.detect_ms, detect));
}

static void warn_return(struct reader *r, const json_t *node, const struct policy_spec *p)
{
    char ramp[DUR_TEXT];

    if (p->ramp_ms > 0 && p->ramp_ms < p->ttl_min_s * INT64_C(1000))
        err_warn_at(r->err, yamltree_pos(r->tree, json_object_get(node, "ramp")),
                    "ramp: caches keep an answer for %us: within %s they see no steps",
                    (unsigned)p->ttl_min_s, dur_print(p->ramp_ms, ramp));
    if (p->failback == FAILBACK_MANUAL && p->probe < 0 && p->ready < 0)
        err_warn_at(r->err, yamltree_pos(r->tree, json_object_get(node, "failback")),
                    "failback: without a probe no region is ever away");
}

static void finish_policy(struct reader *r, const json_t *node, void *out)
{
    const struct policy_spec *p = out;

    warn_slow_ttl(r, node, p);
    warn_return(r, node, p);
    if (p->ready >= 0 && p->ready == p->probe)
        err_warn_at(r->err, yamltree_pos(r->tree, json_object_get(node, "ready")),
                    "ready: the same as probe: who is not up is not ready anyway");

    if (p->min_healthy > r->config->n_regions)
        err_warn_at(r->err, yamltree_pos(r->tree, json_object_get(node, "min_healthy")),
                    "min_healthy: with %zu regions, health is always ignored",
                    r->config->n_regions);
}

const struct section policy_section = {
    .what = "a policy",
    .example = "{map: world, probe: web}",
    SECTION_OPTIONS(policy_options),
    .pos_at = offsetof(struct policy_spec, pos),
    .finish = finish_policy,
};
