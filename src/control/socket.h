/*
 * A unix stream socket that answers lines (rpc.h): any number of clients at once, none of which
 * can hold up another or the loop.
 *
 * The caller of a call is known by SO_PEERCRED.  Who may connect is the file's mode, 0660, and its
 * group.  Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <uv.h>

#include "base/err.h"
#include "control/rpc.h"

struct socket_opts {
    uv_loop_t *loop;
    const char *path;        /* copied */
    struct rpc_table *table; /* borrowed */
    size_t clients_max;      /* one more is told so and closed */
    size_t line_max;         /* octets; a client that sends a longer one is closed */
    size_t queue_max;        /* octets a client lets wait unread before it is closed */
};

struct socket_server;

/*
 * Listen.  A file that a dead server left is replaced, its group is kept; one that somebody
 * answers on is not.  NULL and an error.  Returns owned.
 */
struct socket_server *socket_open(const struct socket_opts *opts, struct err *err);

/* Take the file away, close all clients, release everything; closed(arg) runs on the loop after
 * that.  Replies that were given before have been handed to the system as far as it took them. */
void socket_close(struct socket_server *s, void (*closed)(void *arg), void *arg);
