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
#include "load/mapcompile.h"

#define LOOKUPS 4000000u

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

static void random_address(struct rng *rng, uint8_t family, struct ipaddr *out)
{
    const uint32_t bits = (uint32_t)rng_next(rng);

    *out = (struct ipaddr){.family = family};
    put_u32(out->bytes, family == FAMILY_IP4 ? bits : 0x20000000 | (bits & 0x0fffffff));
    if (family == FAMILY_IP6)
        put_u32(out->bytes + 4, (uint32_t)rng_next(rng));
}

/* Nanoseconds a lookup; distinct: how many addresses are asked in turn. */
static double lookup_ns(const struct geomap *map, uint8_t family, unsigned distinct)
{
    struct ipaddr *addr = calloc(distinct, sizeof(*addr));
    struct rng rng;
    uint8_t scope;
    uint32_t sum = 0;

    rng_init(&rng, 1);
    for (unsigned i = 0; i < distinct; i++)
        random_address(&rng, family, &addr[i]);
    const double start = now_s();
    for (unsigned i = 0; i < LOOKUPS; i++)
        sum += geomap_find(map, &addr[i % distinct], &scope) + scope;
    const double ns = (now_s() - start) * 1e9 / LOOKUPS;
    if (sum == 0)
        puts("(all addresses have ranking 0 and scope 0)");
    free(addr);
    return ns;
}

static void measure(const struct map_spec *spec, size_t n_regions, struct geodb *db,
                    struct err *err)
{
    const double start = now_s();
    struct geomap *map = mapcompile(spec, regions, n_regions, db, err);

    if (map == NULL)
        return;
    printf("compile        %8.3f s\n", now_s() - start);
    printf("peak memory    %8.1f MiB\n", status_mib("VmHWM:"));
    geodb_unload(db);
    printf("memory after   %8.1f MiB\n", status_mib("VmRSS:"));
    printf("map            %8.2f MiB\n", (double)geomap_size(map) / (1 << 20));
    printf("rankings       %8u\n", geomap_rankings(map));
    printf("IPv4, warm     %8.1f ns\n", lookup_ns(map, FAMILY_IP4, 1000));
    printf("IPv4, random   %8.1f ns\n", lookup_ns(map, FAMILY_IP4, LOOKUPS));
    printf("IPv6, warm     %8.1f ns\n", lookup_ns(map, FAMILY_IP6, 1000));
    printf("IPv6, random   %8.1f ns\n", lookup_ns(map, FAMILY_IP6, LOOKUPS));
    geomap_unref(map);
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
