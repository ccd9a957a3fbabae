/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/pipeline.h"

#include <pthread.h>

#include "base/parallel.h"

struct pipeline {
    const struct pipeline_ops *ops;
    void *arg;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t moved;
    unsigned taken, handed;       /* how many, ever: slots are these modulo PIPELINE_SLOTS */
    bool is_done[PIPELINE_SLOTS]; /* the work, not yet handed on */
    bool is_taking, is_handing;   /* a thread does */
    bool is_last, is_enough;      /* nothing more to take; nothing more is wanted */
};

/* With the lock held, as the other two below; each gives it up while it works. */
static bool hand_on(struct pipeline *p)
{
    const unsigned slot = p->handed % PIPELINE_SLOTS;

    if (p->is_handing || p->handed == p->taken || !p->is_done[slot])
        return false;
    p->is_handing = true;
    const bool wanted = !p->is_enough;
    pthread_mutex_unlock(&p->lock);
    const bool more = wanted && p->ops->hand_on(p->arg, slot);
    pthread_mutex_lock(&p->lock);
    p->is_handing = false;
    p->is_done[slot] = false;
    p->handed++;
    p->is_enough |= !more;
    p->is_last |= !more;
    pthread_cond_broadcast(&p->moved);
    return true;
}

static bool take_and_work(struct pipeline *p)
{
    const unsigned slot = p->taken % PIPELINE_SLOTS;

    if (p->is_taking || p->is_last || p->taken - p->handed == PIPELINE_SLOTS)
        return false;
    p->is_taking = true;
    pthread_mutex_unlock(&p->lock);
    const bool got = p->ops->take(p->arg, slot);
    pthread_mutex_lock(&p->lock);
    p->is_taking = false;
    p->taken += got;
    p->is_last |= !got;
    pthread_cond_broadcast(&p->moved);
    if (!got)
        return true;
    pthread_mutex_unlock(&p->lock);
    p->ops->work(p->arg, slot);
    pthread_mutex_lock(&p->lock);
    p->is_done[slot] = true;
    pthread_cond_broadcast(&p->moved);
    return true;
}

static bool is_over(const struct pipeline *p)
{
    return p->is_last && !p->is_taking && p->handed == p->taken;
}

/* Handing on comes first: it is what keeps the slots from being full. */
static void run(void *arg, unsigned i)
{
    struct pipeline *p = arg;

    (void)i;
    pthread_mutex_lock(&p->lock);
    while (!is_over(p))
        if (!hand_on(p) && !take_and_work(p) && !is_over(p))
            pthread_cond_wait(&p->moved, &p->lock);
    pthread_mutex_unlock(&p->lock);
}

void pipeline_run(unsigned n, const struct pipeline_ops *ops, void *arg)
{
    struct pipeline p = {.ops = ops, .arg = arg};

    pthread_mutex_init(&p.lock, NULL);
    pthread_cond_init(&p.moved, NULL);
    parallel_run(n, run, &p);
    pthread_cond_destroy(&p.moved);
    pthread_mutex_destroy(&p.lock);
}
