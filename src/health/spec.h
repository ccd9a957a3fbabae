/*
 * What is asked, kept apart from the configuration it came from, so that a reload may free that
 * one while probes run.  The endpoints of a probe share one copy.
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "base/list.h"
#include "health/probe.h"

struct spec {
    struct probe_spec is; /* owned whole; pos is empty */
    unsigned refs;
    struct list link; /* in its list */
};

/* The spec of a list that is equal to one, with a new reference, or a copy put there. */
struct spec *spec_share(struct list *list, const struct probe_spec *s);
struct spec *spec_ref(struct spec *s);
void spec_unref(struct spec *s); /* the last one takes it out of its list and frees it */
