/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/cmd.h"

#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/xalloc.h"
#include "control/drains.h"
#include "control/names.h"

/* ---- what an operator names ---- */

bool cmd_read_name(struct rpc_call *call, const char *text, uint8_t out[NAME_MAX_LEN])
{
    const char *why;

    if (!name_parse(text, strlen(text), name_root, out, &why)) {
        rpc_refuse_text(call, "\"%s\" is no domain name: %s", text, why);
        return false;
    }
    name_lower(out);
    return true;
}

static bool is_pool(const struct plan *p, const uint8_t *name)
{
    for (size_t i = 0; i < plan_pools(p); i++)
        if (name_equal(plan_pool(p, i)->name, name))
            return true;
    return false;
}

static void refuse_pool(struct rpc_call *call, const struct plan *p, const char *text)
{
    const size_t n = plan_pools(p);
    char(*names)[NAME_TEXT] = xcalloc(n + 1, sizeof(*names));
    const char **candidates = xcalloc(n + 1, sizeof(*candidates));

    for (size_t i = 0; i < n; i++)
        candidates[i] = name_print(plan_pool(p, i)->name, names[i]);

    const char *near = nearest(text, candidates, n);
    if (near != NULL)
        rpc_refuse_text(call, "no pool \"%s\"; did you mean \"%s\"?", text, near);
    else
        rpc_refuse_text(call, "no pool \"%s\"; `proximactl status` lists those that there are",
                        text);
    free(candidates);
    free(names);
}

bool cmd_read_pool(struct rpc_call *call, const char *text, uint8_t out[NAME_MAX_LEN])
{
    const struct plan *p = cmd_control(call)->now->plan;

    if (!cmd_read_name(call, text, out))
        return false;
    if (!is_pool(p, out)) {
        refuse_pool(call, p, text);
        return false;
    }
    return true;
}

bool cmd_read_region(struct rpc_call *call, const char *text, unsigned *out)
{
    const struct config *config = cmd_control(call)->now->config;
    const int region = config_region(config, text);

    if (region < 0) {
        const struct names names = NAMES(config->regions, config->n_regions);
        char *hint = names_hint(&names, text);
        rpc_refuse_text(call, "no region \"%s\"%s", text, hint);
        free(hint);
        return false;
    }
    *out = (unsigned)region;
    return true;
}

/* ---- as JSON ---- */

json_t *cmd_name(const uint8_t *name)
{
    char text[NAME_TEXT];

    return json_string(name_print(name, text));
}

json_t *cmd_time(real_ms_t t)
{
    char text[CLOCK_TEXT];

    return json_string(real_print(t, text));
}

json_t *cmd_since(mono_ms_t t)
{
    return cmd_time(real_ms() - (mono_ms() - t));
}

json_t *cmd_text(const char *text_or_null)
{
    return text_or_null != NULL ? rpc_text(text_or_null) : json_null();
}

json_t *cmd_drain_object(const struct drain *d)
{
    return json_pack("{s:s, s:o, s:o, s:I, s:o}", "region", d->region, "pool",
                     d->pool != NULL ? cmd_name(d->pool) : json_null(), "since", cmd_time(d->since),
                     "uid", (json_int_t)d->uid, "why", cmd_text(d->why));
}

json_t *cmd_dest(const struct probe_dest *d)
{
    char text[IPADDR_TEXT];

    return d->host != NULL ? rpc_text(d->host) : json_string(ipaddr_print(&d->addr, text));
}

json_t *cmd_target(const struct target_status *s)
{
    const mono_ms_t now = mono_ms();
    json_t *o = json_pack(
        "{s:o, s:s, s:s, s:b, s:o, s:I, s:I, s:I, s:i}", "endpoint", cmd_dest(s->dest), "probe",
        s->spec->name, "verdict", verdict_name(s->verdict), "suspect", s->suspect, "since",
        cmd_since(s->since), "for_ms", (json_int_t)(now - s->since), "probes",
        (json_int_t)s->probes, "failures", (json_int_t)s->failures, "streak", (int)s->streak);

    json_object_set_new(
        o, "penalty",
        json_integer((json_int_t)damping_penalty(s->damping, &s->spec->damping, now)));
    json_object_set_new(
        o, "held_ms",
        json_integer(s->damping->held_until > now ? s->damping->held_until - now : 0));
    json_object_set_new(o, "last_ms", s->last_at != 0 ? json_integer(s->last_ms) : json_null());
    json_object_set_new(o, "last_error", cmd_text(s->last_error));
    json_object_set_new(o, "last_said", cmd_text(s->last_said));
    return o;
}

json_t *cmd_unprobed(const struct probe_dest *dest)
{
    return json_pack("{s:o, s:s}", "endpoint", cmd_dest(dest), "verdict", "unprobed");
}

json_t *cmd_endpoint(const struct target *t)
{
    struct target_status s;

    target_status(t, &s);
    return cmd_target(&s);
}

const char *cmd_kind(enum dyn_kind kind)
{
    switch (kind) {
    case DYN_ADDRESSES: return "DYNA";
    case DYN_ALIAS: return "DYNC";
    }
    abort();
}
