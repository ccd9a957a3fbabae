/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/ramp.h"

/* Each step is a new snapshot, and moves so many clients at once: 1/64 of them, and no more often than
 * every 100 ms. */
#define STEPS_MAX   63
#define STEP_MIN_MS 100

static uint32_t steps_of(dur_ms_t over_ms)
{
    if (over_ms >= STEPS_MAX * STEP_MIN_MS)
        return STEPS_MAX;
    return over_ms > STEP_MIN_MS ? (uint32_t)(over_ms / STEP_MIN_MS) : 1;
}

/* Step k of n + 1; the first is there at once, after the last all are back. */
static uint16_t share_after(dur_ms_t done_ms, dur_ms_t over_ms)
{
    const uint32_t n = steps_of(over_ms);
    const dur_ms_t k = done_ms < over_ms ? done_ms * n / over_ms : n;

    return (uint16_t)(RAMP_ALL * (k + 1) / (n + 1));
}

static dur_ms_t done_at(const struct ramp *r, mono_ms_t now)
{
    return r->done_ms + (r->stands || now < r->at ? 0 : now - r->at);
}

void ramp_begin(struct ramp *r, dur_ms_t over_ms, mono_ms_t now)
{
    *r = (struct ramp){.at = now, .state = RAMP_CLIMBS, .share = share_after(0, over_ms)};
}

bool ramp_step(struct ramp *r, dur_ms_t over_ms, bool stands, mono_ms_t now)
{
    const dur_ms_t done_ms = done_at(r, now);
    const uint16_t old = r->share,
                   share = done_ms < over_ms ? share_after(done_ms, over_ms) : RAMP_ALL;

    /* Another `ramp` since the last step takes nobody back. */
    r->share = share > old ? share : old;
    r->done_ms = (uint32_t)(done_ms < over_ms ? done_ms : over_ms);
    r->at = now;
    r->stands = stands;
    if (r->share == RAMP_ALL)
        *r = (struct ramp){.state = RAMP_NONE};
    return r->share != old;
}

mono_ms_t ramp_next_step(const struct ramp *r, dur_ms_t over_ms)
{
    const dur_ms_t n = steps_of(over_ms);

    if (r->state != RAMP_CLIMBS || r->stands)
        return INT64_MAX;
    const dur_ms_t k = r->done_ms * n / over_ms + 1;
    return r->at + (k * over_ms + n - 1) / n - r->done_ms;
}

dur_ms_t ramp_left(const struct ramp *r, dur_ms_t over_ms, mono_ms_t now)
{
    const dur_ms_t done_ms = done_at(r, now);

    return done_ms < over_ms ? over_ms - done_ms : 0;
}
