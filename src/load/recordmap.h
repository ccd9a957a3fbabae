/*
 * From a record of a geo database to the number of what it says.  A walk asks 15 million times, so it
 * is one look into one table.
 *
 * Records are offsets that were given out in the order in which networks were written, so neighbours
 * in address space are neighbours there: left in that order they share cache lines.
 *
 * One thread at a time.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/xalloc.h"

struct recordslot {
    uint32_t record, number; /* number + 1; 0: free */
};

struct recordmap {
    struct recordslot *slots;
    uint32_t mask, n; /* at most half of the slots are used */
};

/* A record is some 40 octets long: so many of them share a slot's place. */
#define RECORDMAP_SHIFT 4

static inline struct recordslot *recordmap_slot(const struct recordmap *m, uint32_t record)
{
    uint32_t at = record >> RECORDMAP_SHIFT & m->mask;

    while (m->slots[at].number != 0 && m->slots[at].record != record)
        at = (at + 1) & m->mask;
    return &m->slots[at];
}

static inline void recordmap_init(struct recordmap *m)
{
    *m = (struct recordmap){.mask = 1023};
    m->slots = xcalloc(m->mask + 1, sizeof(*m->slots));
}

static inline void recordmap_fini(struct recordmap *m)
{
    free(m->slots);
}

static inline bool recordmap_find(const struct recordmap *m, uint32_t record, uint32_t *number)
{
    const struct recordslot *slot = recordmap_slot(m, record);

    *number = slot->number - 1;
    return slot->number != 0;
}

static inline void recordmap_double(struct recordmap *m)
{
    struct recordslot *old = m->slots;
    const uint32_t n = m->mask + 1;

    m->mask = 2 * n - 1;
    m->slots = xcalloc((size_t)2 * n, sizeof(*m->slots));
    for (uint32_t i = 0; i < n; i++)
        if (old[i].number != 0)
            *recordmap_slot(m, old[i].record) = old[i];
    free(old);
}

/* One that is not there. */
static inline void recordmap_add(struct recordmap *m, uint32_t record, uint32_t number)
{
    if (2 * (m->n + 1) > m->mask)
        recordmap_double(m);
    *recordmap_slot(m, record) = (struct recordslot){record, number + 1};
    m->n++;
}
