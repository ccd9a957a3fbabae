/* The inside of the last good zones, shared with the file that tidies up.  SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "control/goodzones.h"

struct pack {
    uint32_t number; /* of its file's name */
    bool has_gone;   /* it says of zones that they are gone */
};

struct goodzones {
    char *state, *folder;
    struct pack *packs; /* n_packs, oldest first */
    size_t n_packs;
    struct goodzone *zones; /* n_zones, until they are forgotten */
    uint32_t *slots;        /* index + 1, 0: free; by the apex */
    size_t n_zones, mask;
};

char *goodzones_path(const struct goodzones *g, uint32_t pack); /* owned */
