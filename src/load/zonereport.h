/*
 * What is wrong with a zone, gathered while it is read and checked, and told in the order of its
 * files' lines: a mistake that only the whole zone shows stands beside the one that a line shows.
 *
 * One thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* Messages of one level that are kept; a file that is no zone at all has a mistake in every line. */
#define ZONEREPORT_MAX 1000

struct zoneplace {
    uint32_t file;   /* index of zonereport_file */
    uint32_t line;   /* 0: the file as a whole */
    uint32_t column; /* 0: not known */
};

struct zonereport {
    struct zonereport_item *items;
    size_t n;
    size_t count[2]; /* by enum err_level, those left out included */
    char **files;    /* in the order of their opening */
    uint32_t n_files;
};

void zonereport_init(struct zonereport *p);
void zonereport_fini(struct zonereport *p);

/* A file's number for places; copies the path, the same path has one number. */
uint32_t zonereport_file(struct zonereport *p, const char *path);

void zonereport_error(struct zonereport *p, struct zoneplace at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void zonereport_warning(struct zonereport *p, struct zoneplace at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* So many errors that the rest is not worth reading. */
bool zonereport_is_full(const struct zonereport *p);

/* Add all to err, sorted by file and line, and a closing line for what was left out. */
void zonereport_tell(struct zonereport *p, struct err *err);
