/*
 * When to probe what: each slot at its own phase of its interval, so that ten thousand endpoints
 * spread over it (phases.h); no more than so many at once.
 *
 *   12:00:00.000       .500      12:00:01.000       .500
 *   ├──────●────────────┼──────────────●────────────┼───   a slot of interval 1 s, phase 250 ms
 *
 * Time is an argument, nothing here waits or asks a clock.  The slots are the caller's, embedded
 * in what is probed.  Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "health/lateness.h"
#include "health/pace.h"
#include "health/phases.h"
#include "health/slotheap.h"

/* Who hung last time will most likely hang again, and waits in a lane of its own, that of the slow; some of
 * what may be under way is always left to the others. */
enum lane { LANE_PROMPT, LANE_SLOW, LANES };

struct slot {
    mono_ms_t due;        /* when it starts next, on its grid */
    dur_ms_t interval_ms; /* start to start */
    dur_ms_t phase_ms;    /* in it */
    uint32_t seat;        /* of phases.h, which gave the phase */
    enum lane lane;
    size_t place;         /* in its lane's heap, from 1; 0: not in it */
    mono_ms_t idle_since; /* its last probe's end: until then its start was not ours to keep */
};

struct schedule {
    struct phases phases;
    struct pace pace;
    struct slotheap lanes[LANES];
    unsigned running, max_running; /* probes under way; how many may be */
    unsigned slow, max_slow;       /* of these, of the slow lane */
    struct lateness late;          /* of starts */
};

/* While probes are under way the loop shows itself this often.  Shorter costs wake-ups; lag is
 * measured to within it, so it must be well below any sensible timeout. */
#define SCHEDULE_BEAT_MS 50

/* max_running: at least 1.  seed: of the phases. */
void schedule_init(struct schedule *s, unsigned max_running, uint64_t seed);
void schedule_fini(struct schedule *s);

/* Put in a new slot, all zero: it gets a phase of the interval, and is due there, within one after now. */
void schedule_join(struct schedule *s, struct slot *slot, dur_ms_t interval_ms, mono_ms_t now);
/* It goes for good, whether it is in or was taken. */
void schedule_leave(struct schedule *s, struct slot *slot);
/* Another interval, whether it is in or was taken. */
void schedule_change(struct schedule *s, struct slot *slot, dur_ms_t interval_ms, mono_ms_t now);

/*
 * The slot to start now, taken out and counted as running; NULL: none is due, no more may run, or what
 * was missed is to be spread (pace.h).  What is due longest comes first, so those over the limit queue in
 * order.
 */
struct slot *schedule_take(struct schedule *s, mono_ms_t now);
/* Start a slot that is in at once, whatever is due or running; its next regular start stays. */
void schedule_take_now(struct schedule *s, struct slot *slot, mono_ms_t now);

/* One that was taken has ended. */
void schedule_ended(struct schedule *s, const struct slot *slot);
/*
 * Put it back, due next on its grid; at once if it ran into its next start.  Starts that were missed
 * beyond that are not made up for.  hung: it took all the time that it was given.
 */
void schedule_return(struct schedule *s, struct slot *slot, bool hung, mono_ms_t now);

/* How long until schedule_take has something, or the loop is to show itself (presence.h); -1: nothing to
 * wait for. */
dur_ms_t schedule_wait(const struct schedule *s, mono_ms_t now);
