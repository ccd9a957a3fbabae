/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/recollect.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "dns/types.h"

/* A verdict older than this says nothing any more: the file is written at least once a minute, so it is
 * the server that was away. */
#define VERDICT_KEPT_MS (10 * 60 * INT64_C(1000))
/* What has decayed to this is forgotten. */
#define PENALTY_KEPT 10.0

/* ---- clocks ---- */

real_ms_t clocks_real(const struct clocks *now, mono_ms_t t)
{
    return now->real + (t - now->mono);
}

mono_ms_t clocks_mono(const struct clocks *now, real_ms_t t, mono_ms_t limit)
{
    if (t >= now->real + (limit - now->mono))
        return limit;
    return now->mono + ((t > 0 ? t : 0) - now->real); /* before 1970 it is a file gone bad */
}

/* ---- names ---- */

char *recollect_key(const struct target_status *s)
{
    char addr[IPADDR_TEXT];

    return xasprintf("%s %s", s->spec->name,
                     s->dest->host != NULL ? s->dest->host : ipaddr_print(&s->dest->addr, addr));
}

static char *region_key(const struct plan *p, const struct plan_pool *pool, uint8_t t,
                        unsigned region)
{
    const struct config *config = plan_config(p);
    char name[NAME_TEXT], type[TYPE_TEXT];

    return xasprintf("%s %s %s %s", name_print(pool->name, name),
                     config->policies[pool->policy].name, type_print(pool->types[t].type, type),
                     config->regions[region].name);
}

/* ---- damping ---- */

static void put_damping(const struct damping *d, const struct clocks *now, struct memory_entry *e)
{
    e->penalty = d->penalty;
    e->penalty_at = clocks_real(now, d->at);
    e->held_until = d->held_until != 0 ? clocks_real(now, d->held_until) : 0;
}

static struct damping get_damping(const struct memory_entry *e, const struct damping_rule *rule,
                                  const struct clocks *now)
{
    struct damping d = {.penalty = e->penalty, .at = clocks_mono(now, e->penalty_at, now->mono)};

    if (e->held_until != 0)
        d.held_until = clocks_mono(now, e->held_until, now->mono + rule->max_hold_ms);
    return d;
}

static bool is_worth_keeping(const struct damping *d, const struct damping_rule *rule,
                             mono_ms_t now)
{
    return d->penalty > 0 && damping_penalty(d, rule, now) >= PENALTY_KEPT;
}

/* ---- each region of each pool ---- */

struct place {
    struct plan *plan;
    const struct plan_pool *pool;
    uint8_t type;
    unsigned region;
};

static void each_region(struct plan *p, void (*fn)(void *arg, const struct place *at), void *arg)
{
    for (size_t i = 0; i < plan_pools(p); i++) {
        const struct plan_pool *pool = plan_pool(p, i);
        for (uint8_t t = 0; t < pool->n_types; t++)
            for (unsigned r = 0; r < plan_config(p)->n_regions; r++)
                fn(arg, &(struct place){p, pool, t, r});
    }
}

/* ---- ramps ---- */

static void put_ramp(const struct ramp *r, const struct clocks *now, struct memory_entry *e)
{
    e->ramp = (enum ramp_state)r->state;
    e->ramp_done_ms = r->done_ms;
    /* For how long it has stood does not count as climbed, as it does not in ramp_step. */
    e->ramp_at = clocks_real(now, r->stands ? now->mono : r->at);
}

/*
 * What is down now waits when it is up, though the next server may not know that it was down: its verdict
 * is too old by then.
 */
static bool will_wait(const struct place *at)
{
    const struct policy_spec *policy = &plan_config(at->plan)->policies[at->pool->policy];
    const struct plan_set *set = plan_set(at->plan, at->pool, at->type, at->region);

    return policy->failback == FAILBACK_MANUAL && set->level == PLAN_DOWN &&
           (at->pool->types[at->type].cold >> at->region & 1);
}

/* The time that the server was away counts: no client is taken back that had come. */
static struct ramp get_ramp(const struct memory_entry *e, const struct clocks *now)
{
    return (struct ramp){.state = (uint8_t)e->ramp,
                         .done_ms = (uint32_t)e->ramp_done_ms,
                         .at = clocks_mono(now, e->ramp_at, now->mono)};
}

/* ---- to be kept ---- */

static void add_endpoint(struct memory *m, const struct target *t, const struct clocks *now)
{
    const struct target_memory is = target_remember(t);
    struct target_status s;

    target_status(t, &s);
    if (is.verdict.known == 0 && is.damping.penalty <= 0)
        return;
    struct memory_entry e = {
        .verdict = is.verdict, .since = clocks_real(now, is.since), .asks = s.spec->asks};
    char *key = recollect_key(&s);
    put_damping(&is.damping, now, &e);
    memory_add(m, MEMORY_ENDPOINT, key, &e);
    free(key);
}

struct keeping {
    struct memory *memory;
    const struct clocks *now;
};

static void add_region(void *arg, const struct place *at)
{
    const struct keeping *k = arg;
    const struct policy_spec *policy = &plan_config(at->plan)->policies[at->pool->policy];
    const struct plan_set *set = plan_set(at->plan, at->pool, at->type, at->region);
    struct memory_entry e = {0};

    if (!is_worth_keeping(&set->damping, &policy->damping, k->now->mono) &&
        set->ramp.state == RAMP_NONE && !will_wait(at))
        return;
    char *key = region_key(at->plan, at->pool, at->type, at->region);
    put_damping(&set->damping, k->now, &e);
    put_ramp(&set->ramp, k->now, &e);
    if (will_wait(at))
        e.ramp = RAMP_WAITS;
    memory_add(k->memory, MEMORY_REGION, key, &e);
    free(key);
}

struct memory *recollect(const struct health *h, struct plan *p, const struct clocks *now)
{
    struct keeping k = {memory_new(now->real), now};

    for (struct target *t = NULL; (t = health_next(h, t)) != NULL;)
        add_endpoint(k.memory, t, now);
    each_region(p, add_region, &k);
    return k.memory;
}

/* ---- from what was kept ---- */

struct recalling {
    const struct recall *recall;
    const struct clocks *now;
};

static bool is_too_old(const struct recalling *r)
{
    const real_ms_t at = recall_at(r->recall), now = r->now->real;

    return at < now - VERDICT_KEPT_MS || at > now + VERDICT_KEPT_MS;
}

/* True if its verdict is known now. */
static bool recall_endpoint(const struct recalling *r, struct target *t)
{
    struct target_status s;
    struct memory_entry e;

    target_status(t, &s);
    char *key = recollect_key(&s);
    const bool known = recall_find(r->recall, MEMORY_ENDPOINT, key, &e);
    free(key);
    if (!known || e.asks != s.spec->asks)
        return false;
    struct target_memory is = {.since = s.since,
                               .damping = get_damping(&e, &s.spec->damping, r->now)};
    if (!is_too_old(r)) {
        is.verdict = e.verdict;
        is.since = clocks_mono(r->now, e.since, r->now->mono);
    }
    target_recall(t, &is);
    return is.verdict.state != VERDICT_UNKNOWN;
}

static void recall_region(void *arg, const struct place *at)
{
    const struct recalling *r = arg;
    const struct policy_spec *policy = &plan_config(at->plan)->policies[at->pool->policy];
    char *key = region_key(at->plan, at->pool, at->type, at->region);
    struct memory_entry e;

    if (recall_find(r->recall, MEMORY_REGION, key, &e)) {
        const struct damping d = get_damping(&e, &policy->damping, r->now);
        const struct ramp ramp = get_ramp(&e, r->now);
        plan_set_damping(at->plan, at->pool, at->type, at->region, &d);
        plan_set_ramp(at->plan, at->pool, at->type, at->region, &ramp);
    }
    free(key);
}

size_t recollect_apply(const struct recall *recall, struct health *h, struct plan *p,
                       const struct clocks *now)
{
    struct recalling r = {recall, now};
    size_t n = 0;

    for (struct target *t = NULL; (t = health_next(h, t)) != NULL;)
        n += recall_endpoint(&r, t);
    if (recall_has(recall, MEMORY_REGION))
        each_region(p, recall_region, &r);
    return n;
}
