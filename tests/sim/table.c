/* SPDX-License-Identifier: BSD-2-Clause */
#include "table.h"

void table_fill(struct table *t, const struct trace *trace, const struct settings *settings,
                const struct resolvers_spec *resolvers, unsigned runs, uint64_t seed)
{
    t->trace = trace;
    t->settings = settings;
    for (size_t i = 0; i < settings->n; i++) {
        const struct model_spec spec = {.trace = trace,
                                        .steerer = &settings->all[i].spec,
                                        .resolvers = resolvers,
                                        .seed = seed};
        t->results[i] = model_mean(&spec, runs);
    }
}

static void print_left(FILE *to, double left_s)
{
    if (left_s < 0)
        fprintf(to, " never |");
    else
        fprintf(to, " %.0f |", left_s);
}

static void print_row(FILE *to, const char *name, const struct model_result *r)
{
    fprintf(to, "| %s |", name);
    print_left(to, r->left_50_s);
    print_left(to, r->left_95_s);
    print_left(to, r->left_99_s);
    fprintf(to, " %.0f | %.0f | %.1f | %.1f | %.1f | %.0f |\n", r->failure_user_s, r->away_user_s,
            r->changes, r->queries_per_s, r->calm_per_s, r->peak_per_s);
}

void table_print(FILE *to, const struct table *t)
{
    fprintf(to, "### %s: %s\n\n", t->trace->name, t->trace->what);
    fprintf(to, "| | 50 %% left, s | 95 %% | 99 %% | failure, user-s | away, user-s | changes "
                "| queries/s | calm | peak |\n"
                "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
    for (size_t i = 0; i < t->settings->n; i++)
        print_row(to, t->settings->all[i].name, &t->results[i]);
    fprintf(to, "\n");
}
