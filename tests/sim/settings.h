/*
 * The settings that are compared: of other nameservers those that people run, of ours a grid of ways
 * to probe and rules for the TTL.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>

#include "model/steerer.h"

#define SETTINGS_MAX  64
#define SETTINGS_NAME 48

enum settings_group { SETTINGS_RIVAL, SETTINGS_PERFECT, SETTINGS_OURS };

struct setting {
    enum settings_group group;
    struct steerer_spec spec; /* its name is the one beside it */
    char name[SETTINGS_NAME];
};

struct settings {
    struct setting all[SETTINGS_MAX]; /* by group; the first of ours is our default */
    size_t n;
};

/* Not to be copied or moved afterwards: specs borrow their names. */
void settings_init(struct settings *s);
