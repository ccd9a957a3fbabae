/* SPDX-License-Identifier: BSD-2-Clause */
#include "load/geodb.h"

#include <assert.h>
#include <malloc.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "data/ip4in6.h"
#include "load/geofile.h"

struct geodb {
    size_t n;
    struct geofile *file[GEODB_MAX];
};

struct geodb *geodb_open(const char *const *paths, size_t n, struct err *err)
{
    struct geodb *db = xcalloc(1, sizeof(*db));
    bool ok = n <= GEODB_MAX;

    if (!ok)
        err_add(err, "%s: one geo database too many, at most %d can be used", paths[GEODB_MAX],
                GEODB_MAX);
    for (size_t i = 0; i < n && i < GEODB_MAX; i++) {
        struct geofile *f = geofile_open(paths[i], err);
        if (f != NULL)
            db->file[db->n++] = f;
        else
            ok = false;
    }
    if (ok)
        return db;
    geodb_close(db);
    return NULL;
}

void geodb_close(struct geodb *db)
{
    if (db == NULL)
        return;
    for (size_t i = 0; i < db->n; i++)
        geofile_close(db->file[i]);
    free(db);
}

void geodb_unload(struct geodb *db)
{
    for (size_t i = 0; i < db->n; i++)
        geofile_unload(db->file[i]);
    /* Compiling took a multiple of what stays; of what it gave back glibc would keep 10 to 25 MiB
     * after a city database. */
    malloc_trim(0);
}

static struct geocursor find_leaf(struct geodb *db, const struct ipaddr *addr)
{
    struct geocursor at = geodb_root(db, addr->family), half[2];

    for (unsigned i = 0; i < ipaddr_bits(addr) && !geodb_is_leaf(db, &at); i++) {
        geodb_split(db, &at, half);
        at = half[ipaddr_bit(addr, i)];
    }
    return at;
}

void geodb_find(struct geodb *db, const struct ipaddr *addr, struct place *out)
{
    struct ipaddr ip4;
    uint8_t offset;
    const struct geocursor at = find_leaf(db, ip4in6_find(addr, &ip4, &offset) ? &ip4 : addr);
    struct place place = {0};

    for (size_t i = 0; i < db->n; i++)
        place_fill(&place, geodb_place(db, i, geodb_place_id(db, i, &at)));
    place_complete(&place);
    *out = place;
}

size_t geodb_count(const struct geodb *db)
{
    return db->n;
}

struct geodb_info geodb_info(const struct geodb *db, size_t i)
{
    assert(i < db->n);
    return geofile_info(db->file[i]);
}

struct geocursor geodb_root(struct geodb *db, uint8_t family)
{
    struct geocursor c = {{0}};

    for (size_t i = 0; i < db->n; i++)
        c.record[i] = geofile_root(db->file[i], family);
    return c;
}

bool geodb_is_leaf(const struct geodb *db, const struct geocursor *c)
{
    for (size_t i = 0; i < db->n; i++)
        if (geofile_is_node(db->file[i], c->record[i]))
            return false;
    return true;
}

void geodb_split(struct geodb *db, const struct geocursor *c, struct geocursor half[2])
{
    for (size_t i = 0; i < db->n; i++) {
        uint32_t record[2] = {c->record[i], c->record[i]};
        if (geofile_is_node(db->file[i], c->record[i]))
            geofile_split(db->file[i], c->record[i], record);
        half[0].record[i] = record[0];
        half[1].record[i] = record[1];
    }
}

uint32_t geodb_place_id(struct geodb *db, size_t i, const struct geocursor *leaf)
{
    return geofile_place_id(db->file[i], leaf->record[i]);
}

const struct place *geodb_place(const struct geodb *db, size_t i, uint32_t id)
{
    return geofile_place(db->file[i], id);
}

bool geodb_intact(const struct geodb *db, struct err *err)
{
    bool ok = true;

    for (size_t i = 0; i < db->n; i++)
        ok &= geofile_intact(db->file[i], err);
    return ok;
}
