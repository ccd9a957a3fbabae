/*
 * When the prober turns blind (sight.h): what has failed just before was no failure, and verdicts are
 * what they were.
 *
 * Inside of health/.  Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "health/targets.h"

/* It is about to fail: keep what is known of it, if this is the first failure. */
void doubt_keep(struct target *t, mono_ms_t now);

/* Take back all failures that began no longer ago than a round and a timeout of their probe; changed
 * is called for whom that changes. */
void doubt_failures(struct targets *ts, mono_ms_t now, void (*changed)(void *arg, struct target *t),
                    void *arg);

/* The usual interval of the targets, of which there is one at least. */
dur_ms_t doubt_round(const struct targets *ts);
