/*
 * Geo databases (MMDB, https://maxmind.github.io/MaxMind-DB/), with MaxMind's nested schema or
 * the flat one of ip-location-db, told apart by looking.  The only user of libmaxminddb, with
 * mapcompile.c.
 *
 * Control thread or its thread pool; one thread at a time for one geodb.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/ipaddr.h"

/* What databases say of a client; empty strings and false where they say nothing. */
struct place {
    char country[3];      /* ISO 3166-1 alpha-2, upper-case */
    char continent[3];    /* AF AN AS EU NA OC SA; from the country where the database has none */
    char subdivision[8];  /* "US-CA" */
    uint32_t asn;         /* 0: unknown */
    bool has_at;          /* of the database, else the country's position */
    bool at_is_country;   /* the coordinates are the country's */
    double lat, lon;
};

struct geodb;

/*
 * Open databases in the order given: a later one fills what an earlier one lacks.  n may be 0:
 * then nothing is known of anybody.  NULL and an error naming the file when one is missing,
 * truncated or no MMDB.  Returns owned.
 */
struct geodb *geodb_open(const char *const *paths, size_t n, struct err *err);
void geodb_close(struct geodb *db); /* NULL is fine */

/* What is known of an address; used by explain, never by workers. */
void geodb_find(const struct geodb *db, const struct ipaddr *addr, struct place *out);

/* For status: file, build time and type of database i. */
struct geodb_info {
    const char *path, *type; /* borrowed */
    int64_t built_s;         /* Unix time */
    uint32_t networks;       /* nodes of its tree */
};
size_t geodb_count(const struct geodb *db);
struct geodb_info geodb_info(const struct geodb *db, size_t i);
