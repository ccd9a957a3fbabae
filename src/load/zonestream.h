/*
 * What reading a zone's text yields, in the order of the text: records, messages, and what else matters
 * to the zone as a whole.  A text may be read in pieces at once; zonebuild.c takes their streams one
 * after another, as if it had been read in one go.
 *
 * One thread at a time.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdarg.h>

#include "data/zone.h"
#include "load/zonereport.h"

enum zoneitem_kind {
    ZONEITEM_RR,
    ZONEITEM_DYN,
    ZONEITEM_TTL,         /* a $TTL */
    ZONEITEM_SOA_SEEN,    /* one was written for the apex, perhaps a wrong one */
    ZONEITEM_UNREAD,      /* an entry of the owner that could not be read */
    ZONEITEM_UNREAD_MANY, /* nobody knows which names have not been read */
    ZONEITEM_WARNING,     /* octets: the text, with its NUL */
    ZONEITEM_ERROR,
};

struct zoneitem {
    uint32_t size;       /* octets of all, to the next one */
    uint8_t kind;        /* enum zoneitem_kind */
    uint8_t dyn_kind;    /* enum dyn_kind */
    bool starts;         /* the first one of its entry */
    uint8_t owner_len;   /* at octets, lower-case */
    struct zoneplace at; /* of the entry; of a message what it is about; of a DYN its type */
    uint32_t line;       /* of a DYN's entry */
    uint32_t ttl_s;      /* ZONEITEM_NO_TTL: none is written.  Of a DYN: the most */
    uint32_t min_s;      /* of a DYN */
    uint16_t type, rdlen;
    uint64_t owner_key; /* zoneplaces_key */
    uint8_t octets[];   /* owner, then rdata; of a DYN owner, pool, and the policy with its NUL */
};

#define ZONEITEM_NO_TTL UINT32_MAX /* not a TTL: above 2^31-1 (RFC 2181 §8) */

struct zonestream {
    uint8_t *octets;
    size_t n, room;
    size_t n_errors; /* among the items */
    bool starting;   /* the next item is the first of an entry */
};

void zonestream_fini(struct zonestream *s);  /* a stream begins as zeros */
void zonestream_clear(struct zonestream *s); /* keeps the memory */

/* Add one with room for n octets; the rest is zero and the caller's to fill.  Good until the next one. */
struct zoneitem *zonestream_add(struct zonestream *s, enum zoneitem_kind kind, size_t n);
void zonestream_tell(struct zonestream *s, enum err_level level, struct zoneplace at,
                     const char *fmt, va_list ap);

/* The first item, or with one the next; NULL: no more. */
const struct zoneitem *zonestream_next(const struct zonestream *s, const struct zoneitem *item);
