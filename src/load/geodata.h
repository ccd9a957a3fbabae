/*
 * The data section of a geo database (MMDB, https://maxmind.github.io/MaxMind-DB/): values found in a
 * record by their path.  A city database has 700,000 records of a dozen members each, whose keys stand
 * elsewhere, at a dozen places: where a key stands says which one it is.
 *
 * Any thread, once it has learned.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "load/georecord.h"

#define GEODATA_KEYS    16 /* that are wanted */
#define GEODATA_KNOWN   64 /* places of keys; a power of two */
#define GEODATA_MEMBERS 32 /* of a record; what is known has a dozen */

/* A key's place, as a pointer to it says it. */
struct geodata_key {
    uint32_t offset;
    uint8_t number; /* of the wanted ones; GEODATA_OTHER: none of them; GEODATA_FREE: not known */
};

#define GEODATA_OTHER 254
#define GEODATA_FREE  255

struct geodata {
    const uint8_t *at; /* borrowed */
    size_t len;
    const char *const *keys; /* borrowed; at most GEODATA_KEYS, then NULL */
    struct geodata_key known[GEODATA_KNOWN];
};

/* A record: a map, whose wanted members have been found. */
struct geodata_record {
    const struct geodata *data;
    bool damaged;
    const uint8_t *value[GEODATA_KEYS]; /* by number of key: where it begins; NULL: there is none */
};

void geodata_init(struct geodata *data, const uint8_t *at, size_t len, const char *const *keys);
/* Learn where the keys of the record at an offset stand; nobody reads meanwhile. */
void geodata_learn(struct geodata *data, size_t offset);

/* The record at an offset; what is no map, or has more members, has none beyond. */
void geodata_open(const struct geodata *data, size_t offset, struct geodata_record *out);

/* A geovalue_fn; record is a struct geodata_record.  What points outside or nests too deep is DAMAGED. */
struct geovalue geodata_get(const void *record, unsigned key, const char *const *path);
