/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/kinds.h"

#include <assert.h>
#include <stdlib.h>

#include "base/xalloc.h"

/* One row a kind of probe. */
static const struct probe_ops *const rows[PROBE_KINDS] = {
    [PROBE_HTTP] = &probe_http, [PROBE_HTTPS] = &probe_http, [PROBE_TCP] = &probe_tcp,
    [PROBE_TLS] = &probe_tls,   [PROBE_DNS] = &probe_dns,    [PROBE_STATIC] = &probe_static,
    [PROBE_FILE] = &probe_file, [PROBE_PUSH] = &probe_push,  [PROBE_EXEC] = &probe_exec,
    [PROBE_GRPC] = &probe_grpc, [PROBE_GRPCS] = &probe_grpc, [PROBE_COMBINE] = &probe_combine,
};

struct kinds {
    void *shared[PROBE_KINDS];
    unsigned parts; /* to close */
    void (*closed)(void *arg);
    void *closed_arg;
};

const struct probe_ops *kinds_ops(enum probe_kind kind)
{
    assert(kind > 0 && (size_t)kind < PROBE_KINDS);
    return rows[kind];
}

void *kinds_shared(const struct kinds *k, enum probe_kind kind)
{
    return k->shared[kind];
}

struct kinds *kinds_open(const struct kinds_opts *opts)
{
    struct kinds *k = xcalloc(1, sizeof(*k));

    for (size_t i = 1; i < PROBE_KINDS; i++)
        if (rows[i]->open != NULL)
            k->shared[i] = rows[i]->open(opts);
    return k;
}

static void on_part_closed(void *arg)
{
    struct kinds *k = arg;

    if (--k->parts > 0)
        return;
    k->closed(k->closed_arg);
    free(k);
}

void kinds_close(struct kinds *k, void (*closed)(void *arg), void *arg)
{
    k->closed = closed;
    k->closed_arg = arg;
    k->parts = 1;
    for (size_t i = 1; i < PROBE_KINDS; i++)
        if (rows[i]->close != NULL) {
            k->parts++;
            rows[i]->close(k->shared[i], on_part_closed, k);
        }
    on_part_closed(k);
}
