/* `proximactl stats`: the workers' counters, summed, and the prober's.  SPDX-License-Identifier: BSD-2-Clause */
#include "control/cmd.h"

#include "control/status.h"
#include "data/stats.h"

uint64_t cmd_counter(const struct control *c, enum stats_id id)
{
    uint64_t n = 0;

    for (size_t i = 0; i < c->n_workers; i++)
        n += stats_get(worker_stats(c->workers[i]), id);
    return n;
}

/* The prober's own. */
static void add_sight(const struct control *c, json_t *counters, json_t *help)
{
    const struct health_sight s = health_sight(c->health);

    json_object_set_new(counters, "blind", json_integer((json_int_t)s.times));
    json_object_set_new(
        help, "blind", json_string("times that nearly all probes failed at once, so none counted"));
    json_object_set_new(counters, "blind_lag", json_integer((json_int_t)s.lags));
    json_object_set_new(help, "blind_lag",
                        json_string("times that the control loop stood still, so failures did not "
                                    "count"));
}

void cmd_stats(struct rpc_call *call)
{
    const struct control *c = cmd_control(call);
    json_t *counters = json_object(), *help = json_object();

    for (enum stats_id id = 0; id < STAT_COUNT; id++) {
        json_object_set_new(counters, stat_name(id), json_integer((json_int_t)cmd_counter(c, id)));
        json_object_set_new(help, stat_name(id), json_string(stat_help(id)));
    }
    add_sight(c, counters, help);
    rpc_reply(call, json_pack("{s:I, s:I, s:I, s:o, s:o, s:o}", "workers", (json_int_t)c->n_workers,
                              "uptime_ms", (json_int_t)(mono_ms() - c->started_at), "generation",
                              (json_int_t)publisher_newest(c->publisher)->generation, "probes",
                              status_probes(c), "counters", counters, "help", help));
}
