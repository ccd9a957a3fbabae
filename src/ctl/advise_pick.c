/*
 * Which of the settings that were played are worth a change.  Each is held against the present ones:
 * never more false alarms and answer changes, for the sake of nothing.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <math.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "ctl/advise.h"

/* What counts as no more; figures are means over a few phases. */
#define NO_MORE 1.01
/* A change of settings is work, and a history is only one that might have been: by less than a tenth
 * nobody should be moved. */
#define WORTH 0.9
/* Balanced: for fewer failures so many more queries may be asked, and the other way round. */
#define BALANCED_MORE 1.5

const char *advice_goal_name(enum advice_goal g)
{
    switch (g) {
    case ADVICE_FEWEST_FAILURES: return "fewest failures";
    case ADVICE_FEWEST_QUERIES: return "fewest queries";
    case ADVICE_BALANCED: return "balanced";
    case ADVICE_GOALS: break;
    }
    abort();
}

/* How it compares; 1: the same, also where there is nothing to compare. */
static double ratio(double is, double was)
{
    return was > 0 ? is / was : is > 0 ? INFINITY : 1;
}

struct compared {
    double failed, queries, probes;
};

static struct compared compare(const struct candidate *c, const struct candidate *now)
{
    return (struct compared){.failed = ratio(c->figures.failed_ms, now->figures.failed_ms),
                             .queries = ratio(c->figures.queries, now->figures.queries),
                             .probes = (double)now->settings.interval_ms /
                                       (double)c->settings.interval_ms};
}

/* Each change of the answer moves users about.  For the sake of fewer failures, and only then, those
 * may be moved whose outage was not noticed before: away and back. */
static bool is_calm(const struct figures *c, const struct figures *now, enum advice_goal goal)
{
    const double found = c->noticed > now->noticed ? c->noticed - now->noticed : 0;
    const double allowed = goal == ADVICE_FEWEST_FAILURES ? found : 0;

    return c->changes <= now->changes * NO_MORE + 2 * allowed &&
           c->falls <= now->falls * NO_MORE + allowed;
}

/* Less is better; INFINITY: not to be had for this goal. */
static double cost(const struct compared *c, enum advice_goal goal)
{
    switch (goal) {
    case ADVICE_FEWEST_FAILURES: return c->queries <= NO_MORE ? c->failed : INFINITY;
    case ADVICE_FEWEST_QUERIES: return c->failed <= NO_MORE ? c->queries : INFINITY;
    case ADVICE_BALANCED:
        return c->queries <= BALANCED_MORE && c->failed <= BALANCED_MORE
                   ? sqrt(c->failed * c->queries)
                   : INFINITY;
    case ADVICE_GOALS: break;
    }
    abort();
}

/* Among equals, what changes least and asks least: fewer queries and failures, then fewer probes. */
static double tie(const struct compared *c)
{
    return 0.01 * (c->queries + c->failed) + 0.001 * c->probes;
}

size_t advice_pick(const struct candidate *candidates, size_t n, enum advice_goal goal)
{
    const struct compared same = {1, 1, 1};
    double best = WORTH * cost(&same, goal) + tie(&same);
    size_t pick = 0;

    for (size_t i = 1; i < n; i++) {
        const struct compared c = compare(&candidates[i], &candidates[0]);
        const double x = cost(&c, goal) + tie(&c);
        if (x < best && is_calm(&candidates[i].figures, &candidates[0].figures, goal)) {
            best = x;
            pick = i;
        }
    }
    return pick;
}

/* ---- all that is tried ---- */

/* Of a minute, in the middle of a day. */
#define CRASH_CALM_MS (12 * 3600 * 1000)
#define CRASH_DOWN_MS (60 * 1000)

/* Settings and the present ones; against histories in which nothing failed, all would be equal. */
static void play_all(struct advice *a, const struct settings *grid, const struct outages *histories,
                     size_t n)
{
    a->candidates = xcalloc(a->n, sizeof(*a->candidates));
    for (size_t i = 0; i < a->n; i++) {
        a->candidates[i].settings = grid[i];
        for (size_t h = 0; h < n; h++)
            replay(&grid[i], &histories[h], &a->candidates[i].figures);
    }
}

static size_t count_outages(const struct advice_subject *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        n += s->histories[i].n;
    return n;
}

static dur_ms_t slowest_of(const struct advice_subject *s)
{
    dur_ms_t slowest_ms = 0;

    for (size_t i = 0; i < s->n; i++)
        if (s->histories[i].slowest_ms > slowest_ms)
            slowest_ms = s->histories[i].slowest_ms;
    return slowest_ms;
}

struct advice *advice_new(const struct advice_subject *s)
{
    struct advice *a = xcalloc(1, sizeof(*a));
    struct settings *grid = advice_grid(&s->now, slowest_of(s), s->is_told, &a->n);
    struct outages crash;

    outages_of_crash(CRASH_CALM_MS, CRASH_DOWN_MS, &crash);
    replay(&s->now, &crash, &a->crash);
    a->is_of_crash = count_outages(s) == 0;
    if (a->is_of_crash)
        play_all(a, grid, &crash, 1);
    else
        play_all(a, grid, s->histories, s->n);
    for (enum advice_goal g = 0; g < ADVICE_GOALS && !a->is_of_crash; g++)
        a->picks[g] = advice_pick(a->candidates, a->n, g);
    outages_fini(&crash);
    free(grid);
    return a;
}

void advice_free(struct advice *a)
{
    if (a == NULL)
        return;
    free(a->candidates);
    free(a);
}
