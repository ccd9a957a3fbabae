/*
 * `proximactl status`: the first line is the overall state, then what is wrong, then the rest.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "ctl/show.h"
#include "ctl/table.h"

/* ---- the first lines ---- */

/* How many regions of all pools there are, by state. */
struct counts {
    size_t pools, all, down, held, unready, ramping, drained, unknown;
};

static struct counts count_regions(const json_t *status)
{
    const json_t *pools = json_object_get(status, "pools");
    struct counts n = {.pools = json_array_size(pools)};
    json_t *pool, *region;
    size_t i, j;

    json_array_foreach(pools, i, pool)
        json_array_foreach(json_object_get(pool, "regions"), j, region) {
            const char *state = show_text(region, "state");
            n.all += strcmp(state, "absent") != 0;
            n.down += strcmp(state, "down") == 0;
            n.held += strcmp(state, "held") == 0;
            n.unready += strcmp(state, "unready") == 0;
            n.ramping += strcmp(state, "ramping") == 0;
            n.drained += strcmp(state, "drained") == 0;
            n.unknown += strcmp(state, "unknown") == 0;
        }
    return n;
}

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static void show_state(const json_t *status, FILE *to, bool colour)
{
    const struct counts n = count_regions(status);
    const bool ready = show_bool(status, "ready");
    const bool blind = show_bool(json_object_get(status, "sight"), "blind");
    const bool degraded = n.down + n.held + n.unready + n.ramping + n.drained > 0;
    const enum tint tint = !ready || blind ? TINT_BAD : degraded ? TINT_WARN : TINT_GOOD;

    fputs(tint_on(tint, colour), to);
    if (blind)
        fputs("BLIND: verdicts are frozen; ", to);
    if (!ready)
        fprintf(to, "NOT READY: %s; ", show_text(status, "not_ready"));
    else if (!blind)
        fputs(degraded ? "DEGRADED: " : "OK: ", to);
    fprintf(to, "%zu pool%s, %zu region%s in them", n.pools, plural(n.pools), n.all, plural(n.all));
    if (n.down > 0)
        fprintf(to, ", %zu down", n.down);
    if (n.held > 0)
        fprintf(to, ", %zu held", n.held);
    if (n.unready > 0)
        fprintf(to, ", %zu not ready", n.unready);
    if (n.ramping > 0)
        fprintf(to, ", %zu ramping", n.ramping);
    if (n.drained > 0)
        fprintf(to, ", %zu drained", n.drained);
    if (n.unknown > 0)
        fprintf(to, ", %zu not known yet", n.unknown);
    fprintf(to, "%s\n", tint_off(tint, colour));
}

static void show_server(const json_t *status, FILE *to)
{
    char up[DUR_TEXT];
    char *listen = show_list(json_object_get(status, "listen"));

    fprintf(to, "proximad %s, pid %lld, up %s, %lld workers, generation %lld, on %s\n",
            show_text(status, "version"), (long long)show_integer(status, "pid"),
            dur_print(show_integer(status, "uptime_ms"), up),
            (long long)show_integer(status, "workers"),
            (long long)show_integer(status, "generation"), listen);
    free(listen);
}

/* What it says of the prober is of interest where there is one. */
static void show_probes(const json_t *status, FILE *to)
{
    const json_t *probes = json_object_get(status, "probes");
    const json_int_t endpoints = show_integer(probes, "endpoints");
    char late[DUR_TEXT];

    if (endpoints > 0)
        fprintf(to, "probing %lld endpoint%s, %lld now, at most %s late in the last minute\n",
                (long long)endpoints, plural((size_t)endpoints),
                (long long)show_integer(probes, "running"),
                dur_print(show_integer(probes, "late_ms"), late));
}

static void show_problems(const json_t *status, FILE *to, bool colour)
{
    const json_t *problems = json_object_get(status, "problems");
    json_t *problem;
    size_t i;

    if (json_array_size(problems) == 0)
        return;
    fprintf(to, "\n%sPROBLEMS%s\n", tint_on(TINT_HEAD, colour), tint_off(TINT_HEAD, colour));
    json_array_foreach(problems, i, problem)
        fprintf(to, "%s%s%s\n", tint_on(TINT_BAD, colour), json_string_value(problem),
                tint_off(TINT_BAD, colour));
}

void show_rows(struct table *t, FILE *to, bool colour)
{
    if (t->n_rows > 1)
        fputc('\n', to);
    table_print(t, to, colour);
    table_fini(t);
}

/* ---- endpoints that are not well ---- */

/* An endpoint under a probe, and what is the matter with it. */
struct patient {
    const json_t *pool, *region, *endpoint;
    const char *sick; /* "down", "unready", "held", "suspect" */
};

typedef void (*patient_fn)(void *arg, const struct patient *p);

/* NULL: it is well.  down: what it is if its probe fails. */
static const char *sickness(const json_t *endpoint, const char *down)
{
    if (strcmp(show_text(endpoint, "verdict"), "down") == 0)
        return down;
    if (show_integer(endpoint, "held_ms") > 0)
        return "held";
    return show_bool(endpoint, "suspect") ? "suspect" : NULL;
}

static void each_of_set(const struct patient *of, const json_t *endpoints, const char *down,
                        patient_fn fn, void *arg)
{
    struct patient p = *of;
    json_t *endpoint;
    size_t i;

    json_array_foreach(endpoints, i, endpoint) {
        p.endpoint = endpoint;
        p.sick = sickness(endpoint, down);
        if (p.sick != NULL)
            fn(arg, &p);
    }
}

/* Call fn for each endpoint that is not well, once for each pool that names it. */
static void each_sick(const json_t *status, patient_fn fn, void *arg)
{
    json_t *pool, *region, *type;
    size_t i, j, k;

    json_array_foreach(json_object_get(status, "pools"), i, pool)
        json_array_foreach(json_object_get(pool, "regions"), j, region)
            json_array_foreach(json_object_get(region, "types"), k, type) {
                each_of_set(&(struct patient){.pool = pool, .region = region},
                            json_object_get(type, "endpoints"), "down", fn, arg);
                each_of_set(&(struct patient){.pool = pool, .region = region},
                            json_object_get(type, "ready"), "unready", fn, arg);
            }
}

struct sick {
    json_t *pools; /* by endpoint and probe: how many pools name it; deleted when it is shown */
    struct table table;
};

/* Owned. */
static char *sick_key(const json_t *e)
{
    return xasprintf("%s %s", show_text(e, "endpoint"), show_text(e, "probe"));
}

static void count_sick(void *arg, const struct patient *p)
{
    struct sick *s = arg;
    char *key = sick_key(p->endpoint);

    json_object_set_new(s->pools, key,
                        json_integer(json_integer_value(json_object_get(s->pools, key)) + 1));
    free(key);
}

char *show_hold(json_int_t left_ms)
{
    char left[DUR_TEXT];

    return xasprintf("it fell too often: held for another %s", dur_print(left_ms, left));
}

/* One row for an endpoint under a probe, however many pools name it. */
static void add_sick(void *arg, const struct patient *p)
{
    struct sick *s = arg;
    const json_t *pool = p->pool, *e = p->endpoint;
    const bool suspect = strcmp(p->sick, "suspect") == 0, held = strcmp(p->sick, "held") == 0;
    char *key = sick_key(e), *pools, *why, age[DUR_TEXT];
    const json_int_t more = json_integer_value(json_object_get(s->pools, key)) - 1;

    if (more >= 0) {
        pools = more > 0 ? xasprintf("%s and %lld more", show_text(pool, "name"), (long long)more)
                         : xstrdup(show_text(pool, "name"));
        why = held ? show_hold(show_integer(e, "held_ms")) : xstrdup(show_text(e, "last_error"));
        const char *const cells[] = {p->sick,
                                     show_text(e, "endpoint"),
                                     show_text(p->region, "region"),
                                     pools,
                                     suspect ? "" : dur_print(show_integer(e, "for_ms"), age),
                                     why};
        table_row(&s->table, strcmp(p->sick, "down") == 0 ? TINT_BAD : TINT_WARN, cells);
        json_object_del(s->pools, key);
        free(pools);
        free(why);
    }
    free(key);
}

static void show_sick(const json_t *status, FILE *to, bool colour)
{
    static const char *const head[] = {"HEALTH", "ENDPOINT", "REGION", "POOL", "FOR", "WHY"};
    struct sick s = {.pools = json_object()};

    table_init(&s.table, 6, head);
    each_sick(status, count_sick, &s);
    each_sick(status, add_sick, &s);
    show_rows(&s.table, to, colour);
    json_decref(s.pools);
}

/* ---- drains ---- */

static void show_drains(const json_t *status, FILE *to, bool colour)
{
    static const char *const head[] = {"DRAINED", "POOL", "SINCE", "BY", "WHY"};
    struct table t;
    json_t *drain;
    size_t i;

    table_init(&t, 5, head);
    json_array_foreach(json_object_get(status, "drains"), i, drain) {
        const char *pool = show_text(drain, "pool"), *problem = show_text(drain, "problem");
        char *why =
            xasprintf("%s%s%s%s", show_text(drain, "why"), *problem != '\0' ? " (no effect: " : "",
                      problem, *problem != '\0' ? ")" : "");
        const char *const cells[] = {show_text(drain, "region"),
                                     *pool != '\0' ? pool : "everywhere", show_text(drain, "since"),
                                     show_user(drain), why};
        table_row(&t, TINT_WARN, cells);
        free(why);
    }
    show_rows(&t, to, colour);
}

/* ---- exposure ---- */

/* At most: what is printed in whole seconds must not be less than it is. */
static dur_ms_t round_up(json_int_t ms)
{
    return ms < 1000 ? ms : (ms + 999) / 1000 * 1000;
}

static void add_exposure(struct table *t, const json_t *e)
{
    const json_int_t more = show_integer(e, "names") - 1;
    const json_int_t steady = show_integer(e, "asks_steady"), least = show_integer(e, "asks_least");
    const bool probed = json_is_integer(json_object_get(e, "exposed_ms"));
    char *names = more > 0 ? xasprintf("%s and %lld more", show_text(e, "name"), (long long)more)
                           : xstrdup(show_text(e, "name"));
    char *ttl = xasprintf("%lld to %lld", (long long)show_integer(e, "ttl_min"),
                          (long long)show_integer(e, "ttl_max"));
    char *asks = steady > 0 && least > 0
                     ? xasprintf("%lld to %lld", (long long)steady, (long long)least)
                     : xstrdup("each time");
    char detect[DUR_TEXT] = "told", exposed[DUR_TEXT];
    const char *const cells[] = {
        names,
        show_text(e, "policy"),
        ttl,
        !probed ? "never"
        : show_integer(e, "detect_ms") > 0
            ? dur_print(round_up(show_integer(e, "detect_ms")), detect)
            : detect,
        probed ? dur_print(round_up(show_integer(e, "exposed_ms")), exposed) : "never",
        asks};
    table_row(t, TINT_NONE, cells);
    free(names);
    free(ttl);
    free(asks);
}

/* How long a dead endpoint stays in answers and then in caches, at worst, and what resolvers ask. */
static void show_exposure(const json_t *status, FILE *to, bool colour)
{
    static const char *const head[] = {"NAMES",      "POLICY",     "TTL",
                                       "DOWN AFTER", "GONE AFTER", "QUERIES/H"};
    struct table t;
    json_t *e;
    size_t i;

    table_init(&t, 6, head);
    json_array_foreach(json_object_get(status, "exposure"), i, e)
        add_exposure(&t, e);
    show_rows(&t, to, colour);
}

/* ---- files ---- */

static void add_file(struct table *t, const json_t *o, const char *what, const char *path,
                     const char *more)
{
    const char *origin = show_text(o, "origin");
    const bool fresh = strcmp(origin, "fresh") == 0;
    const char *const cells[] = {what, fresh ? "" : origin, path, more};

    table_row(t, fresh ? TINT_NONE : TINT_BAD, cells);
}

static void add_zone(struct table *t, const json_t *zone)
{
    const char *until = show_text(zone, "signed_until");
    char *more = xasprintf(
        "serial %lld, %lld records, %lld steered%s%.10s", (long long)show_integer(zone, "serial"),
        (long long)show_integer(zone, "records"), (long long)show_integer(zone, "steered"),
        *until != '\0' ? ", signed until " : "", until);

    add_file(t, zone, show_text(zone, "name"), show_text(zone, "file"), more);
    free(more);
}

static void show_files(const json_t *status, FILE *to, bool colour)
{
    static const char *const head[] = {"SERVED", "", "FILE", ""};
    const json_t *config = json_object_get(status, "config"), *geo = json_object_get(status, "geo");
    struct table t;
    json_t *o;
    size_t i;

    table_init(&t, 4, head);
    json_array_foreach(json_object_get(status, "zones"), i, o)
        add_zone(&t, o);
    add_file(&t, config, "configuration", show_text(config, "path"), "");
    json_array_foreach(json_object_get(geo, "databases"), i, o) {
        char *built = xasprintf("built %.10s", show_text(o, "built")); /* the date */
        add_file(&t, geo, "geo", show_text(o, "path"), built);
        free(built);
    }
    show_rows(&t, to, colour);
}

void show_status(const json_t *status, FILE *to, bool colour)
{
    show_state(status, to, colour);
    show_server(status, to);
    show_probes(status, to);
    show_problems(status, to, colour);
    show_sick(status, to, colour);
    show_drains(status, to, colour);
    show_pools(status, to, colour);
    show_exposure(status, to, colour);
    show_files(status, to, colour);
}
