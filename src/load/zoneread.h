/*
 * The inside of the zone loader: its state while a zone is read, shared by
 *
 *   zoneload.c       the loop over entries, what is included, the end of it all
 *   zonefile.c       a file of the disk
 *   zonedirective.c  $ORIGIN, $TTL, $INCLUDE
 *   zonegenerate.c   $GENERATE
 *   zonerecord.c     owner, TTL, class, type, rdata
 *   zonedyn.c        DYNA and DYNC
 *   zonecheck*.c     what only the whole zone shows
 *
 * One thread per zone.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "load/rdata.h"
#include "load/zoneload.h"
#include "load/zoneplaces.h"
#include "load/zonereport.h"

#define ZONEREAD_NO_TTL UINT32_MAX /* not a TTL: above 2^31-1 (RFC 2181 §8) */

/* $INCLUDE within $INCLUDE.  People nest two or three; a chain this long is a mistake. */
#define ZONEREAD_INCLUDE_MAX 10

/* Files that a zone may be made of: ten files that include each other ten times are 10^10. */
#define ZONEREAD_FILES_MAX 100000

/* A text being read: a file, or what $GENERATE makes of a line. */
struct zonesource {
    const struct zonesource *parent; /* the one that includes it, or NULL */
    struct zonelex lex;
    uint32_t file;
    uint32_t generated_line; /* of the $GENERATE; 0: a file, whose lines are its own */
    struct fileid id;        /* of the file, to see that it includes itself */
    unsigned depth;          /* of $INCLUDE */
};

struct zonereader {
    const struct zoneload_opts *opts;
    struct zone *zone;
    struct zonereport report;
    struct zoneplaces places;
    const struct zonesource *source; /* being read */

    uint8_t origin[NAME_MAX_LEN]; /* as written */
    uint8_t owner[NAME_MAX_LEN];  /* the last one, lower-case */
    uint64_t owner_key;           /* zoneplaces_key of it */
    bool owner_given;             /* there was one */
    bool owner_usable;            /* it is a name, and within the zone */

    uint32_t dollar_ttl_s; /* $TTL (RFC 2308 §4); ZONEREAD_NO_TTL: none yet */
    uint32_t last_ttl_s;   /* the last one written (RFC 1035 §5.1); ZONEREAD_NO_TTL: none yet */
    bool warned_no_ttl;

    unsigned n_files;   /* read so far */
    bool unread;        /* nobody knows which names have not been read: nothing is "missing" */
    bool soa_seen;      /* one was written for the apex, perhaps a wrong one */
    uint16_t soa_rdlen; /* of the one that was taken; 0: none */
    uint8_t soa_rdata[2 * NAME_MAX_LEN + 20];
    uint8_t rdata[RDATA_MAX_LEN]; /* of the record being read */
};

/* Where a token of the current entry is; NULL: the entry as a whole. */
struct zoneplace zoneread_place(const struct zonereader *r, const struct zonelex_token *t);

/* Messages about a token of the current entry, or with NULL about the entry. */
#define zoneread_error(r, t, ...) \
    zonereport_error(&(r)->report, zoneread_place((r), (t)), __VA_ARGS__)
#define zoneread_warning(r, t, ...) \
    zonereport_warning(&(r)->report, zoneread_place((r), (t)), __VA_ARGS__)

/* A token for a message: "%.*s". */
#define ZONEREAD_SHOW(t) (int)((t)->len < 300 ? (t)->len : 300), (t)->at

/* Read a text to its end, as part of the zone. */
void zoneread_source(struct zonereader *r, struct zonesource *s, const char *text, size_t len);
/* Read a file of the zone.  from: the $INCLUDE's file name, for messages; NULL: it is the first. */
void zoneread_file(struct zonereader *r, const char *path, const struct zonelex_token *from);

/* Open file->path, which must be a regular file; its id is filled in.  A descriptor, or -1 and why. */
int zonefile_open(struct zonefile *file, const char **why);
/* Read all that there was when it was opened; text and len are filled in.  Owned; NULL and why. */
char *zonefile_read(struct zonefile *file, int fd, const char **why);

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

void zonecheck(struct zonereader *r); /* the zone is sealed */
/* What only a mistake explains. */
void zonecheck_sense(struct zonereader *r, const struct node *n);
/* What NS, MX, SRV, SVCB, HTTPS and CNAME point at. */
void zonecheck_targets(struct zonereader *r, const struct node *n);
/* Whether what the name (lower-case) has not is missing, and not an entry that could not be read. */
bool zonecheck_is_missing(struct zonereader *r, const uint8_t *name);

/* Signatures and the chains of NSEC and NSEC3. */
void zonecheck_dnssec(struct zonereader *r);
