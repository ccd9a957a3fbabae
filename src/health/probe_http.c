/*
 * The http and https probes: one GET, healthy when the status is an expected one.  The only user
 * of libcurl, whose multi interface runs on our loop: it says which sockets to watch and when to
 * wake it, and never blocks.  (It would on names, whose thread it joins: they come resolved.)
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "config.h"

#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/list.h"
#include "base/xalloc.h"
#include "health/probe_ops.h"

/* What is read of a body before the answer is taken as it is.  Health pages are small; a probe that
 * was pointed at a download must not fill the line. */
#define BODY_MAX (64 * 1024)

/* Kept connections, those of `reuse: yes`.  libcurl's own default is a few times the probes under
 * way, which would drop most between two rounds. */
#define KEPT_MAX 65536

struct shared {
    uv_loop_t *loop;
    CURLM *multi;
    uv_timer_t timer;    /* libcurl's */
    struct list refused; /* transfers with a socket that the system does not watch for us */
    void (*closed)(void *arg);
    void *closed_arg;
};

struct http {
    struct probe *probe;
    struct shared *shared;
    CURL *easy;
    struct curl_slist *headers, *connect_to;
    size_t body_len;
    char text[CURL_ERROR_SIZE]; /* libcurl's words */
    int socket_errno;           /* why no socket could be had */
    struct list refused;        /* of shared, once watch_status says why; else linked to itself */
    int watch_status;
};

/* --- What came of it, in words. --- */

static long get_long(CURL *easy, CURLINFO what)
{
    long v = 0;

    curl_easy_getinfo(easy, what, &v);
    return v;
}

/* Has the transfer come as far as this point in time? */
static bool has_reached(CURL *easy, CURLINFO what)
{
    curl_off_t us = 0;

    curl_easy_getinfo(easy, what, &us);
    return us > 0;
}

static const char *doing(const struct http *t)
{
    if (has_reached(t->easy, CURLINFO_STARTTRANSFER_TIME_T))
        return "reading the answer";
    if (has_reached(t->easy, CURLINFO_PRETRANSFER_TIME_T))
        return "waiting for the answer";
    if (get_long(t->easy, CURLINFO_PRIMARY_PORT) != 0) /* of the peer, once there is one */
        return "TLS handshake";
    return "connecting";
}

static bool is_expected(const struct probe_spec *spec, long status)
{
    for (size_t i = 0; i < spec->n_expect; i++)
        if (status >= spec->expect[i].first && status <= spec->expect[i].last)
            return true;
    return false;
}

/* "status 503, expected 200, 204 or 300-399" */
static void status_error(const struct probe_spec *spec, long status, char *out, size_t cap)
{
    FILE *f = fmemopen(out, cap, "w");

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
    out[cap - 1] = '\0'; /* fmemopen(3) terminates only what fits */
}

/* What follows a prefix, if it is there. */
static const char *without(const char *text, const char *prefix)
{
    const size_t len = strlen(prefix);

    return strncmp(text, prefix, len) == 0 ? text + len : text;
}

static bool is_socket_error(CURLcode code)
{
    return code == CURLE_COULDNT_CONNECT || code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR;
}

/* What the system said, as libuv has it; 0: it was not the system. */
static int system_status(const struct http *t, CURLcode code)
{
    if (code == CURLE_OUT_OF_MEMORY)
        return UV_ENOMEM;
    if (!is_socket_error(code))
        return 0;
    return uv_translate_sys_error(t->socket_errno != 0 ? t->socket_errno
                                                       : (int)get_long(t->easy, CURLINFO_OS_ERRNO));
}

/* The trusted certificates are a file of ours, which takes a descriptor to read. */
static enum probe_outcome transfer_outcome(const struct http *t, CURLcode code)
{
    const bool is_ours =
        code == CURLE_SSL_CACERT_BADFILE || probe_outcome(system_status(t, code)) == PROBE_OURS;

    return is_ours ? PROBE_OURS : PROBE_BAD;
}

static void transfer_error(const struct http *t, CURLcode code, char *out, size_t cap)
{
    const int status = system_status(t, code);
    const char *text = t->text[0] != '\0' ? t->text : curl_easy_strerror(code);

    if (status != 0)
        text = uv_strerror(status);
    else if (code == CURLE_GOT_NOTHING)
        text = "connection closed without an answer";
    text = without(text, "SSL certificate problem: ");
    text = without(text, "SSL: ");
    snprintf(out, cap, "%s%s", code == CURLE_PEER_FAILED_VERIFICATION ? "certificate: " : "", text);
}

/* error is filled unless it is good. */
static enum probe_outcome judge(const struct http *t, CURLcode code, char *error, size_t cap)
{
    const long status = get_long(t->easy, CURLINFO_RESPONSE_CODE);
    const bool enough = code == CURLE_WRITE_ERROR && t->body_len > BODY_MAX;

    if (code != CURLE_OK && !enough) {
        transfer_error(t, code, error, cap);
        return transfer_outcome(t, code);
    }
    if (is_expected(t->probe->spec, status))
        return PROBE_GOOD;
    status_error(t->probe->spec, status, error, cap);
    return PROBE_BAD;
}

/* --- One transfer. --- */

static size_t on_body(char *data, size_t size, size_t n, void *arg)
{
    struct http *t = arg;

    (void)data;
    t->body_len += size * n;
    return t->body_len > BODY_MAX ? 0 : size * n; /* 0 ends it with CURLE_WRITE_ERROR */
}

/* As libcurl would, but it does not tell why there is none. */
static curl_socket_t on_open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct http *t = arg;
    const int fd = socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);

    (void)purpose;
    if (fd < 0)
        t->socket_errno = errno;
    return fd;
}

static void set_long(CURL *easy, CURLoption option, long v)
{
    if (curl_easy_setopt(easy, option, v) != CURLE_OK)
        abort(); /* an option this libcurl lacks, or no memory */
}

static void set_pointer(CURL *easy, CURLoption option, const void *p)
{
    if (curl_easy_setopt(easy, option, p) != CURLE_OK)
        abort();
}

static struct curl_slist *append(struct curl_slist *list, const char *text)
{
    struct curl_slist *longer = curl_slist_append(list, text);

    if (longer == NULL)
        abort();
    return longer;
}

/* An address as URLs have it: IPv6 in brackets (RFC 3986 §3.2.2). */
static char *bracketed(const struct ipaddr *a)
{
    char text[IPADDR_TEXT];

    return xasprintf(a->family == FAMILY_IP6 ? "[%s]" : "%s", ipaddr_print(a, text));
}

/*
 * Who is asked (name) and where that is (addr) are two things: the name goes into the Host header
 * and the TLS handshake, the connection to the address.
 */
static void set_target(struct http *t)
{
    const struct probe *p = t->probe;
    const struct probe_spec *spec = p->spec;
    char *addr = bracketed(&p->addr);
    const char *name = spec->host != NULL ? spec->host : p->dest->host;
    char *url = xasprintf("%s://%s:%u", spec->kind == PROBE_HTTPS ? "https" : "http",
                          name != NULL ? name : addr, spec->port);
    char *to = xasprintf("::%s:%u", addr, spec->port); /* whatever host and port: this one */

    set_pointer(t->easy, CURLOPT_URL, url);
    set_pointer(t->easy, CURLOPT_REQUEST_TARGET, spec->path);
    t->connect_to = append(NULL, to);
    set_pointer(t->easy, CURLOPT_CONNECT_TO, t->connect_to);
    if (spec->host != NULL) {
        /* As it was written: libcurl would add an unusual port, which virtual hosts need not know. */
        char *header = xasprintf("Host: %s", spec->host);
        t->headers = append(t->headers, header);
        free(header);
    }
    free(to);
    free(url);
    free(addr);
}

static void set_connection(struct http *t)
{
    const struct probe_spec *spec = t->probe->spec;

    if (!spec->reuse) {
        set_long(t->easy, CURLOPT_FRESH_CONNECT, 1);
        set_long(t->easy, CURLOPT_FORBID_REUSE, 1);
        t->headers = append(t->headers, "Connection: close");
    }
    set_long(t->easy, CURLOPT_SSL_VERIFYPEER, spec->verify ? 1 : 0);
    set_long(t->easy, CURLOPT_SSL_VERIFYHOST, spec->verify ? 2 : 0); /* 2: the name must match */
}

/* What is the same for every probe.  Nothing of the environment counts: no proxy, no .netrc. */
static void set_common(struct http *t)
{
    /* Addresses need no cache, and libcurl would walk through all of it at the end of each probe. */
    set_long(t->easy, CURLOPT_DNS_CACHE_TIMEOUT, 0);
    set_pointer(t->easy, CURLOPT_PRIVATE, t);
    set_pointer(t->easy, CURLOPT_ERRORBUFFER, t->text);
    set_pointer(t->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    set_pointer(t->easy, CURLOPT_PROXY, "");
    set_pointer(t->easy, CURLOPT_USERAGENT, "proxima/" PACKAGE_VERSION);
    set_pointer(t->easy, CURLOPT_HTTPHEADER, t->headers);
    set_long(t->easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    set_long(t->easy, CURLOPT_FOLLOWLOCATION, 0); /* a redirect is an answer */
    set_long(t->easy, CURLOPT_NOSIGNAL, 1);
    curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
    set_pointer(t->easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    set_pointer(t->easy, CURLOPT_OPENSOCKETDATA, t);
}

static void http_start(struct probe *p)
{
    struct http *t = xcalloc(1, sizeof(*t));

    t->probe = p;
    t->shared = p->shared;
    list_init(&t->refused);
    t->easy = curl_easy_init();
    if (t->easy == NULL)
        abort();
    p->own = t;
    p->doing = "connecting";
    set_target(t);
    set_connection(t);
    set_common(t);
    if (curl_multi_add_handle(t->shared->multi, t->easy) != CURLM_OK)
        abort();
}

static void http_free(struct http *t)
{
    list_remove(&t->refused);
    curl_multi_remove_handle(t->shared->multi, t->easy);
    curl_easy_cleanup(t->easy);
    curl_slist_free_all(t->headers);
    curl_slist_free_all(t->connect_to);
    free(t);
}

static void http_cancel(struct probe *p)
{
    struct http *t = p->own;

    p->doing = doing(t);
    http_free(t);
    p->done(p, PROBE_BAD, NULL);
}

static void http_end(struct http *t, CURLcode code)
{
    struct probe *p = t->probe;
    char error[CURL_ERROR_SIZE + 16];
    const enum probe_outcome outcome = judge(t, code, error, sizeof(error));

    http_free(t);
    p->done(p, outcome, outcome == PROBE_GOOD ? NULL : error);
}

/* Nobody would tell libcurl that the socket is ready. */
static void http_end_refused(struct http *t)
{
    struct probe *p = t->probe;
    char error[128];

    snprintf(error, sizeof(error), "the connection cannot be watched: %s",
             uv_strerror(t->watch_status));
    http_free(t);
    p->done(p, PROBE_OURS, error);
}

/* --- libcurl on the loop. --- */

static void take_results(struct shared *s)
{
    CURLMsg *m;
    int left;

    while ((m = curl_multi_info_read(s->multi, &left)) != NULL) {
        const CURLcode code = m->data.result; /* m is gone with the handle */
        struct http *t;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
        http_end(t, code);
    }
}

static void act(struct shared *s, curl_socket_t fd, int events)
{
    int running;

    curl_multi_socket_action(s->multi, fd, events, &running);
    take_results(s);
    while (!list_is_empty(&s->refused))
        http_end_refused(container_of(list_take(&s->refused), struct http, refused));
}

static void on_timer(uv_timer_t *timer)
{
    act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static int set_timer(CURLM *multi, long timeout_ms, void *arg)
{
    struct shared *s = arg;

    (void)multi;
    if (timeout_ms < 0)
        uv_timer_stop(&s->timer);
    else
        uv_timer_start(&s->timer, on_timer, (uint64_t)timeout_ms, 0);
    return 0;
}

struct watch { /* of one socket */
    uv_poll_t poll;
    struct shared *shared;
    curl_socket_t fd;
};

static void on_socket(uv_poll_t *poll, int status, int events)
{
    const struct watch *w = poll->data;

    if (status < 0) /* let libcurl try, so that it learns from the socket what is wrong */
        events = UV_READABLE | UV_WRITABLE;
    const int in = (events & UV_READABLE) != 0 ? CURL_CSELECT_IN : 0;
    const int out = (events & UV_WRITABLE) != 0 ? CURL_CSELECT_OUT : 0;
    act(w->shared, w->fd, in | out);
}

static void on_watch_closed(uv_handle_t *h)
{
    free(h->data);
}

/* The transfer ends once libcurl has returned to us. */
static void refuse(CURL *easy, int status)
{
    struct http *t;

    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &t);
    t->watch_status = status;
    list_remove(&t->refused);
    list_append(&t->shared->refused, &t->refused);
}

/* NULL: epoll does not take it, such as beyond fs.epoll.max_user_watches. */
static struct watch *watch_new(struct shared *s, CURL *easy, curl_socket_t fd)
{
    struct watch *w = xcalloc(1, sizeof(*w));
    const int status = uv_poll_init_socket(s->loop, &w->poll, fd);

    if (status != 0) {
        free(w);
        refuse(easy, status);
        return NULL;
    }
    w->shared = s;
    w->fd = fd;
    w->poll.data = w;
    curl_multi_assign(s->multi, fd, w);
    return w;
}

/* libcurl says what to wait for on a socket; it calls with REMOVE before it closes one. */
static int set_watch(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
    struct watch *w = known;
    int events = 0;

    if (what == CURL_POLL_REMOVE) {
        if (w != NULL)
            uv_close((uv_handle_t *)&w->poll, on_watch_closed);
        curl_multi_assign(((struct shared *)arg)->multi, fd, NULL);
        return 0;
    }
    events |= (what & CURL_POLL_IN) != 0 ? UV_READABLE : 0;
    events |= (what & CURL_POLL_OUT) != 0 ? UV_WRITABLE : 0;
    if (w == NULL)
        w = watch_new(arg, easy, fd);
    if (w != NULL)
        uv_poll_start(&w->poll, events, on_socket);
    return 0;
}

static void *http_open(uv_loop_t *loop)
{
    struct shared *s = xcalloc(1, sizeof(*s));

    s->loop = loop;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || (s->multi = curl_multi_init()) == NULL)
        abort();
    list_init(&s->refused);
    uv_timer_init(loop, &s->timer);
    s->timer.data = s;
    curl_multi_setopt(s->multi, CURLMOPT_SOCKETFUNCTION, set_watch);
    curl_multi_setopt(s->multi, CURLMOPT_SOCKETDATA, s);
    curl_multi_setopt(s->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(s->multi, CURLMOPT_TIMERDATA, s);
    curl_multi_setopt(s->multi, CURLMOPT_MAXCONNECTS, (long)KEPT_MAX);
    return s;
}

static void on_timer_closed(uv_handle_t *h)
{
    struct shared *s = h->data;

    s->closed(s->closed_arg);
    free(s);
}

static void http_close(void *shared, void (*closed)(void *arg), void *arg)
{
    struct shared *s = shared;

    s->closed = closed;
    s->closed_arg = arg;
    curl_multi_cleanup(s->multi); /* kept connections too; their watches close with the timer */
    curl_global_cleanup();
    uv_close((uv_handle_t *)&s->timer, on_timer_closed);
}

const struct probe_ops probe_http = {.open = http_open,
                                     .close = http_close,
                                     .start = http_start,
                                     .cancel = http_cancel};
