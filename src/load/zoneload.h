/*
 * Zone text to a zone: RFC 1035 §5 master files with DYNA and DYNC (proxima.zone(5)).  Every
 * mistake of a file is told in one run as FILE:LINE.
 *
 * Control thread or its thread pool; calls for different zones may run at once.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/err.h"
#include "data/zone.h"

struct zoneload_opts {
    const char *path;    /* of the file; messages name it so */
    const uint8_t *apex; /* wire, lower-case; the first $ORIGIN */
    bool even_broken;    /* return a zone with errors all the same: to find more, never to serve */
    real_ms_t now;       /* by which signatures are judged; 0: their times are not looked at */
    size_t piece; /* octets of a large text that are read at once, beside others; 0: as suits */
    FILE *copy;   /* NULL, or where every accepted entry is written as one absolute line, a
                            master file that loads to the same zone: the last good generation */
};

/*
 * Read a whole zone, sealed.  NULL if there is any error, but for even_broken; warnings are added
 * either way.  Returns owned, one reference.
 */
struct zone *zoneload_file(const struct zoneload_opts *opts, struct err *err);
/* The same from memory; $INCLUDE is relative to opts->path's folder. */
struct zone *zoneload_text(const struct zoneload_opts *opts, const char *text, size_t len,
                           struct err *err);

/*
 * The zone that a file of the zone directory holds (proxima.zone(5)): "example.com.zone" or
 * "example.com" → example.com., "root.zone" → ".", "@" for "/".  False without an error: a name
 * that editors leave or that begins with a dot; with one: it is no domain name.
 */
bool zoneload_apex(const char *file_name, uint8_t out[NAME_MAX_LEN], struct err *err);
