/*
 * Targets that are asked only so that we know whether we see (sight.h): those of the configuration's
 * `health.reference`.
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "control/config.h"
#include "health/health.h"

struct references {
    struct target **targets; /* n references */
    size_t n;
};

/* Those of config in place of those before, after its plan has been attached. */
void references_attach(struct references *r, const struct config *config, struct health *h);
void references_detach(struct references *r);
