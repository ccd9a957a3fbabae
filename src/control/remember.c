/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/remember.h"

#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "control/atomicfile.h"

/* What falls together is written together; shorter than anybody takes to kill and start a server. */
#define GATHER_MS 50
/* Between the starts of two writes: an fsync a second is what any disk has left. */
#define SPACING_MS 1000

struct waiter {
    struct waiter *next;
    void (*done)(void *arg, const char *problem);
    void *arg;
};

struct remember {
    uv_loop_t *loop;
    struct remember_opts opts;
    char *folder;
    uv_timer_t timer;
    mono_ms_t wrote_at;   /* the start of the last write */
    struct waiter *asked; /* who waits for the next write */
    void *last;           /* collected to be written before it closes; NULL: none */
    bool closing, failed;

    uv_work_t work;
    bool busy;
    /* the thread pool's while it works */
    void *collected;
    struct waiter *writing; /* who waits for this one */
    struct err err;
};

static void start_write(struct remember *r, void *collected);
static void write_in(struct remember *r, dur_ms_t wait_ms);

/* ---- thread pool ---- */

static void write_file(uv_work_t *work)
{
    struct remember *r = container_of(work, struct remember, work);
    char *text = r->opts.print(r->collected);

    atomicfile_write(r->folder, r->opts.file, text, strlen(text), &r->err);
    free(text);
}

/* ---- control thread ---- */

static void on_timer(uv_timer_t *timer)
{
    struct remember *r = timer->data;

    if (r->busy)
        write_in(r, GATHER_MS);
    else
        start_write(r, r->opts.collect(r->opts.arg));
}

static void write_in(struct remember *r, dur_ms_t wait_ms)
{
    if (!r->closing)
        uv_timer_start(&r->timer, on_timer, (uint64_t)wait_ms, (uint64_t)r->opts.refresh_ms);
}

static void on_timer_closed(uv_handle_t *timer)
{
    struct remember *r = timer->data;

    free(r->folder);
    free(r);
}

static void tell(struct remember *r, const char *problem)
{
    struct waiter *w = r->writing;

    r->writing = NULL;
    while (w != NULL) {
        struct waiter *next = w->next;
        w->done(w->arg, problem);
        free(w);
        w = next;
    }
}

/* One line when it begins to fail, one when it works again. */
static void log_outcome(struct remember *r, const char *problem)
{
    if (problem != NULL && !r->failed)
        log_error("%s; %s", problem, r->opts.loss);
    else if (problem == NULL && r->failed)
        log_info("%s/%s can be written again", r->folder, r->opts.file);
    r->failed = problem != NULL;
}

static void go_on(struct remember *r)
{
    void *last = r->last;

    r->last = NULL;
    if (last != NULL)
        start_write(r, last);
    else if (r->closing)
        uv_close((uv_handle_t *)&r->timer, on_timer_closed);
    else if (r->asked != NULL)
        start_write(r, r->opts.collect(r->opts.arg));
}

static void on_written(uv_work_t *work, int status)
{
    struct remember *r = container_of(work, struct remember, work);
    struct err err = r->err;
    const char *problem = err.errors > 0 ? err.items[0].text : NULL;

    r->err = (struct err){0};
    r->busy = false;
    log_outcome(r, problem);
    r->opts.release(r->collected);
    r->collected = NULL;
    tell(r, problem);
    err_fini(&err);
    if (!r->busy)
        go_on(r);
}

static void start_write(struct remember *r, void *collected)
{
    r->busy = true;
    r->wrote_at = mono_ms();
    r->collected = collected;
    r->writing = r->asked;
    r->asked = NULL;
    write_in(r, r->opts.refresh_ms);
    uv_queue_work(r->loop, &r->work, write_file, on_written);
}

struct remember *remember_open(uv_loop_t *loop, const struct remember_opts *opts)
{
    struct remember *r = xcalloc(1, sizeof(*r));

    r->loop = loop;
    r->opts = *opts;
    r->opts.folder = r->folder = xstrdup(opts->folder);
    r->wrote_at = mono_ms() - SPACING_MS;
    uv_timer_init(loop, &r->timer);
    r->timer.data = r;
    write_in(r, opts->refresh_ms);
    return r;
}

/* Sooner than it is due anyway, but not too soon after the last. */
void remember_soon(struct remember *r)
{
    const dur_ms_t since_ms = mono_ms() - r->wrote_at;
    const dur_ms_t wait_ms = since_ms < SPACING_MS ? SPACING_MS - since_ms : GATHER_MS;

    if (uv_timer_get_due_in(&r->timer) > (uint64_t)wait_ms)
        write_in(r, wait_ms);
}

void remember_now(struct remember *r, void (*done)(void *arg, const char *problem), void *arg)
{
    struct waiter *w = xcalloc(1, sizeof(*w));

    w->done = done;
    w->arg = arg;
    w->next = r->asked;
    r->asked = w;
    if (!r->busy)
        start_write(r, r->opts.collect(r->opts.arg));
}

void remember_close(struct remember *r)
{
    if (r == NULL)
        return;
    r->closing = true;
    uv_timer_stop(&r->timer);
    r->last = r->opts.collect(r->opts.arg);
    if (!r->busy)
        go_on(r);
}
