/*
 * The file of a unix socket: made so that whoever sees it can connect to it, and never with a wider
 * mode than it is to have.
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <sys/stat.h>

#include "base/err.h"

struct socket_file {
    int fd; /* listening, non-blocking, close on exec */
    dev_t dev;
    ino_t ino;
};

/* Make path a listening socket of mode 0660; see socket_open about a file that is there. */
bool socketfile_open(struct socket_file *f, const char *path, struct err *err);

/* Remove path if it still is that socket. */
void socketfile_remove(const struct socket_file *f, const char *path);
