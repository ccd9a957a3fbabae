/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/doubt.h"

#include <stdlib.h>

#include "base/xalloc.h"

void doubt_keep(struct target *t, mono_ms_t now)
{
    if (t->verdict.known == 0 || (t->verdict.history & 1) != 0)
        t->calm = (struct calm){t->verdict, t->damping, t->since, now};
}

/* True if that changed it. */
static bool take_back(struct target *t, mono_ms_t now)
{
    const struct probe_spec *s = &t->spec->is;
    const struct verdict was = t->verdict;

    if (!t->seen.is_dark || now - t->calm.until > s->interval_ms + s->timeout_ms)
        return false;
    track_take_back(&t->track, t->calm.until);
    t->verdict = t->calm.verdict;
    t->damping = t->calm.damping;
    t->since = t->calm.since;
    return was.history != t->verdict.history || was.known != t->verdict.known ||
           was.state != t->verdict.state;
}

void doubt_failures(struct targets *ts, mono_ms_t now, void (*changed)(void *arg, struct target *t),
                    void *arg)
{
    for (struct target *t = NULL; (t = targets_next(ts, t)) != NULL;)
        if (take_back(t, now))
            changed(arg, t);
}

static int compare_durations(const void *x, const void *y)
{
    const dur_ms_t a = *(const dur_ms_t *)x, b = *(const dur_ms_t *)y;

    return (a > b) - (a < b);
}

/* The median: one that is asked once an hour does not make an hour of a round. */
dur_ms_t doubt_round(const struct targets *ts)
{
    dur_ms_t *intervals = xcalloc(ts->n, sizeof(*intervals));
    size_t n = 0;

    for (const struct target *t = NULL; (t = targets_next(ts, t)) != NULL;)
        intervals[n++] = t->spec->is.interval_ms;
    qsort(intervals, n, sizeof(*intervals), compare_durations);
    const dur_ms_t median = intervals[n / 2];
    free(intervals);
    return median;
}
