/*
 * Which settings are tried.  Round figures that an operator would write, not far from what there is:
 * a history tells little of what probes ten times as frequent would have seen.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "ctl/advise.h"

/* So many times what the slowest good answer took: the next slow one is none that was seen. */
#define TIMEOUT_SLACK  4
#define TIMEOUT_MIN_MS 500
/* Nobody should have to probe more often because a table said so. */
#define INTERVAL_MIN_MS 1000

#define GROWTH_FAST 4

#define CHOICES_MAX 8

struct choices {
    int64_t of[CHOICES_MAX]; /* the present one first */
    size_t n;
};

static void add(struct choices *c, int64_t x)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->of[i] == x)
            return;
    if (c->n < CHOICES_MAX)
        c->of[c->n++] = x;
}

static struct choices intervals(const struct settings *now)
{
    static const int64_t round[] = {1000, 2000, 5000, 10000, 15000, 30000, 60000};
    struct choices c = {{now->interval_ms}, 1};

    for (size_t i = 0; i < sizeof(round) / sizeof(round[0]); i++)
        if (round[i] >= INTERVAL_MIN_MS && 5 * round[i] >= 2 * now->interval_ms &&
            round[i] <= 2 * now->interval_ms)
            add(&c, round[i]);
    return c;
}

/* What slow good answers need, if that is less than there is. */
static struct choices timeouts(const struct settings *now, dur_ms_t slowest_ms)
{
    static const int64_t round[] = {500, 1000, 2000, 3000, 5000, 10000};
    struct choices c = {{now->timeout_ms}, 1};
    const dur_ms_t need = slowest_ms * TIMEOUT_SLACK;

    for (size_t i = 0; i < sizeof(round) / sizeof(round[0]) && slowest_ms > 0; i++)
        if (round[i] >= need && round[i] >= TIMEOUT_MIN_MS) {
            if (round[i] < now->timeout_ms)
                add(&c, round[i]);
            break;
        }
    return c;
}

static struct choices ttl_maxima(const struct settings *now)
{
    static const int64_t round[] = {30, 60, 120, 180, 300, 600};
    struct choices c = {{now->ttl.max_s}, 1};

    for (size_t i = 0; i < sizeof(round) / sizeof(round[0]); i++)
        add(&c, round[i]);
    return c;
}

static struct choices ttl_minima(const struct settings *now)
{
    struct choices c = {{now->ttl.min_s}, 1};

    add(&c, 5);
    add(&c, 10);
    add(&c, 30);
    return c;
}

/* How many failures, in a row (of 0) or of so many. */
static const struct verdict_rule falls[] = {{.fall = 2},
                                            {.fall = 3},
                                            {.fall = 5},
                                            {.fall = 3, .fall_of = 5},
                                            {.fall = 4, .fall_of = 8}};
#define N_FALLS (sizeof(falls) / sizeof(falls[0]))

struct grid {
    struct settings *items;
    size_t n;
};

/* Caches would keep an answer for longer than it takes to know better: --check warns of it. */
static bool is_slow(const struct settings *s, int64_t min_s)
{
    return min_s * 1000 > s->rule.fall * s->interval_ms + s->timeout_ms;
}

/* TTLs that grow faster cost less, and where outages come in clusters they cost more failures. */
static void add_bounds(struct grid *g, const struct settings *s)
{
    const struct choices maxima = ttl_maxima(s), minima = ttl_minima(s);

    for (size_t i = 0; i < maxima.n; i++)
        for (size_t j = 0; j < minima.n; j++) {
            if (minima.of[j] > maxima.of[i] || (g->n > 0 && is_slow(s, minima.of[j])))
                continue;
            g->items = xgrow(g->items, g->n, sizeof(*g->items));
            g->items[g->n] = *s;
            g->items[g->n].ttl.max_s = (uint32_t)maxima.of[i];
            g->items[g->n++].ttl.min_s = (uint32_t)minima.of[j];
        }
}

static void add_ttls(struct grid *g, const struct settings *s)
{
    struct settings fast = *s;

    add_bounds(g, s);
    fast.ttl.growth = GROWTH_FAST;
    if (s->ttl.growth > GROWTH_FAST)
        add_bounds(g, &fast);
}

static void add_falls(struct grid *g, const struct settings *now, dur_ms_t interval_ms,
                      dur_ms_t timeout_ms)
{
    struct settings s = *now;

    s.interval_ms = interval_ms;
    s.timeout_ms = timeout_ms;
    add_ttls(g, &s);
    for (size_t i = 0; i < N_FALLS; i++) {
        const bool same = falls[i].fall == now->rule.fall && falls[i].fall_of == now->rule.fall_of;
        s.rule.fall = falls[i].fall;
        s.rule.fall_of = falls[i].fall_of;
        if (!same)
            add_ttls(g, &s);
    }
}

struct settings *advice_grid(const struct settings *now, dur_ms_t slowest_ms, bool is_told,
                             size_t *n)
{
    const struct choices every = intervals(now), wait = timeouts(now, slowest_ms);
    struct grid g = {0};

    if (is_told)
        add_ttls(&g, now);
    for (size_t i = 0; i < every.n && !is_told; i++)
        for (size_t j = 0; j < wait.n; j++)
            if (wait.of[j] <= every.of[i] || i == 0)
                add_falls(&g, now, every.of[i], wait.of[j]);
    *n = g.n;
    return g.items;
}
