/*
 * The inside of the zone loader: its state while a text is read, shared by
 *
 *   zoneload.c       the loop over entries, what is included, the end of it all
 *   zonefile.c       a file of the disk
 *   zonetext.c       a text in pieces that can be read apart
 *   zonepieces.c     many pieces at once
 *   zonedirective.c  $ORIGIN, $TTL, $INCLUDE
 *   zonegenerate.c   $GENERATE
 *   zonerecord.c     owner, TTL, class, type, rdata
 *   zonedyn.c        DYNA and DYNC
 *
 * A text becomes a stream (zonestream.h), and all streams of a zone, in their order, the zone
 * (zonebuild.h).  One thread per reader.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "load/zonebuild.h"
#include "load/zonetext.h"

/* $INCLUDE within $INCLUDE.  People nest two or three; a chain this long is a mistake. */
#define ZONEREAD_INCLUDE_MAX 10

/* Files that a zone may be made of: ten files that include each other ten times are 10^10. */
#define ZONEREAD_FILES_MAX 100000

/* A text being read: a file, or what $GENERATE makes of a line. */
struct zonesource {
    const struct zonesource *parent; /* the one that includes it, or NULL */
    struct zonelex lex;
    const char *path;
    uint32_t file;           /* zonereport_file of it */
    uint32_t generated_line; /* of the $GENERATE; 0: a file, whose lines are its own */
    struct fileid id;        /* of the file, to see that it includes itself */
    unsigned depth;          /* of $INCLUDE */
};

struct zonereader {
    const struct zoneload_opts *opts;
    struct zonestream stream;        /* what has been read */
    struct zonebuild *build;         /* NULL: it reads a piece, whose stream others take */
    const struct zonesource *source; /* being read */

    uint8_t origin[NAME_MAX_LEN]; /* as written */
    uint8_t owner[NAME_MAX_LEN];  /* the last one, lower-case */
    uint8_t owner_len;            /* octets */
    uint64_t owner_key;           /* zoneplaces_key of it */
    bool owner_given;             /* there was one */
    bool owner_usable;            /* it is a name, and within the zone */

    uint8_t rdata[RDATA_MAX_LEN]; /* of the record being read; not begun with zeros */
};

/* Where a token of the current entry is; NULL: the entry as a whole. */
struct zoneplace zoneread_place(const struct zonereader *r, const struct zonelex_token *t);

/* Messages about a token of the current entry, or with NULL about the entry. */
void zoneread_error(struct zonereader *r, const struct zonelex_token *t, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void zoneread_warning(struct zonereader *r, const struct zonelex_token *t, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* A token for a message: "%.*s". */
#define ZONEREAD_SHOW(t) (int)((t)->len < 300 ? (t)->len : 300), (t)->at

/*
 * Read a text to its end, as a part of the zone.
 *
 *   s      says whose; begun by the caller
 *   line   of its first octet
 */
void zoneread_text(struct zonereader *r, struct zonesource *s, const char *text, size_t len,
                   uint32_t line);
/* zonepieces.c: the same for what is left of a text up to its end or a piece for one reader alone, with
 * as many readers as there are processors.  first: has been taken of it.  False: enough errors. */
bool zonepieces_read(struct zonereader *r, const struct zonesource *s, struct zonetext *text,
                     const struct zonepiece *first);
/* Read a file of the zone.  from: the $INCLUDE's file name, for messages; NULL: it is the first. */
void zoneread_file(struct zonereader *r, const char *path, const struct zonelex_token *from);

/* Open file->path, which must be a regular file; its id is filled in.  A descriptor, or -1 and why. */
int zonefile_open(struct zonefile *file, const char **why);
/* Read all that there was when it was opened; text and len are filled in.  Owned; NULL and why. */
char *zonefile_read(struct zonefile *file, int fd, const char **why);

/* What has been read goes into the zone, unless a piece is read.  False: enough errors. */
bool zoneread_flush(struct zonereader *r);

/* Read the entry as a directive.  False: it is none. */
bool zonedirective_read(struct zonereader *r, const struct zonelex *entry);
void zonegenerate_read(struct zonereader *r, const struct zonelex *entry);
void zonerecord_read(struct zonereader *r, const struct zonelex *entry);

/* What stands between owner and rdata. */
struct zonehead {
    const struct zonelex_token *ttl; /* or NULL */
    const struct zonelex_token *type;
    const struct zonelex_token *rdata;
    size_t n_rdata;
};

/* A DYNA or DYNC: the rest of it, and into the zone.  False: it cannot be read. */
bool zonedyn_read(struct zonereader *r, const struct zonehead *head);
bool zonedyn_is(const struct zonelex_token *type);
/* A TTL that a record or $TTL may have; false: an error has been added. */
bool zonerecord_ttl(struct zonereader *r, const struct zonelex_token *t, const char *text,
                    size_t len, uint32_t *out);
