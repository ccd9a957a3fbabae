/*
 * Where a probe's connections come from, if the operator chose (`source`).
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "health/probe_ops.h"

/* Of the endpoint's family, or NULL: the system chooses.  Borrowed. */
const struct ipaddr *source_of(const struct probe *p);
/* Bind a socket to it, if there is one.  0 or -errno. */
int source_bind(int fd, const struct probe *p);
