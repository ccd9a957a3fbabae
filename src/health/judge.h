/*
 * What the results of probes mean: a result is folded into what is known of its target, unless the
 * prober is blind (sight.h), and who acts on verdicts is told of what changes answers.
 *
 * Inside of health/.  Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>

#include "health/sight.h"
#include "health/targets.h"

struct judge {
    struct targets targets; /* all that sight is told of */
    struct sight sight;
    void (*on_change)(void *arg, struct target *t);
    void (*on_sight)(void *arg);
    void *arg;
};

/* A result that tells of the endpoint, not of us. */
void judge_result(struct judge *j, struct target *t, bool is_good, mono_ms_t now);

/* The loop was away for so long: from then on nothing counts until it has been there for a round, if that
 * is over the usual interval. */
void judge_standstill(struct judge *j, dur_ms_t away_ms, mono_ms_t now);

/* Targets may have gone. */
void judge_look(struct judge *j, mono_ms_t now);

/* Whoever told of it is silent now: as if it had never been asked. */
void judge_silence(struct judge *j, struct target *t, mono_ms_t now);

/* Not down, but its last result was bad, or its verdict is one that is only remembered? */
bool judge_is_suspect(const struct target *t);
