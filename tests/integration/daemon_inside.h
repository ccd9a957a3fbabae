/* What daemon.c and its parts share.  SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "daemon.h"

struct daemon {
    char *dir, *config_path, *socket, *log_path;
    pid_t pid; /* 0: not running */
    int alive; /* end of file when it has ended */
    uint16_t port;
};

/* Fail the test, with the daemon's log. */
void daemon_fail(const struct daemon *d, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), noreturn));
