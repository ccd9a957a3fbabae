/*
 * The small interface behind which each kind of probe lives in a file of its own.  A kind asks one
 * endpoint once and says what came of it; when to ask, the time limit, names and what follows from
 * the result are others' (schedule.h, run.h, verdict.h).
 *
 * Control thread, on its loop.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <uv.h>

#include "health/probe.h"

enum probe_outcome {
    PROBE_GOOD,
    PROBE_BAD,
    PROBE_OURS,    /* this system lacked what it takes to ask, which says nothing of the endpoint */
    PROBE_SILENT,  /* nothing is known yet: what was held goes on */
    PROBE_UNKNOWN, /* who knew says nothing any more: what was held is forgotten */
};

/* What a status of libuv's, 0 or -errno, makes of a probe. */
static inline enum probe_outcome probe_outcome(int status)
{
    switch (status) {
    case 0: return PROBE_GOOD;
    case UV_EMFILE:
    case UV_ENFILE:
    case UV_ENOBUFS:
    case UV_ENOMEM:
    case UV_EADDRNOTAVAIL: /* no local port is left */
    case UV_EAI_MEMORY:
    case UV_EAI_AGAIN: /* the resolver did not answer, or not the one it asked; a name that is not
                        * there is UV_EAI_NONAME */
    case UV_EAI_FAIL:
    case UV_EAI_CANCELED: return PROBE_OURS;
    default: return PROBE_BAD;
    }
}

struct kinds;
struct presence;

/* One question to one endpoint.  All pointers are borrowed and there until done. */
struct probe {
    uv_loop_t *loop;
    void *shared; /* what the kind's open gave */
    const struct kinds *kinds;
    const struct presence *presence; /* of the loop: when nobody looked for answers */
    const struct probe_spec *spec;
    const struct probe_dest *dest; /* as configured: its name is for headers and messages */
    struct ipaddr addr; /* where to connect: the endpoint's, or what its name resolved to */
    /*
     * The kind calls it once, never from inside start; from then on the probe is not the kind's.
     * text: what was wrong in a few words without a full stop, or, when good, what is worth telling
     * of it, or NULL; borrowed for the call.
     */
    void (*done)(struct probe *p, enum probe_outcome outcome, const char *text);
    void *data;        /* of whoever set done */
    void *own;         /* the kind's */
    const char *doing; /* what is waited for, kept by the kind: "connecting" */
};

/* What is known no more. */
static inline enum probe_outcome probe_stale(const struct probe *p)
{
    return p->spec->stale_is_down ? PROBE_BAD : PROBE_UNKNOWN;
}

struct exechelper;

struct kinds_opts {
    uv_loop_t *loop;
    /* A kind that is told of endpoints, rather than to ask them, has heard something: they are to be
     * looked at now.  Never from inside open. */
    void (*on_news)(void *arg, enum probe_kind kind);
    void *arg;
    const struct exechelper *exec; /* NULL: no programs are run.  Borrowed */
};

struct probe_ops {
    bool
        by_name; /* it does not connect: the name of an endpoint is not resolved, and addr not set */
    /* State that probes of the kind share.  Returns owned.  Both NULL where there is none. */
    void *(*open)(const struct kinds_opts *opts);
    /* No probe is under way.  closed(arg) when all is released: later or from inside. */
    void (*close)(void *shared, void (*closed)(void *arg), void *arg);

    void (*start)(struct probe *p);
    /* Give up; sets doing if it was not kept.  done is called, now or soon; its outcome does
     * not count. */
    void (*cancel)(struct probe *p);
};

extern const struct probe_ops probe_http; /* and https */
extern const struct probe_ops probe_combine;
extern const struct probe_ops probe_dns;
extern const struct probe_ops probe_exec;
extern const struct probe_ops probe_file;
extern const struct probe_ops probe_grpc; /* and grpcs */
extern const struct probe_ops probe_push;
extern const struct probe_ops probe_static;
extern const struct probe_ops probe_tcp;
extern const struct probe_ops probe_tls;
