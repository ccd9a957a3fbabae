/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/health.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "health/health_inside.h"
#include "health/kinds.h"
#include "health/push.h"
#include "health/spec.h"
#include "health/targets.h"

/* What operators ask beside the schedule has a limit of its own, this part of the schedule's and one,
 * or so many: a full schedule does not keep them waiting, and thousands do not open at once. */
#define ASKED_NOW_PART 4
#define ASKED_NOW_MOST 250

#define BLIND_NEVER 100 /* percent, until health_set_blind_at */

/* --- Starts. --- */

/* Shorter than that the loop is away on any busy machine: then the probes that were under way are given
 * more time, or do not count. */
#define STANDSTILL_MS 1000

void health_look(struct health *h, mono_ms_t now)
{
    const dur_ms_t away_ms = presence_show(&h->presence, slept_ms(), now);

    if (away_ms >= STANDSTILL_MS)
        judge_standstill(&h->judge, away_ms, now);
}

static void on_tick(uv_timer_t *tick)
{
    health_start_due(tick->data);
}

void health_start_due(struct health *h)
{
    const mono_ms_t now = mono_ms();

    if (h->is_closing)
        return;
    health_look(h, now);
    judge_look(&h->judge, now);
    for (struct slot *slot; (slot = schedule_take(&h->schedule, now)) != NULL;)
        ask_start(container_of(slot, struct target, slot), now);
    const dur_ms_t wait = schedule_wait(&h->schedule, now);
    presence_expect(&h->presence, wait, now);
    uv_update_time(h->loop);
    if (wait < 0)
        uv_timer_stop(&h->tick);
    else
        uv_timer_start(&h->tick, on_tick, (uint64_t)wait, 0);
}

/* Outside of the schedule, if it is not under way. */
static void start_now(struct target *t, mono_ms_t now)
{
    if (t->state != TARGET_SCHEDULED)
        return;
    schedule_take_now(&t->health->schedule, &t->slot, now);
    ask_start(t, now);
}

bool target_report(struct target *t, const struct report *r)
{
    struct health *h = t->health;

    if (t->spec->is.kind != PROBE_PUSH)
        return false;
    push_put(kinds_shared(h->kinds, PROBE_PUSH), t->spec->is.name, &t->dest, r);
    start_now(t, r->at);
    health_start_due(h);
    return true;
}

bool target_probe_now(struct target *t, void (*done)(void *arg, struct target *t), void *arg)
{
    struct health *h = t->health;
    const mono_ms_t now = mono_ms();

    if (t->state != TARGET_SCHEDULED || h->asked_now > h->opts.max_in_flight / ASKED_NOW_PART ||
        h->asked_now >= ASKED_NOW_MOST)
        return false;
    h->asked_now++;
    schedule_take_now(&h->schedule, &t->slot, now);
    struct ask *a = ask_start(t, now);
    a->done = done;
    a->arg = arg;
    health_start_due(h);
    return true;
}


/* Look at once at what may have changed; what runs already looks when it ends. */
static void on_news(void *arg, enum probe_kind kind)
{
    struct health *h = arg;
    const mono_ms_t now = mono_ms();

    if (h->is_closing)
        return;
    for (struct target *t = NULL; (t = health_next(h, t)) != NULL;)
        if (t->spec->is.kind == kind)
            start_now(t, now);
    health_start_due(h);
}


/* --- Targets. --- */

static struct target *new_target(struct health *h, uint64_t hash, struct spec *spec,
                                 const struct probe_dest *dest)
{
    struct target *t = xcalloc(1, sizeof(*t));
    const mono_ms_t now = mono_ms();

    t->health = h;
    t->hash = hash;
    t->spec = spec;
    t->dest.addr = dest->addr;
    t->dest.host = dest->host != NULL ? xstrdup(dest->host) : NULL;
    t->since = now;
    t->state = TARGET_SCHEDULED;
    schedule_join(&h->schedule, &t->slot, spec->is.interval_ms, now);
    targets_add(&h->judge.targets, t);
    sight_add(&h->judge.sight, &t->seen);
    sight_told(&h->judge.sight, &t->seen, probe_is_told(spec->is.kind));
    return t;
}

/* Takes the reference to spec.  A probe that is under way by the old one will not count. */
static void replace_spec(struct target *t, struct spec *spec)
{
    struct health *h = t->health;

    if (t->spec->is.asks != spec->is.asks)
        track_fini(&t->track); /* it was about another question */
    spec_unref(t->spec);
    t->spec = spec;
    sight_told(&h->judge.sight, &t->seen, probe_is_told(spec->is.kind));
    if (t->slot.interval_ms != spec->is.interval_ms)
        schedule_change(&h->schedule, &t->slot, spec->is.interval_ms, mono_ms());
}

struct target *health_target(struct health *h, const struct probe_spec *spec,
                             const struct probe_dest *dest)
{
    const uint64_t hash = targets_hash(spec->name, dest, h->opts.seed);
    struct target *t = targets_find(&h->judge.targets, hash, spec->name, dest);
    struct spec *shared = spec_share(&h->specs, spec);

    if (t != NULL)
        replace_spec(t, shared);
    else
        t = new_target(h, hash, shared, dest);
    t->refs++;
    health_start_due(h);
    return t;
}

/* Nobody wants to know of it any more. */
static void drop_target(struct target *t)
{
    struct health *h = t->health;

    targets_remove(&h->judge.targets, t);
    sight_remove(&h->judge.sight, &t->seen);
    schedule_leave(&h->schedule, &t->slot);
    if (t->state == TARGET_RUNNING) {
        t->state = TARGET_CLOSING;
        run_cancel(&t->ask->run);
    } else {
        target_free(t);
    }
}

struct target *health_find(const struct health *h, const char *probe, const struct probe_dest *dest)
{
    return targets_find(&h->judge.targets, targets_hash(probe, dest, h->opts.seed), probe, dest);
}

void target_unref(struct target *t)
{
    assert(t->refs > 0);
    if (--t->refs == 0)
        drop_target(t);
}

void target_status(const struct target *t, struct target_status *out)
{
    *out = (struct target_status){
        .spec = &t->spec->is,
        .dest = &t->dest,
        .verdict = (enum verdict_state)t->verdict.state,
        .damping = &t->damping,
        .suspect = judge_is_suspect(t),
        .since = t->since,
        .probes = t->probes,
        .failures = t->failures,
        .last_at = t->last_at,
        .last_ms = t->last_ms,
        .last_error = t->last_is_good ? NULL : t->last_text,
        .last_said = t->last_is_good ? t->last_text : NULL,
        .streak = verdict_streak(&t->verdict),
    };
}

void target_serves(struct target *t, uint64_t regions, bool is_reference)
{
    sight_change(&t->health->judge.sight, &t->seen, regions, is_reference);
}

void health_set_blind_at(struct health *h, unsigned percent)
{
    h->judge.sight.at_percent = percent;
}

struct health_sight health_sight(const struct health *h)
{
    return (struct health_sight){.is_blind = h->judge.sight.is_blind,
                                 .since = h->judge.sight.since,
                                 .targets = h->judge.sight.n,
                                 .dark = h->judge.sight.n_dark,
                                 .dark_regions = sight_dark_regions(&h->judge.sight),
                                 .references = h->judge.sight.n_references,
                                 .stood_ms = h->judge.sight.stood_ms,
                                 .times = h->judge.sight.times,
                                 .lags = h->lags};
}

void target_set_data(struct target *t, void *data)
{
    t->data = data;
}

void *target_data(const struct target *t)
{
    return t->data;
}

struct health_load health_load(const struct health *h, mono_ms_t now)
{
    return (struct health_load){.targets = h->judge.targets.n,
                                .running = h->schedule.running,
                                .late_ms = lateness_worst(&h->schedule.late, now)};
}

struct target *health_next(const struct health *h, const struct target *t)
{
    return targets_next(&h->judge.targets, t);
}


/* --- Open and close. --- */

struct health *health_open(uv_loop_t *loop, const struct health_opts *opts)
{
    struct health *h = xcalloc(1, sizeof(*h));

    h->opts = *opts;
    h->loop = loop;
    h->judge.sight.at_percent = BLIND_NEVER;
    h->judge.on_change = opts->on_change;
    h->judge.on_sight = opts->on_sight;
    h->judge.arg = opts->arg;
    schedule_init(&h->schedule, opts->max_in_flight, opts->seed);
    presence_init(&h->presence, slept_ms());
    list_init(&h->specs);
    uv_timer_init(loop, &h->tick);
    h->tick.data = h;
    h->kinds = kinds_open(
        &(struct kinds_opts){.loop = loop, .on_news = on_news, .arg = h, .exec = opts->exec});
    return h;
}

static void on_part_closed(void *arg)
{
    struct health *h = arg;

    if (--h->parts > 0)
        return;
    schedule_fini(&h->schedule);
    targets_fini(&h->judge.targets);
    h->closed(h->closed_arg);
    free(h);
}

static void on_tick_closed(uv_handle_t *tick)
{
    on_part_closed(tick->data);
}

/* The asks are gone, so nothing uses the kinds any more. */
static void close_parts(struct health *h)
{
    h->parts = 2;
    kinds_close(h->kinds, on_part_closed, h);
    uv_close((uv_handle_t *)&h->tick, on_tick_closed);
}

void health_ask_gone(struct health *h)
{
    if (--h->asks == 0 && h->is_closing)
        close_parts(h);
}

void health_close(struct health *h, void (*closed)(void *arg), void *arg)
{
    struct target *next;

    h->is_closing = true;
    h->closed = closed;
    h->closed_arg = arg;
    for (struct target *t = health_next(h, NULL); t != NULL; t = next) {
        next = health_next(h, t);
        drop_target(t);
    }
    if (h->asks == 0)
        close_parts(h);
}
