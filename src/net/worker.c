/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/worker.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "answer/ratelimit.h"
#include "base/xalloc.h"
#include "net/worker_inside.h"

void worker_offer(struct worker *w, struct snapshot *s)
{
    snapshot_unref(atomic_exchange(&w->mailbox, snapshot_ref(s)));
    uv_async_send(&w->wake);
}

static void take_snapshot(struct worker *w, struct snapshot *next)
{
    snapshot_unref(w->snap); /* never the last reference: control frees */
    w->snap = next;
    atomic_store(&w->generation, next->generation);
    w->on_swap(w->arg);
}

static void close_all(struct worker *w)
{
    for (size_t i = 0; i < w->n; i++)
        udp_stop(w->udp, i);
    tcp_stop(w->tcp);
    uv_close((uv_handle_t *)&w->wake, NULL);
}

/* Between packets: nobody holds a pointer into w->snap here. */
static void on_wake(uv_async_t *h)
{
    struct worker *w = h->data;
    struct snapshot *next = atomic_exchange(&w->mailbox, NULL);

    if (next != NULL)
        take_snapshot(w, next);
    if (atomic_load(&w->stop))
        close_all(w);
}

static void *run(void *arg)
{
    struct worker *w = arg;

    uv_run(&w->loop, UV_RUN_DEFAULT); /* until close_all has closed every handle */
    return NULL;
}

static bool start_sockets(struct worker *w, const struct worker_opts *opts, struct err *err)
{
    for (size_t i = 0; i < opts->n; i++) {
        struct listen_pair *p = &opts->pairs[i];
        int rc = udp_start(w->udp, i, w, p);
        p->udp = -1;
        if (rc == 0) {
            rc = tcp_start(w->tcp, i, p);
            p->tcp = -1;
        }
        w->n = i + 1;
        if (rc != 0) {
            err_add(err, "cannot serve on a socket: %s", uv_strerror(rc));
            return false;
        }
    }
    return true;
}

/* Signals are control's: a worker that took SIGTERM would end a recvmmsg for nothing. */
static bool start_thread(struct worker *w, struct err *err)
{
    sigset_t all, old;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    const int rc = pthread_create(&w->thread, NULL, run, w);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (rc != 0)
        err_add(err, "cannot start a thread: %s", uv_strerror(-rc));
    return rc == 0;
}

static void worker_free(struct worker *w)
{
    const int rc = uv_loop_close(&w->loop);

    assert(rc == 0);
    (void)rc;
    snapshot_unref(w->snap);
    snapshot_unref(atomic_load(&w->mailbox));
    udp_batch_free(w->batch);
    udp_sockets_free(w->udp);
    tcp_server_free(w->tcp);
    ratelimit_free(w->limit);
    free(w);
}

static struct ratelimit *new_limit(void)
{
    uint64_t seed;

    if (uv_random(NULL, NULL, &seed, sizeof(seed), 0, NULL) != 0)
        abort(); /* a system without randomness at start */
    return ratelimit_new(seed);
}

struct worker *worker_start(const struct worker_opts *opts, struct err *err)
{
    struct worker *w = xaligned(_Alignof(struct worker), sizeof(*w));

    *w = (struct worker){.snap = snapshot_ref(opts->first),
                         .on_swap = opts->on_swap,
                         .arg = opts->arg,
                         .limit = new_limit(),
                         .proxies = opts->proxies,
                         .udp = udp_sockets_new(opts->n)};
    w->batch = udp_batch_new(w->limit);
    atomic_init(&w->generation, opts->first->generation);
    if (uv_loop_init(&w->loop) != 0 || uv_async_init(&w->loop, &w->wake, on_wake) != 0 ||
        tcp_server_new(w, opts->n, &opts->tcp) != 0)
        abort(); /* out of descriptors or memory at start: nothing to go on with */
    w->wake.data = w;
    if (start_sockets(w, opts, err) && start_thread(w, err))
        return w;
    close_all(w);
    run(w);
    worker_free(w);
    return NULL;
}

bool worker_believes(const struct worker *w, const struct ipaddr *proxy)
{
    for (size_t i = 0; i < w->proxies.n; i++)
        if (prefix_contains(&w->proxies.from[i], proxy))
            return true;
    return false;
}

uint64_t worker_generation(const struct worker *w)
{
    return atomic_load(&w->generation);
}

const struct stats *worker_stats(const struct worker *w)
{
    return &w->stats;
}

void worker_stop(struct worker *w)
{
    atomic_store(&w->stop, true);
    uv_async_send(&w->wake);
    pthread_join(w->thread, NULL);
    worker_free(w);
}
