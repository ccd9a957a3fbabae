/*
 * What agents report of endpoints (`proximactl report`), for the push probe.
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "health/reports.h"

/* shared: what probe_push.open gave. */
void push_put(void *shared, const char *probe, const struct probe_dest *dest,
              const struct report *r);
