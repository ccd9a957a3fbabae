/*
 * Putting a generation in force without holding up the loop: its pools are attached and rendered a
 * little at a time, while the generation before is served, probed and drained as ever.
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "control/control.h"

/* Takes g, which was resolved with c->now as its predecessor.  done runs when it is in force and
 * offered to the workers.  One at a time, and c->now stays the same until then. */
void adopt_begin(struct control *c, struct generation *g, void (*done)(void *arg), void *arg);

/* What happens meanwhile is not lost on it; for all of these, adoption: c->adoption, not NULL. */
void adopt_note_target(struct adoption *a, struct target *t); /* its verdict turned */
/* An operator's word: drains changed, or a region was released. */
void adopt_note_word(struct adoption *a);
