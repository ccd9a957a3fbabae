/*
 * Reloading: files are read and what they give is resolved on the thread pool, it is adopted on the
 * loop, the copies are made the last good ones on the thread pool again.  A mistake changes nothing.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/xalloc.h"
#include "control/adopt.h"

struct reload {
    uv_work_t work;
    struct control *c;
    uint8_t *apex; /* NULL: everything */
    bool all;      /* also what did not change */
    char *config_path, *zones_directory;
    struct sources *files;    /* read; NULL: failed, or one zone only */
    struct zone_source *zone; /* read, where only one is, with its copy in: */
    struct goodbatch *batch;
    size_t n_read;           /* zones */
    struct generation *next; /* NULL: there is none yet, or it is adopted */
    bool read, resolved;
    size_t copies_lost; /* told by commit */
    struct err err;
    mono_ms_t started_at;
    control_done_fn done;
    void *arg;
};

static void reload_end(struct reload *r)
{
    struct control *c = r->c;

    if (r->err.errors > 0)
        log_warning("reload refused; what was served goes on");
    log_err(&r->err);
    r->done(r->arg, &r->err);
    generation_unref(r->next);
    sources_unref(r->files);
    zone_source_unref(r->zone);
    goodbatch_free(r->batch);
    err_fini(&r->err);
    free(r->apex);
    free(r->config_path);
    free(r->zones_directory);
    free(r);
    control_reload_over(c);
}

static bool read_one(struct reload *r)
{
    struct goodzones *good = r->c->good;

    r->zone = zonedir_find(r->zones_directory, r->apex, &r->err);
    if (r->zone == NULL)
        return false;
    r->batch = goodzones_batch(good);
    r->n_read = 1;
    const struct zone_table zones = generation_zones(r->c->now);
    const struct zone_source *known = zone_table_find(&zones, r->apex);
    return zone_source_read(r->zone, &(struct zone_copies){good, r->batch},
                            known != NULL ? known->zone : NULL, &r->err);
}

/* The generation in force is only read, and stays while reloading is set. */
static bool read_all(struct reload *r)
{
    const struct sources_opts opts = {
        .good = r->c->good, .before = generation_zones(r->c->now), .all = r->all};

    r->files = sources_config(r->config_path, NULL, &r->err);
    const bool ok = r->files != NULL && sources_read(r->files, &opts, &r->err);
    r->n_read = ok ? r->files->n_read : 0;
    return ok;
}

/* Thread pool. */
static void read_files(uv_work_t *work)
{
    struct reload *r = work->data;

    r->read = r->apex != NULL ? read_one(r) : read_all(r);
}

static void on_live(void *arg)
{
    struct reload *r = arg;
    char took[DUR_TEXT];

    uv_update_time(r->c->loop);
    log_info("reloaded in %s", dur_print((mono_ms_t)uv_now(r->c->loop) - r->started_at, took));
    reload_end(r);
}

/* Thread pool; the generation stays while reloading is set. */
static void commit(uv_work_t *work)
{
    struct reload *r = work->data;

    r->copies_lost = generation_commit(r->c->now, r->c->good);
}

static void on_committed(uv_work_t *work, int status)
{
    struct reload *r = work->data;

    (void)status;
    r->c->copies_lost = r->copies_lost;
    if (r->copies_lost > 0)
        err_warn(&r->err,
                 "%zu last good copies could not be written to %s: a restart may find older ones",
                 r->copies_lost, state_path(r->c->state));
    publisher_when_live(r->c->publisher, on_live, r);
}

static void on_adopted(void *arg)
{
    struct reload *r = arg;

    uv_queue_work(r->c->loop, &r->work, commit, on_committed);
}

static bool differs(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a != b : strcmp(a, b) != 0;
}

static bool addrs_differ(const struct endpoint_addr *a, size_t n_a, const struct endpoint_addr *b,
                         size_t n_b)
{
    bool differ = n_a != n_b;

    for (size_t i = 0; !differ && i < n_a; i++)
        differ = !ipaddr_equal(&a[i].addr, &b[i].addr) || a[i].port != b[i].port;
    return differ;
}

static bool prefixes_differ(const struct server_spec *a, const struct server_spec *b)
{
    bool differ = a->n_proxy_from != b->n_proxy_from;

    for (size_t i = 0; !differ && i < a->n_proxy_from; i++)
        differ = !ipaddr_equal(&a->proxy_from[i].addr, &b->proxy_from[i].addr) ||
                 a->proxy_from[i].bits != b->proxy_from[i].bits;
    return differ;
}

/* Options that are used once, at start. */
static void warn_of_restart(const struct server_spec *old, const struct server_spec *new,
                            struct err *err)
{
    const struct {
        const char *name;
        bool differs;
    } options[] = {
        {"listen", addrs_differ(old->listen, old->n_listen, new->listen, new->n_listen)},
        {"listen_proxy", addrs_differ(old->listen_proxy, old->n_listen_proxy, new->listen_proxy,
                                      new->n_listen_proxy)},
        {"proxy_from", prefixes_differ(old, new)},
        {"threads", old->threads != new->threads},
        {"user", differs(old->user, new->user)},
        {"control", differs(old->control, new->control)},
        {"state", differs(old->state, new->state)},
        {"tcp_clients", old->tcp_clients != new->tcp_clients},
        {"tcp_idle", old->tcp_idle_ms != new->tcp_idle_ms},
        {"tcp_lifetime", old->tcp_lifetime_ms != new->tcp_lifetime_ms},
    };

    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
        if (options[i].differs)
            err_warn(err, "server.%s changed: it takes effect when the server is restarted",
                     options[i].name);
}

/* A log file is opened again each time: it may have been rotated away. */
static bool apply_log(const struct server_spec *new, struct err *err)
{
    return log_open(
        &(struct log_opts){.to = new->log_to, .format = new->log_format, .level = new->log_level},
        err);
}

/* Counts what is shared, which only the loop may do. */
static struct generation *make_generation(struct reload *r)
{
    struct sources *files = r->files;

    if (r->apex == NULL) {
        r->files = NULL;
        return generation_new(files);
    }
    struct zone_source *zone = r->zone;
    struct goodbatch *batch = r->batch;
    r->zone = NULL;
    r->batch = NULL;
    return generation_with_zone(r->c->now, zone, batch);
}

/*
 * Thread pool.  A zone goes because its file went: meant so, mostly, but not by an empty or unmounted
 * folder, so it is told.
 */
static void resolve(uv_work_t *work)
{
    struct reload *r = work->data;

    if (r->apex == NULL)
        generation_drop(r->next, r->c->now, &r->err);
    r->resolved = generation_resolve(r->next, r->c->now, &r->err);
}

static void on_resolved(uv_work_t *work, int status)
{
    struct reload *r = work->data;
    struct control *c = r->c;

    if (status != 0 || c->stopping)
        err_add(&r->err, "the server is stopping");
    if (!r->resolved || r->err.errors > 0 || !apply_log(&r->next->config->server, &r->err)) {
        reload_end(r);
        return;
    }
    warn_of_restart(&c->now->config->server, &r->next->config->server, &r->err);
    c->zones_read = r->n_read;
    adopt_begin(c, r->next, on_adopted, r);
    r->next = NULL;
}

static void on_read(uv_work_t *work, int status)
{
    struct reload *r = work->data;

    if (status != 0 || r->c->stopping)
        err_add(&r->err, "the server is stopping");
    if (!r->read || r->err.errors > 0) {
        reload_end(r);
        return;
    }
    r->next = make_generation(r);
    uv_queue_work(r->c->loop, &r->work, resolve, on_resolved);
}

void control_reload(struct control *c, const uint8_t *zone, bool all, control_done_fn done,
                    void *arg)
{
    if (c->reloading || c->stopping) {
        struct err err;
        err_init(&err);
        err_add(&err, c->stopping ? "the server is stopping"
                                  : "a reload is under way; try again when it has ended");
        done(arg, &err);
        err_fini(&err);
        return;
    }
    struct reload *r = xcalloc(1, sizeof(*r));
    *r = (struct reload){.c = c,
                         .apex = zone != NULL ? xmemdup(zone, name_len(zone)) : NULL,
                         .all = all,
                         .config_path = xstrdup(c->config_path),
                         .zones_directory = xstrdup(c->now->config->zones_directory),
                         .done = done,
                         .arg = arg};
    err_init(&r->err);
    uv_update_time(c->loop);
    r->started_at = (mono_ms_t)uv_now(c->loop);
    r->work.data = r;
    c->reloading = true;
    uv_queue_work(c->loop, &r->work, read_files, on_read);
}
