/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/track.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

/* Of all targets together; 16 octets each. */
#define RUNS_OF_ALL (1u << 18)
#define RUNS_MIN    8

/* Advice of a time that is longer ago would be about another service. */
#define KEPT_MS (31 * 24 * 3600 * INT64_C(1000))

#define RESULTS_MAX ((UINT32_C(1) << 30) - 1)

unsigned track_limit(size_t n_targets)
{
    if (n_targets <= RUNS_OF_ALL / TRACK_RUNS_MAX)
        return TRACK_RUNS_MAX;
    return n_targets < RUNS_OF_ALL / RUNS_MIN ? (unsigned)(RUNS_OF_ALL / n_targets) : RUNS_MIN;
}

/* ---- results ---- */

static void drop_oldest(struct track *t, uint32_t n)
{
    t->n -= n;
    memmove(t->runs, t->runs + n, t->n * sizeof(*t->runs));
}

static void push(struct track *t, enum track_kind kind, mono_ms_t from)
{
    t->runs = xgrow(t->runs, t->n, sizeof(*t->runs));
    t->runs[t->n++] = (struct track_run){.from = from, .kind = kind};
}

/* What ended too long ago. */
static uint32_t count_old(const struct track *t, mono_ms_t now)
{
    uint32_t n = 0;

    while (n < t->n && now - t->runs[n].from - track_length(t, n) > KEPT_MS)
        n++;
    return n;
}

/* Make room for so many more, and begin with a run that says something. */
static void make_room(struct track *t, mono_ms_t now, uint32_t more, uint32_t runs_max)
{
    uint32_t n = count_old(t, now);

    if (t->n - n + more > runs_max)
        n = t->n + more - runs_max;
    if (n < t->n && t->runs[n].kind == TRACK_UNSEEN)
        n++;
    if (n > 0)
        drop_oldest(t, n);
}

void track_add(struct track *t, const struct track_result *r, unsigned runs_max)
{
    const enum track_kind kind = r->is_good ? TRACK_GOOD : TRACK_BAD;
    const uint32_t took_ms = r->took_ms < UINT32_MAX ? (uint32_t)r->took_ms : UINT32_MAX;
    const bool was_away = t->n > 0 && r->at - t->last > 2 * r->within_ms;
    const bool is_new = was_away || t->n == 0 || t->runs[t->n - 1].kind != kind;

    make_room(t, r->at, (uint32_t)was_away + is_new, runs_max);
    if (was_away && t->n > 0)
        push(t, TRACK_UNSEEN, t->last);
    if (is_new)
        push(t, kind, r->at);
    struct track_run *run = &t->runs[t->n - 1];
    run->n += run->n < RESULTS_MAX;
    if (run->worst_ms < took_ms)
        run->worst_ms = took_ms;
    t->last = r->at;
}

void track_take_back(struct track *t, mono_ms_t since)
{
    if (t->last > since)
        t->last = since;
    while (t->n > 0) {
        const struct track_run *run = &t->runs[t->n - 1];
        if (run->from < since && run->kind != TRACK_UNSEEN)
            return;
        if (t->last > run->from)
            t->last = run->from;
        t->n--;
    }
}

void track_fini(struct track *t)
{
    free(t->runs);
    *t = (struct track){0};
}

/* ---- what it says ---- */

dur_ms_t track_length(const struct track *t, size_t run)
{
    return (run + 1 < t->n ? t->runs[run + 1].from : t->last) - t->runs[run].from;
}

struct track_sum track_sum(const struct track *t)
{
    struct track_sum s = {0};

    for (size_t i = 0; i < t->n; i++) {
        const struct track_run *run = &t->runs[i];
        const bool is_bad = run->kind == TRACK_BAD;
        if (run->kind == TRACK_UNSEEN)
            continue;
        s.seen_ms += track_length(t, i);
        s.bad_ms += is_bad ? track_length(t, i) : 0;
        s.results += run->n;
        s.failures += is_bad ? run->n : 0;
        s.falls += is_bad;
        if (!is_bad && run->worst_ms > s.worst_good_ms)
            s.worst_good_ms = run->worst_ms;
    }
    return s;
}

/* ---- text ---- */

static const char signs[] = {[TRACK_BAD] = '-', [TRACK_GOOD] = '+', [TRACK_UNSEEN] = '?'};

/* "+1073741823:4294967295:9223372036854775807 " */
#define RUN_TEXT 48

char *track_print(const struct track *t)
{
    char *text = xmalloc((size_t)t->n * RUN_TEXT + 1), *at = text;

    *at = '\0';
    for (size_t i = 0; i < t->n; i++) {
        const struct track_run *run = &t->runs[i];
        const long long length = track_length(t, i);
        const char *gap = i > 0 ? " " : "";
        if (run->kind == TRACK_UNSEEN)
            at += snprintf(at, RUN_TEXT, "%s?%lld", gap, length);
        else
            at += snprintf(at, RUN_TEXT, "%s%c%u:%" PRIu32 ":%lld", gap, signs[run->kind],
                           (unsigned)run->n, run->worst_ms, length);
    }
    return text;
}

/* Digits, at most max, and moves on behind them. */
static bool read_number(const char **at, int64_t max, int64_t *out)
{
    char *end;

    if (**at < '0' || **at > '9')
        return false;
    errno = 0;
    *out = strtoll(*at, &end, 10);
    *at = end;
    return errno == 0 && *out <= max;
}

static bool skip(const char **at, char c)
{
    if (**at != c)
        return false;
    (*at)++;
    return true;
}

/* One run, its length out in a place of its own. */
static bool read_run(const char **at, struct track_run *run, int64_t *length_ms)
{
    int64_t n = 0, worst_ms = 0;
    const char *sign = memchr(signs, **at, sizeof(signs));

    if (sign == NULL)
        return false;
    ++*at;
    run->kind = (uint32_t)(sign - signs) & 3;
    if (run->kind != TRACK_UNSEEN && !(read_number(at, RESULTS_MAX, &n) && skip(at, ':') &&
                                       read_number(at, UINT32_MAX, &worst_ms) && skip(at, ':')))
        return false;
    run->n = (uint32_t)n & RESULTS_MAX;
    run->worst_ms = (uint32_t)worst_ms;
    return read_number(at, KEPT_MS * 100, length_ms) && (n > 0 || run->kind == TRACK_UNSEEN);
}

/* Runs whose `from` counts from the beginning of the first; *total_ms: where the last one ends. */
static bool read_runs(const char *text, struct track *t, int64_t *total_ms)
{
    *total_ms = 0;
    for (const char *at = text; *at != '\0';) {
        struct track_run run = {.from = *total_ms};
        int64_t length_ms;
        if (t->n == TRACK_RUNS_MAX || (t->n > 0 && !skip(&at, ' ')) ||
            !read_run(&at, &run, &length_ms))
            return false;
        if (t->n > 0 && t->runs[t->n - 1].kind == run.kind)
            return false;
        t->runs = xgrow(t->runs, t->n, sizeof(*t->runs));
        t->runs[t->n++] = run;
        *total_ms += length_ms;
    }
    return t->n == 0 || t->runs[t->n - 1].kind != TRACK_UNSEEN;
}

bool track_parse(const char *text, mono_ms_t end, struct track *out)
{
    struct track t = {.last = end};
    int64_t total_ms;

    if (!read_runs(text, &t, &total_ms)) {
        track_fini(&t);
        return false;
    }
    for (size_t i = 0; i < t.n; i++)
        t.runs[i].from += end - total_ms;
    *out = t;
    return true;
}
