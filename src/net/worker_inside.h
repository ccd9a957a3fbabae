/*
 * The inside of a worker, shared by the files of net/.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <pthread.h>
#include <uv.h>

#include "net/listen.h"
#include "net/worker.h"

struct udp_socket;
struct udp_batch;
struct tcp_server;

struct worker {
    struct stats stats;
    uv_loop_t loop;
    uv_async_t wake;       /* a snapshot waits, or stop */
    struct snapshot *snap; /* used only inside callbacks of this loop */
    real_ms_t now_ms;      /* of this batch or turn */
    struct ratelimit *limit;
    _Atomic(struct snapshot *) mailbox;
    _Atomic uint64_t generation;
    _Atomic bool stop;
    pthread_t thread;
    void (*on_swap)(void *arg);
    void *arg;
    struct udp_batch *batch;
    struct udp_socket *udp; /* n of them */
    struct tcp_server *tcp;
    size_t n;
    struct proxy_allowed proxies;
};

bool worker_believes(const struct worker *w, const struct ipaddr *proxy);

/* udp.c; start returns a libuv error or 0, and owns the pair's socket from then on. */
struct udp_batch *udp_batch_new(struct ratelimit *limit); /* borrows */
void udp_batch_free(struct udp_batch *b);
struct udp_socket *udp_sockets_new(size_t n);
void udp_sockets_free(struct udp_socket *sockets);
int udp_start(struct udp_socket *sockets, size_t i, struct worker *w,
              const struct listen_pair *pair);
void udp_stop(struct udp_socket *sockets, size_t i);

/* tcp.c; both return a libuv error or 0, and start owns the pair's socket from then on. */
int tcp_server_new(struct worker *w, size_t n, const struct tcp_limits *limits);
int tcp_start(struct tcp_server *t, size_t i, const struct listen_pair *pair);
void tcp_stop(struct tcp_server *t);        /* closes listeners and connections */
void tcp_server_free(struct tcp_server *t); /* after the loop has run dry */
