/*
 * Work that comes one after another, is done on all processors at once, and is handed on in the order
 * in which it came.
 *
 * Any thread may call; it takes part.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>

#define PIPELINE_SLOTS 8 /* taken and not handed on: as much is in memory at once */

struct pipeline_ops {
    /* Fill a slot with what comes next; false: nothing does.  Never two at once. */
    bool (*take)(void *arg, unsigned slot);
    /* Work on it; several slots at once, on any thread. */
    void (*work)(void *arg, unsigned slot);
    /* Hand it on, in the order of taking; false: enough, no more is wanted.  Never two at once. */
    bool (*hand_on)(void *arg, unsigned slot);
};

/* Run to the end with at most n threads, 1..PARALLEL_MAX.  Slots are 0..PIPELINE_SLOTS-1, the caller's. */
void pipeline_run(unsigned n, const struct pipeline_ops *ops, void *arg);
