/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/commands.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "control/cmd.h"
#include "control/journal.h"

/* An operator, his scripts and a dashboard or two; past that something has gone wild. */
#define CLIENTS_MAX 64
/* The longest request is a drain with a long reason. */
#define LINE_MAX_LEN (64u << 10)
/* A status of ten thousand pools is some 10 MiB; a client that lets two of them wait is stuck. */
#define QUEUE_MAX_LEN (16u << 20)

static const struct rpc_method methods[] = {
    {"status", cmd_status, false, {{NULL}}},
    {"explain",
     cmd_explain,
     false,
     {{"name", RPC_STRING, true, "the domain name a client asks for"},
      {"type", RPC_STRING, false, "the type it asks for; A"},
      {"client", RPC_STRING, true, "its address, or the subnet that its resolver tells"}}},
    {"advise",
     cmd_advise,
     false,
     {{"policy", RPC_STRING, true, "whose settings, and what came of its probes"},
      {"pool", RPC_STRING, false, "only of this pool's endpoints"}}},
    {"drain",
     cmd_drain,
     true,
     {{"region", RPC_STRING, true, "the region that is to get no new clients"},
      {"pool", RPC_STRING, false, "only in this pool"},
      {"why", RPC_STRING, false, "for those who will ask"}}},
    {"undrain",
     cmd_undrain,
     true,
     {{"region", RPC_STRING, true, "the region that gets clients again"},
      {"pool", RPC_STRING, false, "the pool that it was drained in"},
      {"why", RPC_STRING, false, "for the journal"}}},
    {"release",
     cmd_release,
     true,
     {{"region", RPC_STRING, true, "the region whose holds end"},
      {"pool", RPC_STRING, false, "only in this pool"},
      {"why", RPC_STRING, false, "for the journal"}}},
    {"reload",
     cmd_reload,
     true,
     {{"zone", RPC_STRING, false, "only this zone"},
      {"all", RPC_BOOLEAN, false, "also zones whose files did not change"}}},
    {"probe",
     cmd_probe,
     false,
     {{"name", RPC_STRING, true, "a pool, a steered name or a probe of the configuration"}}},
    {"report",
     cmd_report,
     false,
     {{"probe", RPC_STRING, true, "a probe of type push"},
      {"endpoint", RPC_STRING, true, "an address, a host name or a region"},
      {"state", RPC_STRING, true, "up or down"},
      {"ttl_ms", RPC_INTEGER, false, "how long that is good; the probe's max_age"},
      {"why", RPC_STRING, false, "for those who will ask"}}},
    {"wait",
     cmd_wait,
     false,
     {{"what", RPC_STRING, true, "POOL/REGION=STATE, such as web.example.com/eu-west=down"},
      {"timeout_ms", RPC_INTEGER, false, "give up after that; 30000"}}},
    {"stats", cmd_stats, false, {{NULL}}},
    {"stop", cmd_stop, true, {{"why", RPC_STRING, false, "for the journal"}}},
};

static void on_journaled(void *arg)
{
    rpc_settled(arg);
}

/* The journal: who did what, and what came of it.  On disk before anybody is told. */
static void on_change(struct rpc_call *call, const struct err *err)
{
    const struct control *c = cmd_control(call);

    if (c->journal == NULL || c->stopping) {
        rpc_settled(
            call); /* while it stops the journal is closed before the last drain is written */
        return;
    }
    json_t *entry = json_pack("{s:I, s:I, s:s, s:O, s:b}", "uid", (json_int_t)call->uid, "pid",
                              (json_int_t)call->pid, "method", call->method->name, "params",
                              call->params, "done", err->errors == 0);
    if (err->errors > 0)
        json_object_set_new(entry, "errors", rpc_texts(err, ERR_ERROR));
    journal_add(c->journal, entry, on_journaled, call);
}

static void on_state_change(void *arg)
{
    cmd_wait_look(arg);
}

static void on_idle(void *context)
{
    struct commands *cmds = context;

    if (cmds->is_closed && cmds->table.n_calls == 0)
        free(cmds);
}

struct commands *commands_open(struct control *c, struct err *err)
{
    struct commands *cmds = xcalloc(1, sizeof(*cmds));

    cmds->control = c;
    list_init(&cmds->waits);
    list_init(&cmds->probes);
    list_init(&cmds->statuses);
    list_init(&cmds->explains);
    cmds->table = (struct rpc_table){.methods = methods,
                                     .n = sizeof(methods) / sizeof(methods[0]),
                                     .context = cmds,
                                     .on_change = on_change,
                                     .on_idle = on_idle};
    cmds->socket = socket_open(&(struct socket_opts){.loop = c->loop,
                                                     .path = c->now->config->server.control,
                                                     .table = &cmds->table,
                                                     .clients_max = CLIENTS_MAX,
                                                     .line_max = LINE_MAX_LEN,
                                                     .queue_max = QUEUE_MAX_LEN},
                               err);
    if (cmds->socket == NULL) {
        free(cmds);
        return NULL;
    }
    control_on_change(c, on_state_change, cmds);
    return cmds;
}

static void on_closed(void *arg)
{
    struct commands *cmds = arg;

    if (cmds->closed != NULL)
        cmds->closed(cmds->arg);
    cmds->is_closed = true;
    on_idle(cmds);
}

void commands_close(struct commands *cmds, void (*closed)(void *arg), void *arg)
{
    if (cmds == NULL) {
        if (closed != NULL)
            closed(arg);
        return;
    }
    control_on_change(cmds->control, NULL, NULL);
    cmd_wait_stop(cmds);
    cmd_probe_stop(cmds);
    cmd_explain_stop(cmds);
    cmd_status_stop(cmds);
    cmds->closed = closed;
    cmds->arg = arg;
    socket_close(cmds->socket, on_closed, cmds);
}
