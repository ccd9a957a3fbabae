/*
 * `proximactl release REGION [--pool POOL]`: ends the holds of a region and of its endpoints, and
 * forgets their penalties; a region that waits for it (failback: manual) waits no longer.  The reply
 * comes when that is on disk and every worker answers by it.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "base/log.h"
#include "base/xalloc.h"
#include "control/adopt.h"
#include "control/cmd.h"

#define STOPPING "it is on disk, but " CMD_STOPPING

struct job {
    struct rpc_call *call;
    json_t *result;
};

static void job_refuse(struct job *j, const char *why)
{
    rpc_refuse_text(j->call, "%s", why);
    json_decref(j->result);
    free(j);
}

static void on_live(void *arg)
{
    struct job *j = arg;

    if (cmd_control(j->call)->stopping) {
        job_refuse(j, STOPPING);
        return;
    }
    json_object_set_new(j->result, "took_ms", json_real(rpc_took_ms(j->call)));
    rpc_reply(j->call, j->result);
    free(j);
}

static void on_saved(void *arg, const char *problem)
{
    struct job *j = arg;

    if (problem != NULL)
        job_refuse(j, problem);
    else if (cmd_control(j->call)->stopping) /* the publisher may be gone */
        job_refuse(j, STOPPING);
    else
        publisher_when_live(cmd_control(j->call)->publisher, on_live, j);
}

/* True if it was held. */
static bool release_endpoint(struct target *t, mono_ms_t now)
{
    struct target_status s;

    target_status(t, &s);
    const bool held = s.verdict != VERDICT_DOWN && damping_is_held(s.damping, now);
    target_release(t);
    return held;
}

/* How many of the endpoints were held; *region: the region itself was. */
static unsigned release_set(struct plan *p, const struct plan_pool *pool, uint8_t t,
                            unsigned region, bool *is_region_held)
{
    const struct plan_set *set = plan_set(p, pool, t, region);
    const mono_ms_t now = mono_ms();
    unsigned n = 0;

    for (uint16_t i = 0; set->targets != NULL && i < set->n_targets; i++)
        n += release_endpoint(set->targets[i], now);
    for (uint16_t i = 0; set->ready_targets != NULL && i < set->n_targets; i++)
        n += release_endpoint(set->ready_targets[i], now);
    *is_region_held |= damping_is_held(&set->damping, now) || set->ramp.state == RAMP_WAITS;
    plan_release(p, pool, t, region);
    return n;
}

static json_t *release(struct plan *p, const uint8_t *pool_name, unsigned region)
{
    unsigned endpoints = 0, pools = 0;

    for (size_t i = 0; i < plan_pools(p); i++) {
        const struct plan_pool *pool = plan_pool(p, i);
        bool is_region_held = false;
        if (pool_name != NULL && !name_equal(pool->name, pool_name))
            continue;
        for (uint8_t t = 0; t < pool->n_types; t++)
            endpoints += release_set(p, pool, t, region, &is_region_held);
        pools += is_region_held;
    }
    return json_pack("{s:s, s:o, s:i, s:i}", "region", plan_config(p)->regions[region].name, "pool",
                     pool_name != NULL ? cmd_name(pool_name) : json_null(), "endpoints",
                     (int)endpoints, "pools", (int)pools);
}

void cmd_release(struct rpc_call *call)
{
    struct control *c = cmd_control(call);
    const char *pool_text = rpc_string(call, "pool");
    uint8_t pool[NAME_MAX_LEN];
    unsigned region;

    if (!cmd_read_region(call, rpc_string(call, "region"), &region) ||
        (pool_text != NULL && !cmd_read_pool(call, pool_text, pool)))
        return;
    struct job *j = xcalloc(1, sizeof(*j));
    j->call = call;
    j->result = release(c->now->plan, pool_text != NULL ? pool : NULL, region);
    log_info("release %s: by uid %u", rpc_string(call, "region"), (unsigned)call->uid);
    plan_touch_all(c->now->plan);
    if (c->adoption != NULL)
        adopt_note_word(c->adoption);
    control_publish_now(c);
    remember_now(c->remember, on_saved, j);
}
