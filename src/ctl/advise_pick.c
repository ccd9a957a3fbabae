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
/* For fewer failures so many times the queries may be asked. */
#define BALANCED_MORE 2

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
    double failed, crash_failed, queries, probes;
};

static struct compared compare(const struct candidate *c, const struct candidate *now)
{
    return (struct compared){.failed = ratio(c->figures.failed_ms, now->figures.failed_ms),
                             .crash_failed = ratio(c->crash.failed_ms, now->crash.failed_ms),
                             .queries = ratio(c->figures.queries, now->figures.queries),
                             .probes = (double)now->settings.interval_ms /
                                       (double)c->settings.interval_ms};
}

/* Each change of the answer moves users about.  For the sake of fewer failures, and only then, those
 * may be moved whose outage was not noticed before: away and back. */
static bool is_calm(const struct figures *c, const struct figures *now, enum advice_goal goal)
{
    const double found = c->noticed > now->noticed ? c->noticed - now->noticed : 0;
    const double allowed = goal != ADVICE_FEWEST_QUERIES ? found : 0;

    return c->changes <= now->changes * NO_MORE + 2 * allowed &&
           c->falls <= now->falls * NO_MORE + allowed;
}

/*
 * Less is better; INFINITY: not to be had for this goal.  A crash must not last longer for clients than
 * it does now, even if there was none so far: settings that save on it are not on offer.
 */
static double cost(const struct compared *c, enum advice_goal goal)
{
    const bool is_safe = c->failed <= NO_MORE && c->crash_failed <= NO_MORE;

    if (!is_safe)
        return INFINITY;
    switch (goal) {
    case ADVICE_FEWEST_FAILURES: return c->queries <= NO_MORE ? c->failed : INFINITY;
    case ADVICE_FEWEST_QUERIES: return c->queries;
    case ADVICE_BALANCED: return c->queries <= BALANCED_MORE ? c->failed : INFINITY;
    case ADVICE_GOALS: break;
    }
    abort();
}

/* Each member that is to be changed has to bring this much. */
#define MEMBER_WORTH 0.02

static double trouble(const struct settings *to, const struct settings *now)
{
    const int n = (to->interval_ms != now->interval_ms) + (to->timeout_ms != now->timeout_ms) +
                  (to->rule.fall != now->rule.fall || to->rule.fall_of != now->rule.fall_of) +
                  (to->ttl.max_s != now->ttl.max_s) + (to->ttl.min_s != now->ttl.min_s) +
                  (to->ttl.growth != now->ttl.growth);

    return MEMBER_WORTH * n;
}

/* Among equals: fewer queries and failures, then fewer probes. */
static double tie(const struct compared *c)
{
    return 0.01 * (c->queries + c->failed + c->crash_failed) + 0.001 * c->probes;
}

size_t advice_pick(const struct candidate *candidates, size_t n, enum advice_goal goal)
{
    const struct compared same = {1, 1, 1, 1};
    double best = WORTH * cost(&same, goal) + tie(&same);
    size_t pick = 0;

    for (size_t i = 1; i < n; i++) {
        const struct compared c = compare(&candidates[i], &candidates[0]);
        const double x =
            cost(&c, goal) + tie(&c) + trouble(&candidates[i].settings, &candidates[0].settings);
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

/* But for the TTLs. */
static bool is_like(const struct settings *a, const struct settings *b)
{
    return a->interval_ms == b->interval_ms && a->timeout_ms == b->timeout_ms &&
           a->rule.fall == b->rule.fall && a->rule.fall_of == b->rule.fall_of;
}

/* Against each of n histories: out, for each of the candidates, what they come to. */
static void play_all(struct candidate *all, size_t n_all, const struct outages *histories, size_t n)
{
    struct settings *settings = xcalloc(n_all, sizeof(*settings));
    struct figures *figures = xcalloc(n_all, sizeof(*figures));

    for (size_t i = 0; i < n_all; i++)
        settings[i] = all[i].settings;
    for (size_t i = 0, group; i < n_all; i += group) {
        for (group = 1; i + group < n_all && is_like(&settings[i], &settings[i + group]);)
            group++;
        for (size_t h = 0; h < n; h++)
            replay(&settings[i], group, &histories[h], &figures[i]);
    }
    for (size_t i = 0; i < n_all; i++)
        all[i].figures = figures[i];
    free(settings);
    free(figures);
}

static void play_crash(struct candidate *all, size_t n)
{
    struct outages crash;

    outages_of_crash(CRASH_CALM_MS, CRASH_DOWN_MS, &crash);
    play_all(all, n, &crash, 1);
    for (size_t i = 0; i < n; i++)
        all[i].crash = all[i].figures;
    outages_fini(&crash);
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

    a->candidates = xcalloc(a->n, sizeof(*a->candidates));
    for (size_t i = 0; i < a->n; i++)
        a->candidates[i].settings = grid[i];
    free(grid);
    play_crash(a->candidates, a->n);
    a->is_of_crash = count_outages(s) == 0;
    if (a->is_of_crash)
        return a;
    play_all(a->candidates, a->n, s->histories, s->n);
    for (enum advice_goal g = 0; g < ADVICE_GOALS; g++)
        a->picks[g] = advice_pick(a->candidates, a->n, g);
    return a;
}

void advice_free(struct advice *a)
{
    if (a == NULL)
        return;
    free(a->candidates);
    free(a);
}
