/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/damping.h"

#include <math.h>

/*
 * The penalty from which it takes max_hold to decay to reuse (RFC 2439 §4.2: the maximum hold time
 * goes from the last instability, however many there were before).
 */
static double ceiling_of(const struct damping_rule *rule)
{
    return rule->reuse * exp2((double)rule->max_hold_ms / (double)rule->half_life_ms);
}

static dur_ms_t time_to_reuse(const struct damping_rule *rule, double penalty)
{
    return (dur_ms_t)ceil((double)rule->half_life_ms * log2(penalty / rule->reuse));
}

double damping_penalty(const struct damping *d, const struct damping_rule *rule, mono_ms_t now)
{
    return d->penalty * exp2((double)(d->at - now) / (double)rule->half_life_ms);
}

void damping_fall(struct damping *d, const struct damping_rule *rule, mono_ms_t now)
{
    const bool was_held = damping_is_held(d, now);

    d->penalty = fmin(damping_penalty(d, rule, now) + DAMPING_PENALTY, ceiling_of(rule));
    d->at = now;
    if (d->penalty > rule->suppress || (was_held && d->penalty > rule->reuse))
        d->held_until = now + time_to_reuse(rule, d->penalty);
}
