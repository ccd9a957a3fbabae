/*
 * TCP (RFC 7766): messages with a length before each, pipelined, answered in order.  A connection
 * holds memory only while part of a message is in; one that does not take its replies is not read
 * from, and so holds up nobody else.
 *
 * Worker's thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer/answer.h"
#include "base/list.h"
#include "base/xalloc.h"
#include "net/worker_inside.h"

#define BACKLOG 1024 /* the kernel caps it at net.core.somaxconn */

/* Length and message, the largest there is (RFC 1035 §4.2.2). */
#define FRAME_MAX (2 + DNS_TCP_MAX)

enum conn_state {
    CONN_READING, /* waits for queries */
    CONN_WRITING, /* waits for the client to take its replies; not read from */
    CONN_CLOSING,
};

struct conn {
    uv_tcp_t tcp;
    struct list link; /* tcp_server.conns, longest idle first */
    struct tcp_server *server;
    mono_ms_t active_at; /* when the last whole query came or the last reply was taken */
    struct ipaddr client;
    enum conn_state state;
    uint8_t *in; /* octets not answered yet; NULL when there are none */
    size_t in_len;
};

/* Replies that the kernel did not take at once. */
struct late_write {
    uv_write_t req;
    uint8_t data[];
};

struct tcp_listener {
    uv_tcp_t tcp;
    bool open;
};

struct tcp_server {
    struct worker *w;
    struct list conns;
    uint32_t n_conns, max_conns;
    dur_ms_t idle_ms;
    uv_timer_t idle_timer;
    size_t n;
    struct tcp_listener *listeners;
    size_t out_len;
    uint8_t read_buf[FRAME_MAX];
    uint8_t out[2 * FRAME_MAX]; /* replies of one turn go out together */
};

static void on_conn_closed(uv_handle_t *h)
{
    struct conn *c = h->data;

    free(c->in);
    free(c);
}

static void conn_close(struct conn *c)
{
    if (c->state == CONN_CLOSING)
        return;
    c->state = CONN_CLOSING;
    list_remove(&c->link);
    c->server->n_conns--;
    uv_close((uv_handle_t *)&c->tcp, on_conn_closed);
}

/* It did something: it is now the last to be closed for idling. */
static void conn_touch(struct conn *c)
{
    c->active_at = (mono_ms_t)uv_now(&c->server->w->loop);
    list_remove(&c->link);
    list_append(&c->server->conns, &c->link);
}

static void conn_work(struct conn *c);

static void on_written(uv_write_t *req, int status)
{
    struct conn *c = req->handle->data;

    free(req); /* begins its late_write */
    if (c->state == CONN_CLOSING)
        return;
    if (status < 0) {
        conn_close(c);
        return;
    }
    c->state = CONN_READING;
    conn_touch(c);
    conn_work(c);
}

static void write_late(struct conn *c, const uint8_t *data, size_t len)
{
    struct late_write *late = xmalloc(sizeof(*late) + len);
    const uv_buf_t buf = uv_buf_init((char *)late->data, (unsigned)len);

    memcpy(late->data, data, len);
    uv_read_stop((uv_stream_t *)&c->tcp);
    if (uv_write(&late->req, (uv_stream_t *)&c->tcp, &buf, 1, on_written) != 0) {
        free(late);
        conn_close(c);
        return;
    }
    c->state = CONN_WRITING;
}

/* Send what has gathered in out. */
static void flush(struct conn *c)
{
    struct tcp_server *t = c->server;
    const uv_buf_t buf = uv_buf_init((char *)t->out, (unsigned)t->out_len);
    const size_t len = t->out_len;

    t->out_len = 0;
    if (len == 0)
        return;
    const int n = uv_try_write((uv_stream_t *)&c->tcp, &buf, 1);
    if (n < 0 && n != UV_EAGAIN)
        conn_close(c);
    else if (n < 0 || (size_t)n < len)
        write_late(c, t->out + (n > 0 ? n : 0), len - (n > 0 ? (size_t)n : 0));
}

static void answer_message(struct conn *c, const uint8_t *msg, size_t len)
{
    struct tcp_server *t = c->server;
    struct worker *w = t->w;
    const struct answer_request request = {.packet = msg,
                                           .len = len,
                                           .client = c->client,
                                           .tcp = true,
                                           .now_ms = w->now_ms,
                                           .idle_ms = t->idle_ms};
    uint8_t *out = t->out + t->out_len;

    stats_add(&w->stats, STAT_tcp_queries, 1);
    const size_t n = answer(w->snap, &request, out + 2, DNS_TCP_MAX, &w->stats);
    if (n == 0) {
        flush(c);      /* what was asked before is answered */
        conn_close(c); /* no header, or a response: this is no DNS client */
        return;
    }
    put_u16(out, (uint16_t)n);
    t->out_len += 2 + n;
    if (t->out_len > sizeof(t->out) - FRAME_MAX)
        flush(c);
}

/* Answer the whole messages in data; returns how much was used.  Stops when the client does not
 * take its replies. */
static size_t answer_frames(struct conn *c, const uint8_t *data, size_t len)
{
    size_t at = 0;

    c->server->w->now_ms = real_ms();
    while (c->state == CONN_READING && len - at >= 2) {
        const size_t message = get_u16(data + at);
        if (len - at - 2 < message)
            break;
        answer_message(c, data + at + 2, message);
        at += 2 + message;
    }
    if (c->state != CONN_CLOSING)
        flush(c);
    c->server->out_len = 0;
    return at;
}

static void keep(struct conn *c, const uint8_t *rest, size_t len)
{
    uint8_t *in = len > 0 ? xmemdup(rest, len) : NULL;

    free(c->in);
    c->in = in;
    c->in_len = len;
}

static void append(struct conn *c, const uint8_t *data, size_t len)
{
    c->in = xrealloc(c->in, c->in_len + len);
    memcpy(c->in + c->in_len, data, len);
    c->in_len += len;
}

static void on_octets(struct conn *c, const uint8_t *data, size_t len)
{
    size_t used;

    if (c->in_len > 0) {
        append(c, data, len);
        data = c->in;
        len = c->in_len;
    }
    used = answer_frames(c, data, len);
    if (c->state == CONN_CLOSING)
        return;
    if (used > 0)
        conn_touch(c); /* one octet a second is no activity: only whole queries are */
    if (used > 0 || data != c->in)
        keep(c, data + used, len - used);
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *buf)
{
    struct conn *c = s->data;

    if (n > 0)
        on_octets(c, (const uint8_t *)buf->base, (size_t)n);
    else if (n < 0)
        conn_close(c); /* also at the end of what it sends: all replies are with the kernel */
}

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *buf)
{
    struct conn *c = h->data;

    (void)suggested;
    *buf = uv_buf_init((char *)c->server->read_buf, sizeof(c->server->read_buf));
}

/* Go on with what came while replies were not taken. */
static void conn_work(struct conn *c)
{
    const size_t used = answer_frames(c, c->in, c->in_len);

    if (c->state == CONN_CLOSING)
        return;
    keep(c, c->in + used, c->in_len - used);
    if (c->state == CONN_READING)
        uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read);
}

static struct conn *longest_idle(struct tcp_server *t)
{
    return list_is_empty(&t->conns) ? NULL : container_of(t->conns.next, struct conn, link);
}

static bool conn_name_client(struct conn *c)
{
    struct sockaddr_storage ss;
    int len = sizeof(ss);

    if (uv_tcp_getpeername(&c->tcp, (struct sockaddr *)&ss, &len) != 0)
        return false;
    c->client = ipaddr_from_sockaddr((struct sockaddr *)&ss, NULL);
    return c->client.family != FAMILY_NONE;
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct tcp_server *t = listener->data;

    if (status < 0)
        return; /* out of descriptors, and of the one by which libuv accepts and closes what waits */
    struct conn *c = xcalloc(1, sizeof(*c));
    c->server = t;
    c->state = CONN_READING;
    uv_tcp_init(&t->w->loop, &c->tcp);
    c->tcp.data = c;
    list_append(&t->conns, &c->link);
    t->n_conns++;
    stats_add(&t->w->stats, STAT_tcp_accepted, 1);
    c->active_at = (mono_ms_t)uv_now(&t->w->loop);
    if (uv_accept(listener, (uv_stream_t *)&c->tcp) != 0 || !conn_name_client(c) ||
        uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read) != 0) {
        conn_close(c);
        return;
    }
    if (t->n_conns > t->max_conns) {
        stats_add(&t->w->stats, STAT_tcp_evicted, 1);
        conn_close(longest_idle(t));
    }
}

/* Connections are in the order of their last activity: one timer serves all. */
static void on_idle_timer(uv_timer_t *timer)
{
    struct tcp_server *t = timer->data;
    const mono_ms_t now = (mono_ms_t)uv_now(&t->w->loop);
    struct conn *c;

    while ((c = longest_idle(t)) != NULL && now - c->active_at >= t->idle_ms) {
        stats_add(&t->w->stats, STAT_tcp_idled, 1);
        conn_close(c);
    }
}

struct tcp_server *tcp_server_new(struct worker *w, size_t n, uint32_t clients, dur_ms_t idle_ms)
{
    struct tcp_server *t = xcalloc(1, sizeof(*t));
    const uint64_t tick_ms = (uint64_t)(idle_ms > 100 ? idle_ms / 10 : 10);

    t->w = w;
    list_init(&t->conns);
    t->max_conns = clients;
    t->idle_ms = idle_ms;
    t->n = n;
    t->listeners = xcalloc(n, sizeof(*t->listeners));
    uv_timer_init(&w->loop, &t->idle_timer);
    t->idle_timer.data = t;
    uv_timer_start(&t->idle_timer, on_idle_timer, tick_ms, tick_ms);
    return t;
}

int tcp_start(struct tcp_server *t, size_t i, int fd)
{
    struct tcp_listener *l = &t->listeners[i];
    int rc = uv_tcp_init(&t->w->loop, &l->tcp);

    if (rc != 0) {
        close(fd);
        return rc;
    }
    l->open = true;
    l->tcp.data = t;
    rc = uv_tcp_open(&l->tcp, fd);
    if (rc != 0) {
        close(fd);
        return rc;
    }
    return uv_listen((uv_stream_t *)&l->tcp, BACKLOG, on_connection);
}

void tcp_stop(struct tcp_server *t)
{
    struct conn *c;

    for (size_t i = 0; i < t->n; i++)
        if (t->listeners[i].open)
            uv_close((uv_handle_t *)&t->listeners[i].tcp, NULL);
    while ((c = longest_idle(t)) != NULL)
        conn_close(c);
    uv_close((uv_handle_t *)&t->idle_timer, NULL);
}

void tcp_server_free(struct tcp_server *t)
{
    free(t->listeners);
    free(t);
}
