/*
 * Publishing: offers each new snapshot to all workers, learns when every one of them answers by
 * it, and frees the old ones only then.
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <uv.h>

#include "data/snapshot.h"
#include "net/worker.h"

struct publisher;

struct publisher *publisher_open(uv_loop_t *loop);
/* Workers must have been stopped; who still waits for them is called; closed(arg) runs on the loop. */
void publisher_close(struct publisher *p, void (*closed)(void *arg), void *arg);

/* Workers are started with the publisher's newest snapshot and publisher_on_swap/p as their on_swap. */
void publisher_set_workers(struct publisher *p, struct worker *const *workers, size_t n);
void publisher_on_swap(void *publisher); /* any thread */

/* Make a snapshot of the two (their references are taken) and offer it.  Returns its generation. */
uint64_t publisher_offer(struct publisher *p, struct zonedb *zones, struct steering *steering,
                         const struct answer_opts *opts);
struct snapshot *publisher_newest(struct publisher *p); /* borrowed; NULL before the first offer */

/* Call live(arg) once, on the loop, when every worker answers by the newest snapshot; at once if so. */
void publisher_when_live(struct publisher *p, void (*live)(void *arg), void *arg);
bool publisher_is_live(const struct publisher *p);
uint64_t publisher_live_generation(const struct publisher *p); /* the oldest that a worker runs */
