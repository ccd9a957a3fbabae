/* SPDX-License-Identifier: BSD-2-Clause */
#include "origin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "origin_tls.h"

#define HUGE_BODY ((size_t)16 << 20)

enum behaviour { ANSWER, FLAP, SLOW, HUGE, HANG, CLOSE, RESET };

struct mode {
    enum behaviour behaviour;
    unsigned number; /* ANSWER: the status; SLOW: milliseconds */
};

struct origin {
    uv_loop_t *loop;
    struct endpoint_addr at;
    uv_tcp_t *listener; /* NULL: stopped */
    struct tls_server *tls;
    struct mode mode;
    struct conn *conns;
    unsigned n_conns; /* not freed yet */
    bool is_closing;
    struct origin_seen seen;
};

struct conn {
    uv_tcp_t tcp;
    uv_timer_t delay;
    unsigned handles; /* not closed yet */
    struct origin *origin;
    struct conn *next, **prev;
    struct tls *tls; /* NULL: plain */
    char in[2048];
    size_t in_len;
    bool closes;  /* after the answer */
    bool is_head; /* the answer has no body */
};


/* --- Sending. --- */

struct message {
    uv_write_t req;
    char bytes[];
};

static void conn_close(struct conn *c);

static void on_sent(uv_write_t *req, int status)
{
    struct conn *c = req->data;

    (void)status;
    free(req);
    if (c->closes && uv_stream_get_write_queue_size((uv_stream_t *)&c->tcp) == 0)
        conn_close(c);
}

static void send_raw(struct conn *c, const char *data, size_t len)
{
    struct message *m = xmalloc(sizeof(*m) + len);

    memcpy(m->bytes, data, len);
    m->req.data = c;
    const uv_buf_t buf = uv_buf_init(m->bytes, (unsigned)len);
    uv_write(&m->req, (uv_stream_t *)&c->tcp, &buf, 1, on_sent);
}

static void send_tls(struct conn *c)
{
    char out[4096];
    size_t n;

    while ((n = tls_take(c->tls, out, sizeof(out))) > 0)
        send_raw(c, out, n);
}

static void conn_send(struct conn *c, const char *data, size_t len)
{
    if (c->tls == NULL) {
        send_raw(c, data, len);
        return;
    }
    tls_write(c->tls, data, len);
    send_tls(c);
}

/* location: NULL, or where a redirect leads. */
static void answer_with(struct conn *c, unsigned status, const char *location, const char *body,
                        size_t body_len)
{
    char head[512];
    const int len =
        snprintf(head, sizeof(head), "HTTP/1.1 %u %s\r\nContent-Length: %zu\r\n%s%s%s%s\r\n",
                 status, status < 400 ? "OK" : "No", body_len, location != NULL ? "Location: " : "",
                 location != NULL ? location : "", location != NULL ? "\r\n" : "",
                 c->closes ? "Connection: close\r\n" : "");

    conn_send(c, head, (size_t)len);
    if (body_len > 0)
        conn_send(c, body, body_len);
}

static void answer(struct conn *c, unsigned status, const char *body, size_t body_len)
{
    const bool moved = status >= 300 && status <= 399;

    answer_with(c, status, moved ? "http://192.0.2.1/" : NULL, body, body_len);
}

static void answer_status(struct conn *c, unsigned status)
{
    char where[SOCKADDR_TEXT], body[SOCKADDR_TEXT + 16];

    snprintf(body, sizeof(body), "%u from %s\n", status, sockaddr_print(&c->origin->at, where));
    answer(c, status, body, status == 204 || status == 304 || c->is_head ? 0 : strlen(body));
}

static void answer_huge(struct conn *c)
{
    char *body = xcalloc(1, HUGE_BODY);

    answer(c, 200, body, HUGE_BODY);
    free(body);
}


/* --- Requests. --- */

static void on_delay(uv_timer_t *delay)
{
    answer_status(delay->data, 200);
}

static void on_handle_closed(uv_handle_t *h);

static void behave(struct conn *c)
{
    const struct origin *o = c->origin;

    switch (o->mode.behaviour) {
    case ANSWER: answer_status(c, o->mode.number); return;
    case FLAP: answer_status(c, o->seen.requests % 2 == 1 ? 200 : 503); return;
    case SLOW: uv_timer_start(&c->delay, on_delay, o->mode.number, 0); return;
    case HUGE: answer_huge(c); return;
    case HANG: return;
    case CLOSE: conn_close(c); return;
    case RESET:
        uv_tcp_close_reset(&c->tcp, on_handle_closed);
        conn_close(c);
        return;
    }
    abort();
}

/* Does the head's first line ask for this path, or one below it if it ends in '/'?  The rest of
 * the path in *rest. */
static bool asks_for(const char *head, const char *path, const char **rest)
{
    const size_t len = strlen(path);

    const char *target = strchr(head, ' ');

    if (target == NULL || strncmp(target + 1, path, len) != 0)
        return false;
    *rest = target + 1 + len;
    return path[len - 1] == '/' ? **rest != ' ' : **rest == ' ';
}

/* To another host's name: who follows it comes back here all the same. */
static void hop(struct conn *c, const char *rest)
{
    const int n = atoi(rest);
    char location[64];

    snprintf(location, sizeof(location),
             n > 0 ? "http://elsewhere.test:%u/hop/%d" : "http://elsewhere.test:%u/healthz",
             c->origin->at.port, n - 1);
    answer_with(c, 302, location, NULL, 0);
}

static void switch_mode(struct conn *c, const char *rest)
{
    char mode[32];

    snprintf(mode, sizeof(mode), "%.*s", (int)strcspn(rest, " \r\n"), rest);
    answer_status(c, origin_set(c->origin, mode) ? 200 : 400);
}

static void on_request(struct conn *c, const char *head)
{
    struct origin_seen *seen = &c->origin->seen;
    const char *rest;

    c->is_head = strncmp(head, "HEAD ", 5) == 0;
    c->closes = strstr(head, "Connection: close") != NULL;
    if (asks_for(head, "/mode/", &rest)) {
        switch_mode(c, rest);
        return;
    }
    seen->requests++;
    snprintf(seen->request, sizeof(seen->request), "%s", head);
    snprintf(seen->server_name, sizeof(seen->server_name), "%s",
             c->tls != NULL ? tls_server_name(c->tls) : "");
    if (asks_for(head, "/hop/", &rest))
        hop(c, rest);
    else if (asks_for(head, "/healthz", &rest) || strncmp(head, "GET / ", 6) == 0)
        behave(c);
    else if (c->origin->mode.behaviour != HANG)
        answer_status(c, 404);
}

/* A request is a head and what came along with it; one at a time, as probes come. */
static void take_request(struct conn *c)
{
    char *end = memmem(c->in, c->in_len, "\r\n\r\n", 4);

    if (end == NULL) {
        if (c->in_len + 1 == sizeof(c->in))
            conn_close(c);
        return;
    }
    c->in[c->in_len] = '\0';
    c->in_len = 0;
    snprintf(c->origin->seen.body, sizeof(c->origin->seen.body), "%s", end + 4);
    end[4] = '\0';
    on_request(c, c->in);
}


/* --- Connections. --- */

static void conn_free(struct conn *c)
{
    struct origin *o = c->origin;

    *c->prev = c->next;
    if (c->next != NULL)
        c->next->prev = c->prev;
    tls_free(c->tls);
    free(c);
    if (--o->n_conns == 0 && o->is_closing) {
        tls_server_free(o->tls);
        free(o);
    }
}

static void on_handle_closed(uv_handle_t *h)
{
    struct conn *c = h->data;

    if (--c->handles == 0)
        conn_free(c);
}

static void conn_close(struct conn *c)
{
    if (!uv_is_closing((uv_handle_t *)&c->tcp))
        uv_close((uv_handle_t *)&c->tcp, on_handle_closed);
    if (!uv_is_closing((uv_handle_t *)&c->delay))
        uv_close((uv_handle_t *)&c->delay, on_handle_closed);
}

static void on_buffer(uv_handle_t *h, size_t suggested, uv_buf_t *out)
{
    static char buffer[65536]; /* one thread, and read at once */

    (void)h;
    (void)suggested;
    *out = uv_buf_init(buffer, sizeof(buffer));
}

static size_t room(const struct conn *c)
{
    return sizeof(c->in) - 1 - c->in_len;
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct conn *c = stream->data;

    if (n < 0) {
        conn_close(c);
    } else if (c->tls != NULL) {
        tls_put(c->tls, buf->base, (size_t)n);
        c->in_len += tls_read(c->tls, c->in + c->in_len, room(c));
        send_tls(c);
        take_request(c);
    } else {
        const size_t len = (size_t)n < room(c) ? (size_t)n : room(c);
        memcpy(c->in + c->in_len, buf->base, len);
        c->in_len += len;
        take_request(c);
    }
}

static void note_client(struct origin *o, const uv_tcp_t *tcp)
{
    struct sockaddr_storage sa = {0};
    int len = sizeof(sa);

    uv_tcp_getpeername(tcp, (struct sockaddr *)&sa, &len);
    const struct ipaddr client = ipaddr_from_sockaddr((const struct sockaddr *)&sa, NULL);
    ipaddr_print(&client, o->seen.client);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct origin *o = listener->data;
    struct conn *c;

    if (status < 0)
        return;
    c = xcalloc(1, sizeof(*c));
    c->origin = o;
    c->next = o->conns;
    c->prev = &o->conns;
    if (c->next != NULL)
        c->next->prev = &c->next;
    o->conns = c;
    o->n_conns++;
    uv_tcp_init(o->loop, &c->tcp);
    uv_timer_init(o->loop, &c->delay);
    c->tcp.data = c->delay.data = c;
    c->handles = 2;
    if (uv_accept(listener, (uv_stream_t *)&c->tcp) != 0) {
        conn_close(c);
        return;
    }
    o->seen.connections++;
    note_client(o, &c->tcp);
    c->tls = o->tls != NULL ? tls_new(o->tls) : NULL;
    uv_read_start((uv_stream_t *)&c->tcp, on_buffer, on_read);
}


/* --- The origin. --- */

static void on_listener_closed(uv_handle_t *h)
{
    free(h);
}

void origin_stop(struct origin *o)
{
    if (o->listener != NULL)
        uv_close((uv_handle_t *)o->listener, on_listener_closed);
    o->listener = NULL;
}

static uint16_t bound_port(const uv_tcp_t *listener)
{
    struct sockaddr_storage sa;
    int len = sizeof(sa);
    uint16_t port = 0;

    uv_tcp_getsockname(listener, (struct sockaddr *)&sa, &len);
    ipaddr_from_sockaddr((const struct sockaddr *)&sa, &port);
    return port;
}

int origin_restart(struct origin *o)
{
    struct sockaddr_storage sa;
    int rc;

    o->listener = xcalloc(1, sizeof(*o->listener));
    uv_tcp_init(o->loop, o->listener);
    o->listener->data = o;
    ipaddr_to_sockaddr(&o->at.addr, o->at.port, &sa);
    rc = uv_tcp_bind(o->listener, (const struct sockaddr *)&sa, 0);
    if (rc == 0)
        rc = uv_listen((uv_stream_t *)o->listener, 128, on_connection);
    if (rc == 0)
        o->at.port = bound_port(o->listener);
    else
        origin_stop(o);
    return rc;
}

int origin_open(uv_loop_t *loop, const struct endpoint_addr *at, struct origin **out)
{
    struct origin *o = xcalloc(1, sizeof(*o));

    o->loop = loop;
    o->at = *at;
    o->mode = (struct mode){ANSWER, 200};
    const int rc = origin_restart(o);
    if (rc == 0)
        *out = o;
    else
        free(o);
    return rc;
}

int origin_open_tls(uv_loop_t *loop, const struct endpoint_addr *at, const char *name,
                    struct origin **out)
{
    const int rc = origin_open(loop, at, out);

    if (rc == 0)
        (*out)->tls = tls_server_new(name);
    return rc;
}

struct tls_server *origin_tls(const struct origin *o)
{
    return o->tls;
}

void origin_close(struct origin *o)
{
    origin_stop(o);
    o->is_closing = true;
    for (struct conn *c = o->conns; c != NULL; c = c->next)
        conn_close(c); /* is freed later */
    if (o->n_conns == 0) {
        tls_server_free(o->tls);
        free(o);
    }
}

bool origin_set(struct origin *o, const char *text)
{
    static const struct {
        const char *name;
        struct mode mode;
    } modes[] = {
        {"ok", {ANSWER, 200}}, {"flap", {FLAP, 0}},   {"huge", {HUGE, 0}},
        {"hang", {HANG, 0}},   {"close", {CLOSE, 0}}, {"reset", {RESET, 0}},
    };
    unsigned number;
    int end = 0;

    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
        if (strcmp(text, modes[i].name) == 0) {
            o->mode = modes[i].mode;
            return true;
        }
    if (sscanf(text, "slow=%u%n", &number, &end) == 1 && text[end] == '\0') {
        o->mode = (struct mode){SLOW, number};
        return true;
    }
    if (sscanf(text, "%u%n", &number, &end) == 1 && text[end] == '\0' && number >= 200 &&
        number <= 599) {
        o->mode = (struct mode){ANSWER, number};
        return true;
    }
    return false;
}

uint16_t origin_port(const struct origin *o)
{
    return o->at.port;
}

const struct origin_seen *origin_seen(const struct origin *o)
{
    return &o->seen;
}
