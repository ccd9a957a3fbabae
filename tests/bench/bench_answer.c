/*
 * What one answer costs: ns per query, and instructions under callgrind (tests/bench/shapes).
 *
 *   bench_answer                             the shapes of answers that are known by name
 *   bench_answer SHAPE [COUNT]               one of them
 *   bench_answer ZONE FILE NAME TYPE [do] [COUNT]
 *
 * The zone is loaded as the server loads it; the same query is answered COUNT times (default
 * 1,000,000), so that everything it touches is in the caches.  A name with a %u in it is another one
 * each time, which makes the look-ups miss.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../unit/kitsnap.h"
#include "base/xalloc.h"
#include "dns/name.h"
#include "dns/types.h"

#define VARIANTS 4096u /* queries made beforehand */

struct shape {
    const char *title, *apex, *file, *name, *type;
    bool dnssec_ok;
    bool steered;    /* by proxima.yaml; %u in ecs is an octet of the client's subnet */
    const char *ecs; /* or NULL */
};

#define PLAIN    "example.com", "tests/answer/plain.zone"
#define BIG      "example.com", "tests/answer/big.zone"
#define SIGNED   "example.com", "tests/answer/signed-nsec.zone"
#define SIGNED3  "example.com", "tests/answer/signed-nsec3.zone"
#define REFERRAL "example.com", "tests/answer/referral.zone"
#define SAMPLE   "example.com", "zones/example.com.zone"

static const struct shape shapes[] = {
    {"hit", PLAIN, "mail.example.com", "A"},
    {"nodata", PLAIN, "mail.example.com", "AAAA"},
    {"nxdomain", PLAIN, "no%u.example.com", "A"},
    {"wildcard", "example.com", "tests/answer/wildcard.zone", "w%u.a.example.com", "A"},
    {"cname", PLAIN, "alias.example.com", "A"},
    {"mx", PLAIN, "example.com", "MX"},
    {"ns", PLAIN, "example.com", "NS"},
    {"soa", PLAIN, "example.com", "SOA"},
    {"referral", REFERRAL, "www.plain.example.com", "A"},
    {"large", BIG, "many.example.com", "A"},
    {"large-mx", BIG, "mx.example.com", "MX"},
    {"large-referral", BIG, "www.crowd.example.com", "A"},
    {"steered", SAMPLE, "www.example.com", "A", .steered = true},
    {"steered-ecs", SAMPLE, "www.example.com", "A", .steered = true, .ecs = "%u.%u.7.0/24"},
    {"steered-cname", SAMPLE, "shop.example.com", "A", .steered = true, .ecs = "%u.%u.7.0/24"},
    {"signed-hit", SIGNED, "www.example.com", "A", .dnssec_ok = true},
    {"signed-referral", SIGNED, "www.secure.example.com", "A", .dnssec_ok = true},
    {"signed-nodata", SIGNED, "www.example.com", "AAAA", .dnssec_ok = true},
    {"signed-nxdomain", SIGNED, "no%u.example.com", "A", .dnssec_ok = true},
    {"nsec3-nodata", SIGNED3, "www.example.com", "AAAA", .dnssec_ok = true},
    {"nsec3-nxdomain", SIGNED3, "no%u.example.com", "A", .dnssec_ok = true},
    {"refused", PLAIN, "www.example.net", "A"},
};

#define N_SHAPES (sizeof(shapes) / sizeof(shapes[0]))

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct packet *make_queries(const struct shape *s)
{
    struct packet *queries = xcalloc(VARIANTS, sizeof(*queries));
    char name[NAME_TEXT], ecs[64] = "";

    for (unsigned i = 0; i < VARIANTS; i++) {
        snprintf(name, sizeof(name), s->name, i * 2654435761u); /* the command line's, in a tool */
        if (s->ecs != NULL)
            snprintf(ecs, sizeof(ecs), s->ecs, 1 + i % 223, i / 223);
        queries[i] = q(name, s->type, .edns = true, .dnssec_ok = s->dnssec_ok,
                       .ecs = s->ecs != NULL ? ecs : NULL);
    }
    return queries;
}

static size_t run(const struct snapshot *snap, const struct packet *queries, unsigned count)
{
    static uint8_t out[DNS_TCP_MAX];
    const struct kit_from from = {0};
    size_t len = 0;

    for (unsigned i = 0; i < count; i++)
        len = kitsnap_answer(snap, &queries[i % VARIANTS], &from, out);
    return len;
}

static struct kitsnap *load(const struct shape *s)
{
    char *path = s->steered ? kit_path("proxima.yaml") : NULL;
    size_t len;
    char *yaml = path != NULL ? kit_read_file(path, &len) : NULL;
    struct kitsnap *k = kitsnap_new(yaml);

    kitsnap_add_file(k, s->apex, s->file);
    free(yaml);
    free(path);
    return k;
}

static void measure(const struct shape *s, unsigned count)
{
    struct kitsnap *k = load(s);
    const struct snapshot *snap = kitsnap_get(k);
    struct packet *queries = make_queries(s);
    const double start = now_s();
    const size_t len = run(snap, queries, count);

    printf("%-16s %.0f ns a query, the last answer %zu octets\n", s->title,
           (now_s() - start) * 1e9 / count, len);
    free(queries);
    kitsnap_free(k);
}

static bool measure_shape(const char *title, unsigned count)
{
    for (size_t i = 0; i < N_SHAPES; i++) {
        if (strcmp(shapes[i].title, title) != 0)
            continue;
        measure(&shapes[i], count);
        return true;
    }
    return false;
}

static unsigned count_of(const char *text)
{
    return text != NULL ? (unsigned)strtoul(text, NULL, 10) : 1000000;
}

int main(int argc, char **argv)
{
    if (argc == 1) {
        for (size_t i = 0; i < N_SHAPES; i++)
            puts(shapes[i].title);
        return 0;
    }
    if (argc <= 3 && measure_shape(argv[1], count_of(argv[2])))
        return 0;
    if (argc < 5) {
        fputs("usage: bench_answer [SHAPE [COUNT]]\n"
              "       bench_answer ZONE FILE NAME TYPE [do] [COUNT]\n",
              stderr);
        return 2;
    }
    const bool dnssec_ok = argc > 5 && strcmp(argv[5], "do") == 0;
    measure(&(struct shape){argv[3], argv[1], argv[2], argv[3], argv[4], .dnssec_ok = dnssec_ok},
            count_of(argv[5 + dnssec_ok]));
    return 0;
}
