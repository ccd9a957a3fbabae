/* SPDX-License-Identifier: BSD-2-Clause */
#include "data/zonedb.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/octets.h"
#include "base/xalloc.h"

/* The hash stands here, so that a probe that misses touches no entry and no apex. */
struct slot {
    uint32_t hash;    /* of the apex */
    uint32_t index_1; /* of the entry, plus 1; 0: free */
};

/* Shared by a table and those that were made from it. */
struct apexes {
    unsigned refs; /* control thread */
    struct arena *arena;
};

struct zonedb {
    unsigned refs; /* control thread */
    size_t n, n_steered;
    uint32_t mask; /* slots - 1 */
    struct slot *slots;
    uint64_t label_counts[2]; /* bit l: some apex has l labels; spares probes that cannot hit */
    struct apexes *apexes;    /* those of the entries, and of entries that are no more */
    struct zone_entry entries[];
};

static void insert(struct zonedb *db, size_t index)
{
    const uint8_t *apex = db->entries[index].apex;
    const unsigned labels = db->entries[index].apex_labels;
    const uint32_t hash = name_hash(apex, db->entries[index].apex_len);
    uint32_t i = hash & db->mask;

    for (; db->slots[i].index_1 != 0; i = (i + 1) & db->mask)
        assert(!name_equal(db->entries[db->slots[i].index_1 - 1].apex, apex));
    db->slots[i] = (struct slot){hash, (uint32_t)index + 1};
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
    e->apex_len = (uint8_t)name_len(apex);
    e->apex_labels = (uint8_t)name_labels(apex);
    e->apex = arena_dup(db->apexes->arena, apex, e->apex_len, 1);
    e->steer_base = (uint32_t)db->n_steered;
    db->n_steered += e->zone != NULL ? zone_dyn_count(e->zone) : 0;
}

/* With room for n entries, and none yet. */
static struct zonedb *zonedb_alloc(size_t n)
{
    struct zonedb *db = xcalloc(1, sizeof(*db) + n * sizeof(db->entries[0]));
    const uint32_t slots = slots_for(n);

    db->refs = 1;
    db->mask = slots - 1;
    db->slots = xcalloc(slots, sizeof(*db->slots));
    return db;
}

struct zonedb *zonedb_new(const struct zone_entry *entries, size_t n)
{
    struct zonedb *db = zonedb_alloc(n);

    db->n = n;
    db->apexes = xcalloc(1, sizeof(*db->apexes));
    *db->apexes = (struct apexes){.refs = 1, .arena = arena_new()};
    for (size_t i = 0; i < n; i++) {
        take_entry(db, i, &entries[i]);
        insert(db, i);
    }
    return db;
}

size_t zonedb_steered_in(const struct zonedb *db, size_t i)
{
    return (i + 1 < db->n ? db->entries[i + 1].steer_base : db->n_steered) -
           db->entries[i].steer_base;
}

static void replace_zone(struct zonedb *db, size_t i, struct zone *zone)
{
    const size_t old = zonedb_steered_in(db, i), new = zone != NULL ? zone_dyn_count(zone) : 0;

    db->entries[i].zone = zone;
    for (size_t j = i + 1; old != new &&j < db->n; j++)
        db->entries[j].steer_base += (uint32_t)(new - old);
    db->n_steered += new - old;
}

/* One more at the end; the slots may have become too few. */
static struct zonedb *with_one_more(const struct zonedb *db, const struct zone_entry *entry)
{
    struct zone_entry *entries = xcalloc(db->n + 1, sizeof(*entries));

    memcpy(entries, db->entries, db->n * sizeof(*entries));
    entries[db->n] = *entry;
    struct zonedb *copy = zonedb_new(entries, db->n + 1);
    free(entries);
    return copy;
}

struct zonedb *zonedb_with(const struct zonedb *db, size_t i, const struct zone_entry *entry)
{
    if (i == db->n)
        return with_one_more(db, entry);
    struct zonedb *copy = zonedb_alloc(db->n);
    copy->n = db->n;
    copy->n_steered = db->n_steered;
    memcpy(copy->slots, db->slots, ((size_t)db->mask + 1) * sizeof(*db->slots));
    memcpy(copy->label_counts, db->label_counts, sizeof(db->label_counts));
    memcpy(copy->entries, db->entries, db->n * sizeof(db->entries[0]));
    copy->apexes = db->apexes;
    copy->apexes->refs++;
    replace_zone(copy, i, entry->zone);
    for (size_t j = 0; j < copy->n; j++)
        if (copy->entries[j].zone != NULL)
            zone_ref(copy->entries[j].zone);
    return copy;
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
    if (--db->apexes->refs == 0) {
        arena_free(db->apexes->arena);
        free(db->apexes);
    }
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

const struct zone_entry *zonedb_only(const struct zonedb *db)
{
    return db->n == 1 ? db->entries : NULL;
}

size_t zonedb_steered(const struct zonedb *db)
{
    return db->n_steered;
}

static inline bool is_apex_of(const struct zone_entry *e, const struct name_key *key, unsigned i)
{
    const size_t len = (size_t)key->len - key->at[i];

    return e->apex_len == len && octets_equal(e->apex, key->wire + key->at[i], len);
}

/* The entry whose apex is the suffix of key that starts at label i. */
static const struct zone_entry *find_apex(const struct zonedb *db, const struct name_key *key,
                                          unsigned i)
{
    const uint32_t hash = name_key_hash(key, i);

    for (uint32_t s = hash & db->mask; db->slots[s].index_1 != 0; s = (s + 1) & db->mask) {
        const struct zone_entry *e = &db->entries[db->slots[s].index_1 - 1];
        if (db->slots[s].hash == hash && is_apex_of(e, key, i))
            return e;
    }
    return NULL;
}

/* Of suffixes with at most so many labels.  Only counts that apexes have are tried: where all zones have
 * as many labels, a name of any length costs one probe. */
static const struct zone_entry *find_longest(const struct zonedb *db, const struct name_key *key,
                                             unsigned most)
{
    uint64_t may = ~(uint64_t)0 >> (63 - most % 64);

    for (unsigned w = most / 64 + 1; w-- > 0; may = ~(uint64_t)0) {
        for (uint64_t left = db->label_counts[w] & may; left != 0;) {
            const unsigned bit = 63 - (unsigned)__builtin_clzll(left);
            const struct zone_entry *e = find_apex(db, key, key->labels - (w * 64 + bit));
            if (e != NULL)
                return e;
            left ^= (uint64_t)1 << bit;
        }
    }
    return NULL;
}

/* A single zone needs no table: 35 instructions in place of 90. */
const struct zone_entry *zonedb_find(const struct zonedb *db, const struct name_key *key,
                                     bool parent_side)
{
    const int most = key->labels - parent_side;

    if (db->n != 1)
        return most >= 0 ? find_longest(db, key, (unsigned)most) : NULL;
    const struct zone_entry *e = &db->entries[0];
    const int i = key->labels - e->apex_labels;
    return i >= parent_side && is_apex_of(e, key, (unsigned)i) ? e : NULL;
}

/* Is the zone the parent of a name, and not above a cut above it?  One that never loaded may be. */
static bool is_parent(const struct zone_entry *e, const struct name_key *key)
{
    const struct node *cut;

    return e->zone == NULL || zone_find(e->zone, key, &cut) != ZONE_CUT ||
           cut->name_len == key->len;
}

const struct zone_entry *zonedb_answers_ds(const struct zonedb *db, const struct name_key *key)
{
    const struct zone_entry *own = zonedb_find(db, key, false);

    if (own == NULL || own->apex_len != key->len)
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
