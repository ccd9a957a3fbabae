/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/kinds.h"

#include <assert.h>
#include <stdlib.h>

#include "base/xalloc.h"

/* One row a kind of probe. */
static const struct probe_ops *const rows[] = {
    [PROBE_HTTP] = &probe_http,
    [PROBE_HTTPS] = &probe_http,
    [PROBE_TCP] = &probe_tcp,
    [PROBE_TLS] = &probe_tls,
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

struct kinds {
    void *shared[ROWS];
    unsigned parts; /* to close */
    void (*closed)(void *arg);
    void *closed_arg;
};

const struct probe_ops *kinds_ops(enum probe_kind kind)
{
    assert(kind > 0 && (size_t)kind < ROWS);
    return rows[kind];
}

void *kinds_shared(const struct kinds *k, enum probe_kind kind)
{
    return k->shared[kind];
}

struct kinds *kinds_open(uv_loop_t *loop)
{
    struct kinds *k = xcalloc(1, sizeof(*k));

    for (size_t i = 1; i < ROWS; i++)
        if (rows[i]->open != NULL)
            k->shared[i] = rows[i]->open(loop);
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
    for (size_t i = 1; i < ROWS; i++)
        if (rows[i]->close != NULL) {
            k->parts++;
            rows[i]->close(k->shared[i], on_part_closed, k);
        }
    on_part_closed(k);
}
