/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/socket.h"

#include <assert.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/xalloc.h"
#include "control/socketfile.h"

#define READ_SIZE 16384

struct socket_server {
    uv_pipe_t pipe;
    struct socket_opts opts;
    char *path;
    struct socket_file file;
    struct list clients;
    size_t n_clients;
    bool closing;
    void (*closed)(void *arg);
    void *arg;
};

struct client {
    uv_pipe_t pipe;
    struct rpc_peer peer;
    struct socket_server *server;
    struct list link;
    char *line; /* what came of a line that has not ended */
    size_t len, cap;
    bool no_more; /* it has shut its side: closed once all it asked for is answered */
    bool closing;
};

/* One reply on its way out. */
struct outgoing {
    uv_write_t req;
    struct client *client;
    char *line;
};

/* ---- end of a client, end of the server ---- */

static void server_free_if_done(struct socket_server *s)
{
    if (!s->closing || s->n_clients > 0 || s->pipe.data != NULL)
        return;

    void (*const closed)(void *) = s->closed;
    void *const arg = s->arg;

    free(s->path);
    free(s);
    if (closed != NULL)
        closed(arg);
}

static void on_client_closed(uv_handle_t *handle)
{
    struct client *c = handle->data;
    struct socket_server *s = c->server;

    list_remove(&c->link);
    s->n_clients--;
    free(c->line);
    free(c);
    server_free_if_done(s);
}

static void client_close(struct client *c)
{
    if (c->closing)
        return;
    c->closing = true;
    rpc_peer_gone(&c->peer);
    uv_close((uv_handle_t *)&c->pipe, on_client_closed);
}

static void client_close_if_done(struct client *c)
{
    if (c->no_more && list_is_empty(&c->peer.calls) &&
        uv_stream_get_write_queue_size((uv_stream_t *)&c->pipe) == 0)
        client_close(c);
}

/* ---- replies ---- */

static void outgoing_free(struct outgoing *out)
{
    free(out->line);
    free(out);
}

static void on_written(uv_write_t *req, int status)
{
    struct outgoing *out = container_of(req, struct outgoing, req);
    struct client *c = out->client;

    outgoing_free(out);
    if (status < 0)
        client_close(c); /* or it is being closed: UV_ECANCELED */
    else
        client_close_if_done(c);
}

/* Whether its client leaves so much unread that it gets nothing more. */
static bool is_stuck(struct client *c)
{
    const size_t waiting = uv_stream_get_write_queue_size((uv_stream_t *)&c->pipe);

    if (waiting <= c->server->opts.queue_max)
        return false;
    log_warning("control socket: client of uid %u, pid %d, closed: it leaves %zu octets unread",
                (unsigned)c->peer.uid, (int)c->peer.pid, waiting);
    client_close(c);
    return true;
}

static void client_send(struct rpc_peer *peer, char *line, size_t len)
{
    struct client *c = container_of(peer, struct client, peer);

    if (c->closing || is_stuck(c)) {
        free(line);
        return;
    }
    struct outgoing *out = xmalloc(sizeof(*out));
    out->client = c;
    out->line = line;
    const uv_buf_t buf = uv_buf_init(line, (unsigned)len);
    if (uv_write(&out->req, (uv_stream_t *)&c->pipe, &buf, 1, on_written) < 0) {
        outgoing_free(out);
        client_close(c);
    }
}

static void client_ended(struct rpc_peer *peer)
{
    client_close_if_done(container_of(peer, struct client, peer));
}

/* ---- requests ---- */

/* Answer the whole lines in c->line and keep the rest. */
static void take_lines(struct client *c)
{
    size_t at = 0;

    while (!c->closing) {
        const char *end = memchr(c->line + at, '\n', c->len - at);
        if (end == NULL)
            break;
        const size_t len = (size_t)(end - (c->line + at));
        if (len > 0) /* an empty line asks nothing */
            rpc_line(c->server->opts.table, &c->peer, c->line + at, len);
        at += len + 1;
    }
    memmove(c->line, c->line + at, c->len - at);
    c->len -= at;
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct client *c = handle->data;

    if (c->cap - c->len < READ_SIZE) {
        c->cap = c->len + 2 * READ_SIZE;
        c->line = xrealloc(c->line, c->cap);
    }
    *buf = uv_buf_init(c->line + c->len, READ_SIZE);
}

/* A client that is gone, not one that has only sent all it has to say (`echo … | socat - UNIX:…`). */
static bool is_hung_up(const struct client *c)
{
    struct pollfd p = {.events = POLLIN};

    return uv_fileno((const uv_handle_t *)&c->pipe, &p.fd) < 0 || poll(&p, 1, 0) < 0 ||
           (p.revents & (POLLHUP | POLLERR)) != 0;
}

static void on_end(struct client *c)
{
    if (is_hung_up(c)) {
        client_close(c);
        return;
    }
    c->no_more = true;
    uv_read_stop((uv_stream_t *)&c->pipe);
    client_close_if_done(c);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct client *c = stream->data;

    if (n < 0) {
        on_end(c);
        return;
    }
    c->len += (size_t)n;
    take_lines(c);
    if (!c->closing && c->len > c->server->opts.line_max) {
        rpc_send_error(&c->peer, RPC_PARSE_ERROR, "the line is too long");
        client_close(c);
    }
}

/* ---- new clients ---- */

static void client_identify(struct client *c)
{
    struct ucred cred = {.uid = (uid_t)-1};
    socklen_t len = sizeof(cred);
    uv_os_fd_t fd;

    if (uv_fileno((uv_handle_t *)&c->pipe, &fd) == 0)
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len);
    rpc_peer_init(&c->peer, cred.uid, cred.pid);
    c->peer.send = client_send;
    c->peer.ended = client_ended;
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct socket_server *s = stream->data;

    if (status < 0) {
        log_warning("control socket: accept: %s", uv_strerror(status));
        return;
    }

    struct client *c = xcalloc(1, sizeof(*c));
    c->server = s;
    uv_pipe_init(s->opts.loop, &c->pipe, 0);
    c->pipe.data = c;
    list_append(&s->clients, &c->link);
    s->n_clients++;
    rpc_peer_init(&c->peer, (uid_t)-1, 0);
    if (uv_accept(stream, (uv_stream_t *)&c->pipe) < 0) {
        client_close(c);
        return;
    }
    client_identify(c);
    if (s->n_clients > s->opts.clients_max) {
        rpc_send_error(&c->peer, RPC_REFUSED, "too many clients at once; try again");
        client_close(c);
        return;
    }
    uv_read_start((uv_stream_t *)&c->pipe, on_alloc, on_read);
}

/* ---- the server ---- */

struct socket_server *socket_open(const struct socket_opts *opts, struct err *err)
{
    struct socket_file file;

    if (!socketfile_open(&file, opts->path, err))
        return NULL;

    struct socket_server *s = xcalloc(1, sizeof(*s));
    s->opts = *opts;
    s->path = xstrdup(opts->path);
    s->opts.path = s->path;
    s->file = file;
    list_init(&s->clients);
    uv_pipe_init(opts->loop, &s->pipe, 0);
    s->pipe.data = s;

    int r = uv_pipe_open(&s->pipe, file.fd);
    if (r == 0)
        r = uv_listen((uv_stream_t *)&s->pipe, SOMAXCONN, on_connection);
    if (r < 0) {
        err_add(err, "%s: %s", s->path, uv_strerror(r));
        socket_close(s, NULL, NULL);
        return NULL;
    }
    return s;
}

static void on_server_closed(uv_handle_t *handle)
{
    struct socket_server *s = handle->data;

    handle->data = NULL; /* closed */
    server_free_if_done(s);
}

void socket_close(struct socket_server *s, void (*closed)(void *arg), void *arg)
{
    assert(!s->closing);
    s->closing = true;
    s->closed = closed;
    s->arg = arg;
    socketfile_remove(&s->file, s->path);
    uv_close((uv_handle_t *)&s->pipe, on_server_closed);

    for (struct list *i = s->clients.next, *next; i != &s->clients; i = next) {
        next = i->next;
        client_close(container_of(i, struct client, link));
    }
}
