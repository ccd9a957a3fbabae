/*
 * The inside of a denial, shared by the file that builds it and the one that reads it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "data/denial.h"

struct nsec3_slot {
    uint8_t hash[NSEC3_HASH_LEN];
    const struct node *owner;
};

/* For one node of the zone: slots of the records that match or cover it and its wildcard. */
struct nsec3_of {
    uint32_t self; /* NSEC3_MATCH | slot */
    uint32_t wildcard;
};

#define NSEC3_MATCH 0x80000000u

struct denial {
    const struct zone *zone;

    const struct node **nsec; /* the owners of NSEC, sorted; the first is the apex.  NULL: NSEC3 */
    uint32_t n_nsec;

    struct nsec3_params params;
    struct nsec3_slot *slots; /* the chain of these parameters, sorted by hash */
    uint32_t n_slots;
    uint32_t apex_slot;
    struct nsec3_of
        *of; /* by slot of the zone's names; NULL: iterations are too many to be worked out */
};

/* The slot of the greatest hash that is not above this one; the last one stands before the first. */
uint32_t denial_slot(const struct denial *d, const uint8_t hash[NSEC3_HASH_LEN]);
