/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/curlloops.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

/* Nobody trusts so many; what reloads name beyond that shares the last one. */
#define LOOPS_MAX 16

struct curlloops {
    uv_loop_t *loop;
    struct {
        char *ca;
        struct curlloop *loop;
    } each[LOOPS_MAX];
    size_t n;
    size_t open; /* while they close */
    void (*closed)(void *arg);
    void *closed_arg;
};

struct curlloops *curlloops_open(uv_loop_t *loop)
{
    struct curlloops *ls = xcalloc(1, sizeof(*ls));

    ls->loop = loop;
    curlloops_get(ls, NULL);
    return ls;
}

static bool is_same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

struct curlloop *curlloops_get(struct curlloops *ls, const char *ca)
{
    for (size_t i = 0; i < ls->n; i++)
        if (is_same(ls->each[i].ca, ca))
            return ls->each[i].loop;
    if (ls->n == LOOPS_MAX)
        return ls->each[LOOPS_MAX - 1].loop;
    const size_t i = ls->n++;
    ls->each[i].ca = ca != NULL ? xstrdup(ca) : NULL;
    ls->each[i].loop = curlloop_open(ls->loop);
    return ls->each[i].loop;
}

static void on_closed(void *arg)
{
    struct curlloops *ls = arg;

    if (--ls->open > 0)
        return;
    ls->closed(ls->closed_arg);
    free(ls);
}

void curlloops_close(struct curlloops *ls, void (*closed)(void *arg), void *arg)
{
    ls->closed = closed;
    ls->closed_arg = arg;
    ls->open = ls->n;
    for (size_t i = ls->n; i-- > 0;) {
        free(ls->each[i].ca);
        curlloop_close(ls->each[i].loop, on_closed, ls);
    }
}
