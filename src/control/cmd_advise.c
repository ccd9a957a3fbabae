/*
 * `proximactl advise POLICY`: the settings of a policy and what came of the probes of its endpoints.
 * What follows from that is worked out by proximactl: a nameserver has better to do.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "control/cmd.h"
#include "control/names.h"
#include "control/plan_exposure.h"
#include "control/probe_types.h"
#include "health/track.h"

/* Histories in a reply: those that fell most often say the most.  64 of the longest are 400 KB. */
#define HISTORIES_MAX 64

struct endpoint {
    const struct target *target;
    struct track_sum sum;
};

struct subject {
    const struct plan *plan;
    size_t policy;
    const uint8_t *pool; /* only this one; NULL: all */
    struct endpoint *endpoints;
    size_t n, pools;
};

/* ---- which endpoints ---- */

static void add_endpoint(struct subject *s, const struct target *t)
{
    s->endpoints = xgrow(s->endpoints, s->n, sizeof(*s->endpoints));
    s->endpoints[s->n++] = (struct endpoint){t, track_sum(target_track(t))};
}

/* Each once, however many pools name it: seen is by the plan's number. */
static void add_set(struct subject *s, const struct plan_set *set, bool *seen)
{
    for (uint16_t i = 0; set->targets != NULL && i < set->n_targets; i++) {
        if (!seen[set->watches[i]])
            add_endpoint(s, set->targets[i]);
        seen[set->watches[i]] = true;
    }
}

static int compare_endpoints(const void *x, const void *y)
{
    const struct track_sum *a = &((const struct endpoint *)x)->sum;
    const struct track_sum *b = &((const struct endpoint *)y)->sum;

    if (a->falls != b->falls)
        return a->falls < b->falls ? 1 : -1;
    return (a->seen_ms < b->seen_ms) - (a->seen_ms > b->seen_ms);
}

static void find_endpoints(struct subject *s)
{
    const size_t n_regions = plan_config(s->plan)->n_regions;
    bool *seen = xcalloc(plan_endpoints(s->plan) + 1, sizeof(*seen));

    for (size_t i = 0; i < plan_pools(s->plan); i++) {
        const struct plan_pool *pool = plan_pool(s->plan, i);
        if (pool->policy != s->policy || (s->pool != NULL && !name_equal(pool->name, s->pool)))
            continue;
        s->pools++;
        for (size_t set = 0; set < pool->n_types * n_regions; set++)
            add_set(s, &pool->sets[set], seen);
    }
    if (s->n > 0)
        qsort(s->endpoints, s->n, sizeof(*s->endpoints), compare_endpoints);
    free(seen);
}

/* ---- as JSON ---- */

static json_t *damping_json(const struct damping_rule *d)
{
    return json_pack("{s:I, s:I, s:I, s:I}", "suppress", (json_int_t)d->suppress, "reuse",
                     (json_int_t)d->reuse, "half_life_ms", (json_int_t)d->half_life_ms,
                     "max_hold_ms", (json_int_t)d->max_hold_ms);
}

static json_t *probe_json(const struct probe_spec *p)
{
    return json_pack("{s:s, s:s, s:b, s:I, s:I, s:i, s:i, s:i, s:o}", "name", p->name, "type",
                     probe_kind_name(p->kind), "told", probe_is_told(p->kind), "interval_ms",
                     (json_int_t)p->interval_ms, "timeout_ms", (json_int_t)p->timeout_ms, "rise",
                     (int)p->rise, "fall", (int)p->fall, "fall_of", (int)p->fall_of, "damping",
                     damping_json(&p->damping));
}

static json_t *policy_json(const struct policy_spec *p)
{
    return json_pack("{s:s, s:I, s:I, s:I, s:i, s:o}", "name", p->name, "ttl_max",
                     (json_int_t)p->ttl_max_s, "ttl_min", (json_int_t)p->ttl_min_s, "growth",
                     (json_int_t)p->growth, "region_up", (int)p->region_up, "damping",
                     damping_json(&p->damping));
}

/* The bounds that its names have, some from the zone files, most names first. */
static json_t *ttls_json(const struct subject *s)
{
    json_t *list = json_array();
    size_t n;
    struct plan_exposure *groups = plan_exposures(s->plan, &n);

    for (size_t i = 0; i < n; i++)
        if (groups[i].policy == s->policy)
            json_array_append_new(list, json_pack("{s:I, s:I, s:I}", "max",
                                                  (json_int_t)groups[i].ttl.max_s, "min",
                                                  (json_int_t)groups[i].ttl.min_s, "names",
                                                  (json_int_t)groups[i].names));
    free(groups);
    return list;
}

static json_t *history_json(const struct target *t)
{
    const struct track *track = target_track(t);
    struct target_status is;

    target_status(t, &is);
    char *runs = track_print(track);
    json_t *o = json_pack("{s:o, s:o, s:s}", "endpoint", cmd_dest(is.dest), "end",
                          track->n > 0 ? cmd_since(track->last) : json_null(), "runs", runs);

    free(runs);
    return o;
}

static json_t *sum_json(const struct subject *s)
{
    struct track_sum all = {0};
    size_t fallen = 0;

    for (size_t i = 0; i < s->n; i++) {
        const struct track_sum *sum = &s->endpoints[i].sum;
        all.seen_ms += sum->seen_ms;
        all.falls += sum->falls;
        all.results += sum->results;
        all.failures += sum->failures;
        fallen += sum->falls > 0;
    }
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "count", (json_int_t)s->n, "fallen",
                     (json_int_t)fallen, "falls", (json_int_t)all.falls, "seen_ms",
                     (json_int_t)all.seen_ms, "results", (json_int_t)all.results, "failures",
                     (json_int_t)all.failures);
}

static json_t *result_json(const struct control *c, const struct subject *s)
{
    const struct config *config = plan_config(s->plan);
    const struct policy_spec *policy = &config->policies[s->policy];
    json_t *histories = json_array();

    for (size_t i = 0; i < s->n && i < HISTORIES_MAX; i++)
        json_array_append_new(histories, history_json(s->endpoints[i].target));
    return json_pack("{s:o, s:o, s:I, s:o, s:o, s:o, s:I, s:I}", "policy", policy_json(policy),
                     "probe", probe_json(&config->probes[policy->probe]), "pools",
                     (json_int_t)s->pools, "ttls", ttls_json(s), "endpoints", sum_json(s),
                     "histories", histories, "steered", (json_int_t)cmd_counter(c, STAT_steered),
                     "uptime_ms", (json_int_t)(mono_ms() - c->started_at));
}

/* ---- the request ---- */

static bool read_policy(struct rpc_call *call, const struct config *config, size_t *out)
{
    const struct names names = NAMES(config->policies, config->n_policies);
    const char *name = rpc_string(call, "policy");

    if (!names_find(&names, name, out)) {
        char *hint = names_hint(&names, name);
        rpc_refuse_text(call, "no policy \"%s\"%s", name, hint);
        free(hint);
        return false;
    }
    if (config->policies[*out].probe < 0) {
        rpc_refuse_text(call,
                        "policy \"%s\" has no probe, so nothing of its endpoints is known; give it "
                        "one with `probe`",
                        name);
        return false;
    }
    return true;
}

void cmd_advise(struct rpc_call *call)
{
    const struct control *c = cmd_control(call);
    const char *pool_text = rpc_string(call, "pool");
    struct subject s = {.plan = c->now->plan};
    uint8_t pool[NAME_MAX_LEN];

    if (!read_policy(call, plan_config(s.plan), &s.policy) ||
        (pool_text != NULL && !cmd_read_pool(call, pool_text, pool)))
        return;
    s.pool = pool_text != NULL ? pool : NULL;
    find_endpoints(&s);
    if (s.pools == 0)
        rpc_refuse_text(call, "no name steers%s%s by policy \"%s\"", s.pool != NULL ? " to " : "",
                        s.pool != NULL ? pool_text : "", rpc_string(call, "policy"));
    else
        rpc_reply(call, result_json(c, &s));
    free(s.endpoints);
}
