/* SPDX-License-Identifier: BSD-2-Clause */
#include "data/denial.h"

#include <string.h>

#include "data/denial_inside.h"
#include "data/zone_inside.h"

bool denial_is_nsec3(const struct denial *d)
{
    return d->nsec == NULL;
}

/* The first owner is the apex, so that one at or before the name is always there. */
const struct node *denial_nsec(const struct denial *d, const uint8_t *name)
{
    uint32_t low = 0, high = d->n_nsec; /* the last one at or before is in [low, high) */

    while (high - low > 1) {
        const uint32_t mid = low + (high - low) / 2;
        if (name_compare(d->nsec[mid]->name, name) <= 0)
            low = mid;
        else
            high = mid;
    }
    return d->nsec[low];
}

uint32_t denial_slot(const struct denial *d, const uint8_t hash[NSEC3_HASH_LEN])
{
    uint32_t low = 0, high = d->n_slots; /* the first one above is in [low, high] */

    while (low < high) {
        const uint32_t mid = low + (high - low) / 2;
        if (memcmp(d->slots[mid].hash, hash, NSEC3_HASH_LEN) <= 0)
            low = mid + 1;
        else
            high = mid;
    }
    return (low > 0 ? low : d->n_slots) - 1;
}

static const struct node *owner(const struct denial *d, uint32_t slot)
{
    return d->slots[slot & ~NSEC3_MATCH].owner;
}

static const struct nsec3_of *of(const struct denial *d, const struct node *n)
{
    return &d->of[nametable_slot(&d->zone->names, n)];
}

const struct node *denial_parent(const struct denial *d, const struct node *n)
{
    return zone_parent(d->zone, n);
}

const struct node *denial_nsec3(const struct denial *d, const struct node *n, bool *matches)
{
    const uint32_t self = d->of != NULL ? of(d, n)->self : d->apex_slot | NSEC3_MATCH;

    *matches = (self & NSEC3_MATCH) != 0;
    return owner(d, self);
}

const struct node *denial_nsec3_wildcard(const struct denial *d, const struct node *n)
{
    return owner(d, d->of != NULL ? of(d, n)->wildcard : d->apex_slot);
}

const struct node *denial_nsec3_absent(const struct denial *d, const uint8_t *name)
{
    uint8_t hash[NSEC3_HASH_LEN];

    if (d->of == NULL)
        return owner(d, d->apex_slot);
    nsec3_hash(&d->params, name, hash);
    return owner(d, denial_slot(d, hash));
}
