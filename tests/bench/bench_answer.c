/*
 * What one answer costs: ns per query, and instructions under callgrind.
 *
 *   bench_answer ZONE FILE NAME TYPE [do] [COUNT]
 *   valgrind --tool=callgrind --toggle-collect=answer tests/bench/bench_answer … 1000
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

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct packet *make_queries(const char *name, const char *type, bool dnssec_ok)
{
    struct packet *queries = xcalloc(VARIANTS, sizeof(*queries));
    char text[NAME_TEXT];

    for (unsigned i = 0; i < VARIANTS; i++) {
        snprintf(text, sizeof(text), name, i * 2654435761u); /* the command line's, in a tool */
        queries[i] = q(text, type, .edns = true, .dnssec_ok = dnssec_ok);
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

int main(int argc, char **argv)
{
    const bool dnssec_ok = argc > 5 && strcmp(argv[5], "do") == 0;
    unsigned count = 1000000;

    if (argc < 5) {
        fputs("usage: bench_answer ZONE FILE NAME TYPE [do] [COUNT]\n", stderr);
        return 2;
    }
    if (argc > 5 + dnssec_ok)
        count = (unsigned)strtoul(argv[5 + dnssec_ok], NULL, 10);
    struct kitsnap *k = kitsnap_new(NULL);
    kitsnap_add_file(k, argv[1], argv[2]);
    const struct snapshot *snap = kitsnap_get(k);
    struct packet *queries = make_queries(argv[3], argv[4], dnssec_ok);
    const double start = now_s();
    const size_t len = run(snap, queries, count);
    printf("%.0f ns a query, the last answer %zu octets\n", (now_s() - start) * 1e9 / count, len);
    free(queries);
    kitsnap_free(k);
    return 0;
}
