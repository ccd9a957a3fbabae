/*
 * JSON-RPC 2.0 (https://www.jsonrpc.org/specification), one object a line: from a line to a method
 * of a table, from its result to a line.  No sockets, no files; batches are not taken.
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/list.h"

enum rpc_code {
    RPC_PARSE_ERROR = -32700,
    RPC_INVALID_REQUEST = -32600,
    RPC_NO_SUCH_METHOD = -32601,
    RPC_BAD_PARAMS = -32602,
    RPC_REFUSED = -32000, /* refused or failed; error.data holds every reason */
};

struct rpc_call;

enum rpc_type { RPC_STRING, RPC_INTEGER, RPC_BOOLEAN };

struct rpc_param {
    const char *name; /* NULL ends the list */
    enum rpc_type type;
    bool required;
    const char *help; /* completes "NAME: …" */
};

#define RPC_PARAMS_MAX 5

struct rpc_method {
    const char *name;
    /* Answers by rpc_reply or rpc_refuse, now or later; both end the call. */
    void (*call)(struct rpc_call *call);
    bool changes; /* the server's state: to be told to rpc_table's `on_change` */
    struct rpc_param params[RPC_PARAMS_MAX + 1];
};

struct rpc_table {
    const struct rpc_method *methods;
    size_t n;
    void *context;
    /* A call that changes something is over, err empty if it worked.  The reply waits until this has
     * called rpc_settled, now or later.  May be NULL. */
    void (*on_change)(struct rpc_call *call, const struct err *err);
    size_t n_calls; /* not ended yet; those whose peer is gone still need the table */
    void (*on_idle)(
        void *context); /* the last one has ended; it may free the table.  May be NULL */
};

/* Calls that a peer may have under way; one more is refused.  Scripts send a few, a loop gone wild
 * sends all it can. */
#define RPC_CALLS_MAX 256

/* Whoever sends lines. */
struct rpc_peer {
    uid_t uid;
    pid_t pid;
    struct list calls; /* of this peer, not yet over */
    size_t n_calls;
    /* Send len octets that end with a newline; takes line.  May call rpc_peer_gone. */
    void (*send)(struct rpc_peer *peer, char *line, size_t len);
    /* A call of it that gets no reply, a notification, is over.  May call rpc_peer_gone; may be NULL. */
    void (*ended)(struct rpc_peer *peer);
};

struct rpc_call {
    struct rpc_table *table; /* borrowed; outlives the call */
    const struct rpc_method *method;
    json_t *params; /* object, checked against method->params */
    json_t *id;     /* NULL: a notification (§4.1), which gets no reply */
    uid_t uid;
    pid_t pid;
    uint64_t started_ns;   /* monotonic */
    struct rpc_peer *peer; /* NULL: gone; a reply goes nowhere */
    struct list link;
    /*
     * Set by a method that replies later and need not go on when nobody waits for it: the peer is
     * gone.  It may end the call by rpc_reply or rpc_refuse.
     */
    void (*on_gone)(struct rpc_call *call);
    void *data; /* the method's own */
    /* Set by a method before it ends the call: what is left to do once the reply has been sent. */
    void (*then)(void *context); /* the table's */
    /* rpc_reply_begin's; then the reply, while it waits */
    FILE *stream;
    char *text;
    size_t len, cap;
};

void rpc_peer_init(struct rpc_peer *peer, uid_t uid, pid_t pid);
void rpc_peer_gone(struct rpc_peer *peer);

/* Take one line, with or without its newline.  Every failure becomes a reply.  A notification of a
 * method that changes nothing is not called: nobody would learn what came of it. */
void rpc_line(struct rpc_table *table, struct rpc_peer *peer, const char *line, size_t len);

/* An error that belongs to no call, such as a line without end. */
void rpc_send_error(struct rpc_peer *peer, enum rpc_code code, const char *message);

/* End a call: it worked.  Takes result. */
void rpc_reply(struct rpc_call *call, json_t *result);
/*
 * A long result, as JSON text in pieces: begin, write to the stream, at any later time too, end the
 * call by rpc_reply_end.  The stream is the call's: a refusal throws away what was written.
 */
FILE *rpc_reply_begin(struct rpc_call *call);
void rpc_reply_end(struct rpc_call *call);
/* A value as text, as all replies have them; takes it.  Owned, or to the stream. */
char *rpc_print(json_t *value);
void rpc_write(FILE *stream, json_t *value);

/* End a call: it was refused or failed, for the reasons in err (at least one error). */
void rpc_refuse(struct rpc_call *call, const struct err *err);
/* The same with one reason. */
void rpc_refuse_text(struct rpc_call *call, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* on_change is through with a call that has ended: its reply is sent. */
void rpc_settled(struct rpc_call *call);

const char *rpc_string(const struct rpc_call *call, const char *name); /* NULL: not given */
int64_t rpc_integer(const struct rpc_call *call, const char *name, int64_t unless_given);
bool rpc_true(const struct rpc_call *call, const char *name); /* given, and true */
double rpc_took_ms(const struct rpc_call *call);              /* since the line came */

/* A string of any origin; octets that are not UTF-8, of a file's name perhaps, become "?". */
json_t *rpc_text(const char *text);
/* The texts of one level as an array of strings; a new reference. */
json_t *rpc_texts(const struct err *err, enum err_level level);
