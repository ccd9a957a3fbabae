/*
 * One TCP connection: messages with a length before each, pipelined, answered in order.  It holds
 * memory only while part of a message is in or replies are not taken; who does not take replies is
 * not read from.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "answer/answer.h"
#include "base/cursor.h"
#include "base/xalloc.h"
#include "net/proxy.h"
#include "net/tcp_inside.h"

/* Octets read and messages answered in a turn of a connection, so that one with an endless pipeline
 * does not keep the others waiting.  As many small queries as the octets hold. */
#define TURN_OCTETS   2048
#define TURN_MESSAGES 64

/* A query that comes in pieces holds no more than this, and is not taken for an attacker's. */
#define HELD_FREE 1024

/* ---- memory ---- */

/* What it counts for among those who hold memory. */
static size_t held_len(const struct conn *c)
{
    const size_t len = (size_t)c->in_len + c->out_len;

    return len > HELD_FREE ? len : 0;
}

static void note_held(struct conn *c, size_t before)
{
    struct tcp_server *t = c->server;
    const size_t after = held_len(c);

    t->held_len += after - before;
    if (before == 0 && after > 0) {
        list_append(&t->holders, &c->holds);
    } else if (before > 0 && after == 0) {
        list_remove(&c->holds);
        list_init(&c->holds);
    }
}

/* Takes in, which may be NULL for nothing. */
static void set_in(struct conn *c, uint8_t *in, size_t len)
{
    const size_t before = held_len(c);

    free(c->in);
    c->in = in;
    c->in_len = (uint32_t)len;
    note_held(c, before);
}

static void set_out(struct conn *c, uint8_t *out, size_t len)
{
    const size_t before = held_len(c);

    free(c->out);
    c->out = out;
    c->out_len = (uint32_t)len;
    note_held(c, before);
}

static uint8_t *copy(const uint8_t *data, size_t len)
{
    return len > 0 ? xmemdup(data, len) : NULL;
}

/* ---- life ---- */

static bool watch(struct conn *c, int op, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = &c->source};

    return epoll_ctl(c->server->epoll, op, c->source.fd, &event) == 0;
}

bool conn_new(struct tcp_server *t, int fd, const struct ipaddr *client, bool proxied)
{
    struct conn *c = xcalloc(1, sizeof(*c));

    c->source.fd = fd;
    c->server = t;
    c->client = *client;
    c->is_named = !proxied;
    c->opened_at = c->active_at = tcp_now(t);
    list_init(&c->holds);
    if (!watch(c, EPOLL_CTL_ADD, EPOLLIN)) {
        free(c);
        return false;
    }
    list_append(&t->conns, &c->link);
    t->n_conns++;
    return true;
}

void conn_close(struct conn *c)
{
    struct tcp_server *t = c->server;

    if (c->state == CONN_CLOSED)
        return;
    c->state = CONN_CLOSED;
    set_in(c, NULL, 0);
    set_out(c, NULL, 0);
    close(c->source.fd);
    list_remove(&c->link);
    list_append(&t->closed, &c->link);
    t->n_conns--;
}

void conn_drop(struct conn *c)
{
    const struct linger at_once = {.l_onoff = 1};
    int unsent = 0;

    /* The kernel would go on offering it for minutes, at the price of its memory. */
    if (ioctl(c->source.fd, SIOCOUTQ, &unsent) == 0 && unsent > 0)
        setsockopt(c->source.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    conn_close(c);
}

/* It did something: it is now the last to be closed for idling. */
static void touch(struct conn *c)
{
    c->active_at = tcp_now(c->server);
    list_remove(&c->link);
    list_append(&c->server->conns, &c->link);
}

/* ---- replies ---- */

/* How much of it the kernel took; SIZE_MAX: the connection is at its end. */
static size_t try_send(struct conn *c, const uint8_t *data, size_t len)
{
    const ssize_t n = send(c->source.fd, data, len, MSG_NOSIGNAL);

    if (n >= 0)
        return (size_t)n;
    return errno == EAGAIN || errno == EINTR ? 0 : SIZE_MAX;
}

/* Send what has gathered in this turn; what the kernel does not take the connection keeps. */
static void flush(struct conn *c)
{
    struct tcp_server *t = c->server;
    const size_t len = t->out_len;
    const size_t sent = len > 0 ? try_send(c, t->out, len) : 0;

    t->out_len = 0;
    if (sent == SIZE_MAX)
        conn_close(c);
    else if (sent < len)
        set_out(c, copy(t->out + sent, len - sent), len - sent);
}

/* Replies of earlier turns; true when they are all out. */
static bool send_kept(struct conn *c)
{
    const size_t sent = c->out_len > 0 ? try_send(c, c->out, c->out_len) : 0;

    if (sent == SIZE_MAX) {
        conn_close(c);
        return false;
    }
    if (sent < c->out_len) {
        if (sent > 0)
            set_out(c, copy(c->out + sent, c->out_len - sent), c->out_len - sent);
        return false;
    }
    if (c->out_len > 0) {
        set_out(c, NULL, 0);
        touch(c);
    }
    return true;
}

/* ---- queries ---- */

/* False: this is no DNS client; what it asked before is answered, and it is gone. */
static bool answer_message(struct conn *c, const uint8_t *message, size_t len)
{
    struct tcp_server *t = c->server;
    struct worker *w = t->w;
    const struct answer_request request = {.packet = message,
                                           .len = len,
                                           .client = c->client,
                                           .tcp = true,
                                           .now_ms = w->now_ms,
                                           .idle_ms = t->limits.idle_ms};
    uint8_t *out = t->out + t->out_len;

    stats_add(&w->stats, STAT_tcp_queries, 1);
    const size_t n = answer(w->snap, &request, out + 2, DNS_TCP_MAX, &w->stats);
    if (n == 0) { /* no header, or itself a response */
        flush(c);
        conn_close(c);
        return false;
    }
    put_u16(out, (uint16_t)n);
    t->out_len += 2 + n;
    return true;
}

/* Length of the message at the start of the data and of what is before it; 0: it is not all there. */
static size_t whole_frame(const uint8_t *data, size_t len)
{
    const size_t frame = len >= 2 ? 2 + (size_t)get_u16(data) : SIZE_MAX;

    return frame <= len ? frame : 0;
}

/* Answer whole messages, as many as a turn has; returns how much was used. */
static size_t answer_frames(struct conn *c, const uint8_t *data, size_t len)
{
    size_t at = 0, frame;

    for (unsigned i = 0; i < TURN_MESSAGES && c->server->out_len < GATHER_LEN; i++) {
        frame = whole_frame(data + at, len - at);
        if (frame == 0 || !answer_message(c, data + at + 2, frame - 2))
            break;
        at += frame;
    }
    if (c->state == CONN_CLOSED)
        return 0;
    if (at > 0)
        touch(c); /* one octet a second is no activity: only whole queries are */
    flush(c);
    return at;
}

/* The PROXY header at the start; returns how much was used, 0: it is not all there, or c is closed. */
static size_t take_name(struct conn *c, const uint8_t *data, size_t len)
{
    struct proxy_header header;

    switch (proxy_read_stream(data, len, &header)) {
    case PROXY_SHORT: return 0;
    case PROXY_WRONG:
        stats_add(&c->server->w->stats, STAT_proxy_wrong, 1);
        conn_close(c);
        return 0;
    case PROXY_READ:
        c->is_named = true;
        if (header.client.family != FAMILY_NONE)
            c->client = header.client;
        return header.len;
    }
    abort();
}

static size_t consume(struct conn *c, const uint8_t *data, size_t len)
{
    const size_t header = c->is_named ? 0 : take_name(c, data, len);

    return c->is_named ? header + answer_frames(c, data + header, len - header) : 0;
}

/* ---- turns ---- */

/* Since RFC 7766 §6.2.3 lets a server close whenever it likes, it does so between two answers. */
static bool is_over(const struct conn *c)
{
    const dur_ms_t lifetime_ms = c->server->limits.lifetime_ms;

    return lifetime_ms > 0 && tcp_now(c->server) - c->opened_at >= lifetime_ms;
}

/* After work: what does it wait for now? */
static void settle(struct conn *c)
{
    const bool waits = c->out_len > 0 || (c->is_named && whole_frame(c->in, c->in_len) > 0);
    const enum conn_state next = waits ? CONN_WRITING : CONN_READING;

    if (!waits && is_over(c)) {
        stats_add(&c->server->w->stats, STAT_tcp_aged, 1);
        conn_close(c);
        return;
    }
    /* A socket with room is writable at once, so that whose messages wait is back in the next turn. */
    if (next != c->state && !watch(c, EPOLL_CTL_MOD, waits ? EPOLLOUT : EPOLLIN)) {
        conn_close(c);
        return;
    }
    c->state = (uint8_t)next;
}

/* Use data, which may be c->in, and keep what is left of it. */
static void work(struct conn *c, const uint8_t *data, size_t len)
{
    const size_t used = consume(c, data, len);

    if (c->state == CONN_CLOSED)
        return;
    if (used > 0 || data != c->in)
        set_in(c, copy(data + used, len - used), len - used);
    settle(c);
}

/* Use the octets that came, behind those that waited for them. */
static void take_octets(struct conn *c, const uint8_t *data, size_t len)
{
    if (c->in_len == 0) {
        work(c, data, len);
        return;
    }
    uint8_t *all = xmalloc(c->in_len + len);
    memcpy(all, c->in, c->in_len);
    memcpy(all + c->in_len, data, len);
    set_in(c, all, c->in_len + len);
    work(c, c->in, c->in_len);
}

/* A turn's octets, or all that a large message still lacks. */
static size_t read_len(const struct conn *c)
{
    const size_t frame = c->in_len >= 2 ? 2 + (size_t)get_u16(c->in) : 0;

    return c->is_named && frame > c->in_len + (size_t)TURN_OCTETS ? frame - c->in_len : TURN_OCTETS;
}

static void read_some(struct conn *c)
{
    uint8_t *buf = c->server->read_buf;
    const ssize_t n = recv(c->source.fd, buf, read_len(c), 0);

    if (n > 0)
        take_octets(c, buf, (size_t)n);
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        conn_close(c); /* also at the end of what it sends: all replies are with the kernel */
}

/* The client takes replies again, or messages have waited for their turn. */
static void write_some(struct conn *c)
{
    if (!send_kept(c))
        return;
    if (c->in_len > 0)
        work(c, c->in, c->in_len);
    else
        settle(c);
}

void conn_ready(struct conn *c)
{
    switch ((enum conn_state)c->state) {
    case CONN_READING: read_some(c); return;
    case CONN_WRITING: write_some(c); return;
    case CONN_CLOSED: return; /* earlier in this turn */
    }
    abort();
}
