/* `proximactl stop`.  SPDX-License-Identifier: BSD-2-Clause */
#include "base/log.h"
#include "control/cmd.h"

void cmd_stop(struct rpc_call *call)
{
    struct control *c = cmd_control(call);

    log_info("stop: asked for by uid %u, pid %d", (unsigned)call->uid, (int)call->pid);
    rpc_reply(call, json_object()); /* first: stopping closes the socket */
    control_stop(c);
}
