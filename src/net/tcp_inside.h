/*
 * The inside of TCP, shared by tcp.c (the server: who may connect, and for how long) and conn.c (one
 * connection: octets in, replies out).  Worker's thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "base/list.h"
#include "dns/types.h"
#include "net/worker_inside.h"

/* Length and message, the largest there is (RFC 1035 §4.2.2). */
#define FRAME_MAX (2 + DNS_TCP_MAX)

/* Replies of a turn that go out together.  A turn ends when they are this much, so that it can be a
 * frame more, and no connection has more than that in our memory. */
#define GATHER_LEN (16 << 10)

/* What epoll wakes us for; its descriptor is of one kind or the other. */
struct tcp_source {
    int fd;
    bool is_listener;
};

struct tcp_listener {
    struct tcp_source source;
    bool proxied;
};

enum conn_state {
    CONN_READING, /* waits for queries */
    CONN_WRITING, /* has replies that the client does not take, or messages that wait for their turn:
                   * not read from */
    CONN_CLOSED,  /* freed at the end of the turn: its event may still come */
};

struct conn {
    struct tcp_source source;
    bool is_named;     /* the PROXY header has come, or none is expected */
    uint8_t state;     /* enum conn_state */
    struct list link;  /* tcp_server.conns, longest idle first; closed: tcp_server.closed */
    struct list holds; /* tcp_server.holders, longest first, if it holds much; else by itself */
    struct tcp_server *server;
    mono_ms_t opened_at,
        active_at; /* active: the last whole query came or the last reply was taken */
    struct ipaddr client;
    uint32_t in_len, out_len;
    uint8_t *in;  /* octets not answered yet; NULL when there are none */
    uint8_t *out; /* replies that the kernel did not take; NULL when there are none */
};

struct tcp_server {
    struct worker *w;
    int epoll;
    uv_poll_t poll; /* of epoll */
    struct list conns, holders, closed;
    uint32_t n_conns;
    size_t held_len; /* in and out of all holders */
    struct tcp_limits limits;
    uv_timer_t timer;
    bool is_paused; /* no descriptor or memory for another connection */
    size_t n;
    struct tcp_listener *listeners;
    size_t out_len;
    uint8_t read_buf[FRAME_MAX];
    uint8_t out[GATHER_LEN + FRAME_MAX];
};

/* conn.c */
bool conn_new(struct tcp_server *t, int fd, const struct ipaddr *client, bool proxied);
void conn_ready(struct conn *c); /* epoll says so */
void conn_close(struct conn *c);
void conn_drop(struct conn *c); /* close it against its will: what it has not taken is forgotten */

/* tcp.c */
mono_ms_t tcp_now(const struct tcp_server *t);
