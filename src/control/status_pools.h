/*
 * What `status` shows of pools, as JSON text: with ten thousand pools this is nearly all of it.
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdio.h>

#include "control/generation.h"

struct status_pools;

/* Of a generation, which must stay until _free.  Returns owned. */
struct status_pools *status_pools_new(const struct generation *g);
void status_pools_free(struct status_pools *s);

/* The pool of number i, an object; an endpoint is told as it was when its first pool was written. */
void status_pools_write(struct status_pools *s, size_t i, FILE *to);
