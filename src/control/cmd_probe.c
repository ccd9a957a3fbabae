/*
 * `proximactl probe NAME`: asks endpoints now, outside the schedule, and tells what each said.  NAME
 * is a pool, a steered name or a probe of the configuration.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "control/cmd.h"

/* An endpoint that is being asked by its schedule is asked again right after that; one of many waits
 * until fewer are being asked. */
#define RETRY_MS 10

struct job;

struct item {
    struct job *job;
    struct target *target; /* a reference of ours */
    enum { ITEM_WAITS, ITEM_ASKED, ITEM_DONE } state;
    json_t *result;
};

struct job {
    struct list link;      /* of commands.probes */
    struct rpc_call *call; /* NULL: answered; the job stays until no endpoint is being asked */
    uv_timer_t retry;
    struct item *items;
    size_t n, n_asked, n_done;
};

static void on_timer_closed(uv_handle_t *handle)
{
    struct job *j = handle->data;

    free(j->items);
    free(j);
}

/* Before the reply: from then on the call is gone. */
static struct rpc_call *job_end(struct job *j)
{
    struct rpc_call *call = j->call;

    j->call = NULL;
    list_remove(&j->link);
    uv_timer_stop(&j->retry);
    for (size_t i = 0; i < j->n; i++)
        target_unref(j->items[i].target);
    return call;
}

static void job_free_if_idle(struct job *j)
{
    if (j->call == NULL && j->n_asked == 0)
        uv_close((uv_handle_t *)&j->retry, on_timer_closed);
}

static void reply_if_done(struct job *j)
{
    if (j->call == NULL || j->n_done < j->n)
        return;

    json_t *results = json_array();
    for (size_t i = 0; i < j->n; i++)
        json_array_append_new(results, j->items[i].result);
    struct rpc_call *call = job_end(j);
    rpc_reply(call, json_pack("{s:o, s:f}", "results", results, "took_ms", rpc_took_ms(call)));
}

static json_t *result_object(struct target *t)
{
    struct target_status s;

    target_status(t, &s);
    json_t *o = cmd_target(&s);
    json_object_set_new(o, "ok", json_boolean(s.last_error == NULL));
    return o;
}

/* t is NULL if the prober went away meanwhile; then the job has been ended. */
static void on_result(void *arg, struct target *t)
{
    struct item *item = arg;
    struct job *j = item->job;

    j->n_asked--;
    if (j->call != NULL && t != NULL) {
        item->result = result_object(t);
        item->state = ITEM_DONE;
        j->n_done++;
        reply_if_done(j);
    }
    job_free_if_idle(j);
}

static void ask_waiting(uv_timer_t *timer)
{
    struct job *j = timer->data;
    bool again = false;

    for (size_t i = 0; i < j->n; i++) {
        struct item *item = &j->items[i];
        if (item->state != ITEM_WAITS)
            continue;
        if (target_probe_now(item->target, on_result, item)) {
            item->state = ITEM_ASKED;
            j->n_asked++;
        } else {
            again = true;
        }
    }
    if (again)
        uv_timer_start(timer, ask_waiting, RETRY_MS, 0);
}

void cmd_probe_stop(struct commands *cmds)
{
    while (!list_is_empty(&cmds->probes)) {
        struct job *j = container_of(cmds->probes.next, struct job, link);
        for (size_t i = 0; i < j->n; i++)
            json_decref(j->items[i].result);
        rpc_refuse_text(job_end(j), CMD_STOPPING);
        job_free_if_idle(j);
    }
}

/* ---- which endpoints ---- */

/* A target is asked once, however many pools hold it; the reference keeps it over a reload. */
static void add(struct job *j, struct target *t)
{
    struct target_status s;

    for (size_t i = 0; i < j->n; i++)
        if (j->items[i].target == t)
            return;
    target_status(t, &s);
    j->items = xgrow(j->items, j->n, sizeof(*j->items));
    j->items[j->n++] = (struct item){
        .job = j, .target = health_target(cmd_control(j->call)->health, s.spec, s.dest)};
}

static void add_pool(struct job *j, const struct plan_pool *pool)
{
    const struct control *c = cmd_control(j->call);

    for (size_t t = 0; t < pool->n_types; t++)
        for (unsigned r = 0; r < c->now->config->n_regions; r++) {
            const struct plan_set *set = plan_set(c->now->plan, pool, t, r);
            for (size_t i = 0; set->targets != NULL && i < set->n_targets; i++)
                add(j, set->targets[i]);
            for (size_t i = 0; set->ready_targets != NULL && i < set->n_targets; i++)
                add(j, set->ready_targets[i]);
        }
}

static bool add_probe(struct job *j, const char *name)
{
    const struct control *c = cmd_control(j->call);
    bool known = false;

    for (size_t i = 0; i < c->now->config->n_probes; i++)
        known |= strcmp(c->now->config->probes[i].name, name) == 0;
    for (struct target *t = NULL; known && (t = health_next(c->health, t)) != NULL;) {
        struct target_status s;
        target_status(t, &s);
        if (strcmp(s.spec->name, name) == 0)
            add(j, t);
    }
    return known;
}

static bool add_steered(struct job *j, const uint8_t *name)
{
    const struct control *c = cmd_control(j->call);
    const struct zone_entry *e = zonedb_find_name(c->now->zones, name);
    const struct node *node = e != NULL && e->zone != NULL ? zone_node(e->zone, name) : NULL;

    if (node == NULL || !(node->flags & NODE_STEERED))
        return false;
    add_pool(j, plan_pool_of(c->now->plan, e, zone_dyn_of(e->zone, node)));
    return true;
}

static bool add_pools(struct job *j, const uint8_t *name)
{
    const struct control *c = cmd_control(j->call);
    bool known = false;

    for (size_t i = 0; i < plan_pools(c->now->plan); i++)
        if (name_equal(plan_pool(c->now->plan, i)->name, name)) {
            add_pool(j, plan_pool(c->now->plan, i));
            known = true;
        }
    return known;
}

/* Every endpoint that the name stands for.  False: it stands for nothing. */
static bool add_named(struct job *j, const char *text)
{
    uint8_t name[NAME_MAX_LEN];
    const char *why;

    if (add_probe(j, text))
        return true;
    if (!name_parse(text, strlen(text), name_root, name, &why))
        return false;
    name_lower(name);
    return add_pools(j, name) || add_steered(j, name);
}

void cmd_probe(struct rpc_call *call)
{
    struct commands *cmds = cmd_commands(call);
    const char *text = rpc_string(call, "name");
    struct job *j = xcalloc(1, sizeof(*j));

    j->call = call;
    list_append(&cmds->probes, &j->link);
    uv_timer_init(cmds->control->loop, &j->retry);
    j->retry.data = j;

    const bool known = add_named(j, text);
    if (j->n > 0) {
        ask_waiting(&j->retry);
        return;
    }
    rpc_refuse_text(job_end(j),
                    known ? "\"%s\" has no endpoint that is probed: name a probe in its policy"
                          : "\"%s\" is no pool, no steered name and no probe of the "
                            "configuration; `proximactl status` lists them",
                    text);
    job_free_if_idle(j);
}
