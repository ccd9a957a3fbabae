/*
 * For kinds of probes that know without asking: what they know is told in the loop's next turn, as
 * done must not be called from inside start.
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "health/probe_ops.h"

#define LATER_TEXT 256

/* The probe's start and cancel.  judge: fills text, or leaves it empty. */
void later_start(struct probe *p,
                 enum probe_outcome (*judge)(const struct probe *p, char text[LATER_TEXT]));
void later_cancel(struct probe *p);
