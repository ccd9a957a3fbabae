/*
 * The kinds of probes by number, and what the probes of a kind share.
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <uv.h>

#include "health/probe_ops.h"

struct kinds;

struct kinds *kinds_open(const struct kinds_opts *opts);
/* No probe is under way.  closed(arg) when all is released, later. */
void kinds_close(struct kinds *k, void (*closed)(void *arg), void *arg);

const struct probe_ops *kinds_ops(enum probe_kind kind);
void *kinds_shared(const struct kinds *k, enum probe_kind kind); /* borrowed */
