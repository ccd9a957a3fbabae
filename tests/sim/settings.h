/*
 * The settings that are compared: of other nameservers those that people run, of ours a grid.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>

#include "model/steerer.h"

/* Both static.  Rivals first to last: gdnsd, PowerDNS, Route 53; perfect apart. */
const struct steerer_spec *settings_rivals(size_t *n);
const struct steerer_spec *settings_perfect(size_t *n);

/* Our default, and every way of probing with every rule for the TTL; the default is the first. */
const struct steerer_spec *settings_ours(size_t *n);
