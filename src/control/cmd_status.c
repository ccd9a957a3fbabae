/*
 * `proximactl status`.  Ten thousand pools take a while to write down, so it is done a little at a
 * time: probes and other commands get their turn in between.  A reload may come in between too; the
 * rest is told of the generation that was begun with.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "control/cmd.h"
#include "control/status.h"
#include "control/status_pools.h"

/* The loop is held up by so much at a time: well below what is waited for on it. */
#define SLICE_MS 2

struct job {
    struct list link;      /* of commands.statuses */
    struct rpc_call *call; /* NULL: ended */
    uv_idle_t idle;
    struct generation *g; /* a reference */
    FILE *to;             /* the call's */
    size_t zone, pool;    /* the next ones */
    struct status_pools *pools;
};

/* ---- writing ---- */

/* The head is an object that goes on with the two arrays. */
static void write_head(struct job *j)
{
    json_t *head = status_head(cmd_control(j->call));
    const char *key;
    json_t *value;

    fputc('{', j->to);
    json_object_foreach(head, key, value) {
        fprintf(j->to, "\"%s\":", key);
        rpc_write(j->to, json_incref(value));
        fputc(',', j->to);
    }
    json_decref(head);
    fputs("\"zones\":[", j->to);
}

/* False: all is written. */
static bool write_next(struct job *j)
{
    const size_t n_zones = zonedb_count(j->g->zones), n_pools = plan_pools(j->g->plan);

    if (j->zone < n_zones) {
        if (j->zone > 0)
            fputc(',', j->to);
        rpc_write(j->to, status_zone(j->g, j->zone++));
        return true;
    }
    if (j->pool == 0)
        fputs("],\"pools\":[", j->to);
    else if (j->pool < n_pools)
        fputc(',', j->to);
    if (j->pool == n_pools) {
        fputs("]}", j->to);
        return false;
    }
    status_pools_write(j->pools, j->pool++, j->to);
    return true;
}

/* ---- its life ---- */

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

/* Before the reply: from then on the call is gone. */
static struct rpc_call *job_end(struct job *j)
{
    struct rpc_call *call = j->call;

    list_remove(&j->link);
    status_pools_free(j->pools);
    generation_unref(j->g);
    j->call = NULL;
    uv_close((uv_handle_t *)&j->idle, on_closed);
    return call;
}

static void on_turn(uv_idle_t *idle)
{
    struct job *j = idle->data;
    const mono_ms_t end = mono_ms() + SLICE_MS;

    while (write_next(j))
        if (mono_ms() >= end)
            return;
    rpc_reply_end(job_end(j));
}

static void on_gone(struct rpc_call *call)
{
    rpc_refuse_text(job_end(call->data), "nobody waits for it");
}

void cmd_status_stop(struct commands *cmds)
{
    while (!list_is_empty(&cmds->statuses))
        rpc_refuse_text(job_end(container_of(cmds->statuses.next, struct job, link)), CMD_STOPPING);
}

void cmd_status(struct rpc_call *call)
{
    struct commands *cmds = cmd_commands(call);
    struct job *j = xcalloc(1, sizeof(*j));

    j->call = call;
    j->g = generation_ref(cmds->control->now);
    j->to = rpc_reply_begin(call);
    call->on_gone = on_gone;
    call->data = j;
    list_append(&cmds->statuses, &j->link);
    uv_idle_init(cmds->control->loop, &j->idle);
    j->idle.data = j;
    j->pools = status_pools_new(j->g);
    write_head(j);
    uv_idle_start(&j->idle, on_turn);
}
