/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/later.h"

#include <stdlib.h>

#include "base/xalloc.h"

struct later {
    uv_timer_t timer;
    struct probe *probe;
    enum probe_outcome (*judge)(const struct probe *p, char text[LATER_TEXT]);
};

static void on_closed(uv_handle_t *h)
{
    struct later *l = h->data;
    struct probe *p = l->probe;
    char text[LATER_TEXT] = "";
    const enum probe_outcome outcome = l->judge(p, text);

    free(l);
    p->done(p, outcome, text[0] != '\0' ? text : NULL);
}

static void on_timer(uv_timer_t *timer)
{
    uv_close((uv_handle_t *)timer, on_closed);
}

void later_start(struct probe *p,
                 enum probe_outcome (*judge)(const struct probe *p, char text[LATER_TEXT]))
{
    struct later *l = xcalloc(1, sizeof(*l));

    l->probe = p;
    l->judge = judge;
    p->own = l;
    p->doing = "looking";
    uv_timer_init(p->loop, &l->timer);
    l->timer.data = l;
    uv_timer_start(&l->timer, on_timer, 0, 0);
}

void later_cancel(struct probe *p)
{
    struct later *l = p->own;

    if (!uv_is_closing((uv_handle_t *)&l->timer))
        uv_close((uv_handle_t *)&l->timer, on_closed);
}
