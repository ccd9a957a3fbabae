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

#include "base/xalloc.h"
#include "load/geodata.h"

/* Records looked at before a database counts as one that says nothing of use. */
#define SAMPLE 1000

/* Zeros between the tree and the data. */
#define SEPARATOR_LEN 16

struct geofile {
    char *path, *type;
    struct stat stat; /* of the file, as it was read */
    int64_t built_s;
    uint32_t nodes;
    enum geoschema schema;

    bool loaded; /* what follows is there */
    MMDB_s mmdb;
    struct geodata data;
    const char *corrupt; /* what made no sense; NULL: all did */
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
static int copy_private(const char *path, struct stat *before, struct err *err)
{
    struct stat after;
    int file = -1, copy = -1;

    if ((file = open(path, O_RDONLY | O_CLOEXEC)) < 0 || fstat(file, before) < 0 ||
        (copy = memfd_create("geodb", MFD_CLOEXEC)) < 0) {
        fail_errno(path, err);
        goto fail;
    }
    if (!S_ISREG(before->st_mode)) {
        err_add(err, "%s: not a regular file", path);
        goto fail;
    }
    if (!copy_all(file, copy, before->st_size) || fstat(file, &after) < 0 ||
        !is_unchanged(before, &after)) {
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

/* Open a private copy. */
static bool load(struct geofile *f, struct err *err)
{
    char fd_path[32];
    const int copy = copy_private(f->path, &f->stat, err);

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
    f->loaded = true;
    f->corrupt = NULL;
    geodata_init(&f->data, f->mmdb.data_section, f->mmdb.data_section_size, georecord_keys);
    return true;
}

static uint32_t offset_of(const struct geofile *f, uint32_t leaf)
{
    return leaf - f->nodes - SEPARATOR_LEN;
}

/* Leaves of the first records in the tree, which look as all do.  Returns how many, at most SAMPLE. */
static size_t find_sample(const struct geofile *f, uint32_t leaf[SAMPLE])
{
    const struct geotree tree = geofile_tree(f);
    size_t n = 0;

    for (uint32_t i = 0; i < tree.n && n < SAMPLE; i++) {
        uint32_t half[2];
        geotree_read(&tree, i, half);
        for (size_t side = 0; side < 2 && n < SAMPLE; side++)
            if (half[side] >= tree.n + SEPARATOR_LEN && half[side] < tree.end)
                leaf[n++] = half[side];
    }
    return n;
}

/* Of the first record that says something of use. */
static enum geoschema find_schema(const struct geofile *f, const uint32_t *leaf, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct geodata_record record;
        geodata_open(&f->data, offset_of(f, leaf[i]), &record);
        const enum geoschema schema = georecord_schema(geodata_get, &record);
        if (schema != GEOSCHEMA_UNKNOWN)
            return schema;
    }
    return GEOSCHEMA_UNKNOWN;
}

/* Look at some records: what schema they have, and where their keys stand. */
static void look_at_records(struct geofile *f)
{
    uint32_t leaf[SAMPLE];
    const size_t n = find_sample(f, leaf);

    f->schema = find_schema(f, leaf, n);
    for (size_t i = 0; i < n; i++)
        geodata_learn(&f->data, offset_of(f, leaf[i]));
}

static bool describe(struct geofile *f, struct err *err)
{
    const MMDB_metadata_s *m = &f->mmdb.metadata;

    f->type = xstrdup(m->database_type != NULL ? m->database_type : "");
    f->built_s = (int64_t)m->build_epoch;
    f->nodes = m->node_count;
    look_at_records(f);
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
}

struct geodb_info geofile_info(const struct geofile *f)
{
    return (struct geodb_info){f->path, f->type, f->built_s, f->nodes};
}

bool geofile_is_current(const struct geofile *f)
{
    struct stat now;

    return stat(f->path, &now) == 0 && is_unchanged(&now, &f->stat);
}

struct geotree geofile_tree(const struct geofile *f)
{
    const MMDB_metadata_s *m = &f->mmdb.metadata;

    const uint64_t end = (uint64_t)f->nodes + SEPARATOR_LEN + f->data.len;

    assert(f->loaded);
    return (struct geotree){
        .at = f->mmdb.file_content,
        .n = f->nodes,
        .ip4 = m->ip_version == 4 ? GEO_NOTHING : f->mmdb.ipv4_start_node.node_value,
        .end = end < GEO_NOTHING ? (uint32_t)end : GEO_NOTHING,
        .record_bits = (uint8_t)m->record_size,
        .is_ip4 = m->ip_version == 4,
    };
}

bool geofile_place(const struct geofile *f, uint32_t leaf, struct place *out)
{
    struct geodata_record record;

    *out = (struct place){0};
    if (leaf == GEO_NOTHING)
        return true;
    if (leaf < f->nodes + SEPARATOR_LEN)
        return false;
    geodata_open(&f->data, offset_of(f, leaf), &record);
    return georecord_read(geodata_get, &record, f->schema, out);
}

void geofile_damage(struct geofile *f, const char *why)
{
    f->corrupt = why;
}

bool geofile_intact(const struct geofile *f, struct err *err)
{
    if (f->corrupt != NULL)
        err_add(err, "%s: damaged: %s; fetch it again", f->path, f->corrupt);
    return f->corrupt == NULL;
}
