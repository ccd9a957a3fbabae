/* SPDX-License-Identifier: BSD-2-Clause */
#include "model/trace.h"

#include <assert.h>
#include <stdlib.h>

#include "base/xalloc.h"

/* Long enough that the TTL climbs most of its way back. */
#define LENGTH_MS (30 * 60 * 1000)
#define HIT_MS    (2 * 60 * 1000)
#define MINUTE_MS (60 * 1000)

#define WELL(at) ((struct trace_piece){.from_ms = (at)})
#define DEAD(at) ((struct trace_piece){.from_ms = (at), .user_fails = 1, .probe_fails = 1})

struct trace *trace_new_calm(size_t n_regions, dur_ms_t length_ms)
{
    assert(n_regions >= 2 && n_regions <= TRACE_REGIONS_MAX);
    struct trace *t = xcalloc(1, sizeof(*t));

    *t = (struct trace){.name = "calm",
                        .what = "nothing happens",
                        .hit_ms = length_ms,
                        .length_ms = length_ms,
                        .n_regions = n_regions};
    for (size_t r = 0; r < n_regions; r++)
        trace_add(t, r, WELL(0));
    return t;
}

void trace_free(struct trace *t)
{
    if (t == NULL)
        return;
    for (size_t r = 0; r < t->n_regions; r++)
        free(t->regions[r].pieces);
    free(t);
}

void trace_add(struct trace *t, size_t region, struct trace_piece piece)
{
    struct trace_region *r = &t->regions[region];

    assert(region < t->n_regions);
    assert(r->n == 0 || piece.from_ms >= r->pieces[r->n - 1].from_ms);
    r->pieces = xgrow(r->pieces, r->n, sizeof(*r->pieces));
    r->pieces[r->n++] = piece;
}

/* ---- what may happen ---- */

static void flap(struct trace *t, dur_ms_t half_ms, dur_ms_t for_ms)
{
    for (mono_ms_t at = HIT_MS; at < HIT_MS + for_ms; at += 2 * half_ms) {
        trace_add(t, 0, DEAD(at));
        trace_add(t, 0, WELL(at + half_ms));
    }
}

/* Caches are cold: it begins with a fifth of what it can serve, and gets to all of it in ten steps. */
static void come_back_cold(struct trace *t, mono_ms_t at, dur_ms_t for_ms)
{
    enum { STEPS = 10 };

    for (int i = 0; i < STEPS; i++) {
        struct trace_piece piece = WELL(at + i * for_ms / STEPS);
        piece.capacity = 0.2 + 0.8 * i / STEPS;
        trace_add(t, 0, piece);
    }
    trace_add(t, 0, WELL(at + for_ms));
}

static void all_for_a_minute(struct trace *t, struct trace_piece piece)
{
    for (size_t r = 0; r < t->n_regions; r++) {
        trace_add(t, r, piece);
        trace_add(t, r, WELL(HIT_MS + MINUTE_MS));
    }
}

static void one_for(struct trace *t, struct trace_piece piece, dur_ms_t for_ms)
{
    trace_add(t, 0, piece);
    trace_add(t, 0, WELL(piece.from_ms + for_ms));
}

static void happen(struct trace *t, enum trace_kind kind)
{
    struct trace_piece piece = {.from_ms = HIT_MS};

    switch (kind) {
    case TRACE_CRASH: one_for(t, DEAD(HIT_MS), MINUTE_MS); return;
    case TRACE_BLACKHOLE:
        piece = DEAD(HIT_MS);
        piece.hangs = true;
        one_for(t, piece, MINUTE_MS);
        return;
    case TRACE_SLOW_START:
        trace_add(t, 0, DEAD(HIT_MS));
        come_back_cold(t, HIT_MS + MINUTE_MS, 2 * MINUTE_MS);
        return;
    case TRACE_FLAP_1S: flap(t, 1300, 5 * MINUTE_MS); return;
    case TRACE_FLAP_30S: flap(t, 30000, 5 * MINUTE_MS); return;
    case TRACE_LOSS:
        piece.user_fails = piece.probe_fails = 0.05;
        piece.hangs = true;
        trace_add(t, 0, piece);
        return;
    case TRACE_BROWN_OUT:
        piece.user_fails = 0.5;
        piece.probe_fails = 1.0 / 3;
        one_for(t, piece, 10 * MINUTE_MS);
        return;
    case TRACE_BLIND:
        piece.is_dark = true;
        all_for_a_minute(t, piece);
        return;
    case TRACE_ALL_REFUSE: all_for_a_minute(t, DEAD(HIT_MS)); return;
    case TRACE_KINDS: break;
    }
    abort();
}

struct trace *trace_new(enum trace_kind kind, size_t n_regions)
{
#define TRACE_TEXT(id, name, what) {name, what},
    static const struct {
        const char *name, *what;
    } texts[] = {TRACES(TRACE_TEXT)};
#undef TRACE_TEXT
    struct trace *t = trace_new_calm(n_regions, LENGTH_MS);

    t->name = texts[kind].name;
    t->what = texts[kind].what;
    t->hit_ms = HIT_MS;
    happen(t, kind);
    return t;
}
