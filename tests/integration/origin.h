/*
 * A tiny HTTP origin whose behaviour a test, or a person with curl, switches while it runs.  Also
 * the program tests/integration/origin.
 *
 *   GET /healthz, GET /   what its mode says
 *   GET /hop/N            a redirect to /hop/N-1, and from /hop/0 to /healthz
 *   GET /mode/MODE        switches the mode, whatever the present one is; 200, or 400: no such mode
 *   anything else         404, in the modes that answer at all
 *
 * Modes:  ok        200 (to begin with)
 *         503       any number 200..599: that status; 3xx with a Location that leads nowhere
 *         flap      200 and 503 by turns
 *         slow=MS   200 after so many milliseconds
 *         huge      200 and a body of 16 MiB
 *         hang      reads and never answers
 *         close     closes the connection instead of an answer
 *         reset     resets it
 *
 * On the caller's loop and thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <uv.h>

#include "base/ipaddr.h"

struct origin;

struct tls_server;

/* Listen; port 0: any, see origin_port.  0, or -errno as libuv has it.  Returns owned. */
int origin_open(uv_loop_t *loop, const struct endpoint_addr *at, struct origin **out);
/* The same with TLS, under a self-signed certificate for `name` that is made now. */
int origin_open_tls(uv_loop_t *loop, const struct endpoint_addr *at, const char *name,
                    struct origin **out);
void origin_close(struct origin *o); /* connections too; its memory goes as the loop runs on */

struct tls_server *origin_tls(const struct origin *o); /* borrowed; NULL: it is plain */

bool origin_set(struct origin *o, const char *mode); /* false: no such mode */
/* Stop listening: connections are refused.  Then on the same port again. */
void origin_stop(struct origin *o);
int origin_restart(struct origin *o);

uint16_t origin_port(const struct origin *o);

struct origin_seen {
    unsigned connections, requests; /* so far; a /mode/ request is none */
    char request[2048];             /* the last one's head */
    char body[256];                 /* its body, as far as it came along */
    char client[IPADDR_TEXT];       /* who made the last connection */
    char server_name[256];          /* its TLS server name (SNI), "" for none */
};
const struct origin_seen *origin_seen(const struct origin *o); /* borrowed */
