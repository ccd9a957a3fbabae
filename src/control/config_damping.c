/*
 * Section `damping` of probes and of policies: how long what falls again and again is held back.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <math.h>

#include "base/clock.h"
#include "control/sections.h"
#include "health/damping.h"

/* A hundred falls; thresholds beyond are never meant. */
#define MERIT_MAX (100 * DAMPING_PENALTY)

static const struct option damping_options[] = {
    {"half_life", &type_duration, OPTION_FIELD(struct damping_rule, half_life_ms), .min = 1000,
     .max = 86400000, .fallback = "2m", .help = "After so long half of a penalty is forgotten."},
    {"suppress", &type_count, OPTION_FIELD(struct damping_rule, suppress), .min = 1,
     .max = MERIT_MAX, .fallback = "1500",
     .help = "Above it, what comes back is held; each fall adds 1000."},
    {"reuse", &type_count, OPTION_FIELD(struct damping_rule, reuse), .min = 1, .max = MERIT_MAX,
     .fallback = "750", .help = "Held until the penalty is no more than this."},
    {"max_hold", &type_duration, OPTION_FIELD(struct damping_rule, max_hold_ms), .min = 0,
     .max = 86400000, .fallback = "10m",
     .help = "Never held for longer after the last fall; 0s: never held."},
};

/* Shorter than it takes from suppress to reuse: the penalty never gets beyond suppress. */
static bool never_holds(const struct damping_rule *d)
{
    return d->max_hold_ms > 0 &&
           (double)d->max_hold_ms <= (double)d->half_life_ms * log2((double)d->suppress / d->reuse);
}

static void finish_damping(struct reader *r, const json_t *node, void *out)
{
    const struct damping_rule *d = out;
    char max_hold[DUR_TEXT];

    if (node == NULL)
        return; /* the defaults */
    if (d->reuse >= d->suppress)
        err_at(r->err, yamltree_pos(r->tree, node),
               "reuse: %u is not below suppress, which is %u: nothing could be let go",
               (unsigned)d->reuse, (unsigned)d->suppress);
    else if (never_holds(d))
        err_warn_at(
            r->err, yamltree_pos(r->tree, node),
            "max_hold: %s is less than it takes from suppress to reuse: nothing is ever held",
            dur_print(d->max_hold_ms, max_hold));
}

const struct section damping_section = {
    .what = "damping",
    .example = "{half_life: 2m}",
    SECTION_OPTIONS(damping_options),
    .finish = finish_damping,
};
