/*
 * The data section of a geo database (MMDB, https://maxmind.github.io/MaxMind-DB/): values found in a
 * record by their path.  Ten fields are looked for in each of the 700,000 records of a city database, so a
 * record's members are found once.
 *
 * Any thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "load/georecord.h"

struct geodata {
    const uint8_t *at; /* borrowed */
    size_t len;
};

#define GEODATA_MEMBERS 32 /* of a record; what is known has a dozen */

/* A record: a map, whose members have been found. */
struct geodata_record {
    const struct geodata *data;
    bool damaged;
    size_t n;
    struct {
        const uint8_t *key, *value; /* value: where it begins in the data section */
        size_t key_len;
    } member[GEODATA_MEMBERS];
};

/* The record at an offset; what is no map, or has more members, has none beyond. */
void geodata_open(const struct geodata *data, size_t offset, struct geodata_record *out);

/* A geovalue_fn; record is a struct geodata_record.  What points outside or nests too deep is DAMAGED. */
struct geovalue geodata_get(const void *record, const char *const *path);
