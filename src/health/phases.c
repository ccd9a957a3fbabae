/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/phases.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"

/* 2^64 divided by the golden ratio. */
#define GOLDEN UINT64_C(0x9e3779b97f4a7c15)

struct phase_row {
    dur_ms_t interval_ms;
    uint64_t *taken; /* a bit a seat */
    size_t n_words;
    size_t full; /* so many words from the first on have no free seat */
    size_t n;    /* seats taken */
};

void phases_fini(struct phases *p)
{
    for (size_t i = 0; i < p->n; i++)
        free(p->rows[i].taken);
    free(p->rows);
    p->rows = NULL;
    p->n = 0;
}

/* There are as many as intervals are configured.  NULL: none. */
static struct phase_row *find_row(const struct phases *p, dur_ms_t interval_ms)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->rows[i].interval_ms == interval_ms)
            return &p->rows[i];
    return NULL;
}

static struct phase_row *get_row(struct phases *p, dur_ms_t interval_ms)
{
    struct phase_row *row = find_row(p, interval_ms);

    if (row != NULL)
        return row;
    p->rows = xgrow(p->rows, p->n, sizeof(*p->rows));
    row = &p->rows[p->n++];
    *row = (struct phase_row){.interval_ms = interval_ms};
    return row;
}

static void drop_row(struct phases *p, struct phase_row *row)
{
    free(row->taken);
    *row = p->rows[--p->n];
}

/* Anew each time, so that nothing is left of those that went. */
static void sum_up(struct phases *p)
{
    p->per_ms = 0;
    for (size_t i = 0; i < p->n; i++)
        p->per_ms += (double)p->rows[i].n / (double)p->rows[i].interval_ms;
}

static uint32_t take_lowest(struct phase_row *row)
{
    while (row->full < row->n_words && row->taken[row->full] == UINT64_MAX)
        row->full++;
    if (row->full == row->n_words) {
        row->taken = xgrow(row->taken, row->n_words, sizeof(*row->taken));
        row->taken[row->n_words++] = 0;
    }
    uint64_t *word = &row->taken[row->full];
    const unsigned bit = (unsigned)__builtin_ctzll(~*word);
    *word |= UINT64_C(1) << bit;
    row->n++;
    return (uint32_t)(row->full * 64 + bit);
}

/* Rows begin at places of their own: their first seats would fall together. */
static dur_ms_t phase_of(const struct phases *p, dur_ms_t interval_ms, uint32_t seat)
{
    const uint64_t first = hash_bytes(&interval_ms, sizeof(interval_ms), p->seed);
    const uint64_t turn = first + seat * GOLDEN;

    return (dur_ms_t)((double)(turn >> 11) * 0x1p-53 * (double)interval_ms);
}

uint32_t phases_take(struct phases *p, dur_ms_t interval_ms, dur_ms_t *phase_ms)
{
    const uint32_t seat = take_lowest(get_row(p, interval_ms));

    sum_up(p);
    *phase_ms = phase_of(p, interval_ms, seat);
    return seat;
}

void phases_give(struct phases *p, dur_ms_t interval_ms, uint32_t seat)
{
    struct phase_row *row = find_row(p, interval_ms);
    const size_t word = seat / 64;

    assert(row != NULL && (row->taken[word] >> seat % 64 & 1) != 0);
    row->taken[word] &= ~(UINT64_C(1) << seat % 64);
    row->full = word < row->full ? word : row->full;
    if (--row->n == 0)
        drop_row(p, row);
    sum_up(p);
}
