/*
 * Where each record of a zone was written.  A loaded zone does not know; checks that need the whole
 * zone ask here.  16 octets a record while loading; looked through only once there is a complaint.
 *
 * One thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>

#include "load/zonereport.h"

struct zoneplaces {
    struct zoneplaces_item *items;
    size_t n, capacity;
    bool sorted;
};

/* "Types" that no record has (RFC 6895 §3.1). */
#define ZONEPLACES_DYN    0   /* a DYNA or DYNC */
#define ZONEPLACES_UNREAD 255 /* an entry that could not be read */

void zoneplaces_init(struct zoneplaces *p);
void zoneplaces_fini(struct zoneplaces *p);

/* A name's key; names that differ in case only are different: give lower-case ones. */
uint64_t zoneplaces_key(const uint8_t *owner);

void zoneplaces_add(struct zoneplaces *p, uint64_t owner_key, uint16_t type, struct zoneplace at);

bool zoneplaces_has(struct zoneplaces *p, const uint8_t *owner, uint16_t type);

/* The index-th record (from 0, in the order of the file) of a name and type, or the last there is.
 * Without any: the first file as a whole. */
struct zoneplace zoneplaces_find(struct zoneplaces *p, const uint8_t *owner, uint16_t type,
                                 size_t index);
