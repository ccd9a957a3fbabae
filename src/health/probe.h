/*
 * What an operator says of a probe.  Each kind lives in a file of its own behind a small interface
 * (probe_ops.h).
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/ipaddr.h"
#include "health/damping.h"
#include "health/pattern.h"

/* From 1: 0 is a probe whose type was not told. */
enum probe_kind {
    PROBE_HTTP = 1,
    PROBE_HTTPS,
    PROBE_TCP,
    PROBE_TLS,
    PROBE_DNS,
    PROBE_STATIC,
    PROBE_FILE,
    PROBE_PUSH,
    PROBE_EXEC,
    PROBE_GRPC,
    PROBE_GRPCS,
    PROBE_COMBINE
};

/* By the configuration or by others: nothing is asked over the network. */
static inline bool probe_is_told(enum probe_kind kind)
{
    return kind == PROBE_STATIC || kind == PROBE_FILE || kind == PROBE_PUSH;
}

enum { PROBE_KINDS = PROBE_COMBINE + 1 };

struct code_range {
    uint16_t first, last; /* both inclusive: HTTP statuses, DNS response codes, exit statuses */
};

struct probe_bytes { /* any octets; data is NULL when there are none */
    uint8_t *data;
    size_t len;
};

/* A member more is a row more in spec.c, which copies, compares and frees them. */
struct probe_spec {
    char *name; /* owned by the configuration, as all that members point to */
    enum probe_kind kind;
    uint16_t port;
    /* > 0, start to start.  An endpoint is not asked again while it is being asked: a timeout
     * beyond the interval stretches it. */
    dur_ms_t interval_ms;
    dur_ms_t timeout_ms; /* > 0, for all of it: name, connection, answer */
    uint8_t rise, fall;  /* 1..64 */
    uint8_t fall_of;     /* `fall` of the last so many, at most 64; not above fall: in a row */
    uint8_t family;      /* of an endpoint that is a name: FAMILY_*, NONE: whichever is better */
    struct damping_rule damping; /* of an endpoint */
    uint64_t asks; /* a fingerprint of what it asks, not of how often and what follows */
    struct err_pos pos;

    struct ipaddr *source; /* where connections come from: at most one of each family */
    size_t n_source;

    /* http, https */
    char *method; /* "GET" */
    char *path;   /* begins with "/" */
    /* A name, no port: the Host header, just so, and the TLS server name; NULL: the endpoint. */
    char *host;
    char **headers; /* "Name: value", or "Name;" without a value */
    size_t n_headers;
    struct code_range *expect; /* at least one; dns and exec too */
    size_t n_expect;
    struct pattern *body; /* what a good body contains; NULL: anything */
    uint8_t redirects;    /* how many are followed, to the same endpoint; 0: one is an answer */
    bool http2;           /* nothing else will do */
    bool reuse; /* keep the connection; default no: a kept one hides a full accept queue */

    /* https, tls */
    bool verify;        /* check the certificate */
    uint16_t cert_days; /* the certificate is valid for so many more; 0: not looked at */
    char *sni;          /* the TLS server name if it is not host */
    char *ca;           /* file of the authorities; NULL: the system's */
    char *cert, *key;   /* files of what we show ourselves; NULL: nothing */

    /* tcp, tls: to say first, and to hear then; http, https: send is the body */
    struct probe_bytes send, receive;

    /* dns */
    char *query;    /* an absolute name */
    char **answers; /* rdata of the type that the answer holds, all of them */
    size_t n_answers;
    uint16_t query_type;
    bool recurse; /* ask for recursion */

    /* combine */
    uint8_t need; /* how many parts are to be good; 0 in the configuration: all */
    char **of;    /* their names */
    size_t n_of;
    struct probe_spec *parts; /* none of them a combine; owned whole */
    size_t n_parts;

    /* grpc, grpcs */
    char *service; /* "": the server as a whole */

    /* exec */
    char **command; /* at least one, an absolute path */
    size_t n_command;
    char **environment; /* "NAME=value" */
    size_t n_environment;

    /* static */
    bool is_up;

    /* file, push */
    bool stale_is_down;  /* what is known no more is taken for down; else for unknown */
    char *file;          /* path */
    dur_ms_t max_age_ms; /* of the file, of having no report since the start; 0: no end */
};

/* A copy with everything that it points to; its pos is empty. */
struct probe_spec probe_spec_copy(const struct probe_spec *s);
/* Release what the members point to. */
void probe_spec_fini(struct probe_spec *s);

/* An endpoint: an address, or a host name that is resolved anew by each probe. */
struct probe_dest {
    struct ipaddr addr; /* FAMILY_NONE: host */
    char *host;         /* "lb.example.net", no last dot; NULL for an address */
};
