/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One line of the control socket, with a table of methods that reply at once, later or never.
 * Whatever comes: at most one line goes back, it is JSON-RPC, and no call is left over.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "control/rpc.h"

static struct rpc_call *held;
static unsigned n_sent;

static void peer_send(struct rpc_peer *peer, char *line, size_t len)
{
    json_t *reply = json_loadb(line, len, 0, NULL);

    assert(len > 0 && line[len - 1] == '\n' && memchr(line, '\n', len - 1) == NULL);
    assert(json_object_get(reply, "id") != NULL);
    assert((json_object_get(reply, "result") == NULL) != (json_object_get(reply, "error") == NULL));
    json_decref(reply);
    n_sent++;
    free(line);
}

static void echo(struct rpc_call *call)
{
    rpc_reply(call, json_incref(call->params));
}

static void refuse(struct rpc_call *call)
{
    rpc_refuse_text(call, "%s", rpc_string(call, "text"));
}

static void hold(struct rpc_call *call)
{
    held = call;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct rpc_method methods[] = {
        {"echo", echo, false, {{"text", RPC_STRING, false, "t"}, {"n", RPC_INTEGER, false, "n"}}},
        {"refuse", refuse, true, {{"text", RPC_STRING, true, "t"}}},
        {"hold", hold, false, {{"gone", RPC_STRING, false, "g"}}},
    };
    struct rpc_table table = {.methods = methods, .n = 3};
    struct rpc_peer peer = {.send = peer_send};

    n_sent = 0;
    held = NULL;
    rpc_peer_init(&peer, 0, 0);
    rpc_line(&table, &peer, (const char *)data, size);
    if (held != NULL && rpc_string(held, "gone") != NULL)
        rpc_peer_gone(&peer);
    if (held != NULL)
        rpc_reply(held, json_true());
    assert(n_sent <= 1);
    assert(table.n_calls == 0);
    return 0;
}
