/*
 * How many files and sockets can be open at once, and how many of these are for probes.
 *
 * While one thread runs.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>

#include "base/err.h"

/* As far as the system lets us by itself. */
void descriptors_raise(void);

/*
 * Each TCP client, probe and listening socket is a descriptor.  Root may raise the limit to what is needed;
 * else it is rather known at start, by a warning, than when an attack takes the last one.
 *
 *   clients, sockets   that can be open beside what the control side opens
 *
 * Returns how many probes may be under way at once.
 */
unsigned descriptors_for_probes(size_t clients, size_t sockets, struct err *err);
