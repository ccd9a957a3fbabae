/*
 * The same zones in Proxima, NSD, Knot and BIND, the same queries to all four: every difference is
 * explained by a line of tests/differential/explained, or a mistake.
 *
 *   differential [-n QUERIES] [-s SEED] [-w WORLD] [-q NUMBER] [-d DUMPS] [-k]
 *
 *   -n   so many, spread over the worlds (24000)
 *   -s   of queries and random zones (1): the same seed, the same run
 *   -w   this world only: a set of zones
 *   -q   this query of it only
 *   -d   of differences that look alike one is shown; so many are shown whole (20)
 *   -k   ask nothing: start the servers of -w, say where, and wait for Ctrl-C
 *
 * Exit status 0: nothing is unexplained; 1: something is; 2: it could not be tried.  Run it by
 * `make check-differential`.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <ctype.h>
#include <glob.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../unit/tmpdir.h"
#include "ask.h"
#include "base/xalloc.h"
#include "die.h"
#include "makezones.h"
#include "report.h"
#include "sign.h"

#define QUERIES 24000 /* of the default run, which needs every line of the list */
#define SEED    1
#define BATCH   48 /* at once; fewer than what a socket's buffer holds of replies */

struct run {
    uint64_t n, seed, dumps;
    uint64_t only; /* UINT64_MAX: all */
    bool keep;
    const char *world; /* NULL: all */
    const char *dir, *srcdir;
    struct report *report;
};

/* A set of zones, and its share of the queries. */
static const struct plan {
    const char *name;
    unsigned percent;
    bool hand;                                      /* the zones that lie in the source */
    void (*make)(const char *dir, struct rng *rng); /* more, or NULL */
    enum signing signing[2];                        /* of every second zone, and of the others */
} plans[] = {
    {"hand", 25, true, NULL, {SIGNING_NONE, SIGNING_NONE}},
    {"random", 25, false, makezones_random, {SIGNING_NONE, SIGNING_NONE}},
    {"root", 10, false, makezones_root, {SIGNING_NSEC, SIGNING_NSEC}},
    {"nsec", 20, true, makezones_random, {SIGNING_NSEC, SIGNING_NSEC}},
    {"nsec3", 20, true, makezones_random, {SIGNING_NSEC3, SIGNING_OPT_OUT}},
};

/* ---- one world ---- */

static void copy_zones(const char *from, const char *to, const enum signing how[2])
{
    char *pattern = xasprintf("%s/*.zone", from);
    glob_t files;

    if (glob(pattern, 0, NULL, &files) != 0)
        die("%s: no zones", pattern);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        char *path = xasprintf("%s%s", to, strrchr(files.gl_pathv[i], '/'));
        if (how[i % 2] != SIGNING_NONE)
            sign_zone(files.gl_pathv[i], path, how[i % 2]);
        else if (symlink(files.gl_pathv[i], path) != 0)
            die("%s: cannot make it", path);
        free(path);
    }
    globfree(&files);
    free(pattern);
}

static struct world *make_world(const struct run *run, const struct plan *plan)
{
    char *plain = xasprintf("%s/%s/plain", run->dir, plan->name);
    char *dir = xasprintf("%s/%s/zones", run->dir, plan->name);
    char *hand = xasprintf("%s/tests/differential/zones", run->srcdir);
    struct rng rng;

    mkdir(plain, 0755);
    mkdir(dir, 0755);
    rng_init(&rng, run->seed);
    if (plan->hand)
        copy_zones(hand, plain, plans[0].signing);
    if (plan->make != NULL)
        plan->make(plain, &rng);
    copy_zones(plain, dir, plan->signing);
    struct world *w = world_load(plan->name, dir);
    free(plain);
    free(dir);
    free(hand);
    return w;
}

static void compare_one(const struct run *run, const struct world *w, const struct query *q,
                        struct datagram *const reply[N_SERVERS], size_t i)
{
    struct reply ours, theirs;

    report_query(run->report, q);
    reply_read(&ours, q, &reply[SERVER_PROXIMA][i]);
    for (unsigned p = SERVER_NSD; p < N_SERVERS; p++) {
        const struct difference d = {
            .world = w, .query = q, .peer = p, .ours = &ours, .theirs = &theirs};
        const struct datagram wire[2] = {reply[SERVER_PROXIMA][i], reply[p][i]};
        reply_read(&theirs, q, &wire[1]);
        struct items items = compare(&ours, &theirs);
        report_compared(run->report, &d, &items, wire);
        free(items.item);
        reply_fini(&theirs);
    }
    reply_fini(&ours);
}

/* Queries of one transport. */
static void ask_batch(const struct run *run, const struct world *w, struct server *servers,
                      const struct query *const *query, size_t n)
{
    struct datagram *reply[N_SERVERS];

    for (unsigned s = 0; s < N_SERVERS; s++) {
        reply[s] = xcalloc(n + 1, sizeof(*reply[s]));
        ask_all(&servers[s], query, n, reply[s]);
    }
    for (size_t i = 0; i < n; i++)
        compare_one(run, w, query[i], reply, i);
    for (unsigned s = 0; s < N_SERVERS; s++) {
        for (size_t i = 0; i < n; i++)
            free(reply[s][i].octets);
        free(reply[s]);
    }
}

static void ask_range(const struct run *run, const struct world *w, struct server *servers,
                      uint64_t from, size_t n)
{
    static struct query queries[BATCH];
    const struct query *of[2][BATCH];
    size_t n_of[2] = {0};

    for (size_t i = 0; i < n; i++) {
        query_make(&queries[i], w, run->seed, from + i);
        const bool tcp = queries[i].tcp;
        of[tcp][n_of[tcp]++] = &queries[i];
    }
    ask_batch(run, w, servers, of[0], n_of[0]);
    ask_batch(run, w, servers, of[1], n_of[1]);
}

static void keep_servers(const struct server *servers)
{
    for (unsigned s = 0; s < N_SERVERS; s++)
        printf("%-8s 127.0.0.1 port %u\n", server_name(s), servers[s].port);
    pause();
}

static void try_world(const struct run *run, const struct plan *plan)
{
    const uint64_t n = run->n * plan->percent / 100;
    struct server servers[N_SERVERS];
    char *dir = tmpdir_path(run->dir, plan->name);

    mkdir(dir, 0755);
    struct world *w = make_world(run, plan);
    for (unsigned s = 0; s < N_SERVERS; s++)
        server_start(&servers[s], s, w, dir);
    for (unsigned s = 0; s < N_SERVERS; s++)
        ask_until_ready(&servers[s], w);
    printf("world %s: %zu zones, %zu names\n", w->name, w->n_zones, w->n_names);
    if (run->keep)
        keep_servers(servers);
    else if (run->only != UINT64_MAX)
        ask_range(run, w, servers, run->only, 1);
    for (uint64_t i = 0; run->only == UINT64_MAX && !run->keep && i < n; i += BATCH)
        ask_range(run, w, servers, i, n - i < BATCH ? n - i : BATCH);
    for (unsigned s = 0; s < N_SERVERS; s++)
        server_stop(&servers[s]);
    world_free(w);
    free(dir);
}

/* ---- the whole ---- */

static int run_all(struct run *run)
{
    char *list = xasprintf("%s/tests/differential/explained", run->srcdir);
    struct explained *explained = explained_read(list);
    const bool is_default = run->n >= QUERIES && run->seed == SEED && run->world == NULL &&
                            run->only == UINT64_MAX && !run->keep;

    run->report = report_new(explained, run->seed, run->dumps);
    printf("seed %" PRIu64 "\n", run->seed);
    for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++)
        if (run->world == NULL || strcmp(run->world, plans[i].name) == 0)
            try_world(run, &plans[i]);
    const bool ok = report_end(run->report, is_default);
    report_free(run->report);
    explained_free(explained);
    free(list);
    return ok ? 0 : 1;
}

static pid_t child;

static void pass_on(int signal)
{
    kill(child, signal);
}

/* The work is done by a child, so that the folder goes when it is over, however it ended; servers
 * end with the child. */
static int run_in_child(struct run *run)
{
    char *dir = tmpdir_new();
    int status;

    run->dir = dir;
    child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        setvbuf(stdout, NULL, _IOLBF, 0);
        exit(run_all(run));
    }
    signal(SIGINT, pass_on);
    signal(SIGTERM, pass_on);
    while (waitpid(child, &status, 0) < 0)
        ;
    tmpdir_free(dir);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}

static uint64_t count_argument(const char *text)
{
    char *end;
    const uint64_t n = strtoull(text, &end, 10);

    if (!isdigit((unsigned char)*text) || *end != '\0')
        die("%s: a number, please", text);
    return n;
}

int main(int argc, char **argv)
{
    const char *srcdir = getenv("SRCDIR");
    struct run run = {.n = QUERIES,
                      .seed = SEED,
                      .dumps = 20,
                      .only = UINT64_MAX,
                      .srcdir = srcdir != NULL ? srcdir : "."};
    int c;

    while ((c = getopt(argc, argv, "n:s:w:q:d:k")) != -1) {
        switch (c) {
        case 'n': run.n = count_argument(optarg); break;
        case 's': run.seed = count_argument(optarg); break;
        case 'w': run.world = optarg; break;
        case 'q': run.only = count_argument(optarg); break;
        case 'd': run.dumps = count_argument(optarg); break;
        case 'k': run.keep = true; break;
        default: return 2;
        }
    }
    return run_in_child(&run);
}
