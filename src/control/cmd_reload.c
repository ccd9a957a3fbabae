/* `proximactl reload [ZONE | --all]`.  SPDX-License-Identifier: BSD-2-Clause */
#include "control/cmd.h"

static void on_reloaded(void *arg, const struct err *err)
{
    struct rpc_call *call = arg;
    const struct control *c = cmd_control(call);

    if (err->errors > 0) {
        rpc_refuse(call, err);
        return;
    }
    const struct snapshot *s = publisher_newest(c->publisher);
    rpc_reply(call,
              json_pack("{s:I, s:I, s:I, s:f, s:o}", "generation",
                        (json_int_t)(s != NULL ? s->generation : 0), "zones",
                        (json_int_t)zonedb_count(c->now->zones), "read", (json_int_t)c->zones_read,
                        "took_ms", rpc_took_ms(call), "warnings", rpc_texts(err, ERR_WARNING)));
}

void cmd_reload(struct rpc_call *call)
{
    const char *text = rpc_string(call, "zone");
    uint8_t zone[NAME_MAX_LEN];

    if (text == NULL)
        control_reload(cmd_control(call), NULL, rpc_true(call, "all"), on_reloaded, call);
    else if (rpc_true(call, "all"))
        rpc_refuse_text(call, "a zone or all of them, not both");
    else if (cmd_read_name(call, text, zone))
        control_reload(cmd_control(call), zone, false, on_reloaded, call);
}
