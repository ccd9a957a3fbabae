/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/publish.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/xalloc.h"

struct waiter {
    uint64_t generation;
    void (*live)(void *arg);
    void *arg;
};

struct publisher {
    uv_async_t swapped;
    struct worker *const *workers; /* borrowed */
    size_t n_workers;
    uint64_t generation;
    struct snapshot **snaps; /* not freed yet, oldest first; each with one reference of ours */
    size_t n_snaps;
    struct waiter *waiters; /* by generation, lowest first */
    size_t n_waiters;
    void (*closed)(void *arg);
    void *closed_arg;
};

/* Free what no worker and no mailbox refers to any more; the newest stays. */
static void sweep(struct publisher *p)
{
    size_t kept = 0;

    for (size_t i = 0; i < p->n_snaps; i++) {
        const bool newest = i + 1 == p->n_snaps;
        if (newest || !snapshot_free_if_last(p->snaps[i]))
            p->snaps[kept++] = p->snaps[i];
    }
    p->n_snaps = kept;
}

uint64_t publisher_live_generation(const struct publisher *p)
{
    uint64_t oldest = p->generation;

    for (size_t i = 0; i < p->n_workers; i++) {
        const uint64_t g = worker_generation(p->workers[i]);
        if (g < oldest)
            oldest = g;
    }
    return oldest;
}

bool publisher_is_live(const struct publisher *p)
{
    return publisher_live_generation(p) >= p->generation;
}

/* Taken out before it is called: it may well ask for the next generation. */
static void wake_waiters(struct publisher *p)
{
    const uint64_t live = publisher_live_generation(p);

    while (p->n_waiters > 0 && p->waiters[0].generation <= live) {
        const struct waiter w = p->waiters[0];
        p->n_waiters--;
        for (size_t i = 0; i < p->n_waiters; i++)
            p->waiters[i] = p->waiters[i + 1];
        w.live(w.arg);
    }
}

static void on_swapped(uv_async_t *h)
{
    struct publisher *p = h->data;

    sweep(p);
    wake_waiters(p);
}

struct publisher *publisher_open(uv_loop_t *loop)
{
    struct publisher *p = xcalloc(1, sizeof(*p));

    if (uv_async_init(loop, &p->swapped, on_swapped) != 0)
        abort(); /* out of descriptors at start */
    p->swapped.data = p;
    return p;
}

static void on_closed(uv_handle_t *h)
{
    struct publisher *p = h->data;
    void (*closed)(void *arg) = p->closed;
    void *arg = p->closed_arg;

    for (size_t i = 0; i < p->n_snaps; i++)
        if (!snapshot_free_if_last(p->snaps[i]))
            abort(); /* workers have been stopped: nobody else can hold one */
    free(p->snaps);
    free(p->waiters);
    free(p);
    closed(arg);
}

void publisher_close(struct publisher *p, void (*closed)(void *arg), void *arg)
{
    for (size_t i = 0; i < p->n_waiters; i++)
        p->waiters[i].live(p->waiters[i].arg); /* they know that it stops */
    p->n_waiters = 0;
    p->closed = closed;
    p->closed_arg = arg;
    uv_close((uv_handle_t *)&p->swapped, on_closed);
}

void publisher_set_workers(struct publisher *p, struct worker *const *workers, size_t n)
{
    p->workers = workers;
    p->n_workers = n;
}

void publisher_on_swap(void *publisher)
{
    struct publisher *p = publisher;

    uv_async_send(&p->swapped);
}

uint64_t publisher_offer(struct publisher *p, struct zonedb *zones, struct steering *steering,
                         const struct answer_opts *opts)
{
    struct snapshot *s = snapshot_new(zones, steering, opts, ++p->generation);

    p->snaps = xrealloc(p->snaps, (p->n_snaps + 1) * sizeof(*p->snaps));
    p->snaps[p->n_snaps++] = s;
    for (size_t i = 0; i < p->n_workers; i++)
        worker_offer(p->workers[i], s);
    log_debug("snapshot %ju is published", (uintmax_t)p->generation);
    sweep(p);
    return p->generation;
}

struct snapshot *publisher_newest(struct publisher *p)
{
    return p->n_snaps > 0 ? p->snaps[p->n_snaps - 1] : NULL;
}

void publisher_when_live(struct publisher *p, void (*live)(void *arg), void *arg)
{
    if (publisher_is_live(p)) {
        live(arg);
        return;
    }
    p->waiters = xrealloc(p->waiters, (p->n_waiters + 1) * sizeof(*p->waiters));
    p->waiters[p->n_waiters++] = (struct waiter){p->generation, live, arg};
}
