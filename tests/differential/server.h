/*
 * The four servers, each with the same zones, one thread or process that answers, on a port of its
 * own of 127.0.0.1, as the user who runs this.  They end with the program, however that ends.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "world.h"

/* Ours is the first; the rest are the peers that it is held against. */
enum server_kind { SERVER_PROXIMA, SERVER_NSD, SERVER_KNOT, SERVER_BIND, N_SERVERS };

struct server {
    enum server_kind kind;
    pid_t pid; /* 0: not running */
    uint16_t port;
    char *dir;
};

/* What each says of itself to those who ask for it (RFC 5001, RFC 4892). */
#define SERVER_IDENTITY "differential"

const char *server_name(enum server_kind kind);

/* Write the configuration below dir and start; ends the program, with the log, if it does not run. */
void server_start(struct server *s, enum server_kind kind, const struct world *w, const char *dir);
/* Ask it to end, and make it. */
void server_stop(struct server *s);
/* End the program with the server's log. */
void server_fail(const struct server *s, const char *what) __attribute__((noreturn));
