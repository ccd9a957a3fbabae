/*
 * Geo databases (MMDB, https://maxmind.github.io/MaxMind-DB/), with MaxMind's nested schema or
 * the flat one of ip-location-db, told apart by looking; IPv4 or IPv6 ones.
 *
 * The contents are needed to compile and to explain, not to answer, so they are dropped after
 * compiling; explain opens the files anew.  Control thread or its thread pool; one thread at a
 * time for one geodb, but for geodb_place.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/ipaddr.h"
#include "load/place.h"

#define GEODB_MAX 8 /* databases; each costs a step at every block of a compilation */

struct geodb;

/*
 * Open and load databases in the order given: a later one fills what an earlier one lacks.  n may
 * be 0: then nothing is known of anybody.  NULL and an error for each one that is missing,
 * truncated or no MMDB, or says nothing of use.  Returns owned.
 */
struct geodb *geodb_open(const char *const *paths, size_t n, struct err *err);
void geodb_close(struct geodb *db); /* NULL is fine */

/*
 * Drop the contents, some 1.1 times the files' size of memory, which compiling and geodb_find need.
 * geodb_info still works.
 */
void geodb_unload(struct geodb *db);

/* What is known of an address; used by explain, never by workers.  IPv4 inside IPv6 counts. */
void geodb_find(struct geodb *db, const struct ipaddr *addr, struct place *out);

/* For status: file, build time and type of database i. */
struct geodb_info {
    const char *path, *type; /* borrowed */
    int64_t built_s;         /* Unix time */
    uint32_t networks;       /* nodes of its tree */
};
size_t geodb_count(const struct geodb *db);
struct geodb_info geodb_info(const struct geodb *db, size_t i);
/* Its file is still the one that was read, by size and time; loaded or not. */
bool geodb_is_current(const struct geodb *db, size_t i);

uint32_t geodb_nodes(const struct geodb *db); /* of all trees, to judge how much work they are */

/* ---- for walks through all of them, geowalk.h ---- */

struct geowalk;

/* What database i says of a leaf; false: it cannot be decoded.  Any number of threads. */
bool geodb_place(const struct geodb *db, size_t i, uint32_t leaf, struct place *out);
/*
 * Walks that covered the databases together, all of them over: what they found damaged counts, and
 * so does that they read nodes more than once.
 */
void geodb_walked(struct geodb *db, struct geowalk *const *walks, size_t n);
/* False and errors if something in the files did not make sense in the walks until now. */
bool geodb_intact(const struct geodb *db, struct err *err);
