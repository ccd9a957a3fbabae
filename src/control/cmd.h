/*
 * What the files of the commands share: their prototypes, and how things are named in JSON.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "control/commands.h"
#include "control/drains.h"
#include "control/rpc.h"
#include "control/socket.h"
#include "data/stats.h"

struct commands {
    struct control *control;
    struct socket_server *socket;
    struct rpc_table table;
    struct list waits;    /* cmd_wait.c */
    struct list probes;   /* cmd_probe.c */
    struct list statuses; /* cmd_status.c */
    struct list explains; /* cmd_explain.c: not begun */
    bool is_explaining;   /* one reads databases */
    bool is_closed;       /* the socket; calls whose peer is gone may go on */
    void (*closed)(void *arg);
    void *arg;
};

void cmd_advise(struct rpc_call *call);
void cmd_status(struct rpc_call *call);
void cmd_explain(struct rpc_call *call);
void cmd_drain(struct rpc_call *call);
void cmd_undrain(struct rpc_call *call);
void cmd_release(struct rpc_call *call);
void cmd_reload(struct rpc_call *call);
void cmd_probe(struct rpc_call *call);
void cmd_report(struct rpc_call *call);
void cmd_wait(struct rpc_call *call);
void cmd_stats(struct rpc_call *call);
void cmd_stop(struct rpc_call *call);

/* The state of a region may have changed: see who waited for that. */
void cmd_wait_look(struct commands *cmds);
/* What is under way ends now: the server is being stopped. */
void cmd_wait_stop(struct commands *cmds);
void cmd_probe_stop(struct commands *cmds);
void cmd_explain_stop(struct commands *cmds);
void cmd_status_stop(struct commands *cmds);

#define CMD_STOPPING "the server is being stopped"

static inline struct commands *cmd_commands(const struct rpc_call *call)
{
    return call->table->context;
}

static inline struct control *cmd_control(const struct rpc_call *call)
{
    return cmd_commands(call)->control;
}

/* ---- what an operator names; each refuses the call, with what would help, and returns false ---- */

/* A domain name, lower-cased; the last dot may be left out. */
bool cmd_read_name(struct rpc_call *call, const char *text, uint8_t out[NAME_MAX_LEN]);
/* The name of a pool that some name steers by. */
bool cmd_read_pool(struct rpc_call *call, const char *text, uint8_t out[NAME_MAX_LEN]);
/* A region of the configuration: out its number. */
bool cmd_read_region(struct rpc_call *call, const char *text, unsigned *out);

/* ---- as JSON; each returns a new reference ---- */

json_t *cmd_name(const uint8_t *name);
json_t *cmd_time(real_ms_t t);  /* "2026-01-02T03:04:05Z" */
json_t *cmd_since(mono_ms_t t); /* the same */
json_t *cmd_text(const char *text_or_null);
json_t *cmd_drain_object(const struct drain *d);
/* What is known of an endpoint: address, verdict, since … */
json_t *cmd_endpoint(const struct target *t);
json_t *cmd_dest(const struct probe_dest *dest); /* "192.0.2.1" */
json_t *cmd_unprobed(const struct probe_dest *dest);
json_t *cmd_target(const struct target_status *s);

/* Of all workers. */
uint64_t cmd_counter(const struct control *c, enum stats_id id);

const char *cmd_kind(enum dyn_kind kind); /* "DYNA", "DYNC" */
