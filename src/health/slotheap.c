/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/slotheap.h"

#include <assert.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "health/schedule.h"

void slotheap_fini(struct slotheap *h)
{
    free(h->at);
    *h = (struct slotheap){0};
}

static void put(struct slotheap *h, size_t place, struct slot *slot)
{
    h->at[place] = slot;
    slot->place = place;
}

static void sift_up(struct slotheap *h, size_t place)
{
    struct slot *slot = h->at[place];

    for (; place > 1 && slot->due < h->at[place / 2]->due; place /= 2)
        put(h, place, h->at[place / 2]);
    put(h, place, slot);
}

static void sift_down(struct slotheap *h, size_t place)
{
    struct slot *slot = h->at[place];

    for (size_t child; (child = 2 * place) <= h->n; place = child) {
        if (child < h->n && h->at[child + 1]->due < h->at[child]->due)
            child++;
        if (slot->due <= h->at[child]->due)
            break;
        put(h, place, h->at[child]);
    }
    put(h, place, slot);
}

void slotheap_add(struct slotheap *h, struct slot *slot)
{
    assert(slot->place == 0);
    h->at = xgrow(h->at, h->n + 1, sizeof(struct slot *)); /* at[0] is not used */
    h->n++;
    put(h, h->n, slot);
    sift_up(h, h->n);
}

void slotheap_remove(struct slotheap *h, struct slot *slot)
{
    const size_t place = slot->place;
    struct slot *last = h->at[h->n];

    assert(place > 0);
    h->n--;
    slot->place = 0;
    if (slot == last)
        return;
    put(h, place, last);
    sift_up(h, place);
    sift_down(h, last->place);
}
