/*
 * What an operator says of a probe, and the small interface behind which each kind lives in a file
 * of its own (probe_http.c, probe_tcp.c).
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

enum probe_kind { PROBE_HTTP, PROBE_HTTPS, PROBE_TCP };

struct code_range {
    uint16_t first, last; /* HTTP status codes, both inclusive, 100..599 */
};

struct probe_spec {
    char *name; /* owned by the configuration, as all strings here */
    enum probe_kind kind;
    uint16_t port;
    /* > 0, start to start.  An endpoint is not asked again while it is being asked: a timeout
     * beyond the interval stretches it. */
    dur_ms_t interval_ms;
    dur_ms_t timeout_ms; /* > 0, for all of it: name, connection, answer */
    uint8_t rise, fall;  /* 1..64 */
    uint8_t fall_of;     /* `fall` of the last so many, at most 64; not above fall: in a row */
    struct damping_rule damping; /* of an endpoint */
    struct err_pos pos;

    /* http, https */
    char *path; /* begins with "/" */
    /* A name, no port: the Host header, just so, and the TLS server name; NULL: the endpoint. */
    char *host;
    struct code_range *expect; /* at least one */
    size_t n_expect;
    bool reuse;  /* keep the connection; default no: a kept one hides a full accept queue */
    bool verify; /* https: check the certificate */
};

/* An endpoint: an address, or a host name that is resolved anew by each probe. */
struct probe_dest {
    struct ipaddr addr; /* FAMILY_NONE: host */
    char *host;         /* "lb.example.net", no last dot; NULL for an address */
};
