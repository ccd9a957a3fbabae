/*
 * In the prober's place: health/health.h's targets without a loop, whose verdicts the test says.
 * A program that lists fakehealth.c among its sources links these functions instead.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "health/health.h"

struct health *fakehealth_new(void);
void fakehealth_free(struct health *h); /* every target must have been let go of */

/* What time it is: new targets are unknown since then. */
void fakehealth_set_now(struct health *h, mono_ms_t now);

/* The target of an endpoint, "192.0.2.1" or a host name, under a probe (NULL: any); NULL: none. */
struct target *fakehealth_find(const struct health *h, const char *probe, const char *endpoint);
size_t fakehealth_count(const struct health *h);

/* The verdict turns at `now`, or stays; on_change is the test's to play. */
void fakehealth_turn(struct target *t, enum verdict_state verdict, mono_ms_t now);
void fakehealth_suspect(struct target *t, bool suspect);
/* Unless it is down, it is held until then. */
void fakehealth_hold(struct target *t, mono_ms_t until);
/* What came of a probe of it, for its history alone. */
void fakehealth_result(struct target *t, const struct track_result *r);
