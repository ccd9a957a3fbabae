/*
 * Between what is known and what is kept of it: verdicts, histories and penalties of endpoints, and
 * the penalties and ramps of regions.
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "control/memory.h"
#include "control/plan.h"
#include "health/health.h"

/* The two clocks, read together. */
struct clocks {
    mono_ms_t mono;
    real_ms_t real;
};

real_ms_t clocks_real(const struct clocks *now, mono_ms_t t);
/* At most `limit`, whatever the wall clock did meanwhile. */
mono_ms_t clocks_mono(const struct clocks *now, real_ms_t t, mono_ms_t limit);

/* How files name it: "web 192.0.2.1".  Returns owned. */
char *recollect_key(const struct target_status *s);

/* All that is known and worth keeping, owned by the caller. */
struct memory *recollect(const struct health *h, struct plan *p, const struct clocks *now);

/*
 * What an earlier server knew, before anything has been asked.  A verdict that is too old, or about
 * another probe, is unknown; penalties decay by themselves.  Returns how many endpoints are known.
 */
size_t recollect_apply(const struct recall *r, struct health *h, struct plan *p,
                       const struct clocks *now);
