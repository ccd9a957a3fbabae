/*
 * {"version": 1, "drains": [{"region": "eu-west", "pool": "web.example.com.", "since": "…Z",
 *                            "since_ms": 1767323045000, "uid": 0, "why": "…"}]}
 *
 * `pool` and `why` may be absent; `since` is there for people.  SPDX-License-Identifier: BSD-2-Clause
 */
#include "control/drainlist.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/xalloc.h"
#include "dns/name.h"

#define VERSION 1

/* ---- lists ---- */

void drain_copy(struct drain *to, const struct drain *from)
{
    *to = *from;
    to->region = xstrdup(from->region);
    to->pool = from->pool != NULL ? xmemdup(from->pool, name_len(from->pool)) : NULL;
    to->why = from->why != NULL ? xstrdup(from->why) : NULL;
}

void drain_fini(struct drain *d)
{
    free(d->region);
    free(d->pool);
    free(d->why);
}

void drainlist_fini(struct drain_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        drain_fini(&l->items[i]);
    free(l->items);
    *l = (struct drain_list){0};
}

static bool is_of(const struct drain *d, const char *region, const uint8_t *pool)
{
    if (strcasecmp(d->region, region) != 0)
        return false;
    if (d->pool == NULL || pool == NULL)
        return d->pool == pool;
    return name_equal(d->pool, pool);
}

const struct drain *drainlist_find(const struct drain_list *l, const char *region,
                                   const uint8_t *pool)
{
    for (size_t i = 0; i < l->n; i++)
        if (is_of(&l->items[i], region, pool))
            return &l->items[i];
    return NULL;
}

static void append(struct drain_list *l, const struct drain *d)
{
    l->items = xgrow(l->items, l->n, sizeof(*l->items));
    drain_copy(&l->items[l->n++], d);
}

void drainlist_with(struct drain_list *out, const struct drain_list *l, const struct drain *d)
{
    for (size_t i = 0; i < l->n; i++)
        append(out, &l->items[i]);
    append(out, d);
}

void drainlist_without(struct drain_list *out, const struct drain_list *l, const struct drain *d)
{
    for (size_t i = 0; i < l->n; i++)
        if (!is_of(&l->items[i], d->region, d->pool))
            append(out, &l->items[i]);
}

/* ---- to JSON ---- */

static json_t *drain_json(const struct drain *d)
{
    char since[CLOCK_TEXT], pool[NAME_TEXT];
    json_t *o =
        json_pack("{s:s, s:s, s:I, s:I}", "region", d->region, "since", real_print(d->since, since),
                  "since_ms", (json_int_t)d->since, "uid", (json_int_t)d->uid);

    if (d->pool != NULL)
        json_object_set_new(o, "pool", json_string(name_print(d->pool, pool)));
    if (d->why != NULL)
        json_object_set_new(o, "why", json_string(d->why));
    return o;
}

char *drainlist_text(const struct drain_list *l)
{
    json_t *drains = json_array();

    for (size_t i = 0; i < l->n; i++)
        json_array_append_new(drains, drain_json(&l->items[i]));

    json_t *root = json_pack("{s:i, s:o}", "version", VERSION, "drains", drains);
    char *text = json_dumps(root, JSON_INDENT(1));
    json_decref(root);
    if (text == NULL)
        abort();
    return text;
}

/* ---- from JSON ---- */

static bool read_pool(struct drain *d, const char *text, struct err_pos pos, size_t i,
                      struct err *err)
{
    uint8_t name[NAME_MAX_LEN];
    const char *why;

    if (!name_parse(text, strlen(text), NULL, name, &why)) {
        err_at(err, pos, "drain %zu: pool \"%s\": %s", i + 1, text, why);
        return false;
    }
    name_lower(name);
    d->pool = xmemdup(name, name_len(name));
    return true;
}

static bool read_drain(struct drain *d, json_t *o, struct err_pos pos, size_t i, struct err *err)
{
    const char *region, *pool = NULL, *why = NULL;
    json_int_t since, uid;
    json_error_t problem;

    if (json_unpack_ex(o, &problem, 0, "{s:s, s:I, s:I, s?s, s?s}", "region", &region, "since_ms",
                       &since, "uid", &uid, "pool", &pool, "why", &why) != 0) {
        err_at(err, pos, "drain %zu: %s", i + 1, problem.text);
        return false;
    }
    *d = (struct drain){.since = since, .uid = (uid_t)uid};
    if (pool != NULL && !read_pool(d, pool, pos, i, err))
        return false;
    d->region = xstrdup(region);
    d->why = why != NULL ? xstrdup(why) : NULL;
    return true;
}

static bool read_drains(struct drain_list *out, json_t *root, struct err_pos pos, struct err *err)
{
    json_t *drains, *o;
    json_error_t problem;
    int version;
    size_t i;

    if (json_unpack_ex(root, &problem, 0, "{s:i, s:o}", "version", &version, "drains", &drains)) {
        err_at(err, pos, "%s", problem.text);
        return false;
    }
    if (version != VERSION || !json_is_array(drains)) {
        err_at(err, pos, "is not of version %d, the only one that this proximad reads", VERSION);
        return false;
    }
    json_array_foreach(drains, i, o) {
        struct drain d;
        if (!read_drain(&d, o, pos, i, err))
            return false;
        out->items = xgrow(out->items, out->n, sizeof(*out->items));
        out->items[out->n++] = d;
    }
    return true;
}

bool drainlist_read(struct drain_list *out, const char *path, const char *text, size_t len,
                    struct err *err)
{
    json_error_t problem;
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &problem);
    const struct err_pos pos = {.file = path};

    *out = (struct drain_list){0};
    if (root == NULL) {
        const struct err_pos at = {path, (unsigned)problem.line, (unsigned)problem.column};
        err_at(err, at, "%s", problem.text);
        return false;
    }

    const bool ok = read_drains(out, root, pos, err);
    if (!ok)
        drainlist_fini(out);
    json_decref(root);
    return ok;
}
