/* SPDX-License-Identifier: BSD-2-Clause */
#include "load/geofile.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <maxminddb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/intern.h"
#include "base/xalloc.h"
#include "load/georecord.h"

/* Records looked at before a database counts as one that says nothing of use. */
#define SCHEMA_TRIES 1000

static const char NO_TREE[] = "its search tree is no tree";

struct geofile {
    char *path, *type;
    int64_t built_s;
    uint32_t nodes;
    enum geoschema schema;

    bool loaded; /* what follows is there */
    MMDB_s mmdb;
    uint8_t family;       /* of this walk */
    uint32_t reads;       /* nodes read in it: a tree has each but once */
    const char *corrupt;  /* what made no sense; NULL: all did */
    struct intern leaves; /* records met */
    uint32_t *place_of;   /* by number in leaves: number in places */
    struct intern places;
};

static bool is_unchanged(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static bool fail_errno(const char *path, struct err *err)
{
    err_add(err, "%s: %s%s", path, strerror(errno),
            errno == ENOENT ? "; geo/update fetches a free database" : "");
    return false;
}

static bool copy_all(int from, int to, off_t size)
{
    while (size > 0) {
        const ssize_t n = sendfile(to, from, NULL, (size_t)size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        size -= n;
    }
    return true;
}

/* The file's contents in memory that nobody else can change; -1 and an error. */
static int copy_private(const char *path, struct err *err)
{
    struct stat before, after;
    int file = -1, copy = -1;

    if ((file = open(path, O_RDONLY | O_CLOEXEC)) < 0 || fstat(file, &before) < 0 ||
        (copy = memfd_create("geodb", MFD_CLOEXEC)) < 0) {
        fail_errno(path, err);
        goto fail;
    }
    if (!S_ISREG(before.st_mode)) {
        err_add(err, "%s: not a regular file", path);
        goto fail;
    }
    if (!copy_all(file, copy, before.st_size) || fstat(file, &after) < 0 ||
        !is_unchanged(&before, &after)) {
        err_add(err, "%s: cannot be read, or changes while it is; put a new one in place with mv",
                path);
        goto fail;
    }
    close(file);
    return copy;

fail:
    if (file >= 0)
        close(file);
    if (copy >= 0)
        close(copy);
    return -1;
}

static void begin_loaded(struct geofile *f)
{
    const struct place nothing = {0};
    bool fresh;

    f->loaded = true;
    f->corrupt = NULL;
    intern_init(&f->leaves, sizeof(uint32_t));
    intern_init(&f->places, sizeof(struct place));
    intern_id(&f->places, &nothing, &fresh);
    f->place_of = NULL;
}

/* Open a private copy. */
static bool load(struct geofile *f, struct err *err)
{
    char fd_path[32];
    const int copy = copy_private(f->path, err);

    if (copy < 0)
        return false;
    snprintf(fd_path, sizeof(fd_path), "/proc/self/fd/%d", copy);
    const int status = MMDB_open(fd_path, MMDB_MODE_MMAP, &f->mmdb);
    close(copy);
    if (status != MMDB_SUCCESS) {
        err_add(err, "%s: no geo database (MMDB), or a truncated one (%s); fetch it again", f->path,
                MMDB_strerror(status));
        return false;
    }
    begin_loaded(f);
    return true;
}

static struct geovalue convert(const MMDB_entry_data_s *d)
{
    switch (d->type) {
    case MMDB_DATA_TYPE_UTF8_STRING:
        return (struct geovalue){GEOVALUE_TEXT, .text = d->utf8_string, .len = d->data_size};
    case MMDB_DATA_TYPE_DOUBLE: return (struct geovalue){GEOVALUE_REAL, .real = d->double_value};
    case MMDB_DATA_TYPE_FLOAT:
        return (struct geovalue){GEOVALUE_REAL, .real = (double)d->float_value};
    case MMDB_DATA_TYPE_UINT16: return (struct geovalue){GEOVALUE_UINT, .uint = d->uint16};
    case MMDB_DATA_TYPE_UINT32: return (struct geovalue){GEOVALUE_UINT, .uint = d->uint32};
    }
    return (struct geovalue){GEOVALUE_ABSENT};
}

static struct geovalue get_value(const void *record, const char *const *path)
{
    MMDB_entry_s entry = *(const MMDB_entry_s *)record;
    MMDB_entry_data_s d;

    switch (MMDB_aget_value(&entry, &d, path)) {
    case MMDB_SUCCESS: return d.has_data ? convert(&d) : (struct geovalue){GEOVALUE_ABSENT};
    case MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR:
    case MMDB_INVALID_LOOKUP_PATH_ERROR: return (struct geovalue){GEOVALUE_ABSENT};
    }
    return (struct geovalue){GEOVALUE_DAMAGED};
}

/* Of the first record that says something of use. */
static enum geoschema find_schema(const MMDB_s *mmdb)
{
    MMDB_search_node_s node;
    unsigned tries = 0;

    for (uint32_t i = 0; i < mmdb->metadata.node_count && tries < SCHEMA_TRIES; i++) {
        if (MMDB_read_node(mmdb, i, &node) != MMDB_SUCCESS)
            break;
        const uint8_t types[2] = {node.left_record_type, node.right_record_type};
        const MMDB_entry_s *records[2] = {&node.left_record_entry, &node.right_record_entry};
        for (size_t side = 0; side < 2; side++) {
            if (types[side] != MMDB_RECORD_TYPE_DATA)
                continue;
            const enum geoschema schema = georecord_schema(get_value, records[side]);
            if (schema != GEOSCHEMA_UNKNOWN)
                return schema;
            tries++;
        }
    }
    return GEOSCHEMA_UNKNOWN;
}

static bool describe(struct geofile *f, struct err *err)
{
    const MMDB_metadata_s *m = &f->mmdb.metadata;

    f->type = xstrdup(m->database_type != NULL ? m->database_type : "");
    f->built_s = (int64_t)m->build_epoch;
    f->nodes = m->node_count;
    f->schema = find_schema(&f->mmdb);
    if (f->schema == GEOSCHEMA_UNKNOWN)
        err_add(err,
                "%s: a database of type \"%s\" without country, coordinates or ASN, or a damaged "
                "one; take a country, city or ASN database",
                f->path, f->type);
    return f->schema != GEOSCHEMA_UNKNOWN;
}

struct geofile *geofile_open(const char *path, struct err *err)
{
    struct geofile *f = xcalloc(1, sizeof(*f));

    f->path = xstrdup(path);
    if (!load(f, err) || !describe(f, err)) {
        geofile_close(f);
        return NULL;
    }
    return f;
}

void geofile_close(struct geofile *f)
{
    if (f == NULL)
        return;
    geofile_unload(f);
    free(f->path);
    free(f->type);
    free(f);
}

void geofile_unload(struct geofile *f)
{
    if (!f->loaded)
        return;
    f->loaded = false;
    MMDB_close(&f->mmdb);
    intern_fini(&f->leaves);
    intern_fini(&f->places);
    free(f->place_of);
}

struct geodb_info geofile_info(const struct geofile *f)
{
    return (struct geodb_info){f->path, f->type, f->built_s, f->nodes};
}

uint32_t geofile_root(struct geofile *f, uint8_t family)
{
    const uint32_t ip4 = f->mmdb.ipv4_start_node.node_value; /* ::/96, or a leaf above it */

    assert(f->loaded);
    f->family = family;
    f->reads = 0;
    if (f->mmdb.metadata.ip_version == 4)
        return family == FAMILY_IP4 ? 0 : GEOFILE_NOTHING;
    if (family == FAMILY_IP6)
        return 0;
    return ip4 != f->nodes ? ip4 : GEOFILE_NOTHING;
}

bool geofile_is_node(const struct geofile *f, uint32_t record)
{
    return record < f->nodes;
}

static uint32_t take_record(struct geofile *f, uint64_t record, uint8_t type)
{
    switch (type) {
    case MMDB_RECORD_TYPE_SEARCH_NODE:
        if (record != f->mmdb.ipv4_start_node.node_value)
            return (uint32_t)record;
        if (f->family == FAMILY_IP4)
            f->corrupt = NO_TREE;
        return GEOFILE_NOTHING; /* ::/96, or a mirror of it */
    case MMDB_RECORD_TYPE_DATA: return (uint32_t)record;
    case MMDB_RECORD_TYPE_EMPTY: return GEOFILE_NOTHING;
    }
    f->corrupt = "a record points outside the file";
    return GEOFILE_NOTHING;
}

void geofile_split(struct geofile *f, uint32_t node, uint32_t half[2])
{
    MMDB_search_node_s n;

    half[0] = half[1] = GEOFILE_NOTHING;
    if (f->reads++ >= f->nodes)
        f->corrupt = NO_TREE;
    else if (MMDB_read_node(&f->mmdb, node, &n) != MMDB_SUCCESS)
        f->corrupt = "a node cannot be read";
    if (f->corrupt != NULL)
        return;
    half[0] = take_record(f, n.left_record, n.left_record_type);
    half[1] = take_record(f, n.right_record, n.right_record_type);
}

static uint32_t read_place(struct geofile *f, uint32_t leaf)
{
    /* As MMDB_read_node has it: 16 octets of zeros stand between tree and data. */
    const MMDB_entry_s entry = {.mmdb = &f->mmdb, .offset = leaf - f->nodes - 16};
    struct place place = {0};
    bool fresh;

    if (leaf < f->nodes + 16 || !georecord_read(get_value, &entry, f->schema, &place)) {
        f->corrupt = "a record cannot be decoded";
        return 0;
    }
    return intern_id(&f->places, &place, &fresh);
}

uint32_t geofile_place_id(struct geofile *f, uint32_t leaf)
{
    bool fresh;

    if (geofile_is_node(f, leaf))
        f->corrupt = "its search tree is deeper than addresses are long";
    if (leaf == GEOFILE_NOTHING || f->corrupt != NULL)
        return 0;
    const uint32_t id = intern_id(&f->leaves, &leaf, &fresh);
    if (fresh) {
        f->place_of = xgrow(f->place_of, id, sizeof(*f->place_of));
        f->place_of[id] = read_place(f, leaf);
    }
    return f->place_of[id];
}

const struct place *geofile_place(const struct geofile *f, uint32_t id)
{
    assert(id < f->places.n);
    return (const struct place *)intern_key(&f->places, id);
}

bool geofile_intact(const struct geofile *f, struct err *err)
{
    if (f->corrupt != NULL)
        err_add(err, "%s: damaged: %s; fetch it again", f->path, f->corrupt);
    return f->corrupt == NULL;
}
