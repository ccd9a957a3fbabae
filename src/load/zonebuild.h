/*
 * A zone being made of what was read: the half of the loader that needs the order of the text.
 *
 * One thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "load/rdata.h"
#include "load/zoneload.h"
#include "load/zoneplaces.h"
#include "load/zonestream.h"

struct zonebuild {
    const struct zoneload_opts *opts;
    struct zone *zone;
    struct zonereport report;
    struct zoneplaces places;

    uint32_t dollar_ttl_s; /* $TTL (RFC 2308 §4); ZONEITEM_NO_TTL: none yet */
    uint32_t last_ttl_s;   /* the last one written (RFC 1035 §5.1); ZONEITEM_NO_TTL: none yet */
    bool warned_no_ttl;

    unsigned n_files;   /* read so far */
    bool unread;        /* nobody knows which names have not been read: nothing is "missing" */
    bool soa_seen;      /* one was written for the apex, perhaps a wrong one */
    uint16_t soa_rdlen; /* of the one that was taken; 0: none */
    uint8_t soa_rdata[2 * NAME_MAX_LEN + 20];
};

void zonebuild_init(struct zonebuild *b, const struct zoneload_opts *opts);

/* Take what was read next.  False: there are so many errors that the rest is not worth reading. */
bool zonebuild_take(struct zonebuild *b, const struct zonestream *s);

/* Checks, messages, and the zone if there is no error in it. */
struct zone *zonebuild_finish(struct zonebuild *b, struct err *err);

void zonecheck(struct zonebuild *b); /* the zone is sealed */
/* What only a mistake explains. */
void zonecheck_sense(struct zonebuild *b, const struct node *n);
/* What NS, MX, SRV, SVCB, HTTPS and CNAME point at. */
void zonecheck_targets(struct zonebuild *b, const struct node *n);
/* Whether what the name (lower-case) has not is missing, and not an entry that could not be read. */
bool zonecheck_is_missing(struct zonebuild *b, const uint8_t *name);

/* Signatures and the chains of NSEC and NSEC3. */
void zonecheck_dnssec(struct zonebuild *b);
