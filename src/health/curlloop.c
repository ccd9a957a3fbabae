/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/curlloop.h"

#include <stdlib.h>

#include "base/list.h"
#include "base/xalloc.h"
#include "health/transfer.h"

/* Kept connections, those of `reuse: yes`.  libcurl's own default is a few times the probes under
 * way, which would drop most between two rounds. */
#define KEPT_MAX 65536

struct curlloop {
    uv_loop_t *loop;
    CURLM *multi;
    uv_timer_t timer;    /* libcurl's */
    struct list refused; /* transfers with a socket that the system does not watch for us */
    void (*closed)(void *arg);
    void *closed_arg;
};

static void take_results(struct curlloop *cl)
{
    CURLMsg *m;
    int left;

    while ((m = curl_multi_info_read(cl->multi, &left)) != NULL) {
        const CURLcode code = m->data.result; /* m is gone with the handle */
        struct transfer *t;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
        t->end(t, code);
    }
}

static void act(struct curlloop *cl, curl_socket_t fd, int events)
{
    int running;

    curl_multi_socket_action(cl->multi, fd, events, &running);
    take_results(cl);
    while (!list_is_empty(&cl->refused)) {
        struct transfer *t = container_of(list_take(&cl->refused), struct transfer, refused);
        t->end(t, CURLE_COULDNT_CONNECT);
    }
}

static void on_timer(uv_timer_t *timer)
{
    act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static int set_timer(CURLM *multi, long timeout_ms, void *arg)
{
    struct curlloop *cl = arg;

    (void)multi;
    if (timeout_ms < 0)
        uv_timer_stop(&cl->timer);
    else
        uv_timer_start(&cl->timer, on_timer, (uint64_t)timeout_ms, 0);
    return 0;
}

struct watch { /* of one socket */
    uv_poll_t poll;
    struct curlloop *owner;
    curl_socket_t fd;
};

static void on_socket(uv_poll_t *poll, int status, int events)
{
    const struct watch *w = poll->data;

    if (status < 0) /* let libcurl try, so that it learns from the socket what is wrong */
        events = UV_READABLE | UV_WRITABLE;
    const int in = (events & UV_READABLE) != 0 ? CURL_CSELECT_IN : 0;
    const int out = (events & UV_WRITABLE) != 0 ? CURL_CSELECT_OUT : 0;
    act(w->owner, w->fd, in | out);
}

static void on_watch_closed(uv_handle_t *h)
{
    free(h->data);
}

/* Nobody would tell libcurl that the socket is ready: the transfer ends once it has returned to us. */
static void refuse(struct curlloop *cl, CURL *easy, int status)
{
    struct transfer *t;

    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &t);
    t->watch_status = status;
    list_remove(&t->refused);
    list_append(&cl->refused, &t->refused);
}

/* NULL: epoll does not take it, such as beyond fs.epoll.max_user_watches. */
static struct watch *watch_new(struct curlloop *cl, CURL *easy, curl_socket_t fd)
{
    struct watch *w = xcalloc(1, sizeof(*w));
    const int status = uv_poll_init_socket(cl->loop, &w->poll, fd);

    if (status != 0) {
        free(w);
        refuse(cl, easy, status);
        return NULL;
    }
    w->owner = cl;
    w->fd = fd;
    w->poll.data = w;
    curl_multi_assign(cl->multi, fd, w);
    return w;
}

/* libcurl says what to wait for on a socket; it calls with REMOVE before it closes one. */
static int set_watch(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
    struct curlloop *cl = arg;
    struct watch *w = known;
    int events = 0;

    if (what == CURL_POLL_REMOVE) {
        if (w != NULL)
            uv_close((uv_handle_t *)&w->poll, on_watch_closed);
        curl_multi_assign(cl->multi, fd, NULL);
        return 0;
    }
    events |= (what & CURL_POLL_IN) != 0 ? UV_READABLE : 0;
    events |= (what & CURL_POLL_OUT) != 0 ? UV_WRITABLE : 0;
    if (w == NULL)
        w = watch_new(cl, easy, fd);
    if (w != NULL)
        uv_poll_start(&w->poll, events, on_socket);
    return 0;
}

void curlloop_add(struct curlloop *cl, struct transfer *t)
{
    if (curl_multi_add_handle(cl->multi, t->easy) != CURLM_OK)
        abort();
}

void curlloop_remove(struct curlloop *cl, struct transfer *t)
{
    list_remove(&t->refused);
    list_init(&t->refused);
    curl_multi_remove_handle(cl->multi, t->easy);
}

uv_loop_t *curlloop_loop(const struct curlloop *cl)
{
    return cl->loop;
}

struct curlloop *curlloop_open(uv_loop_t *loop)
{
    struct curlloop *cl = xcalloc(1, sizeof(*cl));

    cl->loop = loop;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
        (cl->multi = curl_multi_init()) == NULL)
        abort();
    list_init(&cl->refused);
    uv_timer_init(loop, &cl->timer);
    cl->timer.data = cl;
    curl_multi_setopt(cl->multi, CURLMOPT_SOCKETFUNCTION, set_watch);
    curl_multi_setopt(cl->multi, CURLMOPT_SOCKETDATA, cl);
    curl_multi_setopt(cl->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(cl->multi, CURLMOPT_TIMERDATA, cl);
    curl_multi_setopt(cl->multi, CURLMOPT_MAXCONNECTS, (long)KEPT_MAX);
    return cl;
}

static void on_timer_closed(uv_handle_t *h)
{
    struct curlloop *cl = h->data;

    cl->closed(cl->closed_arg);
    free(cl);
}

void curlloop_close(struct curlloop *cl, void (*closed)(void *arg), void *arg)
{
    cl->closed = closed;
    cl->closed_arg = arg;
    curl_multi_cleanup(cl->multi); /* kept connections too; their watches close with the timer */
    curl_global_cleanup();
    uv_close((uv_handle_t *)&cl->timer, on_timer_closed);
}
