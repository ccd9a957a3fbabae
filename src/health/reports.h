/*
 * What others say of endpoints: up or down, why, and how long their word is good.  By a key, the
 * endpoint's text with or without the probe's name before it.
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "health/probe.h"

struct report {
    bool is_up;
    char *why; /* or NULL */
    mono_ms_t at, until;
};

#define REPORTS_FOREVER INT64_MAX /* of until */

struct reports;

struct reports *reports_new(void);
void reports_free(struct reports *rs); /* NULL is fine */

/* In the place of what was said under this key before.  Copies key and why. */
void reports_put(struct reports *rs, const char *key, const struct report *r);
const struct report *reports_find(const struct reports *rs,
                                  const char *key); /* or NULL; borrowed */
/* Forget what was good until then. */
void reports_sweep(struct reports *rs, mono_ms_t until);

/* How an endpoint is named: "192.0.2.1", "2001:db8::1", "lb.example.net" in lower case.  Returns owned. */
char *reports_endpoint(const struct probe_dest *dest);
