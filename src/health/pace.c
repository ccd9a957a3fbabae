/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/pace.h"

#include <math.h>

/* What SAVED_MS bring on average may start at once, and then TIMES the average: in any 100 ms that is
 * 0.5 + 1.5 of what usually starts. */
#define SAVED_MS 50
#define TIMES    1.5
/* A few are no burst, however seldom they are asked. */
#define SAVED_MIN 4

static double spent_at(const struct pace *p, double per_ms, mono_ms_t now)
{
    return fmax(0, p->spent - (double)(now - p->at) * TIMES * per_ms);
}

/* How many too many one more is. */
static double excess(const struct pace *p, double per_ms, mono_ms_t now)
{
    return spent_at(p, per_ms, now) + 1 - fmax(SAVED_MIN, SAVED_MS * per_ms);
}

bool pace_take(struct pace *p, double per_ms, mono_ms_t now)
{
    if (excess(p, per_ms, now) > 0)
        return false;
    p->spent = spent_at(p, per_ms, now) + 1;
    p->at = now;
    return true;
}

dur_ms_t pace_wait(const struct pace *p, double per_ms, mono_ms_t now)
{
    const double more = excess(p, per_ms, now);

    return more <= 0 ? 0 : (dur_ms_t)ceil(more / (TIMES * per_ms));
}
