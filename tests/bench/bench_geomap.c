/*
 * What a geo map costs: compiling it, memory, a lookup.
 *
 *   bench_geomap REGIONS DATABASE...      REGIONS: 1 to 20, spread over the world
 *
 * Prints one line a figure.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "../unit/rng.h"
#include "base/cursor.h"
#include "data/geomap.h"
#include "load/geowalk.h"
#include "load/mapcompile.h"

#define LOOKUPS   4000000u
#define ADDRESSES 1000000u

static const struct region_spec regions[] = {
    {.has_at = true, .lat = 38.95, .lon = -77.45}, /* us-east */
    {.has_at = true, .lat = 53.35, .lon = -6.26},  /* eu-west */
    {.has_at = true, .lat = 37.57, .lon = 126.98}, /* ap-northeast */
    {.has_at = true, .lat = 45.6, .lon = -121.2},  /* us-west */
    {.has_at = true, .lat = -23.5, .lon = -46.6},  /* sa-east */
    {.has_at = true, .lat = 50.1, .lon = 8.7},     /* eu-central */
    {.has_at = true, .lat = 19.1, .lon = 72.9},    /* ap-south */
    {.has_at = true, .lat = 1.3, .lon = 103.8},    /* ap-southeast */
    {.has_at = true, .lat = -33.9, .lon = 151.2},  /* oc-east */
    {.has_at = true, .lat = -33.9, .lon = 18.4},   /* af-south */
    {.has_at = true, .lat = 25.2, .lon = 55.3},    /* me-central */
    {.has_at = true, .lat = 45.5, .lon = -73.6},   /* ca-central */
    {.has_at = true, .lat = 59.3, .lon = 18.1},    /* eu-north */
    {.has_at = true, .lat = 41.3, .lon = -95.9},   /* us-central */
    {.has_at = true, .lat = 22.3, .lon = 114.2},   /* ap-east */
    {.has_at = true, .lat = 35.7, .lon = 139.7},   /* jp-east */
    {.has_at = true, .lat = 41.9, .lon = 12.5},    /* eu-south */
    {.has_at = true, .lat = 32.8, .lon = -96.8},   /* us-south */
    {.has_at = true, .lat = 6.5, .lon = 3.4},      /* af-west */
    {.has_at = true, .lat = -33.4, .lon = -70.7},  /* sa-west */
};

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Processor time of all threads. */
static double cpu_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A line of /proc/self/status, in MiB. */
static double status_mib(const char *key)
{
    char line[256];
    double kib = 0;
    FILE *f = fopen("/proc/self/status", "r");

    while (f != NULL && fgets(line, sizeof(line), f) != NULL)
        if (strncmp(line, key, strlen(key)) == 0)
            kib = strtod(line + strlen(key), NULL);
    if (f != NULL)
        fclose(f);
    return kib / 1024;
}

static bool is_nowhere(const struct geowalk *w, const struct geocursor *at)
{
    for (size_t i = 0; i < w->n; i++)
        if (at->record[i] != GEO_NOTHING)
            return false;
    return true;
}

/* Down the trees to a leaf, by chance at each node: into the networks that there are, where most of
 * IPv6 is empty. */
static void random_address(struct rng *rng, struct geowalk *w, uint8_t family, struct ipaddr *out)
{
    struct geocursor at = geowalk_root(w, family), half[2];

    *out = (struct ipaddr){.family = family};
    memset(w->reads, 0, sizeof(w->reads)); /* it is no walk over all of it */
    for (unsigned i = 0; i < ipaddr_bits(out); i++) {
        bool upper = rng_next(rng) & 1;
        if (!geowalk_is_leaf(w, &at)) {
            geowalk_split(w, &at, half);
            if (is_nowhere(w, &half[upper]))
                upper = !upper;
            at = half[upper];
        }
        if (upper)
            out->bytes[i / 8] |= (uint8_t)(0x80 >> i % 8);
    }
}

/* Nanoseconds a lookup; distinct: how many addresses are asked in turn. */
static double lookup_ns(const struct geomap *map, const struct ipaddr *addr, unsigned distinct)
{
    uint8_t scope;
    uint32_t sum = 0;

    const double start = now_s();
    for (unsigned i = 0; i < LOOKUPS; i++)
        sum += geomap_find(map, &addr[i % distinct], &scope) + scope;
    const double ns = (now_s() - start) * 1e9 / LOOKUPS;
    if (sum == 0)
        puts("(all addresses have ranking 0 and scope 0)");
    return ns;
}

static struct ipaddr *random_addresses(const struct geodb *db, uint8_t family)
{
    struct ipaddr *addr = calloc(ADDRESSES, sizeof(*addr));
    struct geowalk walk;
    struct rng rng;

    rng_init(&rng, 1);
    geowalk_init(&walk, db);
    for (unsigned i = 0; i < ADDRESSES; i++)
        random_address(&rng, &walk, family, &addr[i]);
    return addr;
}

static void measure_lookups(const struct geomap *map, const struct ipaddr *const addr[2])
{
    static const char *const family[] = {"IPv4", "IPv6"};

    for (unsigned i = 0; i < 2; i++) {
        printf("%s, warm     %8.1f ns\n", family[i], lookup_ns(map, addr[i], 1000));
        printf("%s, random   %8.1f ns\n", family[i], lookup_ns(map, addr[i], ADDRESSES));
    }
}

static void measure(const struct map_spec *spec, size_t n_regions, struct geodb *db,
                    struct err *err)
{
    struct ipaddr *addr[2] = {random_addresses(db, FAMILY_IP4), random_addresses(db, FAMILY_IP6)};
    const double before = status_mib("VmRSS:") - status_mib("RssShmem:");
    const double start = now_s(), start_cpu = cpu_s();
    struct geomap *map = mapcompile(spec, regions, n_regions, db, err);

    if (map == NULL)
        return;
    printf("compile        %8.3f s, processor %.3f s\n", now_s() - start, cpu_s() - start_cpu);
    printf("peak memory    %8.1f MiB\n", status_mib("VmHWM:"));
    geodb_unload(db);
    printf("memory grew by %8.1f MiB\n", status_mib("VmRSS:") - before);
    printf("map            %8.2f MiB\n", (double)geomap_size(map) / (1 << 20));
    printf("rankings       %8u\n", geomap_rankings(map));
    measure_lookups(map, (const struct ipaddr *const *)addr);
    geomap_unref(map);
    free(addr[0]);
    free(addr[1]);
}

int main(int argc, char **argv)
{
    const size_t most = sizeof(regions) / sizeof(regions[0]);
    const size_t n_regions = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
    const struct map_spec spec = {.name = (char *)"world", .pos.file = "bench"};
    struct err err;

    if (argc < 3 || n_regions < 1 || n_regions > most) {
        fprintf(stderr, "usage: bench_geomap REGIONS DATABASE...   (1 to %zu regions)\n", most);
        return 2;
    }
    err_init(&err);
    const double start = now_s();
    struct geodb *db = geodb_open((const char *const *)argv + 2, (size_t)argc - 2, &err);
    if (db != NULL) {
        printf("open           %8.3f s\n", now_s() - start);
        measure(&spec, n_regions, db, &err);
    }
    geodb_close(db);
    char *text = err_text(&err);
    const int status = err.errors > 0;
    fputs(text, stderr);
    free(text);
    err_fini(&err);
    return status;
}
