/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/zone_source.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "load/zoneload.h"

const char *origin_name(enum origin o)
{
    switch (o) {
    case ORIGIN_FRESH: return "fresh";
    case ORIGIN_LAST_GOOD: return "last good";
    case ORIGIN_NONE: return "none";
    }
    abort();
}

struct zone_source *zone_source_new(const uint8_t *apex, char *path)
{
    struct zone_source *z = xcalloc(1, sizeof(*z));

    z->refs = 1;
    z->apex = xmemdup(apex, name_len(apex));
    z->path = path;
    return z;
}

struct zone_source *zone_source_ref(struct zone_source *z)
{
    z->refs++;
    return z;
}

static void forget_includes(struct zone_source *z)
{
    for (size_t i = 0; i < z->n_includes; i++)
        free(z->includes[i].path);
    free(z->includes);
    z->includes = NULL;
    z->n_includes = 0;
}

void zone_source_unref(struct zone_source *z)
{
    if (z == NULL || --z->refs > 0)
        return;
    forget_includes(z);
    zone_unref(z->zone);
    free(z->apex);
    free(z->path);
    free(z->problem);
    free(z);
}

/* ---- reading, and the copy that is made meanwhile ---- */

struct reading {
    struct zone_source *z;
    const struct zone_copies *copies;
    const struct goodzone *known; /* the copy that there is, or NULL */
    struct goodzone copy;         /* offset 0: the file is in the known one */
    bool settled, changed;
};

static void note_file(struct reading *r, const struct zonefile *file)
{
    struct zone_source *z = r->z;

    r->settled &= fileid_is_settled(&file->id, z->read_at);
    if (strcmp(file->path, z->path) == 0) {
        z->id = file->id;
        return;
    }
    z->includes = xgrow(z->includes, z->n_includes, sizeof(*z->includes));
    z->includes[z->n_includes++] = (struct zone_include){xstrdup(file->path), file->id};
}

static bool is_known(const struct goodzone *known, size_t i, const struct goodfile *file)
{
    return known != NULL && i < known->n_files && known->files[i].len == file->len &&
           known->files[i].hash == file->hash && strcmp(known->files[i].path, file->path) == 0;
}

/* While the text is there; most of the time the copy has it already. */
static void copy_file(struct reading *r, const struct zonefile *file)
{
    struct goodzone *copy = &r->copy;
    struct goodfile f = {.path = xstrdup(file->path),
                         .len = file->len,
                         .hash = goodfile_hash(file->text, file->len)};

    if (!is_known(r->known, copy->n_files, &f)) {
        f.offset = goodbatch_write(r->copies->batch, file->text, file->len);
        r->changed = true;
    }
    copy->files = xgrow(copy->files, copy->n_files, sizeof(*copy->files));
    copy->files[copy->n_files++] = f;
}

static void on_file(void *arg, const struct zonefile *file)
{
    struct reading *r = arg;

    note_file(r, file);
    if (r->copies->batch != NULL)
        copy_file(r, file);
}

/* What one file of a zone shares with the copy that there is comes from there. */
static void fill_copy(struct reading *r)
{
    for (size_t i = 0; i < r->copy.n_files; i++) {
        struct goodfile *f = &r->copy.files[i];
        if (!is_known(r->known, i, f))
            continue;
        char *text = goodzones_text(r->copies->good, r->known, i);
        f->offset = text != NULL ? goodbatch_write(r->copies->batch, text, f->len) : 0;
        free(text);
    }
}

static void add_copy(struct reading *r)
{
    struct zone_source *z = r->z;

    if (r->known != NULL)
        z->kept = (struct goodkept){r->known->pack, goodzone_len(r->known)};
    if (!r->changed && r->known != NULL && r->known->n_files == r->copy.n_files)
        return;
    fill_copy(r);
    r->copy.apex = xmemdup(z->apex, name_len(z->apex));
    z->in_batch = goodbatch_add(r->copies->batch, &r->copy);
}

bool zone_source_read(struct zone_source *z, const struct zone_copies *copies,
                      const struct zone *before, struct err *err)
{
    struct reading r = {.z = z, .copies = copies, .settled = true};
    const size_t said = err->n;

    if (copies->good != NULL)
        r.known = goodzones_find(copies->good, z->apex);
    z->read_at = real_ms();
    z->zone = zoneload_file(&(struct zoneload_opts){.path = z->path,
                                                    .apex = z->apex,
                                                    .now = z->read_at,
                                                    .files = {.seen = on_file, .arg = &r},
                                                    .before = before},
                            err);
    z->origin = z->zone != NULL ? ORIGIN_FRESH : ORIGIN_NONE;
    z->steady = r.settled && z->zone != NULL && err->n == said && zone_denial(z->zone) == NULL;
    if (z->zone != NULL && copies->batch != NULL)
        add_copy(&r);
    goodzone_fini(&r.copy);
    return z->zone != NULL;
}

bool zone_source_check(struct zone_source *z, struct err *err)
{
    const size_t errors = err->errors;

    z->zone = zoneload_file(
        &(struct zoneload_opts){
            .path = z->path, .apex = z->apex, .even_broken = true, .now = real_ms()},
        err);
    return err->errors == errors;
}

/* ---- the last good copy ---- */

struct restoring {
    const struct goodzones *good;
    const struct goodzone *copy;
    char **texts; /* by index of the copy's files; NULL: not asked for yet */
};

static bool find_text(void *arg, const char *path, struct zonefile *out)
{
    struct restoring *r = arg;

    for (size_t i = 0; i < r->copy->n_files; i++) {
        if (strcmp(r->copy->files[i].path, path) != 0)
            continue;
        if (r->texts[i] == NULL)
            r->texts[i] = goodzones_text(r->good, r->copy, i);
        out->text = r->texts[i];
        out->len = r->copy->files[i].len;
        return out->text != NULL;
    }
    return false;
}

/* The file may have had another name then. */
static struct zone *load_copy(const struct goodzones *good, const struct goodzone *copy)
{
    struct restoring r = {good, copy, xcalloc(copy->n_files, sizeof(char *))};
    struct err ignored;

    err_init(&ignored);
    struct zone *zone =
        zoneload_file(&(struct zoneload_opts){.path = copy->files[0].path,
                                              .apex = copy->apex,
                                              .files = {.find = find_text, .arg = &r}},
                      &ignored);
    for (size_t i = 0; i < copy->n_files; i++)
        free(r.texts[i]);
    free(r.texts);
    err_fini(&ignored);
    return zone;
}

void zone_source_fall_back(struct zone_source *z, const struct zone_copies *copies, char *problem)
{
    const struct goodzone *copy =
        copies->good != NULL ? goodzones_find(copies->good, z->apex) : NULL;

    if (z->in_batch != 0)
        goodbatch_forget(copies->batch, z->in_batch);
    z->in_batch = 0;
    zone_unref(z->zone);
    z->zone = copy != NULL ? load_copy(copies->good, copy) : NULL;
    if (copy != NULL)
        z->kept = (struct goodkept){copy->pack, goodzone_len(copy)};
    z->origin = z->zone != NULL ? ORIGIN_LAST_GOOD : ORIGIN_NONE;
    z->steady = false;
    free(z->problem);
    z->problem = problem;
}

/* ---- known again ---- */

bool zone_source_is_current(const struct zone_source *z)
{
    bool current = z->steady && fileid_is_at(&z->id, z->path);

    for (size_t i = 0; current && i < z->n_includes; i++)
        current = fileid_is_at(&z->includes[i].id, z->includes[i].path);
    return current;
}

size_t zone_table_index(const struct zone_table *t, const uint8_t *apex)
{
    const struct zone_entry *e = zonedb_find_name(t->zones, apex);

    return e != NULL && name_equal(e->apex, apex) ? (size_t)(e - zonedb_entry(t->zones, 0))
                                                  : zonedb_count(t->zones);
}

struct zone_source *zone_table_find(const struct zone_table *t, const uint8_t *apex)
{
    const size_t i = t->zones != NULL ? zone_table_index(t, apex) : 0;

    return t->zones != NULL && i < zonedb_count(t->zones) ? t->at[i] : NULL;
}
