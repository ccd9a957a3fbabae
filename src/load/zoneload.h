/*
 * Zone text to a zone: RFC 1035 §5 master files with DYNA and DYNC (proxima.zone(5)).  Every
 * mistake of a file is told in one run as FILE:LINE.
 *
 * Control thread or its thread pool; calls for different zones may run at once.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fileid.h"
#include "data/zone.h"

/* One of the files that a zone is made of. */
struct zonefile {
    const char
        *path; /* as it is opened: $INCLUDE's is relative to the folder of the including one */
    const char *text;
    size_t len;
    struct fileid id; /* on the disk, when it was opened */
};

/* Who gives the files, where they are not read from the disk, and who is shown them. */
struct zonefiles {
    /* NULL: the disk.  Else true and text and len of out filled in, borrowed for as long as the zone
     * is read; false: there is no such file. */
    bool (*find)(void *arg, const char *path, struct zonefile *out);
    /* NULL, or called with each file once it has been read, each path once, in order. */
    void (*seen)(void *arg, const struct zonefile *file);
    void *arg;
};

struct zoneload_opts {
    const char *path;    /* of the file; messages name it so */
    const uint8_t *apex; /* wire, lower-case; the first $ORIGIN */
    bool even_broken;    /* return a zone with errors all the same: to find more, never to serve */
    real_ms_t now;       /* by which signatures are judged; 0: their times are not looked at */
    size_t piece; /* octets of a large text that are read at once, beside others; 0: as suits */
    struct zonefiles files;
    const struct zone *before; /* NULL, or the generation to share names with (zone_new_like) */
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
