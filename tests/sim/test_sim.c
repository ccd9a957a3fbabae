// SPDX-License-Identifier: BSD-2-Clause
/*
 * Where our rules lie beside those of others, on every trace (issue: the trade-off, measured).  All
 * of it is repeatable: virtual time, one seed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "table.h"

#define N_REGIONS 4
#define RUNS      4
#define SEED      1

/* Of 300 resolvers and 4 runs: what luck may add. */
#define TOLERANCE 1.02

/* Down, back, down again and then held: what our damping lets through.  Who leaves a region that
 * fails and returns to it makes two already. */
#define CHANGES_ALLOWED 4

static struct settings settings;
static struct table tables[TRACE_KINDS];

static int setup(void **state)
{
    struct resolvers_spec resolvers = resolvers_default();

    (void)state;
    resolvers.n = 300;
    settings_init(&settings);
    for (enum trace_kind kind = 0; kind < TRACE_KINDS; kind++)
        table_fill(&tables[kind], trace_new(kind, N_REGIONS), &settings, &resolvers, RUNS, SEED);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    for (enum trace_kind kind = 0; kind < TRACE_KINDS; kind++)
        trace_free((struct trace *)(uintptr_t)tables[kind].trace);
    return 0;
}

static bool is_no_worse(const struct model_result *ours, const struct model_result *other)
{
    const double changes = other->changes > CHANGES_ALLOWED ? other->changes : CHANGES_ALLOWED;

    return ours->queries_per_s <= TOLERANCE * other->queries_per_s &&
           ours->failure_user_s <= TOLERANCE * other->failure_user_s && ours->changes <= changes;
}

/* On the first trace where ours is worse, or NULL. */
static const struct table *worse_on(size_t ours, size_t other)
{
    for (size_t t = 0; t < TRACE_KINDS; t++)
        if (!is_no_worse(&tables[t].results[ours], &tables[t].results[other]))
            return &tables[t];
    return NULL;
}

static bool is_matched(size_t other)
{
    for (size_t i = 0; i < settings.n; i++)
        if (settings.all[i].group == SETTINGS_OURS && worse_on(i, other) == NULL)
            return true;
    return false;
}

/* For each of them there is one setting of ours, the same on all traces, with no more queries, no more
 * user-seconds of failure, and no more changes. */
static void test_edge(void **state)
{
    (void)state;
    for (size_t i = 0; i < settings.n; i++)
        if (settings.all[i].group == SETTINGS_RIVAL && !is_matched(i))
            fail_msg("none of ours is as good as %s", settings.all[i].name);
}

/* All seem to fail at once: nothing changes, whatever is the matter. */
static void test_no_panic(void **state)
{
    static const enum trace_kind kinds[] = {TRACE_BLIND, TRACE_ALL_REFUSE};

    (void)state;
    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
        for (size_t i = 0; i < settings.n; i++) {
            const struct model_result *r = &tables[kinds[k]].results[i];
            if (settings.all[i].group == SETTINGS_OURS && (r->changes > 0 || r->away_user_s > 0))
                fail_msg("%s: %s made %g changes", tables[kinds[k]].trace->name,
                         settings.all[i].name, r->changes);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edge),
        cmocka_unit_test(test_no_panic),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
