/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/fileid.h"

/* The coarsest times of a file system are FAT's two seconds; those of ext4, xfs and tmpfs move with the
 * kernel's tick, some milliseconds.  A larger value only makes a reload read what it need not. */
#define GRAIN_MS 2000

static int64_t ns_of(struct timespec t)
{
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

struct fileid fileid_of(const struct stat *st)
{
    return (struct fileid){.device = st->st_dev,
                           .inode = st->st_ino,
                           .size = (uint64_t)st->st_size,
                           .modified_ns = ns_of(st->st_mtim),
                           .changed_ns = ns_of(st->st_ctim)};
}

bool fileid_equal(const struct fileid *a, const struct fileid *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->modified_ns == b->modified_ns && a->changed_ns == b->changed_ns;
}

bool fileid_is_at(const struct fileid *id, const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return false;
    const struct fileid now = fileid_of(&st);
    return fileid_equal(id, &now);
}

bool fileid_is_settled(const struct fileid *id, real_ms_t seen_at)
{
    return id->changed_ns / 1000000 + GRAIN_MS < seen_at;
}
