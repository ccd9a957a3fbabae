/*
 * The grpc and grpcs probes: the standard health protocol of gRPC, one Check over HTTP/2, healthy when the
 * service is SERVING.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/xalloc.h"
#include "health/grpchealth.h"
#include "health/transfer.h"

/* A response is seven octets; there may be fields of later versions. */
#define REPLY_MAX 1024

struct grpc {
    struct transfer transfer;
    uint8_t request[GRPCHEALTH_REQUEST_MAX];
    uint8_t reply[REPLY_MAX];
    size_t reply_len;  /* beyond REPLY_MAX it is not kept */
    long code;         /* grpc-status; -1: it was not told */
    char message[128]; /* grpc-message, as it came */
};

/* --- What came of it, in words. --- */

enum { GRPC_OK = 0, GRPC_NOT_FOUND = 5, GRPC_UNIMPLEMENTED = 12 };

static void say_code(const struct grpc *g, char out[TRANSFER_TEXT])
{
    const char *service = g->transfer.probe->spec->service;

    if (g->code < 0)
        snprintf(out, TRANSFER_TEXT, "it is no gRPC server: no grpc-status");
    else if (g->code == GRPC_NOT_FOUND)
        snprintf(out, TRANSFER_TEXT, "service \"%s\" is not known there", service);
    else if (g->code == GRPC_UNIMPLEMENTED)
        snprintf(out, TRANSFER_TEXT, "the server has no health service");
    else
        snprintf(out, TRANSFER_TEXT, "grpc-status %ld%s%s", g->code, g->message[0] ? ": " : "",
                 g->message);
}

/* Filled in either way: a good one says what was seen. */
static enum probe_outcome judge(const struct grpc *g, CURLcode code, char out[TRANSFER_TEXT])
{
    const struct transfer *t = &g->transfer;
    const enum probe_outcome outcome = transfer_outcome(t, code, real_ms() / 1000, out);
    uint64_t status;

    if (outcome != PROBE_GOOD)
        return outcome;
    const long http = transfer_get_long(t, CURLINFO_RESPONSE_CODE);
    if (transfer_get_long(t, CURLINFO_HTTP_VERSION) != CURL_HTTP_VERSION_2_0) {
        snprintf(out, TRANSFER_TEXT, "it does not speak HTTP/2");
    } else if (http != 200) {
        snprintf(out, TRANSFER_TEXT, "status %ld, expected 200", http);
    } else if (g->code != GRPC_OK) {
        say_code(g, out);
    } else if (g->reply_len > REPLY_MAX || !grpchealth_read(g->reply, g->reply_len, &status)) {
        snprintf(out, TRANSFER_TEXT, "what it answers is no HealthCheckResponse");
    } else {
        snprintf(out, TRANSFER_TEXT, "%s", grpchealth_name(status));
        return status == GRPCHEALTH_SERVING ? PROBE_GOOD : PROBE_BAD;
    }
    return PROBE_BAD;
}

/* --- One call. --- */

static size_t on_body(char *data, size_t size, size_t n, void *arg)
{
    struct grpc *g = arg;
    const size_t len = size * n;

    if (len > REPLY_MAX - g->reply_len) {
        g->reply_len = REPLY_MAX + 1;
        return 0; /* which ends it */
    }
    memcpy(g->reply + g->reply_len, data, len);
    g->reply_len += len;
    return len;
}

/* The text behind a header's name, if the line is that header; *len without the end of the line. */
static const char *value_of(const char *line, size_t line_len, const char *name, size_t *len)
{
    const size_t name_len = strlen(name);

    if (line_len <= name_len || strncasecmp(line, name, name_len) != 0 || line[name_len] != ':')
        return NULL;
    const char *value = line + name_len + 1, *end = line + line_len;
    while (value < end && *value == ' ')
        value++;
    while (end > value && (end[-1] == '\n' || end[-1] == '\r'))
        end--;
    *len = (size_t)(end - value);
    return value;
}

/* Trailers too, where these two mostly are. */
static size_t on_header(char *line, size_t size, size_t n, void *arg)
{
    struct grpc *g = arg;
    const char *value;
    size_t len;

    if ((value = value_of(line, size * n, "grpc-status", &len)) != NULL && len > 0 && len <= 3) {
        char *text = xstrndup(value, len);
        g->code = strtol(text, NULL, 10);
        free(text);
    } else if ((value = value_of(line, size * n, "grpc-message", &len)) != NULL) {
        snprintf(g->message, sizeof(g->message), "%.*s", (int)len, value);
    }
    return size * n;
}

static void set_request(struct grpc *g)
{
    struct transfer *t = &g->transfer;
    const struct probe_spec *spec = t->probe->spec;
    const size_t len = grpchealth_write(spec->service, g->request);

    transfer_set_pointer(t, CURLOPT_REQUEST_TARGET, "/grpc.health.v1.Health/Check");
    transfer_set_long(t, CURLOPT_POST, 1);
    transfer_set_long(t, CURLOPT_POSTFIELDSIZE, (long)len);
    transfer_set_pointer(t, CURLOPT_POSTFIELDS, g->request);
    transfer_set_long(t, CURLOPT_HTTP_VERSION,
                      spec->kind == PROBE_GRPCS ? CURL_HTTP_VERSION_2TLS
                                                : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE);
    transfer_header(t, "Content-Type: application/grpc");
    transfer_header(t, "TE: trailers");
    transfer_header(t, "Expect:");
    if (spec->host != NULL) {
        char *header = xasprintf("Host: %s", spec->host); /* :authority, without the port */
        transfer_header(t, header);
        free(header);
    }
}

static void grpc_end(struct transfer *t, CURLcode code)
{
    struct grpc *g = container_of(t, struct grpc, transfer);
    struct probe *p = t->probe;
    char text[TRANSFER_TEXT];
    const enum probe_outcome outcome =
        judge(g, g->reply_len > REPLY_MAX && code == CURLE_WRITE_ERROR ? CURLE_OK : code, text);

    transfer_fini(t);
    free(g);
    p->done(p, outcome, text);
}

static void grpc_start(struct probe *p)
{
    struct grpc *g = xcalloc(1, sizeof(*g));
    struct transfer *t = &g->transfer;

    g->code = -1;
    t->end = grpc_end;
    transfer_init(t, p, p->spec->kind == PROBE_GRPCS ? "https" : "http", "");
    set_request(g);
    curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
    transfer_set_pointer(t, CURLOPT_WRITEDATA, g);
    curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
    transfer_set_pointer(t, CURLOPT_HEADERDATA, g);
    p->own = g;
    transfer_start(t);
}

static void grpc_cancel(struct probe *p)
{
    struct grpc *g = p->own;

    p->doing = transfer_doing(&g->transfer);
    transfer_fini(&g->transfer);
    free(g);
    p->done(p, PROBE_BAD, NULL);
}

const struct probe_ops probe_grpc = {.open = transfer_open_shared,
                                     .close = transfer_close_shared,
                                     .start = grpc_start,
                                     .cancel = grpc_cancel};
