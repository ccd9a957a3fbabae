/*
 * The tcp probe: healthy when a connection is accepted, which is closed at once.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "health/probe_ops.h"

struct tcp {
    uv_tcp_t handle;
    uv_connect_t connect;
    struct probe *probe;
    int status; /* of the connect */
};

static void on_closed(uv_handle_t *h)
{
    struct tcp *t = h->data;
    struct probe *p = t->probe;
    const int status = t->status;

    free(t);
    p->done(p, probe_outcome(status), status < 0 ? uv_strerror(status) : NULL);
}

/* Every end goes through here: done waits for the handle, which waits for the loop. */
static void end(struct tcp *t, int status)
{
    if (uv_is_closing((uv_handle_t *)&t->handle))
        return;
    t->status = status;
    uv_close((uv_handle_t *)&t->handle, on_closed);
}

static void on_connect(uv_connect_t *req, int status)
{
    end(req->data, status);
}

static void tcp_start(struct probe *p)
{
    struct tcp *t = xcalloc(1, sizeof(*t));
    struct sockaddr_storage sa;

    t->probe = p;
    p->own = t;
    p->doing = "connecting";
    ipaddr_to_sockaddr(&p->addr, p->spec->port, &sa);
    uv_tcp_init(p->loop, &t->handle);
    t->handle.data = t;
    t->connect.data = t;
    const int rc =
        uv_tcp_connect(&t->connect, &t->handle, (const struct sockaddr *)&sa, on_connect);
    if (rc != 0)
        end(t, rc);
}

static void tcp_cancel(struct probe *p)
{
    end(p->own, UV_ECANCELED);
}

const struct probe_ops probe_tcp = {.start = tcp_start, .cancel = tcp_cancel};
