/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/references.h"

#include <stdlib.h>

#include "base/xalloc.h"

void references_attach(struct references *r, const struct config *config, struct health *h)
{
    const struct health_spec *spec = &config->health;
    struct references old = *r;

    r->n = spec->n_reference;
    r->targets = xcalloc(r->n + 1, sizeof(struct target *));
    for (size_t i = 0; i < r->n; i++) {
        r->targets[i] =
            health_target(h, &config->probes[spec->reference_probe], &spec->reference[i]);
        target_serves(r->targets[i], 0, true);
    }
    references_detach(&old); /* now, so that those that stay are not asked anew */
}

void references_detach(struct references *r)
{
    for (size_t i = 0; i < r->n; i++)
        target_unref(r->targets[i]);
    free(r->targets);
    *r = (struct references){0};
}
