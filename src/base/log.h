/*
 * The log: one line a message, as text or JSON, written by a thread of its own so that a blocked
 * terminal or disk never holds up the control loop.  Workers do not log; what a packet did is a
 * counter.
 *
 * Any thread of the control side.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };
enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

struct log_opts {
    const char *to; /* "stderr", "syslog" or a file's path; borrowed for the call */
    enum log_format format;
    enum log_level level; /* messages above it are dropped */
};

/*
 * Start, or change where it goes; does not wait for an old target that is stuck.  Before the first call, and after log_close, messages go to
 * stderr as text at once.  False and an error if the file cannot be opened; the old target stays.
 */
bool log_open(const struct log_opts *opts, struct err *err);
void log_close(void); /* writes out what is queued, or gives up after a second */

void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* One line for each item, errors at level error, warnings at level warning. */
void log_err(const struct err *err);
