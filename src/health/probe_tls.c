/*
 * The tls probe: as tcp, but over TLS, whose handshake has to succeed.  libcurl makes the connection and
 * then lends us its two ends.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "health/dialog.h"
#include "health/transfer.h"

struct tls_probe {
    struct transfer transfer;
    struct dialog dialog;
    size_t sent;
    uv_poll_t poll;
    bool is_polling;
    enum probe_outcome outcome; /* with text, once it has ended */
    char text[TRANSFER_TEXT];
};

static void finish(struct tls_probe *t)
{
    struct probe *p = t->transfer.probe;
    const enum probe_outcome outcome = t->outcome;
    char text[TRANSFER_TEXT];

    memcpy(text, t->text, sizeof(text));
    transfer_fini(&t->transfer);
    dialog_fini(&t->dialog);
    free(t);
    p->done(p, outcome, text[0] != '\0' ? text : NULL);
}

static void on_poll_closed(uv_handle_t *h)
{
    finish(h->data);
}

static void end(struct tls_probe *t, enum probe_outcome outcome)
{
    t->outcome = outcome;
    if (!t->is_polling)
        finish(t);
    else if (!uv_is_closing((uv_handle_t *)&t->poll))
        uv_close((uv_handle_t *)&t->poll, on_poll_closed);
}

static void end_by(struct tls_probe *t, CURLcode code)
{
    end(t, transfer_outcome(&t->transfer, code, real_ms() / 1000, t->text));
}

static void end_unheard(struct tls_probe *t)
{
    char text[DIALOG_TEXT];

    memcpy(t->text, dialog_say(&t->dialog, text), sizeof(text));
    end(t, PROBE_BAD);
}

/* CURLE_AGAIN: not all yet. */
static CURLcode say(struct tls_probe *t)
{
    const struct probe_bytes *send = &t->dialog.spec->send;
    CURLcode code = CURLE_OK;

    while (code == CURLE_OK && t->sent < send->len) {
        size_t n = 0;
        code = curl_easy_send(t->transfer.easy, send->data + t->sent, send->len - t->sent, &n);
        t->sent += n;
    }
    return code;
}

/* All that has come: TLS may hold some that the socket does not show. */
static void listen_all(struct tls_probe *t)
{
    for (;;) {
        size_t room, n = 0;
        char *at = dialog_room(&t->dialog, &room);
        const CURLcode code = room > 0 ? curl_easy_recv(t->transfer.easy, at, room, &n) : CURLE_OK;
        if (code == CURLE_AGAIN)
            return;
        if (code != CURLE_OK) {
            end_by(t, code);
            return;
        }
        if (n == 0) { /* closed, or it has said too much */
            end_unheard(t);
            return;
        }
        t->dialog.heard += n;
        if (dialog_is_over(&t->dialog)) {
            end(t, PROBE_GOOD);
            return;
        }
    }
}

static void on_socket(uv_poll_t *poll, int status, int events);

static void converse(struct tls_probe *t)
{
    const CURLcode code = say(t);

    if (code != CURLE_OK && code != CURLE_AGAIN) {
        end_by(t, code);
        return;
    }
    if (code == CURLE_OK && dialog_is_over(&t->dialog)) {
        end(t, PROBE_GOOD);
        return;
    }
    uv_poll_start(&t->poll, UV_READABLE | (code == CURLE_AGAIN ? UV_WRITABLE : 0), on_socket);
    listen_all(t);
}

static void on_socket(uv_poll_t *poll, int status, int events)
{
    (void)status; /* libcurl learns from the socket what is wrong */
    (void)events;
    converse(poll->data);
}

/* libcurl has connected and watches the socket no more: now we do. */
static void tls_connected(struct transfer *transfer, CURLcode code)
{
    struct tls_probe *t = container_of(transfer, struct tls_probe, transfer);
    curl_socket_t fd = CURL_SOCKET_BAD;

    const enum probe_outcome outcome = transfer_outcome(transfer, code, real_ms() / 1000, t->text);
    if (outcome != PROBE_GOOD || !dialog_is_wanted(transfer->probe->spec)) {
        end(t, outcome);
        return;
    }
    curl_easy_getinfo(transfer->easy, CURLINFO_ACTIVESOCKET, &fd);
    transfer->watch_status = uv_poll_init_socket(transfer->probe->loop, &t->poll, fd);
    if (transfer->watch_status != 0) {
        end_by(t, CURLE_OK);
        return;
    }
    t->poll.data = t;
    t->is_polling = true;
    transfer->probe->doing = "waiting for what is expected";
    converse(t);
}

static void tls_start(struct probe *p)
{
    struct tls_probe *t = xcalloc(1, sizeof(*t));

    t->dialog.spec = p->spec;
    t->transfer.end = tls_connected;
    transfer_init(&t->transfer, p, "https", "");
    transfer_set_long(&t->transfer, CURLOPT_CONNECT_ONLY, 1);
    transfer_set_long(&t->transfer, CURLOPT_SSL_ENABLE_ALPN,
                      0);                                     /* what is spoken then is not HTTP */
    transfer_set_long(&t->transfer, CURLOPT_FORBID_REUSE, 0); /* it would close before we spoke */
    p->own = t;
    transfer_start(&t->transfer);
}

static void tls_cancel(struct probe *p)
{
    struct tls_probe *t = p->own;

    if (!t->is_polling)
        p->doing = transfer_doing(&t->transfer);
    end(t, PROBE_BAD);
}

const struct probe_ops probe_tls = {.open = transfer_open_shared,
                                    .close = transfer_close_shared,
                                    .start = tls_start,
                                    .cancel = tls_cancel};
