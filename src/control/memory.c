/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/memory.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

struct item {
    enum memory_of of;
    char *key;
    struct memory_entry entry;
};

struct memory {
    real_ms_t at;
    struct item *items;
    size_t n;
};

static const char *const ramps[] = {
    [RAMP_NONE] = "none",
    [RAMP_WAITS] = "waits",
    [RAMP_FREED] = "freed",
    [RAMP_CLIMBS] = "climbs",
};

static const char *const sections[] = {
    [MEMORY_ENDPOINT] = "endpoints",
    [MEMORY_REGION] = "regions",
};

/* ---- to text ---- */

struct memory *memory_new(real_ms_t at)
{
    struct memory *m = xcalloc(1, sizeof(*m));

    m->at = at;
    return m;
}

void memory_free(struct memory *m)
{
    if (m == NULL)
        return;
    for (size_t i = 0; i < m->n; i++)
        free(m->items[i].key);
    free(m->items);
    free(m);
}

void memory_add(struct memory *m, enum memory_of of, const char *key, const struct memory_entry *e)
{
    m->items = xgrow(m->items, m->n, sizeof(*m->items));
    m->items[m->n++] = (struct item){.of = of, .key = xstrdup(key), .entry = *e};
}

static void print_u64(uint64_t x, char out[17])
{
    snprintf(out, 17, "%016" PRIx64, x);
}

static void put_ramp(const struct memory_entry *e, json_t *o)
{
    if (e->ramp == RAMP_NONE)
        return;
    json_object_set_new(o, "ramp", json_string(ramps[e->ramp]));
    json_object_set_new(o, "ramp_done", json_integer(e->ramp_done_ms));
    json_object_set_new(o, "ramp_at", json_integer(e->ramp_at));
}

static json_t *entry_json(const struct item *item)
{
    const struct memory_entry *e = &item->entry;
    json_t *o = json_pack("{s:f, s:I, s:I}", "penalty", e->penalty, "penalty_at",
                          (json_int_t)e->penalty_at, "held_until", (json_int_t)e->held_until);
    char history[17], asks[17];

    if (item->of == MEMORY_REGION) {
        put_ramp(e, o);
        return o;
    }
    print_u64(e->verdict.history, history);
    print_u64(e->asks, asks);
    json_object_set_new(o, "verdict", json_string(verdict_name(e->verdict.state)));
    json_object_set_new(o, "since", json_integer(e->since));
    json_object_set_new(o, "history", json_string(history));
    json_object_set_new(o, "known", json_integer(e->verdict.known));
    json_object_set_new(o, "fresh", json_integer(e->verdict.fresh));
    json_object_set_new(o, "asks", json_string(asks));
    return o;
}

char *memory_text(const struct memory *m)
{
    json_t *o = json_pack("{s:I, s:{}, s:{}}", "at", (json_int_t)m->at, sections[MEMORY_ENDPOINT],
                          sections[MEMORY_REGION]);

    for (size_t i = 0; i < m->n; i++)
        json_object_set_new_nocheck(json_object_get(o, sections[m->items[i].of]), m->items[i].key,
                                    entry_json(&m->items[i]));
    char *text = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    return text;
}

/* ---- from text ---- */

struct recall {
    json_t *root;
};

struct recall *recall_read(const char *path, const char *text, size_t len, struct err *err)
{
    json_error_t why;
    json_t *root = json_loadb(text, len, 0, &why);

    if (root == NULL || !json_is_integer(json_object_get(root, "at"))) {
        err_add(err, "%s: is no list of verdicts: %s", path,
                root == NULL ? why.text : "it has no time");
        json_decref(root);
        return NULL;
    }
    struct recall *r = xcalloc(1, sizeof(*r));
    r->root = root;
    return r;
}

void recall_free(struct recall *r)
{
    if (r == NULL)
        return;
    json_decref(r->root);
    free(r);
}

real_ms_t recall_at(const struct recall *r)
{
    return json_integer_value(json_object_get(r->root, "at"));
}

bool recall_has(const struct recall *r, enum memory_of of)
{
    return json_object_size(json_object_get(r->root, sections[of])) > 0;
}

static bool read_u64(const json_t *o, const char *key, uint64_t *out)
{
    const char *text = json_string_value(json_object_get(o, key));
    char *end;

    if (text == NULL || strlen(text) != 16)
        return false;
    *out = strtoull(text, &end, 16);
    return *end == '\0';
}

static bool read_count(const json_t *o, const char *key, uint8_t *out)
{
    const json_int_t n = json_integer_value(json_object_get(o, key));

    *out = (uint8_t)n;
    return n >= 0 && n <= 64;
}

static bool read_state(const json_t *o, uint8_t *out)
{
    const char *text = json_string_value(json_object_get(o, "verdict"));

    for (unsigned s = VERDICT_UNKNOWN; text != NULL && s <= VERDICT_DOWN; s++)
        if (strcmp(text, verdict_name((enum verdict_state)s)) == 0) {
            *out = (uint8_t)s;
            return true;
        }
    return false;
}

static bool read_verdict(const json_t *o, struct memory_entry *e)
{
    e->since = json_integer_value(json_object_get(o, "since"));
    if (!read_state(o, &e->verdict.state) || !read_u64(o, "history", &e->verdict.history) ||
        !read_count(o, "known", &e->verdict.known) || !read_count(o, "fresh", &e->verdict.fresh) ||
        !read_u64(o, "asks", &e->asks))
        return false;
    if (e->verdict.known < 64)
        e->verdict.history &= (UINT64_C(1) << e->verdict.known) - 1;
    return e->verdict.fresh <= e->verdict.known;
}

static bool read_damping(const json_t *o, struct memory_entry *e)
{
    e->penalty = json_number_value(json_object_get(o, "penalty"));
    e->penalty_at = json_integer_value(json_object_get(o, "penalty_at"));
    e->held_until = json_integer_value(json_object_get(o, "held_until"));
    return isfinite(e->penalty) && e->penalty >= 0;
}

/* Absent: none. */
static bool read_ramp(const json_t *o, struct memory_entry *e)
{
    const char *text = json_string_value(json_object_get(o, "ramp"));

    e->ramp_done_ms = json_integer_value(json_object_get(o, "ramp_done"));
    e->ramp_at = json_integer_value(json_object_get(o, "ramp_at"));
    for (unsigned s = RAMP_NONE; text != NULL && s <= RAMP_CLIMBS; s++)
        if (strcmp(text, ramps[s]) == 0) {
            e->ramp = (enum ramp_state)s;
            return e->ramp_done_ms >= 0 && e->ramp_done_ms <= RAMP_OVER_MAX_MS;
        }
    return text == NULL;
}

bool recall_find(const struct recall *r, enum memory_of of, const char *key,
                 struct memory_entry *out)
{
    const json_t *o = json_object_get(json_object_get(r->root, sections[of]), key);
    struct memory_entry e = {0};

    if (o == NULL || !read_damping(o, &e) ||
        !(of == MEMORY_ENDPOINT ? read_verdict(o, &e) : read_ramp(o, &e)))
        return false;
    *out = e;
    return true;
}
