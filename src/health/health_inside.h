/*
 * The inside of the prober, shared by the files that keep its targets and that ask them.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "base/list.h"
#include "health/health.h"
#include "health/judge.h"
#include "health/presence.h"
#include "health/run.h"
#include "health/schedule.h"

struct health {
    struct health_opts opts;
    uv_loop_t *loop;
    uv_timer_t tick;
    struct schedule schedule;
    struct presence presence; /* of the loop */
    struct list specs;        /* in use */
    struct kinds *kinds;
    unsigned asks;        /* not gone yet */
    unsigned asked_now;   /* under way for target_probe_now */
    mono_ms_t short_at;   /* when the system last had no means for a probe */
    dur_ms_t told_lag_ms; /* what the log knows of the loop's lag */
    uint64_t lags;
    struct judge judge;

    bool is_closing;
    unsigned parts; /* to close: tick and kinds */
    void (*closed)(void *arg);
    void *closed_arg;
};

/* One probe of a target, from its start until nothing refers to it. */
struct ask {
    struct run run;
    struct health *health;
    struct target *target; /* NULL once the result is in */
    struct spec *spec;     /* referenced: the target's as it was */
    mono_ms_t started;
    dur_ms_t lag_ms; /* of the loop, then */
    /* target_probe_now's, or NULL */
    void (*done)(void *arg, struct target *t);
    void *arg;
};

/* ask.c: the target's slot has been taken from the schedule.  Borrowed; goes by itself. */
struct ask *ask_start(struct target *t, mono_ms_t now);

/* health.c: the loop runs; it may have been away. */
void health_look(struct health *h, mono_ms_t now);
/* Start what is due and see when to look again.  Called whenever the schedule changed. */
void health_start_due(struct health *h);
/* An ask is gone, of those counted in `asks`. */
void health_ask_gone(struct health *h);
