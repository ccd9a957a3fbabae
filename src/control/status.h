/*
 * What `status` shows, as JSON: everything that is served, where it came from and what is wrong with
 * it; pools are status_pools.h.  Each returns a new reference.
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <jansson.h>

#include "control/control.h"

json_t *status_probes(const struct control *c);
json_t *status_head(const struct control *c); /* all but zones and pools */
json_t *status_zone(const struct generation *g, size_t i);
