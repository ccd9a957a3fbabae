/*
 * A folder of a test's own, gone when the test is over.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>

/* Below $TMPDIR or /tmp; owned. */
char *tmpdir_new(void);
/* Remove it with all that is in it, and free path. */
void tmpdir_free(char *path);

/* A path below it; owned. */
char *tmpdir_path(const char *dir, const char *name);
void tmpdir_write(const char *dir, const char *name, const char *text);
/* The whole of a file, owned; NULL: there is none. */
char *tmpdir_read(const char *dir, const char *name);
