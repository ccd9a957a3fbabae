/*
 * One geo database file (MMDB, https://maxmind.github.io/MaxMind-DB/): opened, checked and described
 * by libmaxminddb, whose only user this is; its search tree, and its records as places.
 *
 * libmaxminddb maps the file, and a file that somebody truncates under a mapping kills the reader.
 * So what is mapped is a private copy, kept from _open until _unload.
 *
 * Immutable between _open and _unload but for what is found to be damaged; that, one thread at a
 * time.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "load/geowalk.h"

struct geofile;

/* Loaded.  path is copied.  NULL and an error that names the file.  Returns owned. */
struct geofile *geofile_open(const char *path, struct err *err);
void geofile_close(struct geofile *f); /* NULL is fine */

void geofile_unload(struct geofile *f);
struct geodb_info geofile_info(const struct geofile *f);
bool geofile_is_current(const struct geofile *f); /* the file is the one that was read */

/* All below: loaded only. */
struct geotree geofile_tree(const struct geofile *f);
/* What a leaf says; false: it cannot be decoded. */
bool geofile_place(const struct geofile *f, uint32_t leaf, struct place *out);

/* A reader found that it makes no sense; why: a string that stays. */
void geofile_damage(struct geofile *f, const char *why);
/* False and an error if one did. */
bool geofile_intact(const struct geofile *f, struct err *err);
