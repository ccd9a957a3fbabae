/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/histories.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "health/track.h"

struct item {
    char *key;
    uint64_t asks;
    struct track track; /* a copy */
    real_ms_t end;
};

struct histories {
    real_ms_t at;
    struct item *items;
    size_t n;
};

#define ASKS_TEXT 17

static const char *print_asks(uint64_t asks, char out[ASKS_TEXT])
{
    snprintf(out, ASKS_TEXT, "%016" PRIx64, asks);
    return out;
}

/* ---- to text ---- */

static void add_target(struct histories *hs, const struct target *t, const struct clocks *now)
{
    const struct track *track = target_track(t);
    struct target_status s;

    if (track->n == 0)
        return;
    target_status(t, &s);
    hs->items = xgrow(hs->items, hs->n, sizeof(*hs->items));
    struct item *item = &hs->items[hs->n++];
    *item = (struct item){.key = recollect_key(&s),
                          .asks = s.spec->asks,
                          .track = *track,
                          .end = clocks_real(now, track->last)};
    item->track.runs = xmemdup(track->runs, track->n * sizeof(*track->runs));
}

struct histories *histories_collect(const struct health *h, const struct clocks *now)
{
    struct histories *hs = xcalloc(1, sizeof(*hs));

    hs->at = now->real;
    for (struct target *t = NULL; (t = health_next(h, t)) != NULL;)
        add_target(hs, t, now);
    return hs;
}

void histories_free(struct histories *hs)
{
    if (hs == NULL)
        return;
    for (size_t i = 0; i < hs->n; i++) {
        free(hs->items[i].key);
        track_fini(&hs->items[i].track);
    }
    free(hs->items);
    free(hs);
}

static json_t *item_json(const struct item *item)
{
    char asks[ASKS_TEXT], *runs = track_print(&item->track);
    json_t *o = json_pack("{s:s, s:I, s:s}", "asks", print_asks(item->asks, asks), "end",
                          (json_int_t)item->end, "runs", runs);

    free(runs);
    return o;
}

char *histories_text(const struct histories *hs)
{
    json_t *endpoints = json_object();

    for (size_t i = 0; i < hs->n; i++)
        json_object_set_new_nocheck(endpoints, hs->items[i].key, item_json(&hs->items[i]));
    json_t *o = json_pack("{s:I, s:o}", "at", (json_int_t)hs->at, "endpoints", endpoints);
    char *text = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    return text;
}

/* ---- from text ---- */

/* What is kept of this target, if that makes sense. */
static bool read_item(const json_t *o, const struct clocks *now, struct track *out)
{
    const char *runs = json_string_value(json_object_get(o, "runs"));
    const json_t *end = json_object_get(o, "end");

    return runs != NULL && json_is_integer(end) &&
           track_parse(runs, clocks_mono(now, json_integer_value(end), now->mono), out);
}

enum found { FOUND_NOTHING, FOUND_NONSENSE, FOUND_HISTORY };

static enum found recall_target(const json_t *endpoints, struct target *t, const struct clocks *now)
{
    struct target_status s;
    struct track track;
    char asks[ASKS_TEXT];

    target_status(t, &s);
    char *key = recollect_key(&s);
    const json_t *o = json_object_get(endpoints, key);
    free(key);
    if (o == NULL)
        return FOUND_NOTHING;
    const char *asked = json_string_value(json_object_get(o, "asks"));
    if (asked == NULL || !read_item(o, now, &track))
        return FOUND_NONSENSE;
    if (strcmp(asked, print_asks(s.spec->asks, asks)) != 0) {
        track_fini(&track);
        return FOUND_NOTHING;
    }
    target_recall_track(t, track);
    return FOUND_HISTORY;
}

size_t histories_apply(const struct histories_file *f, struct health *h, const struct clocks *now,
                       struct err *err)
{
    json_error_t why;
    json_t *root = json_loadb(f->text, f->len, 0, &why);
    const json_t *endpoints = json_object_get(root, "endpoints");
    size_t n = 0, nonsense = 0;

    if (!json_is_object(endpoints))
        err_warn(err, "%s: is no list of histories: %s; they begin anew", f->path,
                 root == NULL ? why.text : "it has no endpoints");
    for (struct target *t = NULL; (t = health_next(h, t)) != NULL;) {
        const enum found found = recall_target(endpoints, t, now);
        n += found == FOUND_HISTORY;
        nonsense += found == FOUND_NONSENSE;
    }
    if (nonsense > 0)
        err_warn(err, "%s: %zu histories make no sense; these begin anew", f->path, nonsense);
    json_decref(root);
    return n;
}
