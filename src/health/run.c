/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/run.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "health/presence.h"

static void release(struct run *r)
{
    assert(r->holds > 0);
    if (--r->holds > 0)
        return;
    free(r->error);
    r->gone(r);
}

static void on_limit_closed(uv_handle_t *h)
{
    release(h->data);
}

/* Tell the caller.  What still refers to the run keeps its memory until it lets go. */
static void finish(struct run *r, enum probe_outcome outcome, const char *said)
{
    assert(!r->is_done);
    r->is_done = true;
    r->done(r, outcome, said);
    uv_close((uv_handle_t *)&r->limit, on_limit_closed);
}

static void finish_late(struct run *r)
{
    char text[96];

    if (r->error != NULL) {
        finish(r, r->outcome, r->error);
        return;
    }
    snprintf(text, sizeof(text), "timeout after %lldms (%s)", (long long)r->probe.spec->timeout_ms,
             r->probe.doing);
    finish(r, PROBE_BAD, text);
}

static void on_asked(struct probe *p, enum probe_outcome outcome, const char *text)
{
    struct run *r = p->data;

    r->is_asking = false;
    if (r->is_late)
        finish_late(r);
    else
        finish(r, outcome, text);
    release(r);
}

static void ask(struct run *r)
{
    r->holds++;
    r->is_asking = true;
    r->ops->start(&r->probe);
}

static char *resolve_error(const struct run *r, int status)
{
    return xasprintf("cannot resolve %s: %s", r->probe.dest->host, uv_strerror(status));
}

static void on_resolved(uv_getaddrinfo_t *req, int status, struct addrinfo *list)
{
    struct run *r = req->data;

    r->is_resolving = false;
    if (r->is_done) {
        /* The limit ran out before; the endpoint itself may be gone. */
    } else if (status < 0) {
        char *text = resolve_error(r, status);
        finish(r, probe_outcome(status), text);
        free(text);
    } else {
        /* getaddrinfo(3) puts the address that this host reaches best first (RFC 6724 §6). */
        r->probe.addr = ipaddr_from_sockaddr(list->ai_addr, NULL);
        ask(r);
    }
    uv_freeaddrinfo(list);
    release(r);
}

static int wanted_family(const struct run *r)
{
    switch (r->probe.spec->family) {
    case FAMILY_IP4: return AF_INET;
    case FAMILY_IP6: return AF_INET6;
    default: return AF_UNSPEC;
    }
}

static void resolve(struct run *r)
{
    const struct addrinfo hints = {.ai_family = wanted_family(r), .ai_socktype = SOCK_STREAM};

    r->probe.doing = "resolving the name";
    r->resolving.data = r;
    const int rc = uv_getaddrinfo(r->probe.loop, &r->resolving, on_resolved, r->probe.dest->host,
                                  NULL, &hints);
    if (rc == 0) {
        r->holds++;
        r->is_resolving = true;
    } else {
        r->error = resolve_error(r, rc); /* a name that is none, such as one too long */
        r->outcome = probe_outcome(rc);
        run_cancel(r);
    }
}

/* By how much longer it is to be waited, as the loop was away. */
static dur_ms_t time_missed(const struct run *r)
{
    const dur_ms_t lag_ms = presence_lag(r->probe.presence, mono_ms()) - r->lag_ms;
    const dur_ms_t most_ms = r->probe.spec->timeout_ms;

    return (lag_ms < most_ms ? lag_ms : most_ms) - r->put_off_ms;
}

static void on_limit(uv_timer_t *limit)
{
    struct run *r = limit->data;
    const dur_ms_t missed_ms = r->error == NULL ? time_missed(r) : 0;

    if (missed_ms > 0) {
        r->put_off_ms += missed_ms;
        uv_timer_start(limit, on_limit, (uint64_t)missed_ms, 0);
        return;
    }
    r->is_late = true;
    if (r->is_asking) {
        r->ops->cancel(&r->probe);
        return;
    }
    if (r->is_resolving)
        uv_cancel((uv_req_t *)&r->resolving); /* works while it is queued; else it ends by itself */
    finish_late(r);
}

void run_start(struct run *r)
{
    uv_loop_t *loop = r->probe.loop;

    uv_update_time(loop); /* or the limit would count from when this turn of the loop began */
    uv_timer_init(loop, &r->limit);
    r->limit.data = r;
    r->lag_ms = presence_lag(r->probe.presence, mono_ms());
    r->holds = 1;
    uv_timer_start(&r->limit, on_limit, (uint64_t)r->probe.spec->timeout_ms, 0);
    r->probe.data = r;
    r->probe.done = on_asked;
    r->probe.addr = r->probe.dest->addr;
    if (r->probe.addr.family == FAMILY_NONE && !r->ops->by_name)
        resolve(r);
    else
        ask(r);
}

void run_cancel(struct run *r)
{
    if (r->is_done)
        return;
    if (r->error == NULL) {
        r->error = xstrdup("cancelled");
        r->outcome = PROBE_BAD;
    }
    uv_timer_start(&r->limit, on_limit, 0, 0);
}
