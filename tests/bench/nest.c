/*
 * nest: gives a flat database of ip-location-db ("country_code", "latitude", "longitude") the shape
 * of MaxMind's ("country": {"iso_code": ...}, "continent", "location"), which the peers read.  The tree
 * of networks stays as it is; only what its leaves point at is written anew.
 *
 *   nest FLAT.mmdb NESTED.mmdb
 *
 * The format: https://maxmind.github.io/MaxMind-DB/.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <maxminddb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "base/hash.h"
#include "base/xalloc.h"
#include "load/country.h"

#define SEPARATOR \
    16 /* zero octets between tree and data; also added to what points into the data */
#define RECORD 512

/* Control octets: type in the upper three bits, size below; type 0 has its own octet, less 7. */
enum { STRING = 2 << 5, DOUBLE = 3 << 5, UINT16 = 5 << 5, UINT32 = 6 << 5, MAP = 7 << 5 };
enum { EXTENDED = 0, EXT_UINT64 = 9 - 7, EXT_ARRAY = 11 - 7 };

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

/* ---- values ---- */

static void put_string(struct wr *w, const char *text)
{
    wr_u8(w, (uint8_t)(STRING | strlen(text))); /* ours are shorter than 29 octets */
    wr_bytes(w, text, strlen(text));
}

static void put_double(struct wr *w, double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof(bits));
    wr_u8(w, DOUBLE | 8);
    wr_u32(w, (uint32_t)(bits >> 32));
    wr_u32(w, (uint32_t)bits);
}

static void put_uint(struct wr *w, uint8_t type, uint32_t value)
{
    wr_u8(w, type | 4);
    wr_u32(w, value);
}

static void put_key_map(struct wr *w, const char *key, unsigned n)
{
    put_string(w, key);
    wr_u8(w, (uint8_t)(MAP | n));
}

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

static size_t nested_record(MMDB_entry_s *from, uint8_t out[RECORD])
{
    struct wr w = wr_init(out, RECORD);
    const struct country *country = get_country(from);
    double lat, lon;
    const bool has_at = get_number(from, "latitude", &lat) && get_number(from, "longitude", &lon);

    wr_u8(&w, (uint8_t)(MAP | ((country != NULL ? 2 : 0) + has_at)));
    if (country != NULL) {
        put_key_map(&w, "continent", 1);
        put_string(&w, "code");
        put_string(&w, country->continent);
        put_key_map(&w, "country", 1);
        put_string(&w, "iso_code");
        put_string(&w, country->code);
    }
    if (has_at) {
        put_key_map(&w, "location", 2);
        put_string(&w, "latitude");
        put_double(&w, lat);
        put_string(&w, "longitude");
        put_double(&w, lon);
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
    uint8_t record[RECORD];

    if (type != MMDB_RECORD_TYPE_DATA)
        return (uint32_t)value; /* another node, or node_count: nothing is known */
    uint32_t *moved = &n->moved[entry->offset];
    if (*moved == 0)
        *moved = place(n, record, nested_record(entry, record)) + 1;
    return n->in.metadata.node_count + SEPARATOR + *moved - 1;
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

/* Readers tell what they have by the name of the type. */
static void write_metadata(const struct nest *n, bool city, FILE *out)
{
    static const char marker[] = "\xab\xcd\xefMaxMind.com";
    uint8_t text[RECORD];
    struct wr w = wr_init(text, sizeof(text));

    wr_bytes(&w, marker, sizeof(marker) - 1);
    wr_u8(&w, MAP | 9);
    put_string(&w, "node_count"), put_uint(&w, UINT32, n->in.metadata.node_count);
    put_string(&w, "record_size"), wr_u8(&w, UINT16 | 1), wr_u8(&w, 32);
    put_string(&w, "ip_version"), wr_u8(&w, UINT16 | 1),
        wr_u8(&w, (uint8_t)n->in.metadata.ip_version);
    put_string(&w, "database_type"), put_string(&w, city ? "GeoLite2-City" : "GeoLite2-Country");
    put_string(&w, "languages"), wr_u8(&w, EXTENDED | 0), wr_u8(&w, EXT_ARRAY);
    put_string(&w, "binary_format_major_version"), wr_u8(&w, UINT16 | 1), wr_u8(&w, 2);
    put_string(&w, "binary_format_minor_version"), wr_u8(&w, UINT16 | 0);
    put_string(&w, "build_epoch"), wr_u8(&w, EXTENDED | 4), wr_u8(&w, EXT_UINT64);
    wr_u32(&w, (uint32_t)n->in.metadata.build_epoch);
    put_string(&w, "description"), wr_u8(&w, MAP | 0);
    fwrite(text, 1, wr_len(&w), out);
}

static bool nest(struct nest *n, FILE *out)
{
    static const uint8_t zero[SEPARATOR];
    const bool city = strstr(n->in.metadata.database_type, "city") != NULL;

    n->moved = xcalloc(n->in.data_section_size + 1, sizeof(*n->moved));
    n->data = open_memstream(&n->data_text, &n->data_len);
    bool ok = n->data != NULL && write_tree(n, out);
    if (n->data != NULL)
        fclose(n->data);
    if (ok) {
        fwrite(zero, sizeof(zero), 1, out);
        fwrite(n->data_text, 1, n->data_len, out);
        write_metadata(n, city, out);
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
