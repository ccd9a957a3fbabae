/*
 * What is kept of health over a restart, and how often: verdicts and penalties (memory.h) soon after
 * each change, what came of probes (histories.h) now and then.
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "control/control.h"

/* From now on they are written: c->remember, c->histories. */
void keep_open(struct control *c, const char *state);
/* What an earlier server left, before anything has been asked.  Blocks: for start. */
void keep_recall(struct control *c, struct plan *plan);
/* As they are now, for the last time. */
void keep_close(struct control *c);
