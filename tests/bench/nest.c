/*
 * nest: gives a flat database of ip-location-db ("country_code", "latitude", "longitude") the shape
 * of MaxMind's ("country": {"iso_code": ...}, "continent", "location"), which the peers read.  The tree
 * of networks stays as it is; only what its leaves point at is written anew.
 *
 *   nest FLAT.mmdb NESTED.mmdb
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <maxminddb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "base/hash.h"
#include "base/xalloc.h"
#include "load/country.h"
#include "mmdb.h"

struct nest {
    MMDB_s in;
    FILE *data; /* the data section as it grows, in memory */
    char *data_text;
    size_t data_len;
    uint32_t *moved;        /* by old offset: the new one plus one; 0: not met yet */
    struct seen *seen;      /* new records by their octets, so that equal ones are one */
    size_t n_seen, n_slots; /* n_slots: a power of two */
};

struct seen {
    uint64_t hash; /* 0: empty */
    uint32_t offset;
};

/* ---- records ---- */

static bool get_number(MMDB_entry_s *from, const char *key, double *out)
{
    MMDB_entry_data_s v;

    if (MMDB_get_value(from, &v, key, NULL) != MMDB_SUCCESS || !v.has_data)
        return false;
    if (v.type == MMDB_DATA_TYPE_DOUBLE)
        *out = v.double_value;
    else if (v.type == MMDB_DATA_TYPE_FLOAT)
        *out = (double)v.float_value;
    else
        return false;
    return true;
}

static const struct country *get_country(MMDB_entry_s *from)
{
    MMDB_entry_data_s v;
    char code[3] = "";

    if (MMDB_get_value(from, &v, "country_code", NULL) != MMDB_SUCCESS || !v.has_data ||
        v.type != MMDB_DATA_TYPE_UTF8_STRING || v.data_size != 2)
        return NULL;
    memcpy(code, v.utf8_string, 2);
    return country_find(code);
}

static size_t nested_record(MMDB_entry_s *from, uint8_t out[MMDB_RECORD])
{
    struct wr w = wr_init(out, MMDB_RECORD);
    const struct country *country = get_country(from);
    double lat, lon;
    const bool has_at = get_number(from, "latitude", &lat) && get_number(from, "longitude", &lon);

    mmdb_put_map(&w, (country != NULL ? 2 : 0) + has_at);
    if (country != NULL) {
        mmdb_put_key_map(&w, "continent", 1);
        mmdb_put_key_string(&w, "code", country->continent);
        mmdb_put_key_map(&w, "country", 1);
        mmdb_put_key_string(&w, "iso_code", country->code);
    }
    if (has_at) {
        mmdb_put_key_map(&w, "location", 2);
        mmdb_put_key_double(&w, "latitude", lat);
        mmdb_put_key_double(&w, "longitude", lon);
    }
    return wr_len(&w);
}

/* ---- equal records are one ---- */

static void grow(struct nest *n)
{
    const size_t old = n->n_slots;
    struct seen *before = n->seen;

    n->n_slots = old > 0 ? 2 * old : 1024;
    n->seen = xcalloc(n->n_slots, sizeof(*n->seen));
    for (size_t i = 0; i < old; i++) {
        size_t at = before[i].hash & (n->n_slots - 1);
        while (before[i].hash != 0 && n->seen[at].hash != 0)
            at = (at + 1) & (n->n_slots - 1);
        if (before[i].hash != 0)
            n->seen[at] = before[i];
    }
    free(before);
}

/* Where these octets are in the new data section; 64 bits of hash stand for them. */
static uint32_t place(struct nest *n, const uint8_t *record, size_t len)
{
    const uint64_t hash = hash_bytes(record, len, 1) | 1;

    if (2 * n->n_seen >= n->n_slots)
        grow(n);
    size_t at = hash & (n->n_slots - 1);
    while (n->seen[at].hash != 0 && n->seen[at].hash != hash)
        at = (at + 1) & (n->n_slots - 1);
    if (n->seen[at].hash == 0) {
        n->seen[at] = (struct seen){.hash = hash, .offset = (uint32_t)ftell(n->data)};
        fwrite(record, 1, len, n->data);
        n->n_seen++;
    }
    return n->seen[at].offset;
}

/* ---- the tree ---- */

static uint32_t move_record(struct nest *n, uint64_t value, uint8_t type, MMDB_entry_s *entry)
{
    if (type != MMDB_RECORD_TYPE_DATA)
        return (uint32_t)value; /* another node, or node_count: nothing is known */
    uint32_t *moved = &n->moved[entry->offset];
    if (*moved == 0) {
        uint8_t record[MMDB_RECORD];
        *moved = place(n, record, nested_record(entry, record)) + 1;
    }
    return n->in.metadata.node_count + MMDB_SEPARATOR + *moved - 1;
}

/* Records of 32 bits, whatever they were. */
static bool write_tree(struct nest *n, FILE *out)
{
    for (uint32_t i = 0; i < n->in.metadata.node_count; i++) {
        MMDB_search_node_s node;
        uint8_t pair[8];
        if (MMDB_read_node(&n->in, i, &node) != MMDB_SUCCESS)
            return false;
        put_u32(pair,
                move_record(n, node.left_record, node.left_record_type, &node.left_record_entry));
        put_u32(pair + 4, move_record(n, node.right_record, node.right_record_type,
                                      &node.right_record_entry));
        fwrite(pair, sizeof(pair), 1, out);
    }
    return true;
}

static bool nest(struct nest *n, FILE *out)
{
    const bool city = strstr(n->in.metadata.database_type, "city") != NULL;

    n->moved = xcalloc(n->in.data_section_size + 1, sizeof(*n->moved));
    n->data = open_memstream(&n->data_text, &n->data_len);
    bool ok = n->data != NULL && write_tree(n, out);
    if (n->data != NULL)
        fclose(n->data);
    if (ok) {
        mmdb_write_separator(out);
        fwrite(n->data_text, 1, n->data_len, out);
        mmdb_write_about(out,
                         &(struct mmdb_about){.nodes = n->in.metadata.node_count,
                                              .build_epoch = (uint32_t)n->in.metadata.build_epoch,
                                              .ip_version = (uint8_t)n->in.metadata.ip_version,
                                              .type = city ? "GeoLite2-City" : "GeoLite2-Country"});
    }
    free(n->data_text);
    free(n->moved);
    free(n->seen);
    return ok && !ferror(out);
}

int main(int argc, char **argv)
{
    struct nest n = {0};

    if (argc != 3) {
        fputs("usage: nest FLAT.mmdb NESTED.mmdb\n", stderr);
        return 2;
    }
    const int rc = MMDB_open(argv[1], MMDB_MODE_MMAP, &n.in);
    FILE *out = rc == MMDB_SUCCESS ? fopen(argv[2], "w") : NULL;
    bool ok = out != NULL && nest(&n, out);
    if (out != NULL)
        ok = fclose(out) == 0 && ok;
    if (!ok)
        fprintf(stderr, "nest: %s to %s: %s\n", argv[1], argv[2],
                rc != MMDB_SUCCESS ? MMDB_strerror(rc) : "cannot be written");
    if (rc == MMDB_SUCCESS)
        MMDB_close(&n.in);
    return ok ? 0 : 1;
}
