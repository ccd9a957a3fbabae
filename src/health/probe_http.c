/*
 * The http and https probes: one request, healthy when the status is an expected one and, if it is
 * asked for, the body contains what it should.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "health/transfer.h"

/* What is read of a body before the answer is taken as it is.  Health pages are small; a probe that
 * was pointed at a download must not fill the line. */
#define BODY_MAX (64 * 1024)

struct http {
    struct transfer transfer;
    size_t body_len; /* of all that came, those of redirects left out */
    char *body;      /* its first BODY_MAX octets, if somebody will look; else NULL */
};

static struct http *http_of(struct transfer *t)
{
    return container_of(t, struct http, transfer);
}


/* --- What came of it, in words. --- */

static bool is_expected(const struct probe_spec *spec, long status)
{
    for (size_t i = 0; i < spec->n_expect; i++)
        if (status >= spec->expect[i].first && status <= spec->expect[i].last)
            return true;
    return false;
}

/* "status 503, expected 200, 204 or 300-399" */
static void say_status(const struct probe_spec *spec, long status, char out[TRANSFER_TEXT])
{
    FILE *f = fmemopen(out, TRANSFER_TEXT, "w");

    if (f == NULL)
        abort();
    fprintf(f, "status %ld, expected ", status);
    for (size_t i = 0; i < spec->n_expect; i++) {
        const struct code_range *r = &spec->expect[i];
        const char *separator = i + 1 == spec->n_expect ? " or " : ", ";
        fprintf(f, "%s%u", i > 0 ? separator : "", r->first);
        if (r->last != r->first)
            fprintf(f, "-%u", r->last);
    }
    fclose(f);
    out[TRANSFER_TEXT - 1] = '\0'; /* fmemopen(3) terminates only what fits */
}

static const char *version(const struct http *h)
{
    switch (transfer_get_long(&h->transfer, CURLINFO_HTTP_VERSION)) {
    case CURL_HTTP_VERSION_1_0: return "HTTP/1.0";
    case CURL_HTTP_VERSION_1_1: return "HTTP/1.1";
    case CURL_HTTP_VERSION_2_0: return "HTTP/2";
    }
    return "another version";
}

static bool has_version(const struct http *h, char out[TRANSFER_TEXT])
{
    if (!h->transfer.probe->spec->http2 ||
        transfer_get_long(&h->transfer, CURLINFO_HTTP_VERSION) == CURL_HTTP_VERSION_2_0)
        return true;
    snprintf(out, TRANSFER_TEXT, "%s, expected HTTP/2", version(h));
    return false;
}

static bool has_body(const struct http *h, char out[TRANSFER_TEXT])
{
    const struct pattern *p = h->transfer.probe->spec->body;
    const size_t len = h->body_len < BODY_MAX ? h->body_len : BODY_MAX;

    if (p == NULL)
        return true;
    switch (pattern_find(p, h->body, len)) {
    case PATTERN_FOUND: return true;
    case PATTERN_ABSENT:
        snprintf(out, TRANSFER_TEXT, "no \"%.100s\" in the first %zu octets of the body",
                 pattern_print(p), len);
        return false;
    case PATTERN_GAVE_UP:
        snprintf(out, TRANSFER_TEXT, "body_regex takes too long on this body: simplify it");
        return false;
    }
    abort();
}

/* Filled in either way: a good one says what was seen. */
static enum probe_outcome judge(const struct http *h, CURLcode code, char out[TRANSFER_TEXT])
{
    const struct transfer *t = &h->transfer;
    const struct probe_spec *spec = t->probe->spec;
    const long status = transfer_get_long(t, CURLINFO_RESPONSE_CODE);
    const bool enough = code == CURLE_WRITE_ERROR && h->body_len > BODY_MAX;
    const enum probe_outcome outcome =
        transfer_outcome(t, enough ? CURLE_OK : code, real_ms() / 1000, out);

    if (outcome != PROBE_GOOD)
        return outcome;
    if (!is_expected(spec, status)) {
        say_status(spec, status, out);
        return PROBE_BAD;
    }
    if (!has_version(h, out) || !has_body(h, out))
        return PROBE_BAD;
    snprintf(out, TRANSFER_TEXT, "status %ld, %s", status, version(h));
    return PROBE_GOOD;
}


/* --- One request. --- */

static size_t on_body(char *data, size_t size, size_t n, void *arg)
{
    struct http *h = arg;
    const size_t len = size * n;

    if (h->transfer.probe->spec->body != NULL && h->body_len < BODY_MAX) {
        const size_t room = BODY_MAX - h->body_len;
        const size_t kept = len < room ? len : room;
        h->body = xrealloc(h->body, h->body_len + kept);
        memcpy(h->body + h->body_len, data, kept);
    }
    h->body_len += len;
    return h->body_len > BODY_MAX ? 0 : len; /* 0 ends it with CURLE_WRITE_ERROR */
}

static void set_method(struct http *h)
{
    struct transfer *t = &h->transfer;
    const struct probe_spec *spec = t->probe->spec;

    if (strcmp(spec->method, "HEAD") == 0) {
        transfer_set_long(t, CURLOPT_NOBODY, 1); /* or libcurl would wait for one */
        return;
    }
    if (spec->send.data != NULL || strcmp(spec->method, "POST") == 0) {
        transfer_set_long(t, CURLOPT_POST, 1);
        transfer_set_long(t, CURLOPT_POSTFIELDSIZE, (long)spec->send.len);
        transfer_set_pointer(t, CURLOPT_POSTFIELDS,
                             spec->send.data != NULL ? (const char *)spec->send.data : "");
        transfer_header(t, "Expect:"); /* no asking first (RFC 9110 §10.1.1): it is small */
    }
    transfer_set_pointer(t, CURLOPT_CUSTOMREQUEST, spec->method);
}

static void set_headers(struct http *h)
{
    struct transfer *t = &h->transfer;
    const struct probe_spec *spec = t->probe->spec;

    if (spec->host != NULL) {
        /* As it was written: libcurl would add an unusual port, which virtual hosts need not know. */
        char *header = xasprintf("Host: %s", spec->host);
        transfer_header(t, header);
        free(header);
    }
    if (!spec->reuse && !spec->http2) /* RFC 9113 §8.2.2 has none of it */
        transfer_header(t, "Connection: close");
    for (size_t i = 0; i < spec->n_headers; i++)
        transfer_header(t, spec->headers[i]);
}

/* A redirect has a path of its own, so that the one in the URL counts; without, the octets of the
 * operator's go as they are. */
static void set_redirects(struct http *h)
{
    struct transfer *t = &h->transfer;
    const struct probe_spec *spec = t->probe->spec;

    transfer_set_long(t, CURLOPT_FOLLOWLOCATION, spec->redirects > 0 ? 1 : 0);
    transfer_set_long(t, CURLOPT_MAXREDIRS, spec->redirects);
    transfer_set_pointer(t, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    if (spec->redirects > 0)
        transfer_set_long(t, CURLOPT_PATH_AS_IS, 1);
    else
        transfer_set_pointer(t, CURLOPT_REQUEST_TARGET, spec->path);
}

static long wanted_version(const struct probe_spec *spec)
{
    if (!spec->http2)
        return CURL_HTTP_VERSION_1_1;
    return spec->kind == PROBE_HTTPS ? CURL_HTTP_VERSION_2TLS /* asked for in the handshake */
                                     : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
}

static void http_end(struct transfer *t, CURLcode code);

static void http_start(struct probe *p)
{
    struct http *h = xcalloc(1, sizeof(*h));
    struct transfer *t = &h->transfer;
    const struct probe_spec *spec = p->spec;

    t->end = http_end;
    transfer_init(t, p, spec->kind == PROBE_HTTPS ? "https" : "http",
                  spec->redirects > 0 ? spec->path : "");
    set_method(h);
    set_headers(h);
    set_redirects(h);
    transfer_set_long(t, CURLOPT_HTTP_VERSION, wanted_version(spec));
    curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
    transfer_set_pointer(t, CURLOPT_WRITEDATA, h);
    p->own = h;
    transfer_start(t);
}

static void http_free(struct http *h)
{
    transfer_fini(&h->transfer);
    free(h->body);
    free(h);
}

static void http_end(struct transfer *t, CURLcode code)
{
    struct http *h = http_of(t);
    struct probe *p = t->probe;
    char text[TRANSFER_TEXT];
    const enum probe_outcome outcome = judge(h, code, text);

    http_free(h);
    p->done(p, outcome, text);
}

static void http_cancel(struct probe *p)
{
    struct http *h = p->own;

    p->doing = transfer_doing(&h->transfer);
    http_free(h);
    p->done(p, PROBE_BAD, NULL);
}

const struct probe_ops probe_http = {.open = transfer_open_shared,
                                     .close = transfer_close_shared,
                                     .start = http_start,
                                     .cancel = http_cancel};
