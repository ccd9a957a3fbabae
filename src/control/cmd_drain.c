/*
 * `proximactl drain REGION` and `undrain REGION`.  The reply is sent when it is on disk and every
 * worker answers by it.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/xalloc.h"
#include "control/cmd.h"
#include "control/drains.h"

/* Pools that a reply names as left with nobody; past that it says how many more there are. */
#define NAMED_MAX 16

struct job {
    struct rpc_call *call;
    bool drain; /* else: undrain */
    char *region;
    uint8_t *pool; /* NULL: everywhere */
    bool changed;
};

static void job_free(struct job *j)
{
    free(j->region);
    free(j->pool);
    free(j);
}

/* ---- warnings ---- */

/* What the worst off clients of a pool are left with. */
enum left { LEFT_SOMEBODY, LEFT_DOWN, LEFT_NOBODY };

static regionset_t regions_not_down(const struct plan_pool *pool)
{
    regionset_t set = pool->present & ~pool->drained;

    for (uint8_t t = 0; t < pool->n_types; t++)
        set &= pool->types[t].healthy | pool->types[t].avoided;
    return set;
}

static enum left pool_left(const struct control *c, const struct plan_pool *pool)
{
    const struct geomap *map = c->now->files->maps[c->now->config->policies[pool->policy].map];
    const regionset_t undrained = pool->present & ~pool->drained;
    const regionset_t healthy = regions_not_down(pool);
    enum left worst = LEFT_SOMEBODY;

    for (uint32_t i = 0; i < geomap_fences(map); i++) {
        const regionset_t allowed = geomap_fence(map, i);
        if ((allowed & undrained) == 0)
            return LEFT_NOBODY;
        if ((allowed & healthy) == 0)
            worst = LEFT_DOWN;
    }
    return worst;
}

static const char *all_down_text(enum all_down what, enum left left)
{
    switch (what) {
    case ALL_DOWN_OPEN:
        return left == LEFT_NOBODY ? "they still get a drained one (when_all_down: open)"
                                   : "they get one that is down (when_all_down: open)";
    case ALL_DOWN_ALL:
        return left == LEFT_NOBODY ? "they still get a drained one (when_all_down: all)"
                                   : "they get all that are down (when_all_down: all)";
    case ALL_DOWN_SERVFAIL: return "they get SERVFAIL (when_all_down)";
    case ALL_DOWN_NODATA: return "they get no records (when_all_down: nodata)";
    }
    abort();
}

static void warn_pool(const struct control *c, const struct plan_pool *pool, enum left left,
                      struct err *err)
{
    const struct policy_spec *policy = &c->now->config->policies[pool->policy];
    const char *what = left == LEFT_DOWN ? "no region left to some clients is up"
                       : pool->present == pool->drained
                           ? "every region is drained"
                           : "some clients' fence holds drained regions only";
    char name[NAME_TEXT];

    err_warn(err, "pool %s (policy %s): %s; %s", name_print(pool->name, name), policy->name, what,
             all_down_text(policy->when_all_down, left));
}

/* The pools that now leave somebody with nobody, of those that the drain concerns. */
static void warn_nobody(const struct control *c, const struct job *j, unsigned region,
                        struct err *err)
{
    size_t n = 0;

    for (size_t i = 0; i < plan_pools(c->now->plan); i++) {
        const struct plan_pool *pool = plan_pool(c->now->plan, i);
        if (!(pool->drained >> region & 1) || (j->pool != NULL && !name_equal(pool->name, j->pool)))
            continue;
        const enum left left = pool_left(c, pool);
        if (left != LEFT_SOMEBODY && ++n <= NAMED_MAX)
            warn_pool(c, pool, left, err);
    }
    if (n > NAMED_MAX)
        err_warn(err, "and %zu more pools", n - NAMED_MAX);
}

/* An undrain that other drains of the same region outlive. */
static void warn_still(const struct control *c, const struct job *j, struct err *err)
{
    for (size_t i = 0; i < drains_count(c->drains); i++) {
        const struct drain *d = drains_at(c->drains, i);
        char name[NAME_TEXT];

        if (strcmp(d->region, j->region) != 0)
            continue;
        if (d->pool == NULL)
            err_warn(err, "%s is still drained everywhere: undrain %s", d->region, d->region);
        else if (j->pool == NULL)
            err_warn(err, "%s is still drained in one pool: undrain %s --pool %s", d->region,
                     d->region, name_print(d->pool, name));
    }
}

/* ---- the way of a change: disk, plan, workers, reply ---- */

static void refuse_stopping(struct job *j)
{
    rpc_refuse_text(j->call, "it is on disk, but " CMD_STOPPING);
    job_free(j);
}

static json_t *job_result(const struct control *c, const struct job *j, const struct err *err)
{
    const struct drain *d = drains_find(c->drains, j->region, j->pool);
    json_t *o = json_pack("{s:s, s:o, s:b, s:b, s:f, s:o}", "region", j->region, "pool",
                          j->pool != NULL ? cmd_name(j->pool) : json_null(), "drained", d != NULL,
                          "changed", j->changed, "took_ms", rpc_took_ms(j->call), "warnings",
                          rpc_texts(err, ERR_WARNING));

    if (d != NULL)
        json_object_set_new(o, "drain", cmd_drain_object(d));
    return o;
}

/* Every worker answers by it, or the server is being stopped. */
static void on_live(void *arg)
{
    struct job *j = arg;
    const struct control *c = cmd_control(j->call);
    struct err err = {0};

    if (c->stopping) {
        refuse_stopping(j);
        return;
    }
    const int region = config_region(c->now->config, j->region);
    if (j->drain && region >= 0)
        warn_nobody(c, j, (unsigned)region, &err);
    else if (!j->drain)
        warn_still(c, j, &err);
    rpc_reply(j->call, job_result(c, j, &err));
    err_fini(&err);
    job_free(j);
}

static void on_saved(void *arg, bool changed, const struct err *err)
{
    struct job *j = arg;
    struct control *c = cmd_control(j->call);

    if (err->errors > 0) {
        rpc_refuse(j->call, err);
        job_free(j);
        return;
    }
    if (c->stopping) {
        refuse_stopping(j);
        return;
    }
    j->changed = changed;
    if (changed) {
        log_info("%s %s: by uid %u", j->drain ? "drain" : "undrain", j->region,
                 (unsigned)j->call->uid);
        control_drains_changed(c);
    }
    publisher_when_live(c->publisher, on_live, j);
}

static struct job *job_new(struct rpc_call *call, bool drain, const char *region,
                           const uint8_t *pool)
{
    struct job *j = xcalloc(1, sizeof(*j));

    j->call = call;
    j->drain = drain;
    j->region = xstrdup(region);
    j->pool = pool != NULL ? xmemdup(pool, name_len(pool)) : NULL;
    return j;
}

/* A pool that has no such region would be drained of nothing: rather an error than a surprise. */
static bool pool_has_region(struct rpc_call *call, const uint8_t *pool, unsigned region)
{
    const struct control *c = cmd_control(call);
    char name[NAME_TEXT];

    for (size_t i = 0; i < plan_pools(c->now->plan); i++) {
        const struct plan_pool *p = plan_pool(c->now->plan, i);
        if (name_equal(p->name, pool) && (p->present >> region & 1))
            return true;
    }
    rpc_refuse_text(call, "pool %s has no region %s", name_print(pool, name),
                    c->now->config->regions[region].name);
    return false;
}

void cmd_drain(struct rpc_call *call)
{
    struct control *c = cmd_control(call);
    const char *pool_text = rpc_string(call, "pool");
    uint8_t pool[NAME_MAX_LEN];
    unsigned region;

    if (!cmd_read_region(call, rpc_string(call, "region"), &region))
        return;
    if (pool_text != NULL &&
        (!cmd_read_pool(call, pool_text, pool) || !pool_has_region(call, pool, region)))
        return;

    char *name = c->now->config->regions[region].name;
    uint8_t *const of = pool_text != NULL ? pool : NULL;
    const struct drain drain = {.region = name,
                                .pool = of,
                                .since = real_ms(),
                                .uid = call->uid,
                                .why = (char *)rpc_string(call, "why")};
    drains_add(c->drains, &drain, on_saved, job_new(call, true, name, of));
}

/* Its name as drains know it, or NULL and the call is refused: a drain may have outlived its region. */
static const char *read_drained_region(struct rpc_call *call, const char *text)
{
    const struct control *c = cmd_control(call);
    unsigned region;

    for (size_t i = 0; i < drains_count(c->drains); i++)
        if (strcmp(drains_at(c->drains, i)->region, text) == 0)
            return text;
    return cmd_read_region(call, text, &region) ? c->now->config->regions[region].name : NULL;
}

void cmd_undrain(struct rpc_call *call)
{
    struct control *c = cmd_control(call);
    const char *pool_text = rpc_string(call, "pool");
    const char *region = read_drained_region(call, rpc_string(call, "region"));
    uint8_t pool[NAME_MAX_LEN];

    if (region == NULL || (pool_text != NULL && !cmd_read_name(call, pool_text, pool)))
        return;

    uint8_t *const of = pool_text != NULL ? pool : NULL;
    if (of != NULL && drains_find(c->drains, region, of) == NULL &&
        !cmd_read_pool(call, pool_text, pool))
        return;
    drains_remove(c->drains, region, of, on_saved, job_new(call, false, region, of));
}
