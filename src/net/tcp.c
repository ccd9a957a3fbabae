/*
 * TCP (RFC 7766): who may connect, and for how long.
 *
 * Connections have an epoll of their own inside the worker's loop.  The loop wakes us for it as for one
 * socket, and we serve so many of its events and no more before UDP and new snapshots have their turn;
 * the kernel puts those that were served at the end of its queue.  So a thousand connections that ask
 * without end delay a datagram as long as one turn.  (libuv alone serves a thousand descriptors before
 * it comes back to the first, and accepts until nobody is left.)
 *
 * Worker's thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "net/tcp_inside.h"

#define BACKLOG 1024 /* the kernel caps it at net.core.somaxconn */

/* Connections served, and accepted, in a turn: with TURN_MESSAGES of conn.c some 2 ms at most. */
#define TURN_EVENTS  32
#define TURN_ACCEPTS 32

/* What all connections of a worker may keep of half messages and of replies that are not taken; past
 * that, of those who hold more than a query who has held longest is closed.  Room for thirty that
 * hold as much as one can; kernel buffers have taken the first 64 KiB of each. */
#define HELD_MAX (2 << 20)

mono_ms_t tcp_now(const struct tcp_server *t)
{
    return (mono_ms_t)uv_now(&t->w->loop);
}

static struct conn *longest_idle(struct tcp_server *t)
{
    return list_is_empty(&t->conns) ? NULL : container_of(t->conns.next, struct conn, link);
}

static void evict(struct tcp_server *t, struct conn *c)
{
    stats_add(&t->w->stats, STAT_tcp_evicted, 1);
    conn_drop(c);
}

static void free_closed(struct tcp_server *t)
{
    while (!list_is_empty(&t->closed))
        free(container_of(list_take(&t->closed), struct conn, link));
}

/* ---- accepting ---- */

static bool watch_listener(struct tcp_server *t, struct tcp_listener *l, int op, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = &l->source};

    return epoll_ctl(t->epoll, op, l->source.fd, &event) == 0;
}

/* Who waits in a backlog wakes epoll for ever: without means to take it, do not look for a while. */
static void pause_listeners(struct tcp_server *t, bool pause)
{
    if (t->is_paused == pause)
        return;
    t->is_paused = pause;
    for (size_t i = 0; i < t->n; i++)
        if (t->listeners[i].source.fd >= 0)
            watch_listener(t, &t->listeners[i], EPOLL_CTL_MOD, pause ? 0 : EPOLLIN);
}

/* Out of descriptors or memory.  A new client is more likely to have a question than one that has
 * been quiet for long. */
static bool make_room(struct tcp_server *t)
{
    struct conn *c = longest_idle(t);

    if (c == NULL) {
        pause_listeners(t, true);
        return false;
    }
    evict(t, c);
    return true;
}

static void admit(struct tcp_server *t, const struct tcp_listener *l, int fd,
                  const struct ipaddr *client)
{
    if (l->proxied && !worker_believes(t->w, client)) {
        stats_add(&t->w->stats, STAT_proxy_denied, 1);
        close(fd);
        return;
    }
    stats_add(&t->w->stats, STAT_tcp_accepted, 1);
    if (!conn_new(t, fd, client, l->proxied))
        close(fd);
    else if (t->n_conns > t->limits.clients)
        evict(t, longest_idle(t));
}

/* Should another one be tried after this error? */
static bool goes_on(struct tcp_server *t, int error)
{
    switch (error) {
    case EAGAIN: return false; /* nobody is left */
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: return make_room(t);
    }
    return true; /* this one gave up, or its network did (accept(2)) */
}

static void accept_some(struct tcp_server *t, const struct tcp_listener *l)
{
    for (int i = 0; i < TURN_ACCEPTS; i++) {
        struct sockaddr_storage peer = {.ss_family = AF_UNSPEC};
        socklen_t len = sizeof(peer);
        const int fd =
            accept4(l->source.fd, (struct sockaddr *)&peer, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && !goes_on(t, errno))
            return;
        if (fd < 0)
            continue;
        const struct ipaddr client = ipaddr_from_sockaddr((struct sockaddr *)&peer, NULL);
        admit(t, l, fd, &client);
    }
}

/* ---- turns ---- */

static void enforce_held(struct tcp_server *t)
{
    while (t->held_len > HELD_MAX)
        evict(t, container_of(t->holders.next, struct conn, holds));
}

static void serve(struct tcp_server *t, struct tcp_source *s)
{
    if (s->is_listener) {
        accept_some(t, container_of(s, struct tcp_listener, source));
        return;
    }
    conn_ready(container_of(s, struct conn, source));
    enforce_held(t);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct tcp_server *t = poll->data;
    struct epoll_event ready[TURN_EVENTS];
    const int n = epoll_wait(t->epoll, ready, TURN_EVENTS, 0);

    (void)status; /* an epoll has no errors */
    (void)events;
    t->w->now_ms = real_ms();
    for (int i = 0; i < n; i++)
        serve(t, ready[i].data.ptr);
    free_closed(t);
}

/* Connections are in the order of their last activity: one timer serves all. */
static void on_timer(uv_timer_t *timer)
{
    struct tcp_server *t = timer->data;
    const mono_ms_t now = tcp_now(t);
    struct conn *c;

    while ((c = longest_idle(t)) != NULL && now - c->active_at >= t->limits.idle_ms) {
        stats_add(&t->w->stats, STAT_tcp_idled, 1);
        conn_drop(c);
    }
    free_closed(t);
    pause_listeners(t, false);
}

/* ---- start and stop ---- */

static int start_loop(struct tcp_server *t)
{
    const dur_ms_t idle_ms = t->limits.idle_ms;
    const uint64_t tick_ms = (uint64_t)(idle_ms > 100 ? idle_ms / 10 : 10);
    const int rc = uv_poll_init(&t->w->loop, &t->poll, t->epoll);

    if (rc != 0)
        return rc;
    t->poll.data = t;
    uv_timer_init(&t->w->loop, &t->timer);
    t->timer.data = t;
    uv_timer_start(&t->timer, on_timer, tick_ms, tick_ms);
    return uv_poll_start(&t->poll, UV_READABLE, on_ready);
}

int tcp_server_new(struct worker *w, size_t n, const struct tcp_limits *limits)
{
    struct tcp_server *t = xcalloc(1, sizeof(*t));

    w->tcp = t;
    t->w = w;
    t->limits = *limits;
    list_init(&t->conns);
    list_init(&t->holders);
    list_init(&t->closed);
    t->n = n;
    t->listeners = xcalloc(n, sizeof(*t->listeners));
    for (size_t i = 0; i < n; i++)
        t->listeners[i].source = (struct tcp_source){.fd = -1, .is_listener = true};
    t->epoll = epoll_create1(EPOLL_CLOEXEC);
    return t->epoll < 0 ? -errno : start_loop(t);
}

int tcp_start(struct tcp_server *t, size_t i, const struct listen_pair *pair)
{
    struct tcp_listener *l = &t->listeners[i];

    l->source.fd = pair->tcp;
    l->proxied = pair->proxied;
    if (listen(pair->tcp, BACKLOG) != 0 || !watch_listener(t, l, EPOLL_CTL_ADD, EPOLLIN))
        return -errno;
    return 0;
}

static void on_closed(uv_handle_t *h)
{
    struct tcp_server *t = h->data;

    close(t->epoll);
}

void tcp_stop(struct tcp_server *t)
{
    struct conn *c;

    for (size_t i = 0; i < t->n; i++)
        if (t->listeners[i].source.fd >= 0)
            close(t->listeners[i].source.fd);
    while ((c = longest_idle(t)) != NULL)
        conn_close(c);
    free_closed(t);
    uv_close((uv_handle_t *)&t->poll, on_closed);
    uv_close((uv_handle_t *)&t->timer, NULL);
}

void tcp_server_free(struct tcp_server *t)
{
    free(t->listeners);
    free(t);
}
