/*
 * Zones whose signatures expire: nobody signs them here, so nobody but `status` looks after a load.
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "base/clock.h"
#include "data/zone.h"

/* When the first signature of a zone ends; false: it has none. */
bool sigwatch_end(const struct zone *z, real_ms_t now, real_ms_t *end);
/* What to tell people of it, owned; NULL: nothing. */
char *sigwatch_problem(const struct zone *z, const uint8_t *apex, real_ms_t now);
