/*
 * Keeps health.json in the state folder: written whole, on the thread pool, soon after something
 * that matters, at most once a second, and once a minute so that it does not get old.
 *
 * Control thread; the disk is the thread pool's.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <uv.h>

#include "control/memory.h"

#define REMEMBER_FILE "health.json"

struct remember;

/* collect: what there is to write now, owned by the caller.  folder is copied.  Returns owned. */
struct remember *remember_open(uv_loop_t *loop, const char *folder,
                               struct memory *(*collect)(void *arg), void *arg);

/* Something changed. */
void remember_soon(struct remember *r);
/* As it is now, at once: done, on the loop, when that is on disk; problem: why it is not, or NULL.  Not
 * once it closes. */
void remember_now(struct remember *r, void (*done)(void *arg, const char *problem), void *arg);

/* Collects at once and writes that, so the loop must run on; NULL is fine. */
void remember_close(struct remember *r);

/* What an earlier server left there; NULL without an error: nothing.  Blocks: for start.  Returns
 * owned. */
struct recall *remember_read(const char *folder, struct err *err);
