/*
 * One probe of a target: how it starts, and what its result means for the target and for us.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "base/log.h"
#include "base/xalloc.h"
#include "health/health_inside.h"
#include "health/kinds.h"

/* A shortage is told again after so long without one. */
#define SHORTAGE_QUIET_MS 10000

/* --- Results. --- */

/* One line for a burst of them. */
static void tell_shortage(struct health *h, const char *error, mono_ms_t now)
{
    if (h->short_at == 0 || now - h->short_at > SHORTAGE_QUIET_MS)
        log_warning("cannot probe: %s; this is our own, so such probes do not count", error);
    h->short_at = now;
}

/* Was the loop away for so long that a failure, mostly a timeout then, says more about us? */
static bool was_away(struct health *h, const struct ask *a)
{
    const struct probe_spec *spec = &a->spec->is;
    const dur_ms_t limit =
        spec->interval_ms < spec->timeout_ms ? spec->interval_ms : spec->timeout_ms;

    if (h->presence.lag_ms - a->lag_ms <= limit)
        return false;
    if (h->told_lag_ms != h->presence.lag_ms) {
        char text[DUR_TEXT];
        log_warning(
            "the control loop stood still for %s: failures of probes under way then do not count",
            dur_print(h->presence.lag_ms - a->lag_ms, text));
        h->told_lag_ms = h->presence.lag_ms;
        h->lags++;
    }
    return true;
}

/* What is shown of the last probe, counted or not. */
static void note_result(struct target *t, enum probe_outcome outcome, const char *text)
{
    t->last_is_good = outcome == PROBE_GOOD;
    free(t->last_text);
    t->last_text = text != NULL ? xstrdup(text) : NULL;
}

static void log_result(const struct target *t)
{
    char addr[IPADDR_TEXT];

    log_debug("probe %s of %s: %s, %lldms", t->spec->is.name,
              t->dest.host != NULL ? t->dest.host : ipaddr_print(&t->dest.addr, addr),
              t->last_text != NULL ? t->last_text : "good", (long long)t->last_ms);
}

static void take_outcome(const struct ask *a, struct target *t, enum probe_outcome outcome,
                         mono_ms_t now)
{
    switch (outcome) {
    case PROBE_GOOD: judge_result(&t->health->judge, t, true, now); return;
    case PROBE_BAD:
        if (!was_away(t->health, a))
            judge_result(&t->health->judge, t, false, now);
        return;
    case PROBE_OURS: tell_shortage(t->health, t->last_text, now); return;
    case PROBE_SILENT: return;
    case PROBE_UNKNOWN: judge_silence(&t->health->judge, t, now); return;
    }
    abort();
}

static void on_done(struct run *r, enum probe_outcome outcome, const char *text)
{
    struct ask *a = r->data;
    struct target *t = a->target;
    struct health *h = a->health;
    const mono_ms_t now = mono_ms();

    health_look(h, now);
    schedule_ended(&h->schedule, &t->slot);
    a->target = NULL;
    if (t->state == TARGET_CLOSING) {
        target_free(t);
        t = NULL;
    } else {
        t->state = TARGET_SCHEDULED;
        t->ask = NULL;
        schedule_return(&h->schedule, &t->slot, now - a->started >= a->spec->is.timeout_ms, now);
        const bool is_stale = a->spec != t->spec; /* what was asked is not what is meant now */
        if (!is_stale) {
            t->last_at = now;
            t->last_ms = now - a->started;
            note_result(t, outcome, text);
            log_result(t);
            take_outcome(a, t, outcome, now);
        }
    }
    if (a->done != NULL) {
        h->asked_now--;
        a->done(a->arg, t);
    }
    health_start_due(h);
}

static void on_gone(struct run *r)
{
    struct ask *a = r->data;
    struct health *h = a->health;

    spec_unref(a->spec);
    free(a);
    health_ask_gone(h);
}


/* --- Starts. --- */

struct ask *ask_start(struct target *t, mono_ms_t now)
{
    struct health *h = t->health;
    struct ask *a = xcalloc(1, sizeof(*a));
    const enum probe_kind kind = t->spec->is.kind;

    a->health = h;
    a->target = t;
    a->spec = spec_ref(t->spec);
    a->started = now;
    a->lag_ms = h->presence.lag_ms;
    a->run = (struct run){
        .ops = kinds_ops(kind),
        .probe = {.loop = h->loop,
                  .kinds = h->kinds,
                  .presence = &h->presence,
                  .shared = kinds_shared(h->kinds, kind),
                  .spec = &a->spec->is,
                  .dest = &t->dest},
        .done = on_done,
        .gone = on_gone,
        .data = a,
    };
    t->state = TARGET_RUNNING;
    t->ask = a;
    h->asks++;
    run_start(&a->run);
    return a;
}
