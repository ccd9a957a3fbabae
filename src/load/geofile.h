/*
 * One geo database file (MMDB, https://maxmind.github.io/MaxMind-DB/): its search tree step by step,
 * and its records as places.  The only user of libmaxminddb.
 *
 * libmaxminddb maps the file, and a file that somebody truncates under a mapping kills the reader.
 * So what is mapped is a private copy, kept from _open until _unload.
 *
 * One thread at a time.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "load/geodb.h"

struct geofile;

/* Loaded.  path is copied.  NULL and an error that names the file.  Returns owned. */
struct geofile *geofile_open(const char *path, struct err *err);
void geofile_close(struct geofile *f); /* NULL is fine */

void geofile_unload(struct geofile *f);
struct geodb_info geofile_info(const struct geofile *f);

/*
 * All below: loaded only.  A record is what a block of addresses has: a node of the tree, whose
 * halves have records of their own, or a leaf.  Records lead nowhere but down: an IPv6 database
 * that mirrors its IPv4 part elsewhere (2002::/16, ::ffff:0:0/96) has nothing there.
 */
#define GEOFILE_NOTHING UINT32_MAX /* the leaf that knows nothing */

uint32_t geofile_root(struct geofile *f, uint8_t family); /* FAMILY_*; a walk begins */
bool geofile_is_node(const struct geofile *f, uint32_t record);
void geofile_split(struct geofile *f, uint32_t node, uint32_t half[2]);

/* What a leaf says; equal places have the same number, and 0 knows nothing. */
uint32_t geofile_place_id(struct geofile *f, uint32_t leaf);
const struct place *geofile_place(const struct geofile *f, uint32_t id);

/* False and an error if what has been read since it was loaded does not make sense. */
bool geofile_intact(const struct geofile *f, struct err *err);
