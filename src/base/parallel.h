/*
 * Work for all processors at once: for builders that would keep one busy for a while.
 *
 * Any thread may call; what fn touches is the caller's to keep apart.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#define PARALLEL_MAX 16 /* threads; each may need memory of its own */

/* Processors, at most PARALLEL_MAX. */
unsigned parallel_threads(void);

/*
 * Call fn(arg, i) for each i below n (at most PARALLEL_MAX), each on a thread of its own, 0 on the
 * caller's; returns when all have.  Where the system has no more threads, the caller's does what is
 * left, so fn must not wait for another.
 */
void parallel_run(unsigned n, void (*fn)(void *arg, unsigned i), void *arg);
