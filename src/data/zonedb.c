/* SPDX-License-Identifier: BSD-2-Clause */
#include "data/zonedb.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/xalloc.h"

struct zonedb {
    unsigned refs; /* control thread */
    size_t n, n_steered;
    uint32_t mask;            /* slots - 1 */
    uint32_t *slots;          /* entry index + 1, 0: free; by hash of the apex */
    uint64_t label_counts[2]; /* bit l: some apex has l labels; spares probes that cannot hit */
    struct arena *arena;      /* of the apexes */
    struct zone_entry entries[];
};

static void insert(struct zonedb *db, size_t index)
{
    const uint8_t *apex = db->entries[index].apex;
    const unsigned labels = name_labels(apex);
    uint32_t i = name_hash(apex, name_len(apex)) & db->mask;

    while (db->slots[i] != 0) {
        assert(!name_equal(db->entries[db->slots[i] - 1].apex, apex));
        i = (i + 1) & db->mask;
    }
    db->slots[i] = (uint32_t)index + 1;
    db->label_counts[labels / 64] |= (uint64_t)1 << labels % 64;
}

static uint32_t slots_for(size_t n)
{
    uint32_t slots = 4;

    while (slots < 2 * n)
        slots *= 2;
    return slots;
}

static void take_entry(struct zonedb *db, size_t index, const struct zone_entry *from)
{
    struct zone_entry *e = &db->entries[index];
    const uint8_t *apex = from->zone != NULL ? zone_apex(from->zone) : from->apex;

    e->zone = from->zone != NULL ? zone_ref(from->zone) : NULL;
    e->apex = arena_dup(db->arena, apex, name_len(apex), 1);
    e->steer_base = (uint32_t)db->n_steered;
    db->n_steered += e->zone != NULL ? zone_dyn_count(e->zone) : 0;
}

struct zonedb *zonedb_new(const struct zone_entry *entries, size_t n)
{
    struct zonedb *db = xcalloc(1, sizeof(*db) + n * sizeof(db->entries[0]));
    const uint32_t slots = slots_for(n);

    db->refs = 1;
    db->n = n;
    db->mask = slots - 1;
    db->slots = xcalloc(slots, sizeof(*db->slots));
    db->arena = arena_new();
    for (size_t i = 0; i < n; i++) {
        take_entry(db, i, &entries[i]);
        insert(db, i);
    }
    return db;
}

struct zonedb *zonedb_ref(struct zonedb *db)
{
    db->refs++;
    return db;
}

void zonedb_unref(struct zonedb *db)
{
    if (db == NULL || --db->refs > 0)
        return;
    for (size_t i = 0; i < db->n; i++)
        zone_unref(db->entries[i].zone);
    arena_free(db->arena);
    free(db->slots);
    free(db);
}

size_t zonedb_count(const struct zonedb *db)
{
    return db->n;
}

const struct zone_entry *zonedb_entry(const struct zonedb *db, size_t i)
{
    assert(i < db->n);
    return &db->entries[i];
}

size_t zonedb_steered(const struct zonedb *db)
{
    return db->n_steered;
}

/* The entry whose apex is the suffix of key that starts at label i. */
static const struct zone_entry *find_apex(const struct zonedb *db, const struct name_key *key,
                                          unsigned i)
{
    const size_t len = (size_t)key->len - key->at[i];

    for (uint32_t s = name_key_hash(key, i) & db->mask; db->slots[s] != 0; s = (s + 1) & db->mask) {
        const struct zone_entry *e = &db->entries[db->slots[s] - 1];
        if (name_len(e->apex) == len && memcmp(e->apex, key->wire + key->at[i], len) == 0)
            return e;
    }
    return NULL;
}

const struct zone_entry *zonedb_find(const struct zonedb *db, const struct name_key *key,
                                     bool parent_side)
{
    for (unsigned i = parent_side ? 1 : 0; i <= key->labels; i++) {
        const unsigned labels = key->labels - i;
        if (!(db->label_counts[labels / 64] >> labels % 64 & 1))
            continue;
        const struct zone_entry *e = find_apex(db, key, i);
        if (e != NULL)
            return e;
    }
    return NULL;
}

/* Is the zone the parent of a name, and not above a cut above it?  One that never loaded may be. */
static bool is_parent(const struct zone_entry *e, const struct name_key *key)
{
    const struct node *cut;

    return e->zone == NULL || zone_find(e->zone, key, &cut) != ZONE_CUT ||
           cut->name_len == key->len;
}

const struct zone_entry *zonedb_answers(const struct zonedb *db, const struct name_key *key,
                                        uint16_t type)
{
    const struct zone_entry *own = zonedb_find(db, key, false);

    if (type != TYPE_DS || own == NULL || name_len(own->apex) != key->len)
        return own;
    const struct zone_entry *above = zonedb_find(db, key, true);
    return above != NULL && is_parent(above, key) ? above : own;
}

const struct zone_entry *zonedb_find_name(const struct zonedb *db, const uint8_t *name)
{
    struct name_key key;

    name_key_init(&key, name);
    return zonedb_find(db, &key, false);
}
