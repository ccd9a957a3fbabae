/* SPDX-License-Identifier: BSD-2-Clause */
#include "world.h"

#include <stdlib.h>

#include "base/xalloc.h"

struct exechelper *world_exec;

static struct code_range only_200[] = {{200, 200}};

static void on_change(void *arg, struct target *t)
{
    struct world *w = arg;

    (void)t;
    w->changes++;
}

void world_health_closed(void *arg)
{
    struct world *w = arg;

    w->is_closed = true;
    w->health = NULL;
}

static void on_patience(uv_timer_t *t)
{
    ((struct world *)t->data)->out_of_patience = true;
}

struct endpoint_addr loopback(void)
{
    struct endpoint_addr at = {0};

    assert_true(ipaddr_parse("127.0.0.1", &at.addr));
    return at;
}

struct probe_dest dest_of(const char *addr)
{
    struct probe_dest d = {0};

    assert_true(ipaddr_parse(addr, &d.addr));
    return d;
}

/* health_sight tells. */
static void on_sight(void *arg)
{
    (void)arg;
}

void world_open_health(struct world *w, unsigned max_in_flight)
{
    const struct health_opts opts = {.max_in_flight = max_in_flight,
                                     .seed = 1,
                                     .on_change = on_change,
                                     .on_sight = on_sight,
                                     .arg = w,
                                     .exec = world_exec};

    w->is_closed = false;
    w->health = health_open(&w->loop, &opts);
}

int world_set_up(void **state)
{
    struct world *w = xcalloc(1, sizeof(*w));
    const struct endpoint_addr at = loopback();

    uv_loop_init(&w->loop);
    uv_timer_init(&w->loop, &w->patience);
    w->patience.data = w;
    world_open_health(w, 100);
    assert_int_equal(origin_open(&w->loop, &at, &w->origin), 0);
    w->spec = (struct probe_spec){
        .name = (char *)"web",
        .kind = PROBE_HTTP,
        .port = origin_port(w->origin),
        .method = (char *)"GET",
        .path = (char *)"/healthz",
        .expect = only_200,
        .n_expect = 1,
        .verify = true,
        .interval_ms = NEVER_MS,
        .timeout_ms = PATIENCE_MS,
        .rise = 2,
        .fall = 3,
        .damping = {.suppress = 1500, .reuse = 750, .half_life_ms = 120000, .max_hold_ms = 600000},
    };
    *state = w;
    return 0;
}

int world_tear_down(void **state)
{
    struct world *w = *state;

    if (w->health != NULL)
        health_close(w->health, world_health_closed, w);
    origin_close(w->origin);
    if (w->other != NULL)
        origin_close(w->other);
    uv_close((uv_handle_t *)&w->patience, NULL);
    assert_int_equal(uv_run(&w->loop, UV_RUN_DEFAULT), 0);
    assert_true(w->is_closed);
    assert_int_equal(uv_loop_close(&w->loop), 0);
    free(w);
    return 0;
}

struct target_status status(const struct target *t)
{
    struct target_status s;

    target_status(t, &s);
    return s;
}

void wait_until(struct world *w, bool (*cond)(void *arg), void *arg, const char *what)
{
    w->out_of_patience = false;
    uv_update_time(&w->loop);
    uv_timer_start(&w->patience, on_patience, PATIENCE_MS, 0);
    while (!cond(arg)) {
        uv_run(&w->loop, UV_RUN_ONCE);
        if (w->out_of_patience)
            fail_msg("waited too long for: %s", what);
    }
    uv_timer_stop(&w->patience);
}

struct wanted {
    const struct target *t;
    enum verdict_state verdict;
    uint64_t probes;
};

static bool has_verdict(void *arg)
{
    const struct wanted *want = arg;

    return status(want->t).verdict == want->verdict;
}

static bool has_probes(void *arg)
{
    const struct wanted *want = arg;

    return status(want->t).probes >= want->probes;
}

void wait_for(struct world *w, const struct target *t, enum verdict_state verdict)
{
    struct wanted want = {.t = t, .verdict = verdict};

    wait_until(w, has_verdict, &want, verdict_name(verdict));
}

void wait_probes(struct world *w, const struct target *t, uint64_t more)
{
    struct wanted want = {.t = t, .probes = status(t).probes + more};

    wait_until(w, has_probes, &want, "more probes");
}

bool is_true(void *arg)
{
    return *(const bool *)arg;
}

struct target *target(struct world *w)
{
    const struct probe_dest dest = dest_of("127.0.0.1");

    return health_target(w->health, &w->spec, &dest);
}


void on_answer(void *arg, struct target *t)
{
    struct answer *a = arg;

    assert_false(a->is_done);
    a->is_done = true;
    a->target = t;
}

void ask(struct world *w, struct target *t, unsigned results)
{
    for (const uint64_t before = status(t).probes; status(t).probes < before + results;) {
        struct answer a = {0};
        assert_true(target_probe_now(t, on_answer, &a));
        wait_until(w, is_true, &a.is_done, "an answer");
    }
}
