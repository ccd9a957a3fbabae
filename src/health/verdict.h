/*
 * What is held of an endpoint: unknown, up or down, turned by `rise` successes in a row or `fall`
 * failures, in a row or among the last few.  Unknown, where every endpoint begins, answers as up: a
 * restart must not empty a pool.  Nothing is declared down before it was asked `fall` times.
 *
 * Pure functions of the history: no clock, no I/O.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum verdict_state { VERDICT_UNKNOWN, VERDICT_UP, VERDICT_DOWN };

struct verdict_rule {
    uint8_t rise, fall; /* 1..64 */
    uint8_t fall_of;    /* `fall` of the last so many, at most 64; not above fall: in a row */
};

/* All zero: never asked, unknown. */
struct verdict {
    uint64_t history; /* newest result in bit 0, 1 = good; bits from `known` on are zero */
    uint8_t known;    /* results in history, at most 64 */
    uint8_t fresh;    /* of these, since it last came up: older failures take nothing down again */
    uint8_t state;    /* enum verdict_state */
};

/* Fold in one probe result; true if the verdict turned. */
bool verdict_step(struct verdict *v, const struct verdict_rule *rule, bool ok);

/* Not down, but the last probe failed, or one more would take it down: less than a verdict, and
 * already news (proxima.yaml(5)). */
bool verdict_is_suspect(const struct verdict *v, const struct verdict_rule *rule);

/* How many results in a row were like the newest, at most 64; 0: never asked. */
unsigned verdict_streak(const struct verdict *v);

const char *verdict_name(enum verdict_state state); /* "unknown", "up", "down" */
