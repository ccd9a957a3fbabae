/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/zonedir.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

void zone_source_fini(struct zone_source *z)
{
    free(z->apex);
    free(z->path);
    zone_unref(z->zone);
    free(z->problem);
    lastgood_drop(&z->copy);
    *z = (struct zone_source){0};
}

struct zone_source zone_source_dup(const struct zone_source *z)
{
    struct zone_source d = *z;

    d.apex = xmemdup(z->apex, name_len(z->apex));
    d.path = xstrdup(z->path);
    d.zone = z->zone != NULL ? zone_ref(z->zone) : NULL;
    d.problem = z->problem != NULL ? xstrdup(z->problem) : NULL;
    d.copy = (struct lastgood){0};
    return d;
}

/* Folders are where an operator keeps what is included. */
static bool is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static char *path_in(const char *directory, const char *file)
{
    const size_t len = strlen(directory);
    const bool slash = len > 0 && directory[len - 1] == '/';

    return xasprintf("%s%s%s", directory, slash ? "" : "/", file);
}

/* True if the file is a zone's; out is filled then. */
static bool take_file(const char *directory, const char *file, struct zone_source *out,
                      struct err *err)
{
    uint8_t apex[NAME_MAX_LEN];
    char *path = path_in(directory, file);

    if (is_folder(path) || !zoneload_apex(file, apex, err)) {
        free(path);
        return false;
    }
    *out = (struct zone_source){.apex = xmemdup(apex, name_len(apex)), .path = path};
    return true;
}

/* By apex, twins in the order of their file names. */
static int compare_apexes(const void *a, const void *b)
{
    const struct zone_source *const *x = a, *const *y = b;
    const int order = name_compare((*x)->apex, (*y)->apex);

    return order != 0 ? order : (*x > *y) - (*x < *y);
}

static struct zone_source **sort_by_apex(struct zone_source *zones, size_t n)
{
    struct zone_source **sorted = xcalloc(n, sizeof(*sorted));

    for (size_t i = 0; i < n; i++)
        sorted[i] = &zones[i];
    qsort(sorted, n, sizeof(*sorted), compare_apexes);
    return sorted;
}

static void add_twins(const char *one, const char *other, struct err *err)
{
    const bool in_order = strcmp(one, other) < 0;

    err_add(err, "%s and %s are the same zone; remove one of them", in_order ? one : other,
            in_order ? other : one);
}

/* Of twins the first stays, so that no zonedb ever sees two of a name. */
static size_t drop_twins(struct zone_source *zones, size_t n, struct err *err)
{
    struct zone_source **sorted = sort_by_apex(zones, n);
    size_t first = 0, kept = 0;

    for (size_t i = 1; i < n; i++) {
        if (!name_equal(sorted[first]->apex, sorted[i]->apex)) {
            first = i;
            continue;
        }
        add_twins(sorted[first]->path, sorted[i]->path, err);
        zone_source_fini(sorted[i]);
    }
    free(sorted);
    for (size_t i = 0; i < n; i++)
        if (zones[i].apex != NULL)
            zones[kept++] = zones[i];
    return kept;
}

bool zonedir_list(const char *directory, struct zone_source **out, size_t *n, struct err *err)
{
    struct dirent **files;
    const size_t errors = err->errors;
    const int found = scandir(directory, &files, NULL, alphasort);

    *out = NULL;
    *n = 0;
    if (found < 0) {
        err_add(err, "cannot list the zone directory %s: %s", directory, strerror(errno));
        return false;
    }
    for (int i = 0; i < found; i++) {
        struct zone_source z;
        if (take_file(directory, files[i]->d_name, &z, err)) {
            *out = xgrow(*out, *n, sizeof(**out));
            (*out)[(*n)++] = z;
        }
        free(files[i]);
    }
    free(files);
    *n = drop_twins(*out, *n, err);
    return err->errors == errors;
}

/* What is wrong with the names of other files is no business of this zone's. */
static bool is_named(const char *file, const uint8_t *apex)
{
    uint8_t name[NAME_MAX_LEN];
    struct err ignored;

    err_init(&ignored);
    const bool is = zoneload_apex(file, name, &ignored) && name_equal(name, apex);
    err_fini(&ignored);
    return is;
}

/* How many files are the zone's; out: one of them. */
static size_t find_files(const char *directory, DIR *d, const uint8_t *apex,
                         struct zone_source *out, struct err *err)
{
    size_t found = 0;

    for (const struct dirent *e; (e = readdir(d)) != NULL;) {
        struct zone_source z;
        if (!is_named(e->d_name, apex) || !take_file(directory, e->d_name, &z, err))
            continue;
        if (found++ == 0) {
            *out = z;
        } else {
            add_twins(out->path, z.path, err);
            zone_source_fini(&z);
        }
    }
    return found;
}

bool zonedir_find(const char *directory, const uint8_t *apex, struct zone_source *out,
                  struct err *err)
{
    char text[NAME_TEXT];
    DIR *d = opendir(directory);

    if (d == NULL) {
        err_add(err, "cannot list the zone directory %s: %s", directory, strerror(errno));
        return false;
    }
    const size_t found = find_files(directory, d, apex, out, err);
    closedir(d);
    if (found == 0)
        err_add(err,
                "no file in %s is zone %s; if it was taken away, `reload` without a zone drops it",
                directory, name_print(apex, text));
    if (found > 1)
        zone_source_fini(out);
    return found == 1;
}

bool zone_source_read(struct zone_source *z, const char *state, struct err *err)
{
    if (state != NULL)
        lastgood_begin(&z->copy, lastgood_zone_path(state, z->apex));
    z->zone = zoneload_file(
        &(struct zoneload_opts){
            .path = z->path, .apex = z->apex, .now = real_ms(), .copy = z->copy.file},
        err);
    if (z->zone == NULL)
        lastgood_drop(&z->copy);
    else
        lastgood_finish(&z->copy);
    z->origin = z->zone != NULL ? ORIGIN_FRESH : ORIGIN_NONE;
    z->read_at = real_ms();
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

void zone_source_fall_back(struct zone_source *z, const char *state, char *problem)
{
    char *path = lastgood_zone_path(state, z->apex);
    struct err ignored;

    err_init(&ignored);
    zone_unref(z->zone);
    lastgood_drop(&z->copy);
    z->zone = NULL;
    if (access(path, R_OK) == 0)
        z->zone = zoneload_file(&(struct zoneload_opts){.path = path, .apex = z->apex}, &ignored);
    z->origin = z->zone != NULL ? ORIGIN_LAST_GOOD : ORIGIN_NONE;
    free(z->problem);
    z->problem = problem;
    free(path);
    err_fini(&ignored);
}

static int compare_name(const void *name, const void *source)
{
    return name_compare(name, (*(struct zone_source *const *)source)->apex);
}

/* The zone of a copy, under the name that its file had or may have had. */
static struct zone_source gone_source(const char *directory, const struct zone_source *copy,
                                      const char *state)
{
    struct zone_source z = {.apex = xmemdup(copy->apex, name_len(copy->apex)),
                            .path = path_in(directory, strrchr(copy->path, '/') + 1)};

    zone_source_fall_back(
        &z, state, xasprintf("%s: is gone; put it back, or `reload` to drop the zone", z.path));
    return z;
}

void zonedir_add_gone(const char *directory, const char *state, struct zone_source **zones,
                      size_t *n)
{
    char *folder = path_in(state, "good/zones");
    struct zone_source **sorted = sort_by_apex(*zones, *n), *copies;
    const size_t n_sorted = *n;
    size_t n_copies, n_gone = 0;
    struct err ignored;

    err_init(&ignored);
    zonedir_list(folder, &copies, &n_copies, &ignored);
    assert(copies != NULL || n_copies == 0);
    for (size_t i = 0; i < n_copies; i++) {
        struct zone_source copy = copies[i];
        const void *found = bsearch(copy.apex, sorted, n_sorted, sizeof(*sorted), compare_name);
        if (found == NULL)
            copies[n_gone++] = gone_source(directory, &copy, state);
        zone_source_fini(&copy);
    }
    *zones = xrealloc(*zones, (*n + n_gone + 1) * sizeof(**zones));
    for (size_t i = 0; i < n_gone; i++)
        (*zones)[(*n)++] = copies[i];
    free(copies);
    free(sorted);
    free(folder);
    err_fini(&ignored);
}
