/*
 * The dns probe: one question over UDP, over TCP if the answer is truncated (RFC 7766 §5), healthy when
 * code and data are the expected ones.  What is lost on the way is asked again before the time is up.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "health/dnsquery.h"
#include "health/probe_ops.h"
#include "health/source.h"

/* Times that the question is sent within the probe's time limit: one lost datagram in twenty makes
 * one probe in 8,000 fail. */
#define TRIES 3

#define TCP_MAX (2 + 65535) /* the length, and as much as it can say (RFC 1035 §4.2.2) */

struct dns {
    struct probe *probe;
    uv_udp_t udp;
    uv_tcp_t tcp;
    uv_timer_t again;
    uv_connect_t connect;
    uv_write_t write;
    unsigned handles; /* not closed yet */
    bool is_ending;
    uint16_t id;
    uint8_t query[2 + DNSQUERY_MAX]; /* its length before it, as TCP wants it */
    size_t query_len;                /* without that */
    uint8_t *reply;                  /* over TCP */
    size_t reply_len;
    enum probe_outcome outcome; /* what it ended with, and text */
    char text[DNSQUERY_TEXT];
};

static void on_closed(uv_handle_t *h)
{
    struct dns *d = h->data;
    struct probe *p = d->probe;

    if (--d->handles > 0)
        return;
    const enum probe_outcome outcome = d->outcome;
    char text[DNSQUERY_TEXT];
    memcpy(text, d->text, sizeof(text));
    free(d->reply);
    free(d);
    p->done(p, outcome, text);
}

static void close_handle(uv_handle_t *h)
{
    if (!uv_is_closing(h))
        uv_close(h, on_closed);
}

static void end(struct dns *d, enum probe_outcome outcome)
{
    if (d->is_ending)
        return;
    d->is_ending = true;
    d->outcome = outcome;
    close_handle((uv_handle_t *)&d->udp);
    close_handle((uv_handle_t *)&d->tcp);
    close_handle((uv_handle_t *)&d->again);
}

static void end_by(struct dns *d, int status)
{
    if (!d->is_ending)
        snprintf(d->text, sizeof(d->text), "%s",
                 status == UV_EOF ? "connection closed without an answer" : uv_strerror(status));
    end(d, probe_outcome(status));
}

/* --- Over TCP. --- */

static size_t announced(const struct dns *d)
{
    return d->reply_len < 2 ? 2 : 2 + ((size_t)d->reply[0] << 8 | d->reply[1]);
}

static void take_tcp_reply(struct dns *d)
{
    const enum dnsquery_verdict v =
        dnsquery_judge(d->probe->spec, d->id, d->reply + 2, d->reply_len - 2, d->text);

    if (v == DNSQUERY_FOREIGN || v == DNSQUERY_TRUNCATED)
        snprintf(d->text, sizeof(d->text), "what came over TCP is no answer to the question");
    end(d, v == DNSQUERY_GOOD ? PROBE_GOOD : PROBE_BAD);
}

static void on_tcp_buffer(uv_handle_t *h, size_t suggested, uv_buf_t *out)
{
    struct dns *d = h->data;

    (void)suggested;
    if (d->reply == NULL)
        d->reply = xmalloc(TCP_MAX);
    *out = uv_buf_init((char *)d->reply + d->reply_len, (unsigned)(announced(d) - d->reply_len));
}

static void on_tcp_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct dns *d = stream->data;

    (void)buf;
    if (n < 0) {
        end_by(d, (int)n);
        return;
    }
    d->reply_len += (size_t)n;
    if (d->reply_len >= 2 && d->reply_len == announced(d))
        take_tcp_reply(d);
}

static void on_written(uv_write_t *req, int status)
{
    if (status < 0)
        end_by(req->data, status);
}

static void on_connect(uv_connect_t *req, int status)
{
    struct dns *d = req->data;
    const uv_buf_t buf = uv_buf_init((char *)d->query, (unsigned)(2 + d->query_len));

    if (status == 0)
        status = uv_read_start((uv_stream_t *)&d->tcp, on_tcp_buffer, on_tcp_read);
    if (status == 0)
        status = uv_write(&d->write, (uv_stream_t *)&d->tcp, &buf, 1, on_written);
    d->probe->doing = "waiting for the answer over TCP";
    if (status < 0)
        end_by(d, status);
}

/* libuv makes the socket when it connects, too late for a source. */
static int bind_tcp(struct dns *d)
{
    const struct probe *p = d->probe;

    if (source_of(p) == NULL)
        return 0;
    const int fd = socket(p->addr.family == FAMILY_IP6 ? AF_INET6 : AF_INET,
                          SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    int rc = source_bind(fd, p);
    if (rc == 0)
        rc = uv_tcp_open(&d->tcp, fd);
    if (rc != 0)
        close(fd);
    return rc;
}

static void ask_over_tcp(struct dns *d)
{
    const struct probe *p = d->probe;
    struct sockaddr_storage sa;

    ipaddr_to_sockaddr(&p->addr, p->spec->port, &sa);
    uv_timer_stop(&d->again);
    uv_udp_recv_stop(&d->udp);
    d->probe->doing = "connecting over TCP";
    int rc = bind_tcp(d);
    if (rc == 0)
        rc = uv_tcp_connect(&d->connect, &d->tcp, (const struct sockaddr *)&sa, on_connect);
    if (rc != 0)
        end_by(d, rc);
}

/* --- Over UDP. --- */

static void on_datagram(uv_udp_t *udp, ssize_t n, const uv_buf_t *buf, const struct sockaddr *from,
                        unsigned flags)
{
    struct dns *d = udp->data;

    if (n < 0) {
        end_by(d, (int)n); /* such as that nobody listens there (ICMP) */
        return;
    }
    if (from == NULL || (flags & UV_UDP_PARTIAL) != 0 || d->is_ending)
        return;
    switch (dnsquery_judge(d->probe->spec, d->id, (const uint8_t *)buf->base, (size_t)n, d->text)) {
    case DNSQUERY_FOREIGN: return;
    case DNSQUERY_TRUNCATED: ask_over_tcp(d); return;
    case DNSQUERY_GOOD: end(d, PROBE_GOOD); return;
    case DNSQUERY_BAD: end(d, PROBE_BAD); return;
    }
    abort();
}

static void on_buffer(uv_handle_t *h, size_t suggested, uv_buf_t *out)
{
    static char buffer[4096]; /* one thread, and read at once */

    (void)h;
    (void)suggested;
    *out = uv_buf_init(buffer, sizeof(buffer));
}

static void send_query(uv_timer_t *again)
{
    struct dns *d = again->data;
    const uv_buf_t buf = uv_buf_init((char *)d->query + 2, (unsigned)d->query_len);
    const int rc = uv_udp_try_send(&d->udp, &buf, 1, NULL);

    if (rc < 0 && rc != UV_EAGAIN)
        end_by(d, rc);
}

/* Bind a handle's socket to the source. */
static int bind_source(const struct dns *d, uv_handle_t *h)
{
    uv_os_fd_t fd;
    const int rc = uv_fileno(h, &fd);

    return rc == 0 ? source_bind(fd, d->probe) : rc;
}

static int open_sockets(struct dns *d)
{
    const struct probe *p = d->probe;
    const unsigned family = p->addr.family == FAMILY_IP6 ? AF_INET6 : AF_INET;
    int rc = uv_udp_init_ex(p->loop, &d->udp, family);

    if (rc != 0) /* no socket; a handle all the same, for end */
        uv_udp_init(p->loop, &d->udp);
    uv_tcp_init(p->loop, &d->tcp);
    d->udp.data = d->tcp.data = d;
    return rc == 0 ? bind_source(d, (uv_handle_t *)&d->udp) : rc;
}

static int start_udp(struct dns *d)
{
    const struct probe *p = d->probe;
    struct sockaddr_storage sa;

    ipaddr_to_sockaddr(&p->addr, p->spec->port, &sa);
    int rc = open_sockets(d);
    if (rc == 0)
        rc = uv_udp_connect(&d->udp, (const struct sockaddr *)&sa); /* nobody else is heard */
    if (rc == 0)
        rc = uv_udp_recv_start(&d->udp, on_buffer, on_datagram);
    return rc;
}

static void make_query(struct dns *d)
{
    uv_random(NULL, NULL, &d->id, sizeof(d->id), 0, NULL);
    d->query_len = dnsquery_make(d->probe->spec, d->id, d->query + 2);
    d->query[0] = (uint8_t)(d->query_len >> 8);
    d->query[1] = (uint8_t)d->query_len;
}

static void dns_start(struct probe *p)
{
    struct dns *d = xcalloc(1, sizeof(*d));

    d->probe = p;
    p->own = d;
    p->doing = "waiting for the answer";
    d->handles = 3;
    d->connect.data = d->write.data = d->again.data = d;
    uv_timer_init(p->loop, &d->again);
    make_query(d);
    const int rc = start_udp(d);
    if (rc != 0)
        end_by(d, rc);
    else
        uv_timer_start(&d->again, send_query, 0, (uint64_t)(p->spec->timeout_ms / TRIES) + 1);
}

static void dns_cancel(struct probe *p)
{
    end_by(p->own, UV_ECANCELED);
}

const struct probe_ops probe_dns = {.start = dns_start, .cancel = dns_cancel};
