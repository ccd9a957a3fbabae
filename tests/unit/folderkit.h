/*
 * Short ways to a folder of a test's own (tmpdir.h), with folders in it made as they are needed.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct folderkit {
    char *path;
};

void folderkit_init(struct folderkit *f);
void folderkit_fini(struct folderkit *f);

/* Paths are relative to it.  What folderkit_path returns is static, good for the next seven calls. */
const char *folderkit_path(const struct folderkit *f, const char *path);
void folderkit_write(const struct folderkit *f, const char *path, const char *text);
void folderkit_write_octets(const struct folderkit *f, const char *path, const void *octets,
                            size_t n);
char *folderkit_read(const struct folderkit *f, const char *path); /* owned; NULL: there is none */
bool folderkit_has(const struct folderkit *f, const char *path);
void folderkit_remove(const struct folderkit *f, const char *path);
/* A file's name in each line, sorted, "" where there is none.  Owned. */
char *folderkit_list(const struct folderkit *f, const char *path);
