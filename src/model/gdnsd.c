/*
 * gdnsd 3: plugin metafo over simplefo, one address a datacenter.
 *
 * From src/plugins/mon.c, gdnsd_mon_state_updater(): thresholds count failures that ok_thresh successes
 * in a row forget; the TTL is the shortest time to the next turn, of all datacenters looked at, between
 * MIN and MAX; what monitors say is taken over once a second.  All down: the first datacenter.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "base/xalloc.h"
#include "model/steerer_inside.h"

/* As it is told, and as it is answered a moment later. */
struct view {
    bool is_down;
    uint32_t ttl_s;
};

struct monitor {
    unsigned n_success, n_failure;
    struct view told, shown;
};

struct gdnsd {
    struct steerer base;
    struct monitor monitors[TRACE_REGIONS_MAX];
    mono_ms_t update_at; /* 0: nothing is to be taken over */
};

/* sttl_update_timer */
#define UPDATE_MS 1000

struct steerer_spec steerer_gdnsd(void)
{
    return (struct steerer_spec){
        .name = "gdnsd",
        .kind = STEERER_GDNSD,
        .interval_ms = 10000,
        .timeout_ms = 5000,
        .gdnsd =
            {.up_thresh = 20, .ok_thresh = 10, .down_thresh = 10, .ttl_max_s = 60, .ttl_min_s = 5},
    };
}

static uint32_t ttl_of(const struct steerer_spec *spec, const struct monitor *m)
{
    const unsigned to_change = m->told.is_down ? spec->gdnsd.up_thresh - m->n_success
                                               : spec->gdnsd.down_thresh - m->n_failure;

    return (uint32_t)(spec->interval_ms * to_change / 1000);
}

static struct steerer *create(const struct steerer_spec *spec)
{
    struct gdnsd *g = xcalloc(1, sizeof(*g));

    for (size_t r = 0; r < TRACE_REGIONS_MAX; r++) {
        struct monitor *m = &g->monitors[r];
        m->told.ttl_s = m->shown.ttl_s = ttl_of(spec, m);
    }
    return &g->base;
}

static void count_while_down(const struct gdnsd_rule *rule, struct monitor *m, bool is_good)
{
    m->n_success = is_good ? m->n_success + 1 : 0;
    if (m->n_success == rule->up_thresh)
        *m = (struct monitor){.shown = m->shown};
}

static void count_while_up(const struct gdnsd_rule *rule, struct monitor *m, bool is_good)
{
    if (is_good && m->n_failure > 0 && ++m->n_success == rule->ok_thresh)
        m->n_failure = m->n_success = 0;
    if (is_good)
        return;
    m->n_success = 0;
    if (++m->n_failure == rule->down_thresh) {
        m->n_failure = 0;
        m->told.is_down = true;
    }
}

/* What was told more than a second ago is shown by now. */
static void take_over(struct gdnsd *g, mono_ms_t now)
{
    if (g->update_at == 0 || now < g->update_at)
        return;
    g->update_at = 0;
    for (size_t r = 0; r < g->base.n_regions; r++)
        g->monitors[r].shown = g->monitors[r].told;
}

static void on_probe(struct steerer *s, size_t region, unsigned checker, bool is_good,
                     mono_ms_t now)
{
    struct gdnsd *g = (struct gdnsd *)s;
    struct monitor *m = &g->monitors[region];
    const struct view old = m->told;

    (void)checker;
    take_over(g, now);
    if (m->told.is_down)
        count_while_down(&s->spec->gdnsd, m, is_good);
    else
        count_while_up(&s->spec->gdnsd, m, is_good);
    m->told.ttl_s = ttl_of(s->spec, m);
    const bool is_new = m->told.is_down != old.is_down || m->told.ttl_s != old.ttl_s;
    if (is_new && g->update_at == 0)
        g->update_at = now + UPDATE_MS;
}

static uint32_t clamp(uint32_t ttl_s, const struct gdnsd_rule *rule)
{
    if (ttl_s > rule->ttl_max_s)
        return rule->ttl_max_s;
    return ttl_s < rule->ttl_min_s ? rule->ttl_min_s : ttl_s;
}

static struct steer_answer answer(struct steerer *s, size_t home, uint32_t client, mono_ms_t now)
{
    struct gdnsd *g = (struct gdnsd *)s;
    struct steer_answer a = {.region = (uint8_t)home};
    uint32_t ttl_s = UINT32_MAX;

    (void)client;
    take_over(g, now);
    for (size_t i = 0; i < s->n_regions; i++) {
        const size_t r = steerer_choice(s, home, i);
        const struct view *v = &g->monitors[r].shown;
        ttl_s = v->ttl_s < ttl_s ? v->ttl_s : ttl_s;
        if (v->is_down)
            continue;
        a.region = (uint8_t)r;
        break;
    }
    a.ttl_s = clamp(ttl_s, &s->spec->gdnsd);
    return a;
}

const struct steerer_ops ops_gdnsd = {create, on_probe, answer};
