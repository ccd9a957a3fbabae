/*
 * The push probe: whoever knows how endpoints are, an agent or a deployment, reports it over the control
 * socket, for so long.  When that is over, and at the start when nobody has reported for max_age,
 * nothing is known (`stale`).
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "health/later.h"
#include "health/push.h"

/* How long what expired is kept, to say so; then it is as good as never reported. */
#define KEPT_MS 86400000

struct push {
    struct reports *reports;
    mono_ms_t opened; /* before that others may have reported to the server before us */
    mono_ms_t swept;
};

static char *key_of(const char *probe, const struct probe_dest *dest)
{
    char *endpoint = reports_endpoint(dest);
    char *key = xasprintf("%s %s", probe, endpoint);

    free(endpoint);
    return key;
}

void push_put(void *shared, const char *probe, const struct probe_dest *dest,
              const struct report *r)
{
    struct push *s = shared;
    char *key = key_of(probe, dest);

    reports_put(s->reports, key, r);
    free(key);
    if (r->at - s->swept > KEPT_MS) {
        reports_sweep(s->reports, r->at - KEPT_MS);
        s->swept = r->at;
    }
}

static enum probe_outcome judge_report(const struct probe *p, const struct report *r,
                                       char text[LATER_TEXT])
{
    const mono_ms_t now = mono_ms();
    char ago[DUR_TEXT];

    dur_print(now - r->at, ago);
    if (now >= r->until) {
        snprintf(text, LATER_TEXT, "reported %s %s ago, which is over", r->is_up ? "up" : "down",
                 ago);
        return probe_stale(p);
    }
    snprintf(text, LATER_TEXT, "reported %s %s ago%s%s", r->is_up ? "up" : "down", ago,
             r->why != NULL ? ": " : "", r->why != NULL ? r->why : "");
    return r->is_up ? PROBE_GOOD : PROBE_BAD;
}

static enum probe_outcome judge(const struct probe *p, char text[LATER_TEXT])
{
    const struct push *s = p->shared;
    char *key = key_of(p->spec->name, p->dest);
    const struct report *r = reports_find(s->reports, key);

    free(key);
    if (r != NULL)
        return judge_report(p, r, text);
    snprintf(text, LATER_TEXT, "nobody has reported");
    return mono_ms() - s->opened < p->spec->max_age_ms ? PROBE_SILENT : probe_stale(p);
}

static void push_start(struct probe *p)
{
    later_start(p, judge);
}

static void *push_open(const struct kinds_opts *opts)
{
    struct push *s = xcalloc(1, sizeof(*s));

    (void)opts;
    s->reports = reports_new();
    s->opened = s->swept = mono_ms();
    return s;
}

static void push_close(void *shared, void (*closed)(void *arg), void *arg)
{
    struct push *s = shared;

    reports_free(s->reports);
    free(s);
    closed(arg);
}

const struct probe_ops probe_push = {.by_name = true,
                                     .open = push_open,
                                     .close = push_close,
                                     .start = push_start,
                                     .cancel = later_cancel};
