/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/firstgen.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/xalloc.h"

/* Zones without an answer, and databases without a copy. */
static size_t count_lost(const struct generation *g)
{
    size_t n = g->files->geo_origin == ORIGIN_NONE;

    for (size_t i = 0; i < g->n_sources; i++)
        n += g->sources[i]->origin == ORIGIN_NONE;
    return n;
}

/* Why the first that is lost is; owned. */
static char *why_lost(const struct generation *g)
{
    if (g->files->geo_origin == ORIGIN_NONE)
        return xstrdup(g->files->geo_problem);
    for (size_t i = 0; i < g->n_sources; i++)
        if (g->sources[i]->origin == ORIGIN_NONE)
            return xstrdup(g->sources[i]->problem);
    abort();
}

/* Takes files; NULL and errors: no map of theirs can be compiled. */
static struct generation *read_leniently(struct sources *files, struct goodzones *good,
                                         struct err *err)
{
    if (sources_read(files, &(struct sources_opts){.good = good, .lenient = true}, err))
        return generation_salvage(files, err);
    sources_unref(files);
    return NULL;
}

/* What the last good configuration gives, if there is one that loads; problem is taken. */
static struct generation *good_generation(const char *config_path, struct goodzones *good,
                                          char *problem)
{
    struct sources *files = sources_good_config(config_path, goodzones_state(good));
    struct generation *g = NULL;
    struct err ignored;

    err_init(&ignored);
    if (files != NULL) {
        files->config_problem = problem;
        g = read_leniently(files, good, &ignored);
    } else {
        free(problem);
    }
    err_fini(&ignored);
    return g;
}

struct generation *firstgen_read(struct sources *files, const char *config_path,
                                 struct goodzones *good, struct err *err)
{
    const bool is_fresh = files->config_origin == ORIGIN_FRESH;
    struct err mine;

    err_init(&mine);
    struct generation *g = read_leniently(files, good, &mine);
    if (is_fresh && (g == NULL || count_lost(g) > 0)) {
        char *problem = g != NULL ? why_lost(g) : err_text(&mine);
        struct generation *former = good_generation(config_path, good, problem);
        const bool better = former != NULL && (g == NULL || count_lost(former) < count_lost(g));
        generation_unref(better ? g : former);
        if (better) {
            err_fini(&mine);
            return former;
        }
    }
    err_move(err, &mine);
    return g;
}

static void log_problem(const char *what, const char *in_force, const char *problem)
{
    char *lines = xstrdup(problem);

    for (char *save, *line = strtok_r(lines, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save))
        log_error("%s", line);
    log_error("%s does not load; in force is %s", what, in_force);
    free(lines);
}

void firstgen_log(const struct generation *g, const char *config_path)
{
    static const char good[] = "the last good copy";
    const struct sources *f = g->files;

    if (f->config_problem != NULL)
        log_problem(config_path, good, f->config_problem);
    if (f->secrets_problem != NULL)
        log_problem("server.cookies.secrets", "a secret of our own", f->secrets_problem);
    if (f->geo_problem != NULL)
        log_problem("geo.databases",
                    f->geo_origin == ORIGIN_LAST_GOOD ? good : "what needs no database",
                    f->geo_problem);
    for (size_t i = 0; i < g->n_sources; i++)
        if (g->sources[i]->problem != NULL)
            log_problem(g->sources[i]->path,
                        g->sources[i]->origin == ORIGIN_LAST_GOOD ? good : "nothing: SERVFAIL",
                        g->sources[i]->problem);
}
