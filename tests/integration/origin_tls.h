/*
 * The server's side of TLS for the origin: bytes in, bytes out, no sockets.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct tls_server; /* a certificate and its key */
struct tls;        /* one connection */

/* A new key, and a certificate for name that it signs itself.  Returns owned. */
struct tls_server *tls_server_new(const char *name);
void tls_server_free(struct tls_server *s); /* NULL is fine */

/* The certificate and its key as a PEM file: what a client trusts, or shows itself. */
void tls_server_write_pem(const struct tls_server *s, const char *path);
/* From now on only clients that show this very certificate are spoken to. */
void tls_server_require_client(struct tls_server *s);

/* From now on HTTP/2 is agreed on with clients that offer it (RFC 7301, RFC 9113 §3.2). */
void tls_server_agree_on_h2(struct tls_server *s);

struct tls *tls_new(const struct tls_server *s);
void tls_free(struct tls *t); /* NULL is fine */

/* What came from the net, and what is to go there: after any of the other three.  0: nothing. */
void tls_put(struct tls *t, const void *data, size_t len);
size_t tls_take(struct tls *t, void *out, size_t cap);

/* What the client said, 0: nothing yet; and what it is to hear. */
size_t tls_read(struct tls *t, void *out, size_t cap);
void tls_write(struct tls *t, const void *data, size_t len);

bool tls_is_ready(const struct tls *t);           /* the handshake is over */
const char *tls_server_name(const struct tls *t); /* SNI, "" for none */
