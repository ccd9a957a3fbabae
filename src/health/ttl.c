/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/ttl.h"

/* ---- the climb ---- */

static uint32_t step_after(const struct ttl_rule *rule, uint32_t ttl_s)
{
    if (ttl_s > rule->max_s / 2)
        return rule->max_s;
    return ttl_s > 0 ? 2 * ttl_s : 1;
}

/* How long it must have been stable for this TTL. */
static dur_ms_t time_of(const struct ttl_rule *rule, uint32_t ttl_s)
{
    return (dur_ms_t)ttl_s * rule->growth * 1000;
}

uint32_t ttl_at(const struct ttl_rule *rule, dur_ms_t stable_ms)
{
    uint32_t ttl_s = rule->min_s;

    while (ttl_s < rule->max_s && stable_ms >= time_of(rule, step_after(rule, ttl_s)))
        ttl_s = step_after(rule, ttl_s);
    return ttl_s;
}

dur_ms_t ttl_next_step(const struct ttl_rule *rule, dur_ms_t stable_ms)
{
    const uint32_t ttl_s = ttl_at(rule, stable_ms);

    if (ttl_s == rule->max_s)
        return -1;
    return time_of(rule, step_after(rule, ttl_s)) - stable_ms;
}

/* ---- the glide ---- */

/* Given so long before the moment, or earlier, it has run out by then. */
static dur_ms_t time_of_glide(uint32_t ttl_s)
{
    return (dur_ms_t)ttl_s * 1000 + TTL_GLIDE_AHEAD_MS;
}

uint32_t ttl_glide(const struct ttl_rule *rule, dur_ms_t left_ms)
{
    uint32_t ttl_s = rule->min_s;

    while (ttl_s < rule->max_s && left_ms >= time_of_glide(step_after(rule, ttl_s)))
        ttl_s = step_after(rule, ttl_s);
    return ttl_s;
}

dur_ms_t ttl_glide_step(const struct ttl_rule *rule, dur_ms_t left_ms, uint32_t ttl_s)
{
    return ttl_s > rule->min_s ? left_ms - time_of_glide(ttl_s) + 1 : -1;
}
