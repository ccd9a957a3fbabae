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

/* Printed rather than built as a tree and dumped: of 10,000 endpoints that one would be a hundred thousand
 * pieces, every second while some of them flap. */
static void put_string(FILE *out, const char *text)
{
    putc('"', out);
    for (; *text != '\0'; text++)
        if (*text == '"' || *text == '\\')
            fprintf(out, "\\%c", *text);
        else if ((unsigned char)*text < ' ')
            fprintf(out, "\\u%04x", (unsigned)*text);
        else
            putc(*text, out);
    putc('"', out);
}

static void put_verdict(FILE *out, const struct memory_entry *e)
{
    fprintf(out,
            "\"verdict\":\"%s\",\"since\":%" PRId64 ",\"history\":\"%016" PRIx64
            "\",\"known\":%u,\"fresh\":%u,\"asks\":\"%016" PRIx64 "\"",
            verdict_name(e->verdict.state), e->since, e->verdict.history, e->verdict.known,
            e->verdict.fresh, e->asks);
}

static void put_damping(FILE *out, const struct memory_entry *e)
{
    fprintf(out, "\"penalty\":%.17g,\"penalty_at\":%" PRId64 ",\"held_until\":%" PRId64, e->penalty,
            e->penalty_at, e->held_until);
}

static void put_ramp(FILE *out, const struct memory_entry *e)
{
    if (e->ramp != RAMP_NONE)
        fprintf(out, ",\"ramp\":\"%s\",\"ramp_done\":%" PRId64 ",\"ramp_at\":%" PRId64,
                ramps[e->ramp], e->ramp_done_ms, e->ramp_at);
}

static void put_item(FILE *out, const struct item *item)
{
    const struct memory_entry *e = &item->entry;
    const bool is_damped = item->of == MEMORY_REGION || e->penalty > 0 || e->held_until != 0;

    put_string(out, item->key);
    fputs(":{", out);
    if (item->of == MEMORY_ENDPOINT)
        put_verdict(out, e);
    if (item->of == MEMORY_ENDPOINT && is_damped)
        putc(',', out);
    if (is_damped)
        put_damping(out, e);
    if (item->of == MEMORY_REGION)
        put_ramp(out, e);
    putc('}', out);
}

static void put_section(FILE *out, const struct memory *m, enum memory_of of)
{
    bool is_first = true;

    fprintf(out, ",\"%s\":{", sections[of]);
    for (size_t i = 0; i < m->n; i++) {
        if (m->items[i].of != of)
            continue;
        if (!is_first)
            putc(',', out);
        is_first = false;
        put_item(out, &m->items[i]);
    }
    putc('}', out);
}

char *memory_text(const struct memory *m)
{
    char *text;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    if (out == NULL)
        abort();
    fprintf(out, "{\"at\":%" PRId64, m->at);
    put_section(out, m, MEMORY_ENDPOINT);
    put_section(out, m, MEMORY_REGION);
    putc('}', out);
    if (fclose(out) != 0)
        abort();
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
