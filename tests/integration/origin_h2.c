/* SPDX-License-Identifier: BSD-2-Clause */
#include "origin_h2.h"

#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "origin_tls.h"

struct origin_h2 {
    uv_loop_t *loop;
    uv_tcp_t listener;
    struct tls_server *tls;
    const struct h2_answer *answer;
    struct h2_seen seen;
    struct conn *conns;
    unsigned handles;
};

struct conn {
    uv_tcp_t tcp;
    struct origin_h2 *origin;
    struct conn *next, **prev;
    struct tls *tls;
    nghttp2_session *session;
    size_t body_at; /* of the answer */
};

static void must(int rc)
{
    if (rc != 0)
        abort();
}

/* --- Sending. --- */

struct message {
    uv_write_t req;
    char bytes[];
};

static void on_sent(uv_write_t *req, int status)
{
    (void)status;
    free(req);
}

static void send_raw(struct conn *c, const void *data, size_t len)
{
    struct message *m = xmalloc(sizeof(*m) + len);

    memcpy(m->bytes, data, len);
    const uv_buf_t buf = uv_buf_init(m->bytes, (unsigned)len);
    if (uv_write(&m->req, (uv_stream_t *)&c->tcp, &buf, 1, on_sent) != 0)
        free(m); /* the client is gone */
}

static void send_tls(struct conn *c)
{
    char out[4096];
    size_t n;

    while ((n = tls_take(c->tls, out, sizeof(out))) > 0)
        send_raw(c, out, n);
}

static void flush_session(struct conn *c)
{
    const uint8_t *data;
    ssize_t n;

    while ((n = nghttp2_session_mem_send(c->session, &data)) > 0) {
        if (c->tls != NULL)
            tls_write(c->tls, data, (size_t)n);
        else
            send_raw(c, data, (size_t)n);
    }
    if (c->tls != NULL)
        send_tls(c);
}

/* --- Answers. --- */

static nghttp2_nv header(const char *name, const char *value)
{
    return (nghttp2_nv){.name = (uint8_t *)(uintptr_t)name,
                        .namelen = strlen(name),
                        .value = (uint8_t *)(uintptr_t)value,
                        .valuelen = strlen(value)};
}

static void submit_trailers(struct conn *c, int32_t stream)
{
    const struct h2_answer *a = c->origin->answer;
    nghttp2_nv trailers[2];
    size_t n = 0;

    trailers[n++] = header("grpc-status", a->grpc_status);
    if (a->grpc_message != NULL)
        trailers[n++] = header("grpc-message", a->grpc_message);
    must(nghttp2_submit_trailer(c->session, stream, trailers, n));
}

static ssize_t read_body(nghttp2_session *session, int32_t stream, uint8_t *out, size_t cap,
                         uint32_t *flags, nghttp2_data_source *source, void *arg)
{
    struct conn *c = arg;
    const struct h2_answer *a = c->origin->answer;
    const size_t left = a->body_len - c->body_at, n = left < cap ? left : cap;

    (void)session;
    (void)source;
    if (n > 0)
        memcpy(out, (const char *)a->body + c->body_at, n);
    c->body_at += n;
    if (c->body_at == a->body_len) {
        *flags |= NGHTTP2_DATA_FLAG_EOF;
        if (a->grpc_status != NULL) {
            *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
            submit_trailers(c, stream);
        }
    }
    return (ssize_t)n;
}

static void answer(struct conn *c, int32_t stream)
{
    const struct h2_answer *a = c->origin->answer;
    const nghttp2_nv headers[] = {header(":status", a->status),
                                  header("content-type", a->content_type)};
    const nghttp2_data_provider body = {.read_callback = read_body};

    c->body_at = 0;
    must(nghttp2_submit_response(c->session, stream, headers, 2, &body));
}

/* --- Requests. --- */

static void note(char *out, size_t cap, const uint8_t *value, size_t len)
{
    snprintf(out, cap, "%.*s", (int)len, (const char *)value);
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_len, const uint8_t *value, size_t len, uint8_t flags, void *arg)
{
    struct h2_seen *seen = &((struct conn *)arg)->origin->seen;
    const struct {
        const char *name;
        char *out;
        size_t cap;
    } kept[] = {
        {":method", seen->method, sizeof(seen->method)},
        {":path", seen->path, sizeof(seen->path)},
        {":authority", seen->authority, sizeof(seen->authority)},
        {"content-type", seen->content_type, sizeof(seen->content_type)},
        {"te", seen->te, sizeof(seen->te)},
    };

    (void)session;
    (void)frame;
    (void)name_len;
    (void)flags;
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        if (strcmp((const char *)name, kept[i].name) == 0)
            note(kept[i].out, kept[i].cap, value, len);
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t stream, const uint8_t *data,
                   size_t len, void *arg)
{
    struct h2_seen *seen = &((struct conn *)arg)->origin->seen;
    const size_t room = sizeof(seen->body) - seen->body_len, n = len < room ? len : room;

    (void)session;
    (void)flags;
    (void)stream;
    memcpy(seen->body + seen->body_len, data, n);
    seen->body_len += n;
    return 0;
}

static int on_begin(nghttp2_session *session, const nghttp2_frame *frame, void *arg)
{
    struct h2_seen *seen = &((struct conn *)arg)->origin->seen;

    (void)session;
    (void)frame;
    *seen = (struct h2_seen){.requests = seen->requests};
    return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *arg)
{
    struct conn *c = arg;

    (void)session;
    if ((frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) ||
        (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0)
        return 0;
    c->origin->seen.requests++;
    if (!c->origin->answer->is_mute)
        answer(c, frame->hd.stream_id);
    return 0;
}

static nghttp2_session *new_session(struct conn *c)
{
    nghttp2_session_callbacks *callbacks;
    nghttp2_session *session;

    must(nghttp2_session_callbacks_new(&callbacks));
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    must(nghttp2_session_server_new(&session, callbacks, c));
    nghttp2_session_callbacks_del(callbacks);
    must(nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, NULL, 0));
    return session;
}

/* --- Connections. --- */

static void release(struct origin_h2 *o)
{
    if (--o->handles > 0)
        return;
    tls_server_free(o->tls);
    free(o);
}

static void on_conn_closed(uv_handle_t *h)
{
    struct conn *c = h->data;
    struct origin_h2 *o = c->origin;

    *c->prev = c->next;
    if (c->next != NULL)
        c->next->prev = c->prev;
    nghttp2_session_del(c->session);
    tls_free(c->tls);
    free(c);
    release(o);
}

static void conn_close(struct conn *c)
{
    if (!uv_is_closing((uv_handle_t *)&c->tcp))
        uv_close((uv_handle_t *)&c->tcp, on_conn_closed);
}

static void on_buffer(uv_handle_t *h, size_t suggested, uv_buf_t *out)
{
    static char buffer[65536]; /* one thread, and read at once */

    (void)h;
    (void)suggested;
    *out = uv_buf_init(buffer, sizeof(buffer));
}

static void take(struct conn *c, const char *data, size_t len)
{
    if (nghttp2_session_mem_recv(c->session, (const uint8_t *)data, len) < 0)
        conn_close(c); /* such as HTTP/1.1 */
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct conn *c = stream->data;
    char plain[16384];
    size_t len;

    if (n < 0) {
        conn_close(c);
        return;
    }
    if (c->tls == NULL) {
        take(c, buf->base, (size_t)n);
    } else {
        tls_put(c->tls, buf->base, (size_t)n);
        while ((len = tls_read(c->tls, plain, sizeof(plain))) > 0)
            take(c, plain, len);
        send_tls(c);
    }
    if (!uv_is_closing((uv_handle_t *)&c->tcp) && (c->tls == NULL || tls_is_ready(c->tls)))
        flush_session(c);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct origin_h2 *o = listener->data;
    struct conn *c = xcalloc(1, sizeof(*c));

    must(status);
    c->origin = o;
    c->next = o->conns;
    c->prev = &o->conns;
    if (c->next != NULL)
        c->next->prev = &c->next;
    o->conns = c;
    o->handles++;
    uv_tcp_init(o->loop, &c->tcp);
    c->tcp.data = c;
    c->session = new_session(c);
    c->tls = o->tls != NULL ? tls_new(o->tls) : NULL;
    must(uv_accept(listener, (uv_stream_t *)&c->tcp));
    uv_read_start((uv_stream_t *)&c->tcp, on_buffer, on_read);
}

/* --- The origin. --- */

struct origin_h2 *origin_h2_open(uv_loop_t *loop, struct tls_server *server,
                                 const struct h2_answer *answer_)
{
    struct origin_h2 *o = xcalloc(1, sizeof(*o));
    struct sockaddr_in sa;

    o->loop = loop;
    o->tls = server;
    o->answer = answer_;
    o->handles = 1;
    uv_tcp_init(loop, &o->listener);
    o->listener.data = o;
    must(uv_ip4_addr("127.0.0.1", 0, &sa));
    must(uv_tcp_bind(&o->listener, (const struct sockaddr *)&sa, 0));
    must(uv_listen((uv_stream_t *)&o->listener, 16, on_connection));
    return o;
}

static void on_listener_closed(uv_handle_t *h)
{
    release(h->data);
}

void origin_h2_close(struct origin_h2 *o)
{
    for (struct conn *c = o->conns; c != NULL; c = c->next)
        conn_close(c); /* is freed later */
    uv_close((uv_handle_t *)&o->listener, on_listener_closed);
}

uint16_t origin_h2_port(const struct origin_h2 *o)
{
    struct sockaddr_storage sa;
    int len = sizeof(sa);
    uint16_t port;

    must(uv_tcp_getsockname(&o->listener, (struct sockaddr *)&sa, &len));
    ipaddr_from_sockaddr((const struct sockaddr *)&sa, &port);
    return port;
}

const struct h2_seen *origin_h2_seen(const struct origin_h2 *o)
{
    return &o->seen;
}
