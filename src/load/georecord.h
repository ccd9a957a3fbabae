/*
 * One record of a geo database, in any of the shapes that are around:
 *
 *   nested  MaxMind, DB-IP    {"country": {"iso_code": "KR"}, "location": {"latitude": 37.5, …}, …}
 *   flat    ip-location-db    {"country_code": "KR", "latitude": 37.5, …}
 *
 * Knows names and ranges; how a value lies in the file is geofile.c's business.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "load/place.h"

enum geovalue_type {
    GEOVALUE_ABSENT,
    GEOVALUE_TEXT,
    GEOVALUE_REAL,
    GEOVALUE_UINT,
    GEOVALUE_DAMAGED
};

struct geovalue {
    enum geovalue_type type; /* DAMAGED: the record cannot be decoded */
    const char *text;        /* len octets of UTF-8, not terminated; borrowed */
    size_t len;
    double real;
    uint64_t uint;
};

/* The keys of records that say something of use; ends in NULL. */
extern const char *const georecord_keys[];

/* The value at a key, by its number in georecord_keys, and below it at a path of map keys and array indices
 * that ends in NULL: {"0", "iso_code", NULL}. */
typedef struct geovalue (*geovalue_fn)(const void *record, unsigned key, const char *const *path);

enum geoschema { GEOSCHEMA_UNKNOWN, GEOSCHEMA_FLAT, GEOSCHEMA_NESTED };

/* By what is in it; UNKNOWN: nothing that we could use. */
enum geoschema georecord_schema(geovalue_fn get, const void *record);

/* False: the record cannot be decoded.  What makes no sense (a latitude of 91) is left out. */
bool georecord_read(geovalue_fn get, const void *record, enum geoschema schema, struct place *out);
