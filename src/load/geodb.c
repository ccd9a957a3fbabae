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

static struct geocursor find_leaf(struct geowalk *w, const struct ipaddr *addr)
{
    struct geocursor at = geowalk_root(w, addr->family), half[2] = {{{0}}};

    for (unsigned i = 0; i < ipaddr_bits(addr) && !geowalk_is_leaf(w, &at); i++) {
        geowalk_split(w, &at, half);
        at = half[ipaddr_bit(addr, i)];
    }
    return at;
}

void geodb_find(struct geodb *db, const struct ipaddr *addr, struct place *out)
{
    struct geowalk walk, *const walks[] = {&walk};
    struct place place = {0}, more;
    struct ipaddr ip4;
    uint8_t offset;

    geowalk_init(&walk, db);
    const struct geocursor at = find_leaf(&walk, ip4in6_find(addr, &ip4, &offset) ? &ip4 : addr);
    for (size_t i = 0; i < db->n; i++) {
        if (geodb_place(db, i, at.record[i], &more))
            place_fill(&place, &more);
        else
            walk.corrupt[i] = "a record cannot be decoded";
    }
    geodb_walked(db, walks, 1);
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

bool geodb_is_current(const struct geodb *db, size_t i)
{
    assert(i < db->n);
    return geofile_is_current(db->file[i]);
}

uint32_t geodb_nodes(const struct geodb *db)
{
    uint32_t n = 0;

    for (size_t i = 0; i < db->n; i++)
        n += geofile_info(db->file[i]).networks;
    return n;
}

/* ---- walks ---- */

void geowalk_init(struct geowalk *w, const struct geodb *db)
{
    *w = (struct geowalk){.n = db->n};
    for (size_t i = 0; i < db->n; i++)
        w->tree[i] = geofile_tree(db->file[i]);
}

static uint32_t root_of(const struct geotree *t, uint8_t family)
{
    if (t->is_ip4)
        return family == FAMILY_IP4 ? 0 : GEO_NOTHING;
    if (family == FAMILY_IP6)
        return 0;
    return t->ip4 != t->n ? t->ip4 : GEO_NOTHING; /* ::/96, or a leaf above it */
}

struct geocursor geowalk_root(struct geowalk *w, uint8_t family)
{
    struct geocursor c = {{0}};

    w->family = family;
    for (size_t i = 0; i < w->n; i++)
        c.record[i] = root_of(&w->tree[i], family);
    return c;
}

bool geodb_place(const struct geodb *db, size_t i, uint32_t leaf, struct place *out)
{
    return geofile_place(db->file[i], leaf, out);
}

void geodb_walked(struct geodb *db, struct geowalk *const *walks, size_t n)
{
    for (size_t i = 0; i < db->n; i++) {
        uint64_t reads[2] = {0, 0};
        for (size_t w = 0; w < n; w++) {
            if (walks[w]->corrupt[i] != NULL)
                geofile_damage(db->file[i], walks[w]->corrupt[i]);
            reads[0] += walks[w]->reads[0][i];
            reads[1] += walks[w]->reads[1][i];
        }
        if (reads[0] > walks[0]->tree[i].n || reads[1] > walks[0]->tree[i].n)
            geofile_damage(db->file[i], "its search tree is no tree");
    }
}

bool geodb_intact(const struct geodb *db, struct err *err)
{
    bool ok = true;

    for (size_t i = 0; i < db->n; i++)
        ok &= geofile_intact(db->file[i], err);
    return ok;
}
