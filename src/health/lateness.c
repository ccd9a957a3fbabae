/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/lateness.h"

static int64_t span_of(mono_ms_t now)
{
    return now / LATENESS_SPAN_MS;
}

void lateness_note(struct lateness *l, dur_ms_t late_ms, mono_ms_t now)
{
    const int64_t span = span_of(now);

    if (l->span + LATENESS_SPANS < span)
        l->span = span - LATENESS_SPANS;
    while (l->span < span)
        l->worst_ms[++l->span % LATENESS_SPANS] = 0;
    if (late_ms > l->worst_ms[span % LATENESS_SPANS])
        l->worst_ms[span % LATENESS_SPANS] = late_ms;
}

dur_ms_t lateness_worst(const struct lateness *l, mono_ms_t now)
{
    dur_ms_t worst_ms = 0;

    for (int64_t span = l->span; span > span_of(now) - LATENESS_SPANS; span--) {
        if (span < 0 || span <= l->span - LATENESS_SPANS)
            break;
        if (l->worst_ms[span % LATENESS_SPANS] > worst_ms)
            worst_ms = l->worst_ms[span % LATENESS_SPANS];
    }
    return worst_ms;
}
