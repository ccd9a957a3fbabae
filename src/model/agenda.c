/* SPDX-License-Identifier: BSD-2-Clause */
#include "model/agenda.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/xalloc.h"

void agenda_init(struct agenda *a, uint32_t n)
{
    *a = (struct agenda){xcalloc(n, sizeof(*a->entries)), n};
    for (uint32_t i = 0; i < n; i++)
        a->entries[i] = (struct agenda_entry){AGENDA_NEVER, i};
}

void agenda_fini(struct agenda *a)
{
    free(a->entries);
}

void agenda_set(struct agenda *a, uint32_t who, mono_ms_t at)
{
    a->entries[who].at = at;
}

static bool is_before(const struct agenda_entry *x, const struct agenda_entry *y)
{
    return x->at != y->at ? x->at < y->at : x->who < y->who;
}

static void sift_down(struct agenda *a, uint32_t i)
{
    const struct agenda_entry moved = a->entries[i];

    for (uint32_t child; (child = 2 * i + 1) < a->n; i = child) {
        if (child + 1 < a->n && is_before(&a->entries[child + 1], &a->entries[child]))
            child++;
        if (!is_before(&a->entries[child], &moved))
            break;
        a->entries[i] = a->entries[child];
    }
    a->entries[i] = moved;
}

void agenda_start(struct agenda *a)
{
    for (uint32_t i = a->n / 2; i-- > 0;)
        sift_down(a, i);
}

void agenda_again(struct agenda *a, mono_ms_t at)
{
    a->entries[0].at = at;
    sift_down(a, 0);
}
