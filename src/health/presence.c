/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/presence.h"

#include "health/schedule.h"

void presence_init(struct presence *p, dur_ms_t slept_ms)
{
    *p = (struct presence){.expected = INT64_MAX, .slept_ms = slept_ms};
}

void presence_expect(struct presence *p, dur_ms_t wait_ms, mono_ms_t now)
{
    if (wait_ms < 0)
        p->expected = INT64_MAX;
    else
        p->expected = now + (wait_ms > SCHEDULE_BEAT_MS ? wait_ms : SCHEDULE_BEAT_MS);
}

dur_ms_t presence_lag(const struct presence *p, mono_ms_t now)
{
    return p->lag_ms + (now > p->expected ? now - p->expected : 0);
}

/* Two clocks are read one after the other: what differs by little is no sleep. */
static dur_ms_t slept_since(const struct presence *p, dur_ms_t slept_ms)
{
    const dur_ms_t since_ms = slept_ms - p->slept_ms;

    return since_ms > SCHEDULE_BEAT_MS ? since_ms : 0;
}

dur_ms_t presence_show(struct presence *p, dur_ms_t slept_ms, mono_ms_t now)
{
    const dur_ms_t away_ms = presence_lag(p, now) - p->lag_ms + slept_since(p, slept_ms);

    if (now > p->expected)
        p->expected = now + SCHEDULE_BEAT_MS; /* what it was late is counted */
    p->slept_ms = slept_ms;
    p->lag_ms += away_ms;
    return away_ms;
}
