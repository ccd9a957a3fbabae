/*
 * The control side as a whole: what is in force, and the few operations that change it.  One
 * instance, one thread, one libuv loop.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <uv.h>

#include "control/cookies.h"
#include "control/drains.h"
#include "control/generation.h"
#include "control/journal.h"
#include "control/publish.h"
#include "control/references.h"
#include "control/remember.h"
#include "control/state.h"
#include "health/health.h"

struct adoption;
struct commands;

struct control {
    uv_loop_t *loop;
    char *config_path;
    struct state *state;       /* borrowed */
    struct goodzones *good;    /* the one reload that is under way uses it, on the thread pool */
    struct generation *now;    /* in force; NULL only while it starts and stops */
    struct adoption *adoption; /* of the next one; NULL: none is under way */
    struct health *health;
    struct references references; /* of its, that no pool has */
    struct publisher *publisher;
    struct drains *drains;
    struct remember *remember; /* verdicts; keep.h */
    struct remember *histories;
    struct cookies *cookies;
    struct journal *journal;       /* NULL: it could not be opened */
    struct commands *commands;     /* the control socket and what is under way on it; NULL: none */
    struct worker *const *workers; /* borrowed, n_workers */
    size_t n_workers;
    struct endpoint_addr *bound; /* n_bound: where it listens, port 0 has become a real one */
    size_t n_bound;
    size_t copies_lost; /* last good copies of the generation in force that could not be written */
    size_t zones_read;  /* by the last reload that was not refused */
    size_t n_unbound;   /* addresses of the configuration that could not be had at start */
    mono_ms_t started_at;
    struct steering *published; /* borrowed from the newest snapshot, to see what is new */
    mono_ms_t published_at;     /* when a snapshot was last offered */
    uv_timer_t publish_timer;   /* changes gather */
    uv_timer_t step_timer;      /* the next TTL grows */
    void (*on_change)(void *arg);
    void *on_change_arg;
    void (*stop_workers)(void *arg); /* main's: they are stopped when it returns */
    void *stop_workers_arg;
    bool reloading, stopping;
};

struct exechelper;

struct control_opts {
    uv_loop_t *loop;
    const char *config_path;
    struct sources *files; /* the configuration, read; taken */
    struct state *state;   /* borrowed */
    const struct endpoint_addr *bound;
    size_t n_bound, n_unbound;
    unsigned probes_max;           /* under way at once, each a descriptor */
    const struct exechelper *exec; /* for exec probes, or NULL; borrowed */
};

/*
 * Read everything, leniently (proximad(8)), and make the first snapshot.  Blocks: before the
 * loop runs.  NULL and an error if nothing can be answered from it.  Returns owned.
 */
struct control *control_open(const struct control_opts *opts, struct err *err);

/* Workers answer from the first snapshot; from now on they get the next ones. */
void control_set_workers(struct control *c, struct worker *const *workers, size_t n,
                         void (*stop_workers)(void *arg), void *arg);
/* What was read at start becomes the last good copies; the disk may take its time, while workers
 * answer already.  Blocks: before the loop runs. */
void control_commit(struct control *c);
/* Open the control socket.  False and an error: the server goes on without, and is not ready. */
bool control_listen(struct control *c, struct err *err);

/* ---- operations ---- */

/* The end of one that takes a while: err holds errors if it was refused, and warnings either way. */
typedef void (*control_done_fn)(void *arg, const struct err *err);

/*
 * Read everything anew (zone NULL) or one zone (its apex, wire), on the thread pool; all or
 * nothing.  Without a zone those are not read whose files did not change (zone_source_is_current), unless
 * `all` says so.  done runs when every worker answers by it, or when it was refused.  One at a time: a
 * second call while one runs is refused at once.
 */
void control_reload(struct control *c, const uint8_t *zone, bool all, control_done_fn done,
                    void *arg);

/* Put a generation in force whose plan is attached: takes g, frees the one before (adopt.h). */
void control_adopt(struct control *c, struct generation *g);

/* Drains changed: every pool is looked at, and it is published now. */
void control_drains_changed(struct control *c);

/* Verdicts or TTLs changed: render and publish, now, or when the loop comes round but no
 * sooner than 10 ms after the last time. */
void control_publish_now(struct control *c);
void control_publish_soon(struct control *c);

/* Call fn whenever a region's state may have changed and every worker answers by it (`wait`). */
void control_on_change(struct control *c, void (*fn)(void *arg), void *arg);

/* All is fresh and every worker answers by it.  why: NULL, or out, owned: what is not. */
bool control_ready(const struct control *c, char **why);

/* Begin to end, in order; the loop runs dry when all is closed. */
void control_stop(struct control *c);
void control_free(struct control *c); /* after the loop has run dry */

/* reload.c ends with this: a stop that waited for it goes on. */
void control_reload_over(struct control *c);
