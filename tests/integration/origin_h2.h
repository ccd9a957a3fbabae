/*
 * A tiny HTTP/2 origin, plain (prior knowledge) or over TLS, that answers every request in the same way, as
 * a test says.  Its HTTP/2 is nghttp2's.
 *
 * On the caller's loop and thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <uv.h>

#include "base/ipaddr.h"

struct origin_h2;
struct tls_server;

struct h2_answer {
    const char *status; /* "200" */
    const char *content_type;
    const void *body;
    size_t body_len;
    const char *grpc_status, *grpc_message; /* trailers, if not NULL */
    bool is_mute;                           /* no answer at all */
};

struct h2_seen {
    unsigned requests;
    char method[16], path[64], authority[128], content_type[64], te[16];
    uint8_t body[256];
    size_t body_len;
};

/* server: NULL, or whose TLS it speaks; taken.  The answer is borrowed, and may change. */
struct origin_h2 *origin_h2_open(uv_loop_t *loop, struct tls_server *server,
                                 const struct h2_answer *answer);
void origin_h2_close(struct origin_h2 *o);          /* its memory goes as the loop runs on */
uint16_t origin_h2_port(const struct origin_h2 *o); /* on 127.0.0.1 */
const struct h2_seen *origin_h2_seen(const struct origin_h2 *o);
