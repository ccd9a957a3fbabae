/*
 * One transfer of libcurl's for a probe: where it goes, what TLS asks of both sides, and what came of
 * it in an operator's words.  What is asked is the kind's (probe_http.c, probe_tls.c, probe_grpc.c).
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <curl/curl.h>

#include "base/list.h"
#include "health/curlloop.h"
#include "health/probe_ops.h"

struct transfer {
    struct probe *probe;
    struct curlloop *owner;
    CURL *easy;
    struct curl_slist *headers;
    /* It is over; the transfer is the kind's to finish and free. */
    void (*end)(struct transfer *t, CURLcode code);

    /* Its own. */
    struct curl_slist *connect_to;
    char text[CURL_ERROR_SIZE]; /* libcurl's words */
    int socket_errno;           /* why no socket could be had */
    struct list refused;        /* of curlloop, once watch_status says why; else linked to itself */
    int watch_status;
};

/*
 * Prepare what all have in common: the endpoint, the names, TLS.  In p->shared are the curlloops.
 *
 *   scheme  "http" or "https"
 *   path    behind the endpoint's name; "" if CURLOPT_REQUEST_TARGET is to say it
 */
void transfer_init(struct transfer *t, struct probe *p, const char *scheme, const char *path);
void transfer_header(struct transfer *t, const char *line); /* one more */
void transfer_start(struct transfer *t);
void transfer_fini(struct transfer *t); /* whether it has been started or not */

/* For p->doing: how far it has come. */
const char *transfer_doing(const struct transfer *t);

#define TRANSFER_TEXT (CURL_ERROR_SIZE + 64)

/*
 * What came of it as far as libcurl and certificates go, the reason in out (unless it is good).  The
 * certificate's days are judged here too, as of now_s, seconds since 1970.
 */
enum probe_outcome transfer_outcome(const struct transfer *t, CURLcode code, int64_t now_s,
                                    char out[TRANSFER_TEXT]);

/* An option that this libcurl has. */
void transfer_set_long(struct transfer *t, CURLoption option, long v);
void transfer_set_pointer(struct transfer *t, CURLoption option, const void *p);
long transfer_get_long(const struct transfer *t, CURLINFO what);

/* For kinds that share nothing but curlloops: their open and close. */
void *transfer_open_shared(const struct kinds_opts *opts);
void transfer_close_shared(void *shared, void (*closed)(void *arg), void *arg);
