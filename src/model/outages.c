/* SPDX-License-Identifier: BSD-2-Clause */
#include "model/outages.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/xalloc.h"

/* Another result followed at once; else the run ends with its last one. */
static bool is_followed(const struct track *t, size_t run)
{
    return run + 1 < t->n && t->runs[run + 1].kind != TRACK_UNSEEN;
}

/* Between two results of a run. */
static dur_ms_t step_of(const struct track *t, size_t run)
{
    const uint32_t n = is_followed(t, run) ? t->runs[run].n : t->runs[run].n - 1;

    return n > 0 ? track_length(t, run) / n : 0;
}

static void add_outage(struct outages *out, const struct outage *o)
{
    struct outage *last = out->n > 0 ? &out->items[out->n - 1] : NULL;

    if (o->to <= o->from) /* it has only just begun */
        return;
    if (last != NULL && o->from <= last->to) { /* nobody looked in between */
        last->to = o->to;
        return;
    }
    out->items = xgrow(out->items, out->n, sizeof(*out->items));
    out->items[out->n++] = *o;
}

void outages_of_track(const struct track *t, struct outages *out)
{
    *out = (struct outages){0};
    for (size_t i = 0; i < t->n; i++) {
        const struct track_run *run = &t->runs[i];
        const dur_ms_t at = out->length_ms, half = step_of(t, i) / 2;
        if (run->kind == TRACK_UNSEEN)
            continue;
        out->length_ms += track_length(t, i);
        if (run->kind == TRACK_GOOD && run->worst_ms > out->slowest_ms)
            out->slowest_ms = run->worst_ms;
        if (run->kind == TRACK_GOOD)
            continue;
        out->blips += run->n == 1;
        add_outage(out, &(struct outage){.from = at > half ? at - half : 0,
                                         .to = out->length_ms - (is_followed(t, i) ? half : 0),
                                         .fails_ms = run->worst_ms});
    }
}

void outages_of_crash(dur_ms_t calm_ms, dur_ms_t down_ms, struct outages *out)
{
    *out = (struct outages){
        .items = xmalloc(sizeof(*out->items)), .n = 1, .length_ms = 2 * calm_ms + down_ms};
    out->items[0] = (struct outage){.from = calm_ms, .to = calm_ms + down_ms};
}

void outages_fini(struct outages *t)
{
    free(t->items);
    *t = (struct outages){0};
}
