/*
 * sim: what failover by DNS costs and brings, played on a virtual clock (src/model): ours under many
 * settings and other nameservers, on everything that may happen to a region.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "table.h"

#define N_REGIONS \
    4 /* the fewest of one endpoint each for which the blind guard is awake (sight.h) */

static const char usage[] =
    "usage: sim [OPTION...]\n"
    "  --trace NAME      only this one\n"
    "  --resolvers N     how many                                   (3000)\n"
    "  --runs N          of each setting; what is printed is their mean  (5)\n"
    "  --seed N          of all that is left to chance              (1)\n"
    "  --obedient        no resolver keeps an answer longer than its TTL\n"
    "  --svg FOLDER      plots too, FOLDER/NAME.svg for each trace; it exists\n";

struct options {
    const char *trace, *svg;
    unsigned runs;
    uint64_t seed;
    struct resolvers_spec resolvers;
};

static unsigned long number(const char *text, unsigned long min, unsigned long max)
{
    char *end;

    errno = 0;
    const unsigned long n = strtoul(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || n < min || n > max) {
        fprintf(stderr, "sim: %s is no number from %lu to %lu\n", text, min, max);
        exit(2);
    }
    return n;
}

static struct options parse(int argc, char **argv)
{
    static const struct option known[] = {{"trace", required_argument, NULL, 't'},
                                          {"resolvers", required_argument, NULL, 'n'},
                                          {"runs", required_argument, NULL, 'r'},
                                          {"seed", required_argument, NULL, 's'},
                                          {"obedient", no_argument, NULL, 'o'},
                                          {"svg", required_argument, NULL, 'g'},
                                          {NULL, 0, NULL, 0}};
    struct options o = {.runs = 5, .seed = 1, .resolvers = resolvers_default()};

    for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;)
        switch (c) {
        case 't': o.trace = optarg; break;
        case 'n': o.resolvers.n = number(optarg, 10, 10000000); break;
        case 'r': o.runs = (unsigned)number(optarg, 1, 1000); break;
        case 's': o.seed = number(optarg, 0, UINT32_MAX); break;
        case 'o': o.resolvers.stubborn[0].share = 0; break;
        case 'g': o.svg = optarg; break;
        default: fputs(usage, stderr); exit(2);
        }
    if (optind < argc) {
        fputs(usage, stderr);
        exit(2);
    }
    return o;
}

static void plot(const char *folder, const struct table *t)
{
    char *path = xasprintf("%s/%s.svg", folder, t->trace->name);
    FILE *to = fopen(path, "w");

    if (to != NULL)
        table_plot(to, t);
    if (to == NULL || ferror(to) || fclose(to) != 0) {
        fprintf(stderr, "sim: %s: %s\n", path, strerror(errno));
        exit(1);
    }
    free(path);
}

static bool play(const struct options *o, const struct settings *settings, enum trace_kind kind)
{
    struct trace *trace = trace_new(kind, N_REGIONS);
    const bool is_wanted = o->trace == NULL || strcmp(o->trace, trace->name) == 0;
    struct table table;

    if (is_wanted) {
        table_fill(&table, trace, settings, &o->resolvers, o->runs, o->seed);
        table_print(stdout, &table);
        if (o->svg != NULL)
            plot(o->svg, &table);
    }
    trace_free(trace);
    return is_wanted;
}

int main(int argc, char **argv)
{
    const struct options o = parse(argc, argv);
    struct settings settings;
    bool is_known = false;

    settings_init(&settings);
    for (enum trace_kind kind = 0; kind < TRACE_KINDS; kind++)
        is_known |= play(&o, &settings, kind);
    if (!is_known) {
        fprintf(stderr, "sim: no trace is called %s\n", o.trace);
        return 2;
    }
    return fflush(stdout) != 0;
}
