/*
 * A proximad of a test's own: the program in $PROXIMAD, in a folder of its own, on port 0 of
 * 127.0.0.1, driven over its control socket and asked through ldns.
 *
 * Everything blocks; nothing sleeps.  What goes wrong fails the test with the daemon's log.  It ends
 * with the test, however that ends.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <jansson.h>
#include <ldns/ldns.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/clock.h"

struct daemon;

struct daemon_file {
    const char *name, *text; /* "zones/example.com.zone" */
};

struct daemon_opts {
    const char *config; /* of proxima.yaml, behind `server:` and `zones:`, which the kit writes */
    const struct daemon_file *files;
    size_t n_files;
};

/* Write the files and start; returns when the control socket answers. */
struct daemon *daemon_start(const struct daemon_opts *opts);
/* Halt it if it runs, then take its folder away.  NULL is fine. */
void daemon_stop(struct daemon *d);

void daemon_halt(struct daemon *d);    /* `stop`; it must end with exit status 0 */
void daemon_kill(struct daemon *d);    /* kill -9 */
void daemon_restart(struct daemon *d); /* on the same folder, after one of these */

/* Start a second one on the same folder, wait for its end: the exit status; *log owned. */
int daemon_start_second(struct daemon *d, char **log);

const char *daemon_dir(const struct daemon *d); /* for tmpdir_write and tmpdir_read */
void daemon_write_config(struct daemon *d, const char *config); /* as in daemon_opts */
uint16_t daemon_port(const struct daemon *d); /* another one after daemon_restart */
const char *daemon_socket(const struct daemon *d);
pid_t daemon_pid(const struct daemon *d);

/* ---- its control socket ---- */

/* A connection; close it with close(). */
int daemon_connect(struct daemon *d);
/* Ask without waiting, and take the next reply, which the caller owns; NULL: it was closed. */
void daemon_send(int fd, const char *method, json_t *params_taken);
json_t *daemon_receive(int fd);

/* A call and its result, owned.  params as for json_pack: daemon_call(d, "drain", "{s:s}", "region", "a"). */
json_t *daemon_call(struct daemon *d, const char *method, const char *params, ...);
/* One that must be refused: all reasons, one a line, owned. */
char *daemon_refused(struct daemon *d, const char *method, const char *params, ...);

/* By how much its probes were late in about the last minute: what a busy machine held up. */
dur_ms_t daemon_late_ms(struct daemon *d);

/* ---- its answers ---- */

struct daemon_query {
    const char *name, *type;
    const char *subnet; /* "192.0.2.0/24"; NULL: no client subnet */
    bool tcp;
};

struct daemon_reply {
    const char *rcode;
    char records[512]; /* the answer section: "A 192.0.2.1, A 192.0.2.2" */
    uint32_t ttl_s;    /* of its first record */
    int scope;         /* of the client subnet; -1: none */
};

struct daemon_reply daemon_ask(struct daemon *d, const struct daemon_query *q);
/* The same as ldns has it, owned. */
ldns_pkt *daemon_ask_packet(struct daemon *d, const struct daemon_query *q);
