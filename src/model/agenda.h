/*
 * What is to happen when: a fixed number of actors, each with the one time at which it acts next, the
 * earliest first (a binary heap).  Ties go by number.
 *
 * Inside of model/.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

#define AGENDA_NEVER INT64_MAX

struct agenda_entry {
    mono_ms_t at;
    uint32_t who;
};

struct agenda {
    struct agenda_entry *entries; /* owned */
    uint32_t n;
};

/* No actor acts before agenda_start. */
void agenda_init(struct agenda *a, uint32_t n);
void agenda_fini(struct agenda *a);

/* When actor `who` acts for the first time; each once, before the first agenda_next. */
void agenda_set(struct agenda *a, uint32_t who, mono_ms_t at);
void agenda_start(struct agenda *a);

/* Who is next; borrowed until agenda_again. */
static inline const struct agenda_entry *agenda_next(const struct agenda *a)
{
    return &a->entries[0];
}

/* The one that is next has acted, and acts again then. */
void agenda_again(struct agenda *a, mono_ms_t at);
