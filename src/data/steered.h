/*
 * What a steered name answers with, worked out before anybody asks ("compile, don't
 * compute"): client → ranking (geomap) → choice → rendered records.
 *
 *   choice[map, usable regions][ranking] → region    interned: pools in the same state share one
 *   answers[pool][region]                → records   rendered, with the TTL of the moment
 *
 * While clients come back to a region little by little, there is one choice for each band of slots.
 *
 * Made by the steering compiler (control/), immutable, read by any thread.  Counts belong to the
 * control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "data/bands.h"
#include "data/geomap.h"
#include "data/rrset.h"
#include "data/zone.h"

/* A choice: a region's number, or one of these. */
enum { CHOICE_NODATA = 0x40, CHOICE_SERVFAIL = 0x41, CHOICE_ALL = 0x42 };

struct choice_table {
    unsigned refs;
    uint32_t n;       /* rankings of the map */
    uint8_t choice[]; /* by ranking id */
};

/* The records of one type of every region of a pool, all in one piece of memory: when a region
 * falls, those of every pool are made anew at once. */
struct steer_answers {
    unsigned refs;
    uint16_t type;
    const struct rrset *set[]; /* by region; NULL: it owns none of the type, NODATA */
};

struct steer_type {
    struct choice_table *choice;
    struct bands *bands; /* owned; these go before choice.  NULL: nothing ramps */
    struct steer_answers *answers;
    /* The regions that CHOICE_ALL answers with, as far as the ranking allows; where it allows none of
     * them, all that it allows. */
    regionset_t spread;
};

/* One for each distinct (kind, pool, policy, max, min); names that share all five share it. */
struct steered {
    enum dyn_kind kind;
    uint32_t negative_ttl_s;   /* at most this for a NODATA that steering gives */
    struct geomap *map;        /* referenced */
    uint8_t n_types;           /* DYNC: one, CNAME */
    struct steer_type types[]; /* by type; a type that no region owns is not here */
};

/* The entry of a type, or NULL: then the name has plain NODATA for it. */
const struct steer_type *steered_type(const struct steered *s, uint16_t type);

/*
 * What a client gets; st is of s.
 *
 *   ranking, scope   out: the client's, as of geomap_find; the scope is longer where it needs to be
 */
static inline uint8_t steered_choice(const struct steered *s, const struct steer_type *st,
                                     const struct ipaddr *client, uint32_t *ranking, uint8_t *scope)
{
    *ranking = geomap_find(s->map, client, scope);
    if (st->bands != NULL)
        return bands_choice(st->bands, *ranking, client, scope);
    return st->choice->choice[*ranking];
}

/*
 * Everything a worker needs of steering: the steered of every DYNA and DYNC name of a zonedb.
 *
 * Of ten thousand names one changes, a hundred times a second: so a steering is a copy of pointers, and
 * what they point to is not counted.  A steered that is replaced is retired to the newest steering
 * that has it, and freed when that one and all older ones are.
 */
struct steering {
    unsigned refs;
    struct steering *older, *newer; /* of the same plan, as far as they are there */
    struct steered **retired;       /* n_retired */
    size_t n_retired;
    size_t n; /* zonedb_steered() */
    struct steered *steered[];
};

/* Octets that a set of so many octets of wire takes of the room for them. */
static inline size_t steer_set_size(uint32_t wire_len)
{
    return rrset_size(wire_len);
}

/*
 * No records yet, one reference.
 *
 *   room     octets for all sets: the sum of their steer_set_size
 *   *at      out: where the first set is to be made; the next one stands behind it
 */
struct steer_answers *steer_answers_new(uint16_t type, size_t n_regions, size_t room, uint8_t **at);

void choice_table_unref(struct choice_table *t);
void steer_answers_unref(struct steer_answers *a); /* the sets go with it */
void steered_free(struct steered *s);              /* drops what it refers to; NULL is fine */

/* Room for n steereds and one reference; before: the newest until now, NULL: there is none. */
struct steering *steering_new(size_t n, struct steering *before);
/* s is in the newest steering and will be in no other.  Taken. */
void steering_retire(struct steering *newest, struct steered *s);
void steering_unref(struct steering *s); /* NULL is fine */
