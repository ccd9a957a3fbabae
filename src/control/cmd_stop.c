/* `proximactl stop`.  SPDX-License-Identifier: BSD-2-Clause */
#include "base/log.h"
#include "control/cmd.h"

static void stop(void *context)
{
    const struct commands *cmds = context;

    control_stop(cmds->control);
}

void cmd_stop(struct rpc_call *call)
{
    log_info("stop: asked for by uid %u, pid %d", (unsigned)call->uid, (int)call->pid);
    call->then = stop; /* not before: stopping closes the socket */
    rpc_reply(call, json_object());
}
