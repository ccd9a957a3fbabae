/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/adopt.h"

#include <stdlib.h>

#include "base/xalloc.h"

/* The loop is held up by so much at a time, as `status` does (cmd_status.c). */
#define SLICE_MS 2

struct adoption {
    uv_idle_t idle;
    struct control *c;
    struct generation *g;
    struct target **turned; /* n_turned: since it began; may repeat */
    size_t n_turned;
    void (*done)(void *arg);
    void *arg;
};

static regionset_t drained_in(void *arg, const uint8_t *pool)
{
    const struct adoption *a = arg;
    const struct config *config = a->g->config;

    return drains_for(a->c->drains, config->regions, config->n_regions, pool);
}

static void on_closed(uv_handle_t *handle)
{
    struct adoption *a = handle->data;

    free(a->turned);
    free(a);
}

/* Targets that turned are there still: the generation before, which is let go of last, holds those that
 * this one does not. */
static void finish(struct adoption *a)
{
    struct control *c = a->c;
    struct plan *plan = a->g->plan;

    plan_hear(plan);
    for (size_t i = 0; i < a->n_turned; i++)
        plan_touch_target(plan, a->turned[i]);
    c->adoption = NULL;
    control_adopt(c, a->g);
    uv_close((uv_handle_t *)&a->idle, on_closed);
    a->done(a->arg);
}

static void on_turn(uv_idle_t *idle)
{
    struct adoption *a = idle->data;
    struct control *c = a->c;
    struct plan *plan = a->g->plan;
    const mono_ms_t end = mono_ms() + SLICE_MS;

    while (plan_attach_step(plan, c->health, c->now->plan) ||
           plan_prepare_step(plan, drained_in, a, mono_ms()))
        if (mono_ms() >= end)
            return;
    finish(a);
}

void adopt_begin(struct control *c, struct generation *g, void (*done)(void *arg), void *arg)
{
    struct adoption *a = xcalloc(1, sizeof(*a));

    *a = (struct adoption){.c = c, .g = g, .done = done, .arg = arg};
    uv_idle_init(c->loop, &a->idle);
    a->idle.data = a;
    uv_idle_start(&a->idle, on_turn);
    c->adoption = a;
}

void adopt_note_target(struct adoption *a, struct target *t)
{
    a->turned = xgrow(a->turned, a->n_turned, sizeof(struct target *));
    a->turned[a->n_turned++] = t;
}

void adopt_note_word(struct adoption *a)
{
    plan_attach_again(a->g->plan);
}
