/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/choice.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"

struct slot {
    struct choice_key key;      /* holds a reference to key.otherwise */
    struct choice_table *table; /* NULL: free */
};

struct choices {
    struct slot *slots;
    size_t mask, n;
};

static uint8_t first_of(const struct ranking *ranking, regionset_t among)
{
    for (uint8_t i = 0; i < ranking->n; i++)
        if (among >> ranking->region[i] & 1)
            return ranking->region[i];
    return CHOICE_NODATA;
}

/* No region that the client may be sent to is usable. */
static uint8_t choice_all_down(const struct choice_key *key, const struct ranking *ranking)
{
    const uint8_t undrained = first_of(ranking, key->undrained);

    switch (key->when_all_down) {
    case ALL_DOWN_OPEN:
        /* A wrong answer may still work, no answer never does; a drained region only where the
         * fence leaves nothing else. */
        return undrained < REGIONS_MAX ? undrained : first_of(ranking, key->present);
    case ALL_DOWN_ALL: return key->present & ranking->allowed ? CHOICE_ALL : CHOICE_NODATA;
    case ALL_DOWN_SERVFAIL: return CHOICE_SERVFAIL;
    case ALL_DOWN_NODATA: return CHOICE_NODATA;
    }
    abort();
}

/* CHOICE_NODATA: there is none. */
static uint8_t first_alive(const struct choice_key *key, const struct ranking *ranking)
{
    const uint8_t usable = first_of(ranking, key->usable);

    return usable < REGIONS_MAX ? usable : first_of(ranking, key->avoided);
}

uint8_t choice_of(const struct choice_key *key, const struct ranking *ranking)
{
    const uint8_t alive = first_alive(key, ranking);

    return alive < REGIONS_MAX ? alive : choice_all_down(key, ranking);
}

struct choices *choices_new(void)
{
    struct choices *c = xcalloc(1, sizeof(*c));

    c->mask = 15;
    c->slots = xcalloc(c->mask + 1, sizeof(*c->slots));
    return c;
}

static void slot_fini(const struct slot *s)
{
    choice_table_unref(s->table);
    choice_table_unref(s->key.otherwise);
}

void choices_free(struct choices *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i <= c->mask; i++)
        slot_fini(&c->slots[i]);
    free(c->slots);
    free(c);
}

static bool key_equal(const struct choice_key *a, const struct choice_key *b)
{
    return a->map == b->map && a->usable == b->usable && a->avoided == b->avoided &&
           a->undrained == b->undrained && a->present == b->present &&
           a->when_all_down == b->when_all_down && a->otherwise == b->otherwise;
}

static uint64_t key_hash(const struct choice_key *k)
{
    uint64_t h = hash_mix((uintptr_t)k->map ^ k->when_all_down);

    h = hash_mix(h ^ (uintptr_t)k->otherwise);
    h = hash_mix(h ^ k->usable);
    h = hash_mix(h ^ k->avoided);
    h = hash_mix(h ^ k->undrained);
    return hash_mix(h ^ k->present);
}

/* The slot that holds the key, or the free one where it belongs. */
static struct slot *find_slot(const struct choices *c, const struct choice_key *key)
{
    size_t i = key_hash(key) & c->mask;

    while (c->slots[i].table != NULL && !key_equal(&c->slots[i].key, key))
        i = (i + 1) & c->mask;
    return &c->slots[i];
}

/* Move all tables into a fresh array of slots, but those with just so many references; 0: keep all. */
static void rehash(struct choices *c, size_t n_slots, unsigned refs_to_drop)
{
    struct slot *old = c->slots;
    const size_t old_mask = c->mask;

    c->mask = n_slots - 1;
    c->slots = xcalloc(n_slots, sizeof(*c->slots));
    c->n = 0;
    for (size_t i = 0; i <= old_mask; i++) {
        if (old[i].table == NULL)
            continue;
        if (old[i].table->refs == refs_to_drop) {
            slot_fini(&old[i]);
            continue;
        }
        *find_slot(c, &old[i].key) = old[i];
        c->n++;
    }
    free(old);
}

static struct choice_table *make_table(const struct choice_key *key)
{
    const uint32_t n = geomap_rankings(key->map);
    struct choice_table *t = xmalloc(sizeof(*t) + n);

    t->refs = 1;
    t->n = n;
    for (uint32_t i = 0; i < n; i++) {
        const struct ranking *ranking = geomap_ranking(key->map, i);
        const uint8_t alive = first_alive(key, ranking);
        if (alive < REGIONS_MAX)
            t->choice[i] = alive;
        else
            t->choice[i] =
                key->otherwise != NULL ? key->otherwise->choice[i] : choice_all_down(key, ranking);
    }
    return t;
}

static struct choice_table *add_table(struct choices *c, const struct choice_key *key)
{
    struct choice_table *table = make_table(key);

    if (2 * (c->n + 1) > c->mask)
        rehash(c, 2 * (c->mask + 1), 0);
    c->n++;
    if (key->otherwise != NULL)
        key->otherwise->refs++;
    *find_slot(c, key) = (struct slot){*key, table};
    return table;
}

struct choice_table *choices_get(struct choices *c, const struct choice_key *key)
{
    struct choice_table *table = find_slot(c, key)->table;

    if (table == NULL)
        table = add_table(c, key);
    table->refs++;
    return table;
}

void choices_sweep(struct choices *c)
{
    rehash(c, c->mask + 1, 1);
}
