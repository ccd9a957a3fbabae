/*
 * Slots (schedule.h) by when they are due, the earliest first: a binary heap that borrows them.
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>

struct slot;

/* All zero: empty. */
struct slotheap {
    struct slot **at; /* at[1..n]; children of i stand at 2i and 2i + 1 */
    size_t n;
};

void slotheap_fini(struct slotheap *h); /* not the slots */

/* slot->place is the heap's, 0 outside of it; slot->due does not change inside. */
void slotheap_add(struct slotheap *h, struct slot *slot);
void slotheap_remove(struct slotheap *h, struct slot *slot);

static inline struct slot *slotheap_first(const struct slotheap *h) /* or NULL */
{
    return h->n > 0 ? h->at[1] : NULL;
}
