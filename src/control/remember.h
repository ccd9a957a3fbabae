/*
 * Keeps a file of the state folder as it is known: written whole, on the thread pool, soon after
 * something that matters, at most once a second, and every so often so that it does not get old.
 *
 * Control thread; the disk is the thread pool's.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <uv.h>

#include "base/clock.h"

struct remember;

struct remember_opts {
    const char *folder; /* copied */
    const char *file;   /* its name; a literal, as is the next */
    const char *loss;   /* what it means that it cannot be written: "a restart will not know …" */
    dur_ms_t refresh_ms;
    void *(*collect)(void *arg); /* what there is to write now */
    void *arg;
    char *(*print)(const void *collected); /* as text, owned; thread pool */
    void (*release)(void *collected);
};

/* Returns owned. */
struct remember *remember_open(uv_loop_t *loop, const struct remember_opts *opts);

/* Something changed. */
void remember_soon(struct remember *r);
/* As it is now, at once: done, on the loop, when that is on disk; problem: why it is not, or NULL.  Not
 * once it closes. */
void remember_now(struct remember *r, void (*done)(void *arg, const char *problem), void *arg);

/* Collects at once and writes that, so the loop must run on; NULL is fine. */
void remember_close(struct remember *r);
