/*
 * A pack: the last good copies of some zones in one file, so that a hundred thousand zones are one file to
 * write and one to bring to the disk.  A copy is the octets of the zone's files as they were read.
 *
 *   octets of a file, octets of a file, …
 *   zone example.com.
 *   file 0 1234 00c0ffee00c0ffee 42 /etc/proxima/zones/example.com.zone     offset, octets, hash, length of the path, path
 *   gone example.net.                                                       no longer a zone, whatever older packs have
 *   index 5678 123 0123456789abcdef                                         offset, octets and hash of the lines above
 *
 * A pack is written once and never changed.  Thread pool, and start.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file of a zone within a pack. */
struct goodfile {
    char *path; /* by which the zone includes it */
    uint64_t offset, len, hash;
};

struct goodzone {
    uint8_t *apex;
    struct goodfile *files; /* in the order in which they are read */
    size_t n_files;         /* 0: gone */
    uint32_t pack;          /* its number; not in the file */
};

void goodzone_fini(struct goodzone *z);
uint64_t goodzone_len(const struct goodzone *z); /* octets of its files */
uint64_t goodfile_hash(const void *text, size_t len);

/*
 * What is in a pack, without the octets.  *zones and what is in them are owned.  False: it cannot be read, or
 * it is not what was written; *why says so, a static phrase.
 */
bool goodpack_read(const char *path, struct goodzone **zones, size_t *n, const char **why);

/* Write the index behind the octets, which end at `at`.  False: errno. */
bool goodpack_end(int fd, uint64_t at, const struct goodzone *const *zones, size_t n);

/* The octets of a file of a pack; owned, NULL: they cannot be read or are not those that were written. */
char *goodpack_text(int fd, const struct goodfile *file);

/* Write all at an offset.  False: errno. */
bool goodpack_write(int fd, uint64_t offset, const void *data, size_t len);
