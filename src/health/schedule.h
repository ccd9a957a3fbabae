/*
 * When to probe what: each slot at its own phase of its interval, so that ten thousand endpoints
 * spread over it; no more than so many at once.
 *
 *   12:00:00.000       .500      12:00:01.000       .500
 *   ├──────●────────────┼──────────────●────────────┼───   a slot of interval 1 s, phase 250 ms
 *
 * Time is an argument, nothing here waits or asks a clock.  The slots are the caller's, embedded
 * in what is probed.  Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "health/lateness.h"

struct slot {
    mono_ms_t due;        /* when it starts next, on its grid */
    dur_ms_t interval_ms; /* start to start */
    uint64_t phase;       /* any number, well mixed; modulo the interval */
    size_t place;         /* in the heap, from 1; 0: not in it */
    mono_ms_t idle_since; /* its last probe's end: until then its start was not ours to keep */
};

struct schedule {
    struct slot **heap; /* heap[1..n], the earliest due first; borrowed */
    size_t n;
    unsigned running, max_running; /* probes under way; how many may be */
    struct lateness late;          /* of starts */
};

/* While probes are under way the loop shows itself this often.  Shorter costs wake-ups; lag is
 * measured to within it, so it must be well below any sensible timeout. */
#define SCHEDULE_BEAT_MS 50

void schedule_init(struct schedule *s, unsigned max_running);
void schedule_fini(struct schedule *s);

/* Make a slot that is not in due at its phase of the interval, both set, within one after now. */
void slot_aim(struct slot *slot, mono_ms_t now);
/* Put in a slot, at its due. */
void schedule_add(struct schedule *s, struct slot *slot);
/* Take out a slot that is in. */
void schedule_remove(struct schedule *s, struct slot *slot);

/*
 * The slot to start now, taken out and counted as running; NULL: none is due, or no more may run.
 * What is due longest comes first, so those over the limit queue in order.
 */
struct slot *schedule_take(struct schedule *s, mono_ms_t now);
/* Start a slot that is in at once, whatever is due or running; its next regular start stays. */
void schedule_take_now(struct schedule *s, struct slot *slot, mono_ms_t now);

/* One that was taken has ended. */
void schedule_ended(struct schedule *s, mono_ms_t now);
/* Put it back, due next on its grid; at once if it ran into its next start.  Starts that were
 * missed beyond that are not made up for. */
void schedule_return(struct schedule *s, struct slot *slot, mono_ms_t now);

/* How long until schedule_take has something, or the loop is to show itself (presence.h); -1: nothing to
 * wait for. */
dur_ms_t schedule_wait(const struct schedule *s, mono_ms_t now);
