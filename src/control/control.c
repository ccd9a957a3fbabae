/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/control.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/xalloc.h"
#include "control/adopt.h"
#include "control/commands.h"
#include "control/firstgen.h"
#include "control/keep.h"
#include "control/sight_news.h"

/* At most one snapshot in so long, so that what changes meanwhile travels together: when a region
 * falls, many endpoints do, and each snapshot costs the more the more names are steered.  The first
 * change after a quiet time does not wait. */
#define GATHER_MS 10
/* TTLs that grow within so long of each other are rendered together. */
#define STEP_GATHER_MS 250

static regionset_t drained_in(void *arg, const uint8_t *pool)
{
    const struct control *c = arg;

    return drains_for(c->drains, c->now->config->regions, c->now->config->n_regions, pool);
}

/* What answers need of the configuration, and which secrets make cookies now. */
static struct answer_opts answer_opts(const struct control *c)
{
    const struct sources *files = c->now->files;
    struct answer_opts o = config_answer_opts(c->now->config);

    o.ecs_from = files->ecs_from;
    if (c->now->config->server.cookies)
        o.cookies = files->secrets.n > 0 ? files->secrets : cookies_secrets(c->cookies);
    return o;
}

/* ---- publishing ---- */

static void on_step(uv_timer_t *t)
{
    control_publish_now(t->data);
}

static void schedule_step(struct control *c, mono_ms_t now)
{
    const mono_ms_t next = plan_next_step_at(c->now->plan);

    if (next == INT64_MAX)
        uv_timer_stop(&c->step_timer);
    else
        uv_timer_start(&c->step_timer, on_step,
                       (uint64_t)(next > now ? next - now : 0) + STEP_GATHER_MS, 0);
}

static void offer(struct control *c, struct steering *steering)
{
    const struct answer_opts opts = answer_opts(c);

    c->published = steering;
    c->published_at = (mono_ms_t)uv_now(c->loop);
    publisher_offer(c->publisher, zonedb_ref(c->now->zones), steering, &opts);
}

static void on_live(void *arg)
{
    struct control *c = arg;

    if (c->on_change != NULL)
        c->on_change(c->on_change_arg);
}

void control_publish_now(struct control *c)
{
    uv_update_time(c->loop);
    const mono_ms_t now = (mono_ms_t)uv_now(c->loop);
    struct steering *steering = plan_update(c->now->plan, drained_in, c, now);

    if (plan_take_change(c->now->plan))
        remember_soon(c->remember);
    uv_timer_stop(&c->publish_timer);
    if (steering != c->published)
        offer(c, steering);
    else
        steering_unref(steering);
    schedule_step(c, now);
    publisher_when_live(c->publisher, on_live, c);
}

static void on_gathered(uv_timer_t *t)
{
    control_publish_now(t->data);
}

void control_publish_soon(struct control *c)
{
    if (uv_is_active((uv_handle_t *)&c->publish_timer))
        return;
    uv_update_time(c->loop);
    const dur_ms_t since = (mono_ms_t)uv_now(c->loop) - c->published_at;
    uv_timer_start(&c->publish_timer, on_gathered,
                   since < GATHER_MS ? (uint64_t)(GATHER_MS - since) : 0, 0);
}

void control_on_change(struct control *c, void (*fn)(void *arg), void *arg)
{
    c->on_change = fn;
    c->on_change_arg = arg;
}

static void log_turn(const struct target_status *s)
{
    char addr[IPADDR_TEXT], left[DUR_TEXT];
    const char *endpoint =
        s->dest->host != NULL ? s->dest->host : ipaddr_print(&s->dest->addr, addr);

    if (s->verdict == VERDICT_DOWN)
        log_warning("%s is down: %s (probe %s)", endpoint, s->last_error, s->spec->name);
    else if (damping_is_held(s->damping, s->since))
        log_warning("%s is up, but fell too often lately: held for %s (probe %s)", endpoint,
                    dur_print(s->damping->held_until - s->since, left), s->spec->name);
    else
        log_info("%s is %s (probe %s)", endpoint, verdict_name(s->verdict), s->spec->name);
}

static void on_health(void *arg, struct target *t)
{
    struct control *c = arg;
    struct target_status s;

    target_status(t, &s);
    if (s.since == s.last_at) { /* the verdict turned; suspicion alone is for status */
        log_turn(&s);
        remember_soon(c->remember);
    }
    plan_touch_target(c->now->plan, t);
    if (c->adoption != NULL)
        adopt_note_target(c->adoption, t);
    control_publish_soon(c);
}

void control_drains_changed(struct control *c)
{
    plan_touch_drains(c->now->plan);
    if (c->adoption != NULL)
        adopt_note_word(c->adoption);
    control_publish_now(c);
}

static void on_sight(void *arg)
{
    struct control *c = arg;

    sight_news(c);
    control_publish_soon(c);
}

void control_adopt(struct control *c, struct generation *g)
{
    struct generation *old = c->now;

    references_attach(&c->references, g->config, c->health);
    health_set_blind_at(c->health, g->config->health.blind_at);
    if (old == NULL)
        keep_recall(c, g->plan);
    c->now = g;
    c->published = NULL; /* zones may have changed even where no steering did */
    control_publish_now(c);
    generation_unref(old);
}

/* ---- start ---- */

static void on_cookies(void *arg)
{
    struct control *c = arg;

    if (c->now == NULL)
        return;          /* it stops */
    c->published = NULL; /* nothing was steered otherwise, and yet there is something new */
    control_publish_now(c);
}

static void open_parts(struct control *c, const struct control_opts *opts, const char *state,
                       struct err *err)
{
    uv_timer_init(c->loop, &c->publish_timer);
    uv_timer_init(c->loop, &c->step_timer);
    c->publish_timer.data = c->step_timer.data = c;
    c->publisher = publisher_open(c->loop);
    c->health = health_open(c->loop, &(struct health_opts){.max_in_flight = opts->probes_max,
                                                           .seed = (uint64_t)real_ms(),
                                                           .on_change = on_health,
                                                           .on_sight = on_sight,
                                                           .arg = c,
                                                           .exec = opts->exec});
    keep_open(c, state);
    c->drains = drains_new(c->loop, state);
    drains_load(c->drains, err);
    c->cookies = cookies_open(c->loop, state, on_cookies, c, err);
    c->journal = journal_open(c->loop, state, 16 << 20, err);
}

struct control *control_open(const struct control_opts *opts, struct err *err)
{
    const char *state = state_path(opts->state);
    struct err found;

    err_init(&found);
    struct goodzones *good = goodzones_open(state);
    struct generation *g = firstgen_read(opts->files, opts->config_path, good, &found);
    if (g == NULL) {
        goodzones_close(good);
        err_move(err, &found);
        return NULL;
    }
    struct control *c = xcalloc(1, sizeof(*c));
    c->loop = opts->loop;
    c->config_path = xstrdup(opts->config_path);
    c->state = opts->state;
    c->good = good;
    c->bound = xmemdup(opts->bound, opts->n_bound * sizeof(*opts->bound));
    c->n_bound = opts->n_bound;
    c->n_unbound = opts->n_unbound;
    uv_update_time(c->loop);
    c->started_at = (mono_ms_t)uv_now(c->loop);
    open_parts(c, opts, state, &found);
    log_err(&found);
    err_fini(&found);
    plan_attach(g->plan, c->health, NULL);
    control_adopt(c, g);
    firstgen_log(g, c->config_path);
    return c;
}

void control_commit(struct control *c)
{
    c->copies_lost = generation_commit(c->now, c->good);
}

void control_set_workers(struct control *c, struct worker *const *workers, size_t n,
                         void (*stop_workers)(void *arg), void *arg)
{
    c->workers = workers;
    c->n_workers = n;
    c->stop_workers = stop_workers;
    c->stop_workers_arg = arg;
    publisher_set_workers(c->publisher, workers, n);
}

bool control_listen(struct control *c, struct err *err)
{
    c->commands = commands_open(c, err);
    return c->commands != NULL;
}

static char *unready(const struct control *c)
{
    size_t stale = 0;

    if (c->now->files->config_origin != ORIGIN_FRESH)
        return xasprintf("%s does not load", c->config_path);
    if (c->now->files->secrets_problem != NULL)
        return xstrdup("the file of server.cookies.secrets does not load");
    if (c->now->files->geo_origin != ORIGIN_FRESH)
        return xstrdup("a geo database does not load");
    for (size_t i = 0; i < c->now->n_sources; i++)
        stale += c->now->sources[i]->origin != ORIGIN_FRESH;
    if (stale > 0)
        return xasprintf("%zu of %zu zones do not load", stale, c->now->n_sources);
    if (c->n_unbound > 0)
        return xasprintf("%zu of %zu addresses could not be listened on", c->n_unbound,
                         c->n_bound + c->n_unbound);
    if (c->commands == NULL)
        return xstrdup("the control socket could not be opened");
    if (state_problem(c->state) != NULL)
        return xstrdup(state_problem(c->state));
    if (drains_problem(c->drains) != NULL)
        return xstrdup(drains_problem(c->drains));
    return NULL;
}

bool control_ready(const struct control *c, char **why)
{
    char *reason = unready(c);
    const bool ready = reason == NULL;

    if (why != NULL)
        *why = reason;
    else
        free(reason);
    return ready;
}

/* ---- stop: commands, workers, probes, state, publisher ---- */

static void on_publisher_closed(void *arg)
{
    (void)arg;
}

static void on_health_closed(void *arg)
{
    struct control *c = arg;

    drains_close(c->drains);
    cookies_close(c->cookies);
    journal_close(c->journal);
    uv_close((uv_handle_t *)&c->publish_timer, NULL);
    uv_close((uv_handle_t *)&c->step_timer, NULL);
    publisher_close(c->publisher, on_publisher_closed, c);
}

static void on_commands_closed(void *arg)
{
    struct control *c = arg;

    if (c->stop_workers != NULL)
        c->stop_workers(c->stop_workers_arg);
    publisher_set_workers(c->publisher, NULL, 0);
    uv_timer_stop(&c->publish_timer);
    uv_timer_stop(&c->step_timer);
    keep_close(c);
    references_detach(&c->references);
    generation_unref(c->now); /* its targets go while the prober is there */
    c->now = NULL;
    health_close(c->health, on_health_closed, c);
}

static void stop_in_order(struct control *c)
{
    commands_close(c->commands, on_commands_closed, c);
    c->commands = NULL;
}

void control_stop(struct control *c)
{
    if (c->stopping)
        return;
    c->stopping = true;
    c->on_change = NULL;
    if (!c->reloading)
        stop_in_order(c);
}

void control_reload_over(struct control *c)
{
    c->reloading = false;
    if (c->stopping)
        stop_in_order(c);
}

void control_free(struct control *c)
{
    if (c == NULL)
        return;
    goodzones_close(c->good);
    free(c->config_path);
    free(c->bound);
    free(c);
}
