/*
 * makecity: a city database of IPv4 that is as large as the real ones, 6.3 million networks, and as hard to read:
 * allocations of some thousands of addresses have a country, their parts its cities, and here and there a
 * part is lent abroad.  Always the same.
 *
 *   makecity FLAT.mmdb
 *
 * Its records are those of ip-location-db ("country_code", "latitude", "longitude").
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>

#include "../unit/rng.h"
#include "base/xalloc.h"
#include "mmdb.h"

#define CITIES       500 /* a country */
#define DEPTH_MAX    28
#define ABROAD_PER_K 10 /* of a thousand cities' networks */

/* The middle of each, and about how far it reaches, in degrees; drawn by weight, as addresses are. */
static const struct country {
    char code[3];
    unsigned weight;
    int lat, lon, reach;
} countries[] = {
    {"US", 400, 39, -97, 20}, {"CN", 90, 33, 110, 12},  {"JP", 55, 36, 138, 5},
    {"DE", 40, 51, 10, 4},    {"GB", 40, 53, -2, 3},    {"KR", 32, 36, 128, 2},
    {"BR", 30, -15, -50, 14}, {"FR", 28, 47, 2, 4},     {"CA", 26, 50, -95, 18},
    {"IT", 20, 43, 12, 4},    {"AU", 18, -28, 140, 14}, {"NL", 18, 52, 5, 1},
    {"RU", 17, 56, 50, 20},   {"IN", 16, 21, 78, 9},    {"ES", 12, 40, -4, 4},
    {"SE", 11, 60, 15, 4},    {"MX", 11, 22, -101, 8},  {"ZA", 10, -29, 25, 5},
    {"EG", 9, 28, 31, 3},     {"ID", 8, -4, 112, 12},   {"PL", 8, 52, 19, 3},
    {"TR", 7, 39, 35, 5},     {"AR", 7, -34, -64, 8},   {"SG", 6, 1, 104, 1},
    {"NG", 4, 9, 8, 4},       {"AE", 4, 24, 54, 2},     {"NZ", 4, -41, 174, 4},
    {"CL", 4, -33, -71, 8},   {"KE", 3, 0, 37, 4},      {"SA", 3, 24, 45, 6},
};

#define N_COUNTRIES (sizeof(countries) / sizeof(countries[0]))

/* What the tree's branches are told by their records: another node, or past those a city. */
struct tree {
    struct rng rng;
    uint32_t *record; /* two a node */
    uint32_t n, n_networks;
    uint32_t place[N_COUNTRIES * CITIES]; /* of a city in the data */
    unsigned weights;
};

/* ---- cities ---- */

static double near(struct rng *rng, int middle, int reach)
{
    return middle + reach * ((double)rng_below(rng, 20001) / 10000 - 1);
}

static void put_city(struct tree *t, FILE *data, unsigned city)
{
    const struct country *c = &countries[city / CITIES];
    uint8_t text[MMDB_RECORD];
    struct wr w = wr_init(text, sizeof(text));

    mmdb_put_map(&w, 3);
    mmdb_put_key_string(&w, "country_code", c->code);
    mmdb_put_key_double(&w, "latitude", near(&t->rng, c->lat, c->reach));
    mmdb_put_key_double(&w, "longitude", near(&t->rng, c->lon, c->reach));
    t->place[city] = (uint32_t)ftell(data);
    fwrite(text, 1, wr_len(&w), data);
}

static unsigned draw_country(struct tree *t)
{
    unsigned left = rng_below(&t->rng, t->weights), i = 0;

    while (left >= countries[i].weight)
        left -= countries[i++].weight;
    return i;
}

/* ---- the tree ---- */

/* Networks of so many bits that are cut in two, of a thousand: most end between /20 and /27. */
static unsigned cut_per_k(unsigned bits)
{
    if (bits >= DEPTH_MAX)
        return 0;
    return bits < 17 ? 1000 : bits < 24 ? 787 : 300;
}

static uint32_t draw_leaf(struct tree *t, unsigned country)
{
    if (rng_below(&t->rng, 1000) < ABROAD_PER_K)
        country = draw_country(t);
    t->n_networks++;
    return UINT32_MAX - (country * CITIES + rng_below(&t->rng, CITIES));
}

/* A network, and what is in it; returns its record.  An allocation is a /10 to a /16. */
static uint32_t draw_network(struct tree *t, unsigned bits, unsigned country)
{
    if (bits <= 10 || (bits <= 16 && rng_below(&t->rng, 4) == 0))
        country = draw_country(t);
    if (rng_below(&t->rng, 1000) >= cut_per_k(bits))
        return draw_leaf(t, country);
    const uint32_t node = t->n++;
    t->record = xgrow(t->record, node, 2 * sizeof(*t->record));
    for (unsigned side = 0; side < 2; side++) {
        const uint32_t record = draw_network(t, bits + 1, country);
        t->record[2 * node + side] = record;
    }
    return node;
}

static void write_tree(const struct tree *t, FILE *out)
{
    for (size_t i = 0; i < 2 * (size_t)t->n; i++) {
        uint32_t record = t->record[i];
        uint8_t octets[4];
        if (record >= t->n)
            record = t->n + MMDB_SEPARATOR + t->place[UINT32_MAX - record];
        put_u32(octets, record);
        fwrite(octets, sizeof(octets), 1, out);
    }
}

static bool make(struct tree *t, FILE *out)
{
    char *text = NULL;
    size_t len = 0;
    FILE *data = open_memstream(&text, &len);

    if (data == NULL)
        return false;
    rng_init(&t->rng, 1);
    for (size_t i = 0; i < N_COUNTRIES; i++)
        t->weights += countries[i].weight;
    for (unsigned i = 0; i < N_COUNTRIES * CITIES; i++)
        put_city(t, data, i);
    fclose(data);
    draw_network(t, 0, 0);
    write_tree(t, out);
    mmdb_write_separator(out);
    fwrite(text, 1, len, out);
    mmdb_write_about(
        out, &(struct mmdb_about){
                 .nodes = t->n, .build_epoch = 1700000000, .ip_version = 4, .type = "ipv4-city"});
    free(text);
    free(t->record);
    return !ferror(out);
}

int main(int argc, char **argv)
{
    static struct tree t;

    if (argc != 2) {
        fputs("usage: makecity FLAT.mmdb\n", stderr);
        return 2;
    }
    FILE *out = fopen(argv[1], "w");
    bool ok = out != NULL && make(&t, out);
    if (out != NULL)
        ok = fclose(out) == 0 && ok;
    if (!ok)
        perror(argv[1]);
    else
        fprintf(stderr, "makecity: %u networks\n", t.n_networks);
    return ok ? 0 : 1;
}
