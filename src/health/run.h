/*
 * One probe under way, whatever its kind: resolve the endpoint's name if it has one, let the kind
 * ask, keep the time limit over both.
 *
 *   run_start ──┬─► resolve ─► kind ──► done ──► gone
 *               └─ address ────┘ ▲
 *                  limit, cancel ┘
 *
 * Time in which the loop was not there to see the answer (presence.h) is no time of the endpoint's: the
 * limit is put off by it, by as much again at most.
 *
 * Control thread, on its loop.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <uv.h>

#include "health/probe_ops.h"

struct run {
    /* Set by the caller, which owns the memory until gone. */
    const struct probe_ops *ops;
    struct probe probe; /* loop, shared, presence, spec, dest */
    /* Once; never from inside run_start or run_cancel.  text: as of struct probe; borrowed. */
    void (*done)(struct run *r, enum probe_outcome outcome, const char *text);
    /* After done, when nothing refers to the run any more.  It can be later: getaddrinfo(3) cannot
     * be stopped, but nobody needs to wait for it. */
    void (*gone)(struct run *r);
    void *data;

    /* The run's own. */
    uv_timer_t limit;
    uv_getaddrinfo_t resolving;
    char *error;                /* what it ends with when `limit` runs out; NULL: a timeout */
    enum probe_outcome outcome; /* with error */
    dur_ms_t lag_ms;            /* of the loop, when it began */
    dur_ms_t put_off_ms;        /* the limit, for the lag since */
    unsigned holds;             /* what still refers to it: limit, resolving, the kind */
    bool is_resolving, is_asking, is_late, is_done;
};

/* Begin.  The fields above are set, the rest is zero. */
void run_start(struct run *r);
/* Give up at the loop's next turn; done comes as always. */
void run_cancel(struct run *r);
