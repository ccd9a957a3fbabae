/*
 * How exposed steered names are (health/exposure.h), those of equal policy and bounds of the TTL
 * together.
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "control/plan.h"
#include "health/exposure.h"

struct plan_exposure {
    size_t policy; /* index into config->policies */
    struct ttl_rule ttl;
    const struct dyn *first; /* one of the names; borrowed from the plan's zones */
    size_t names;            /* how many there are */
    struct exposure is;
};

/* All of a resolved plan, *n of them, the largest group first; the array is the caller's. */
struct plan_exposure *plan_exposures(const struct plan *p, size_t *n);

/* "www.example.com. and 3 more (policy web, TTL 10 to 300 s): …"; owned. */
char *plan_exposure_text(const struct plan *p, const struct plan_exposure *e);
