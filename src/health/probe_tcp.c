/*
 * The tcp probe: healthy when a connection is accepted, which is closed at once; or, with `send` and
 * `expect`, when what the endpoint says then contains what is expected.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "health/dialog.h"
#include "health/probe_ops.h"
#include "health/source.h"

struct tcp {
    uv_tcp_t handle;
    uv_connect_t connect;
    uv_write_t write;
    struct probe *probe;
    struct dialog dialog;
    int status;        /* what it ended with */
    bool is_listening; /* it ended while the endpoint was to speak */
};

static void on_closed(uv_handle_t *h)
{
    struct tcp *t = h->data;
    struct probe *p = t->probe;
    const int status = t->status;
    char text[DIALOG_TEXT];
    const char *said = NULL;

    if (status == UV_EOF && t->is_listening)
        said = dialog_say(&t->dialog, text);
    else if (status < 0)
        said = uv_strerror(status);
    dialog_fini(&t->dialog);
    free(t);
    p->done(p, probe_outcome(status), said);
}

/* Every end goes through here: done waits for the handle, which waits for the loop. */
static void end(struct tcp *t, int status)
{
    if (uv_is_closing((uv_handle_t *)&t->handle))
        return;
    t->status = status;
    uv_close((uv_handle_t *)&t->handle, on_closed);
}

static void on_buffer(uv_handle_t *h, size_t suggested, uv_buf_t *out)
{
    struct tcp *t = h->data;
    size_t room;
    char *at = dialog_room(&t->dialog, &room);

    (void)suggested;
    *out = uv_buf_init(at, (unsigned)room);
}

/* No room left (UV_ENOBUFS): it has said much, and nothing of what is expected. */
static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct tcp *t = stream->data;

    (void)buf;
    if (n < 0) {
        end(t, n == UV_ENOBUFS ? UV_EOF : (int)n);
        return;
    }
    t->dialog.heard += (size_t)n;
    if (dialog_is_over(&t->dialog))
        end(t, 0);
}

static void on_written(uv_write_t *req, int status)
{
    struct tcp *t = req->data;

    if (status < 0 || dialog_is_over(&t->dialog))
        end(t, status);
}

static void converse(struct tcp *t)
{
    const struct probe_bytes *send = &t->probe->spec->send;

    t->probe->doing = "waiting for what is expected";
    t->is_listening = true;
    t->write.data = t;
    int rc = uv_read_start((uv_stream_t *)&t->handle, on_buffer, on_read);
    if (rc == 0 && send->len > 0) {
        const uv_buf_t buf = uv_buf_init((char *)send->data, (unsigned)send->len);
        rc = uv_write(&t->write, (uv_stream_t *)&t->handle, &buf, 1, on_written);
    }
    if (rc != 0)
        end(t, rc);
}

static void on_connect(uv_connect_t *req, int status)
{
    struct tcp *t = req->data;

    if (status == 0 && dialog_is_wanted(t->probe->spec))
        converse(t);
    else
        end(t, status);
}

static int start_connect(struct tcp *t)
{
    const struct probe *p = t->probe;
    struct sockaddr_storage sa;
    uv_os_fd_t fd;

    ipaddr_to_sockaddr(&p->addr, p->spec->port, &sa);
    int rc = uv_tcp_init_ex(p->loop, &t->handle, sa.ss_family);
    t->handle.data = t;
    if (rc != 0) { /* no socket; a handle all the same, for end */
        uv_tcp_init(p->loop, &t->handle);
        return rc;
    }
    if (source_of(p) != NULL && uv_fileno((uv_handle_t *)&t->handle, &fd) == 0)
        rc = source_bind(fd, p);
    if (rc != 0)
        return rc;
    return uv_tcp_connect(&t->connect, &t->handle, (const struct sockaddr *)&sa, on_connect);
}

static void tcp_start(struct probe *p)
{
    struct tcp *t = xcalloc(1, sizeof(*t));

    t->probe = p;
    t->dialog.spec = p->spec;
    t->connect.data = t;
    p->own = t;
    p->doing = "connecting";
    const int rc = start_connect(t);
    if (rc != 0)
        end(t, rc);
}

static void tcp_cancel(struct probe *p)
{
    end(p->own, UV_ECANCELED);
}

const struct probe_ops probe_tcp = {.start = tcp_start, .cancel = tcp_cancel};
