/* SPDX-License-Identifier: BSD-2-Clause */
#include "load/zoneplaces.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "dns/name.h"

struct zoneplaces_item {
    uint64_t key; /* of owner and type; 64 bits, so that two names never share one in practice */
    uint32_t file, line;
};

void zoneplaces_init(struct zoneplaces *p)
{
    *p = (struct zoneplaces){0};
}

void zoneplaces_fini(struct zoneplaces *p)
{
    free(p->items);
    zoneplaces_init(p);
}

uint64_t zoneplaces_key(const uint8_t *owner)
{
    return hash_bytes(owner, name_len(owner), 0);
}

static uint64_t with_type(uint64_t owner_key, uint16_t type)
{
    return hash_mix(owner_key + type);
}

void zoneplaces_add(struct zoneplaces *p, uint64_t owner_key, uint16_t type, struct zoneplace at)
{
    if (p->n == p->capacity) {
        p->capacity = p->capacity > 0 ? 2 * p->capacity : 256;
        p->items = xrealloc(p->items, p->capacity * sizeof(*p->items));
    }
    p->items[p->n++] = (struct zoneplaces_item){with_type(owner_key, type), at.file, at.line};
    p->sorted = false;
}

static int by_key(const void *va, const void *vb)
{
    const struct zoneplaces_item *a = va, *b = vb;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    return (a->line > b->line) - (a->line < b->line);
}

/* Index of the first item with at least this key. */
static size_t lower_bound(const struct zoneplaces *p, uint64_t key)
{
    size_t low = 0, high = p->n;

    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (p->items[mid].key < key)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* Index of the first item with this key, or p->n. */
static size_t find(struct zoneplaces *p, uint64_t key)
{
    if (!p->sorted && p->n > 0)
        qsort(p->items, p->n, sizeof(*p->items), by_key);
    p->sorted = true;
    const size_t i = lower_bound(p, key);
    return i < p->n && p->items[i].key == key ? i : p->n;
}

bool zoneplaces_has(struct zoneplaces *p, const uint8_t *owner, uint16_t type)
{
    return find(p, with_type(zoneplaces_key(owner), type)) < p->n;
}

struct zoneplace zoneplaces_find(struct zoneplaces *p, const uint8_t *owner, uint16_t type,
                                 size_t index)
{
    const uint64_t key = with_type(zoneplaces_key(owner), type);
    size_t i = find(p, key);

    if (i == p->n)
        return (struct zoneplace){0};
    while (index-- > 0 && i + 1 < p->n && p->items[i + 1].key == key)
        i++;
    return (struct zoneplace){.file = p->items[i].file, .line = p->items[i].line};
}
