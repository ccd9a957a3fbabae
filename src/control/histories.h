/*
 * What came of the probes of all endpoints, as it is kept over a restart in history.json:
 *
 *   {"at": 1764000000000, "endpoints": {"web 192.0.2.1":
 *       {"asks": "0123456789abcdef", "end": 1763999998750, "runs": "+17280:38:86395000 -3:2001:…"}}}
 *
 * `end` is the wall clock's time of the last result, runs are track_print's: they hold lengths and no
 * times, so a wall clock that was set moves a history as a whole.
 *
 * Control thread, but for histories_text.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "base/err.h"
#include "control/recollect.h"
#include "health/health.h"

struct histories;

/* As they are now.  Returns owned. */
struct histories *histories_collect(const struct health *h, const struct clocks *now);
void histories_free(struct histories *hs);        /* NULL is fine */
char *histories_text(const struct histories *hs); /* owned; thread pool */

struct histories_file {
    const char *path, *text;
    size_t len;
};

/*
 * What an earlier server saw becomes the beginning of what this one sees, for endpoints that are
 * probed now by the same question.  A warning: the file is none of ours, or in parts.  Returns how
 * many endpoints have one now.
 */
size_t histories_apply(const struct histories_file *f, struct health *h, const struct clocks *now,
                       struct err *err);
