/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/drains.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/list.h"
#include "base/xalloc.h"
#include "control/atomicfile.h"
#include "control/drainlist.h"
#include "dns/name.h"

struct drains {
    uv_loop_t *loop;
    char *folder;
    struct drain_list now;
    char *problem;
    struct list changes; /* first come, first served; the first one is being written if busy */
    bool busy, closing;
};

struct change {
    struct list link;
    struct drains *d;
    uv_work_t work;
    bool add; /* else: remove */
    struct drain drain;
    struct drain_list next; /* what is to be in force once it is written */
    char *text;             /* next as it is written; the thread pool's while it works */
    bool keep_broken;       /* what is there now is to be put aside, not replaced */
    struct err err;
    drains_done_fn done;
    void *arg;
};

struct drains *drains_new(uv_loop_t *loop, const char *folder)
{
    struct drains *d = xcalloc(1, sizeof(*d));

    d->loop = loop;
    d->folder = xstrdup(folder);
    list_init(&d->changes);
    return d;
}

bool drains_load(struct drains *d, struct err *err)
{
    struct err why = {0};
    size_t len;
    char *text = atomicfile_read(d->folder, DRAINS_FILE, &len, &why);

    if (text != NULL) {
        char *path = xasprintf("%s/%s", d->folder, DRAINS_FILE);
        drainlist_read(&d->now, path, text, len, &why);
        free(path);
        free(text);
    }
    if (why.errors > 0)
        d->problem = xstrdup(why.items[0].text);
    err_move(err, &why);
    return d->problem == NULL;
}

const char *drains_problem(const struct drains *d)
{
    return d->problem;
}

static void drains_free(struct drains *d)
{
    drainlist_fini(&d->now);
    free(d->problem);
    free(d->folder);
    free(d);
}

/* ---- reading ---- */

size_t drains_count(const struct drains *d)
{
    return d->now.n;
}

const struct drain *drains_at(const struct drains *d, size_t i)
{
    return &d->now.items[i];
}

const struct drain *drains_find(const struct drains *d, const char *region, const uint8_t *pool)
{
    return drainlist_find(&d->now, region, pool);
}

static int region_number(const struct region_spec *regions, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcasecmp(regions[i].name, name) == 0)
            return (int)i;
    return -1;
}

regionset_t drains_for(const struct drains *d, const struct region_spec *regions, size_t n,
                       const uint8_t *pool)
{
    regionset_t set = 0;

    for (size_t i = 0; i < d->now.n; i++) {
        const struct drain *x = &d->now.items[i];
        const int region = region_number(regions, n, x->region);
        const bool applies = x->pool == NULL || (pool != NULL && name_equal(x->pool, pool));

        if (region >= 0 && applies)
            set |= (regionset_t)1 << region;
    }
    return set;
}

/* ---- changing ---- */

static void change_free(struct change *c)
{
    list_remove(&c->link);
    drain_fini(&c->drain);
    drainlist_fini(&c->next);
    free(c->text);
    err_fini(&c->err);
    free(c);
}

/* Tell whoever asked.  He may ask for more: busy keeps that waiting. */
static void change_end(struct change *c, bool changed)
{
    struct drains *d = c->d;

    c->done(c->arg, changed, &c->err);
    change_free(c);
    d->busy = false;
}

/* Thread pool. */
static void write_change(uv_work_t *work)
{
    struct change *c = container_of(work, struct change, work);

    if (!c->keep_broken || atomicfile_put_aside(c->d->folder, DRAINS_FILE, &c->err))
        atomicfile_write(c->d->folder, DRAINS_FILE, c->text, strlen(c->text), &c->err);
}

static void start_changes(struct drains *d);

static void on_change_written(uv_work_t *work, int status)
{
    struct change *c = container_of(work, struct change, work);
    struct drains *d = c->d;
    const bool written = c->err.errors == 0;

    if (written) {
        const struct drain_list old = d->now;
        d->now = c->next;
        c->next = old; /* freed with the change */
        free(d->problem);
        d->problem = NULL;
    }
    change_end(c, written);
    start_changes(d);
}

static void change_write(struct change *c)
{
    struct drains *d = c->d;

    if (c->add)
        drainlist_with(&c->next, &d->now, &c->drain);
    else
        drainlist_without(&c->next, &d->now, &c->drain);
    c->text = drainlist_text(&c->next);
    c->keep_broken = d->problem != NULL;
    uv_queue_work(d->loop, &c->work, write_change, on_change_written);
}

/* Start the first change that waits; those that change nothing are over at once. */
static void start_changes(struct drains *d)
{
    while (!d->busy && !list_is_empty(&d->changes)) {
        struct change *c = container_of(d->changes.next, struct change, link);
        const bool is_there = drainlist_find(&d->now, c->drain.region, c->drain.pool) != NULL;

        d->busy = true;
        if (is_there == c->add)
            change_end(c, false);
        else
            change_write(c);
    }
    if (d->closing && !d->busy)
        drains_free(d);
}

static void ask(struct drains *d, bool add, const struct drain *drain, drains_done_fn done,
                void *arg)
{
    struct change *c = xcalloc(1, sizeof(*c));

    c->d = d;
    c->add = add;
    drain_copy(&c->drain, drain);
    c->done = done;
    c->arg = arg;
    list_append(&d->changes, &c->link);
    start_changes(d);
}

void drains_add(struct drains *d, const struct drain *drain, drains_done_fn done, void *arg)
{
    ask(d, true, drain, done, arg);
}

void drains_remove(struct drains *d, const char *region, const uint8_t *pool, drains_done_fn done,
                   void *arg)
{
    const struct drain drain = {.region = (char *)region, .pool = (uint8_t *)pool};

    ask(d, false, &drain, done, arg);
}

void drains_close(struct drains *d)
{
    if (d == NULL)
        return;
    d->closing = true;
    start_changes(d);
}
