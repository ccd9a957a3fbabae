/* SPDX-License-Identifier: BSD-2-Clause */
#include "data/netset.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

struct range {
    struct ipaddr first, last;
};

struct netset {
    unsigned refs;
    size_t n;
    struct range range[]; /* by family and address; they do not overlap */
};

static int compare(const struct ipaddr *a, const struct ipaddr *b)
{
    if (a->family != b->family)
        return a->family < b->family ? -1 : 1;
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static int compare_ranges(const void *a, const void *b)
{
    return compare(&((const struct range *)a)->first, &((const struct range *)b)->first);
}

static struct range range_of(const struct prefix *p)
{
    struct range r = {.first = p->addr, .last = p->addr};

    for (unsigned i = p->bits; i < ipaddr_bits(&p->addr); i++)
        r.last.bytes[i / 8] |= (uint8_t)(0x80 >> i % 8);
    return r;
}

/* Prefixes lie within each other or apart: one that begins within the last range is in it. */
static size_t drop_covered(struct range *r, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (kept == 0 || compare(&r[i].first, &r[kept - 1].last) > 0)
            r[kept++] = r[i];
        else if (compare(&r[i].last, &r[kept - 1].last) > 0)
            r[kept - 1].last = r[i].last;
    return kept;
}

struct netset *netset_new(const struct prefix *prefixes, size_t n)
{
    struct netset *s = xmalloc(sizeof(*s) + n * sizeof(s->range[0]));

    s->refs = 1;
    for (size_t i = 0; i < n; i++)
        s->range[i] = range_of(&prefixes[i]);
    qsort(s->range, n, sizeof(s->range[0]), compare_ranges);
    s->n = drop_covered(s->range, n);
    return s;
}

struct netset *netset_ref(struct netset *s)
{
    if (s != NULL)
        s->refs++;
    return s;
}

void netset_unref(struct netset *s)
{
    if (s != NULL && --s->refs == 0)
        free(s);
}

bool netset_has(const struct netset *s, const struct ipaddr *a)
{
    size_t low = 0, high = s->n;

    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (compare(&s->range[middle].last, a) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < s->n && compare(&s->range[low].first, a) <= 0;
}
