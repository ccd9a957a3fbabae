/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/pace.h"

#include <math.h>

/* Any busy machine keeps a loop for so long now and then, or all the time: what was missed then starts at
 * once, or it would never be made up for. */
#define SHORT_MS 250
/* After longer, what usually starts in SAVED_MS may start at once, and then TIMES as many as usual: in any
 * 100 ms that is 0.5 + 1.5. */
#define SAVED_MS 50
#define TIMES    1.5
/* Where it is long between any two turns, what came due meanwhile starts at once too, up to so much. */
#define SLOW_MS 2000
/* A few are no burst, however seldom they are asked. */
#define SAVED_MIN 4

static double left_at(const struct pace *p, double per_ms, mono_ms_t now)
{
    const dur_ms_t since_ms = now - p->at;

    if (since_ms == 0)
        return p->left;
    if (since_ms > SHORT_MS && !p->was_long)
        return fmax(SAVED_MIN, SAVED_MS * per_ms);
    if (since_ms > SHORT_MS) /* again: it was no stall, the loop is that slow */
        return fmax(SAVED_MIN, (double)(since_ms < SLOW_MS ? since_ms : SLOW_MS) * TIMES * per_ms);
    return fmin(fmax(SAVED_MIN, SHORT_MS * per_ms), p->left + (double)since_ms * TIMES * per_ms);
}

bool pace_take(struct pace *p, double per_ms, mono_ms_t now)
{
    const double left = left_at(p, per_ms, now);

    if (left < 1)
        return false;
    const bool is_same_turn = now == p->at;
    const bool is_long = is_same_turn ? p->was_long : now - p->at > SHORT_MS;
    *p = (struct pace){.left = left - 1, .at = now, .was_long = is_long};
    return true;
}

dur_ms_t pace_wait(const struct pace *p, double per_ms, mono_ms_t now)
{
    const double left = left_at(p, per_ms, now);

    if (left >= 1)
        return 0;
    return (dur_ms_t)fmin(SHORT_MS + 1, ceil((1 - left) / (TIMES * per_ms)));
}
