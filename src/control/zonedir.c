/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/zonedir.h"

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/xalloc.h"
#include "load/zoneload.h"

void zone_list_fini(struct zone_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        zone_source_unref(list->at[i]);
    free(list->at);
    *list = (struct zone_list){0};
}

static void add(struct zone_list *list, struct zone_source *z)
{
    list->at = xgrow(list->at, list->n, sizeof(*list->at));
    list->at[list->n++] = z;
}

static char *path_in(const char *directory, const char *file)
{
    const size_t len = strlen(directory);
    const bool slash = len > 0 && directory[len - 1] == '/';

    return xasprintf("%s%s%s", directory, slash ? "" : "/", file);
}

/* Folders are where an operator keeps what is included.  Most file systems tell with the name. */
static bool is_folder(const char *path, const struct dirent *e)
{
    struct stat st;

    if (e->d_type != DT_UNKNOWN && e->d_type != DT_LNK)
        return e->d_type == DT_DIR;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* NULL: the file is no zone's. */
static struct zone_source *take_file(const char *directory, const struct dirent *e, struct err *err)
{
    uint8_t apex[NAME_MAX_LEN];
    char *path = path_in(directory, e->d_name);

    if (is_folder(path, e) || !zoneload_apex(e->d_name, apex, err)) {
        free(path);
        return NULL;
    }
    return zone_source_new(apex, path);
}

/* ---- twins ---- */

/* A zone, and where it is in the list. */
struct place {
    const struct zone_source *z;
    size_t at;
};

/* By apex, twins in the order of their file names. */
static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    const int order = name_compare(x->z->apex, y->z->apex);

    return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

static struct place *sort_by_apex(const struct zone_list *list)
{
    struct place *sorted = xcalloc(list->n, sizeof(*sorted));

    for (size_t i = 0; i < list->n; i++)
        sorted[i] = (struct place){list->at[i], i};
    if (list->n > 0)
        qsort(sorted, list->n, sizeof(*sorted), compare_places);
    return sorted;
}

static void add_twins(const char *one, const char *other, struct err *err)
{
    const bool in_order = strcmp(one, other) < 0;

    err_add(err, "%s and %s are the same zone; remove one of them", in_order ? one : other,
            in_order ? other : one);
}

static void remove_gaps(struct zone_list *list)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->n; i++)
        if (list->at[i] != NULL)
            list->at[kept++] = list->at[i];
    list->n = kept;
}

/* Of twins the first stays, so that no zonedb ever sees two of a name. */
static void drop_twins(struct zone_list *list, struct err *err)
{
    struct place *sorted = sort_by_apex(list);
    size_t first = 0;

    for (size_t i = 1; i < list->n; i++) {
        if (!name_equal(sorted[first].z->apex, sorted[i].z->apex)) {
            first = i;
            continue;
        }
        add_twins(sorted[first].z->path, sorted[i].z->path, err);
        zone_source_unref(list->at[sorted[i].at]);
        list->at[sorted[i].at] = NULL;
    }
    free(sorted);
    remove_gaps(list);
}

/* ---- the list ---- */

bool zonedir_list(const char *directory, struct zone_list *out, struct err *err)
{
    struct dirent **files;
    const size_t errors = err->errors;
    const int found = scandir(directory, &files, NULL, alphasort);

    *out = (struct zone_list){0};
    if (found < 0) {
        err_add(err, "cannot list the zone directory %s: %s", directory, strerror(errno));
        return false;
    }
    for (int i = 0; i < found; i++) {
        struct zone_source *z = take_file(directory, files[i], err);
        if (z != NULL)
            add(out, z);
        free(files[i]);
    }
    free(files);
    drop_twins(out, err);
    return err->errors == errors;
}

/* ---- one of them ---- */

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

static void add_if_named(struct zone_list *found, const char *directory, const struct dirent *e,
                         const uint8_t *apex, struct err *err)
{
    struct zone_source *z = is_named(e->d_name, apex) ? take_file(directory, e, err) : NULL;

    if (z != NULL)
        add(found, z);
}

/* The file of a usual name: "example.com.zone", "example.com", in lower case. */
static void add_usual(struct zone_list *found, const char *directory, const uint8_t *apex,
                      const char *ending, struct err *err)
{
    char text[NAME_TEXT];
    struct dirent e = {.d_type = DT_UNKNOWN};
    struct stat st;
    const size_t len = strlen(name_print(apex, text));

    text[len - 1] = '\0'; /* the last dot */
    for (char *slash = text; (slash = strchr(slash, '/')) != NULL;)
        *slash = '@';
    char *file = xasprintf("%s%s", len > 1 ? text : "root", ending);
    char *path = path_in(directory, file);
    if (strlen(file) < sizeof(e.d_name) && stat(path, &st) == 0) {
        memcpy(e.d_name, file, strlen(file) + 1);
        add_if_named(found, directory, &e, apex, err);
    }
    free(path);
    free(file);
}

/*
 * The files that are the zone's.  Where one has a usual name the others are not looked for: to list a
 * hundred thousand names takes longer than all the rest.  A twin of an unusual name, say in
 * capitals, is seen when all is read.
 */
static struct zone_list find_files(const char *directory, DIR *d, const uint8_t *apex,
                                   struct err *err)
{
    struct zone_list found = {0};

    add_usual(&found, directory, apex, "", err);
    add_usual(&found, directory, apex, ".zone", err);
    const bool usual = found.n > 0;
    for (const struct dirent *e; !usual && (e = readdir(d)) != NULL;)
        add_if_named(&found, directory, e, apex, err);
    return found;
}

struct zone_source *zonedir_find(const char *directory, const uint8_t *apex, struct err *err)
{
    char text[NAME_TEXT];
    DIR *d = opendir(directory);
    struct zone_source *z = NULL;

    if (d == NULL) {
        err_add(err, "cannot list the zone directory %s: %s", directory, strerror(errno));
        return NULL;
    }
    struct zone_list found = find_files(directory, d, apex, err);
    closedir(d);
    if (found.n == 0)
        err_add(err,
                "no file in %s is zone %s; if it was taken away, `reload` without a zone drops it",
                directory, name_print(apex, text));
    for (size_t i = 1; i < found.n; i++)
        add_twins(found.at[0]->path, found.at[i]->path, err);
    if (found.n == 1)
        z = zone_source_ref(found.at[0]);
    zone_list_fini(&found);
    return z;
}

/* ---- what is gone ---- */

static int compare_name(const void *name, const void *place)
{
    return name_compare(name, ((const struct place *)place)->z->apex);
}

/* The zone of a copy, under the name that its file had. */
static struct zone_source *gone_source(const char *directory, const struct goodzone *copy,
                                       const struct zone_copies *copies)
{
    char *file = xstrdup(copy->files[0].path);
    struct zone_source *z = zone_source_new(copy->apex, path_in(directory, basename(file)));

    free(file);
    zone_source_fall_back(
        z, copies, xasprintf("%s: is gone; put it back, or `reload` to drop the zone", z->path));
    return z;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp((*(struct zone_source *const *)a)->path, (*(struct zone_source *const *)b)->path);
}

void zonedir_add_gone(const char *directory, const struct zone_copies *copies,
                      struct zone_list *zones)
{
    struct place *sorted = sort_by_apex(zones);
    const size_t n = zones->n, n_copies = copies->good != NULL ? goodzones_count(copies->good) : 0;

    for (size_t i = 0; i < n_copies; i++) {
        const struct goodzone *copy = goodzones_at(copies->good, i);
        const bool gone =
            n == 0 || bsearch(copy->apex, sorted, n, sizeof(*sorted), compare_name) == NULL;
        if (copy->n_files > 0 && gone)
            add(zones, gone_source(directory, copy, copies));
    }
    if (zones->n > n)
        qsort(&zones->at[n], zones->n - n, sizeof(*zones->at), compare_paths);
    free(sorted);
}
