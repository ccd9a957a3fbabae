/*
 * `proximactl report PROBE ENDPOINT up|down`: what an agent found out of endpoints under a probe of type
 * push.  ENDPOINT is an address, a host name, or a region: all that is probed there.  It is no change
 * of an operator's, and comes often: the journal does not have it.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "control/cmd.h"
#include "control/names.h"

/* An agent that means longer than a day means `drain`, or has a mistake in its units. */
#define TTL_MAX_MS 86400000

/* The probe that is reported to; NULL: it has been refused. */
static const struct probe_spec *find_probe(struct rpc_call *call, const char *name)
{
    const struct config *config = cmd_control(call)->now->config;
    const struct names names = NAMES(config->probes, config->n_probes);
    size_t i;

    if (!names_find(&names, name, &i)) {
        char *hint = names_hint(&names, name);
        rpc_refuse_text(call, "no probe \"%s\"%s", name, hint);
        free(hint);
        return NULL;
    }
    if (config->probes[i].kind != PROBE_PUSH) {
        rpc_refuse_text(
            call, "probe \"%s\" finds out by itself: only those of type push take reports", name);
        return NULL;
    }
    return &config->probes[i];
}

static bool read_report(struct rpc_call *call, const struct probe_spec *spec, struct report *out)
{
    const char *state = rpc_string(call, "state");
    const int64_t ttl_ms = rpc_integer(call, "ttl_ms", spec->max_age_ms);
    const mono_ms_t now = mono_ms();

    if (strcmp(state, "up") != 0 && strcmp(state, "down") != 0) {
        rpc_refuse_text(call, "\"%s\" is neither up nor down", state);
        return false;
    }
    if (ttl_ms <= 0 || ttl_ms > TTL_MAX_MS) {
        rpc_refuse_text(call, "a report is good for 1ms to 24h");
        return false;
    }
    *out = (struct report){.is_up = strcmp(state, "up") == 0,
                           .why = (char *)(uintptr_t)rpc_string(call, "why"),
                           .at = now,
                           .until = now + ttl_ms};
    return true;
}

static bool report_on(struct target *t, const char *probe, const struct report *r)
{
    struct target_status s;

    target_status(t, &s);
    return strcmp(s.spec->name, probe) == 0 && target_report(t, r);
}

/* How many took it. */
static unsigned report_pool(const struct control *c, const struct plan_pool *pool, unsigned region,
                            const char *probe, const struct report *r)
{
    unsigned n = 0;

    for (size_t type = 0; type < pool->n_types; type++) {
        const struct plan_set *set = plan_set(c->now->plan, pool, type, region);
        for (size_t i = 0; set->targets != NULL && i < set->n_targets; i++)
            n += report_on(set->targets[i], probe, r);
    }
    return n;
}

static unsigned report_region(const struct control *c, unsigned region, const char *probe,
                              const struct report *r)
{
    unsigned n = 0;

    for (size_t i = 0; i < plan_pools(c->now->plan); i++)
        n += report_pool(c, plan_pool(c->now->plan, i), region, probe, r);
    return n;
}

static unsigned report_endpoint(const struct control *c, const char *text, const char *probe,
                                const struct report *r)
{
    const size_t len = strlen(text);
    struct probe_dest dest = {0};

    if (!ipaddr_parse(text, &dest.addr))
        dest.host = xstrndup(text, len - (len > 1 && text[len - 1] == '.'));
    struct target *t = health_find(c->health, probe, &dest);
    free(dest.host);
    return t != NULL && target_report(t, r);
}

void cmd_report(struct rpc_call *call)
{
    const struct control *c = cmd_control(call);
    const char *probe = rpc_string(call, "probe"), *endpoint = rpc_string(call, "endpoint");
    const int region = config_region(c->now->config, endpoint);
    const struct probe_spec *spec = find_probe(call, probe);
    struct report r;

    if (spec == NULL || !read_report(call, spec, &r))
        return;
    const unsigned n = region >= 0 ? report_region(c, (unsigned)region, probe, &r)
                                   : report_endpoint(c, endpoint, probe, &r);
    if (n == 0) {
        rpc_refuse_text(call,
                        "\"%s\" is neither a region nor an endpoint that probe \"%s\" looks at: "
                        "`proximactl status` lists them",
                        endpoint, probe);
        return;
    }
    rpc_reply(call, json_pack("{s:i}", "endpoints", (int)n));
}
