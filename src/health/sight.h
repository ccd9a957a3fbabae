/*
 * Doubting ourselves before the world: when nearly everything fails at once, in several regions, it is
 * our own network that is gone.  Then the prober is *blind*: no result counts, until for a whole
 * round enough of them have been good.  So it is when the loop stood still for more than a round.
 *
 *   targets that fail   ▁▁▁▁▁▂▅▇████████▇▅▃▁▁▁▁▁▁▁▁
 *   blind                       └──────────────┘
 *                              over `at`   a round below it
 *
 * Rules without a clock or I/O.  Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

#define SIGHT_REGIONS_MAX 64

/* With fewer targets, or all in one region, failures say as much of them as of us. */
#define SIGHT_TARGETS_MIN 4
#define SIGHT_REGIONS_MIN 2

/* What is seen of one target.  All zero: not asked yet, of no region. */
struct seen {
    uint64_t regions;  /* that it serves, a bit each */
    bool is_reference; /* asked only so that we know whether we see */
    bool is_told;      /* by others, not over our network: it says nothing of it */
    bool is_dark;      /* its newest result is a failure */
};

struct sight {
    unsigned at_percent; /* of the targets: more that fail make blind; 100: never */
    dur_ms_t round_ms;   /* how long enough of them must be good */

    unsigned n, n_dark; /* targets without the references */
    unsigned dark_in[SIGHT_REGIONS_MAX];
    unsigned n_references, n_dark_references;
    bool is_blind;
    mono_ms_t since;       /* when it last turned blind or back; 0: never */
    mono_ms_t clear_since; /* while blind: below `at` since then; 0: it is not */
    dur_ms_t stood_ms;     /* while blind for a standstill alone: how long that was; else 0 */
    uint64_t times;        /* how often it became blind */
};

/* A target comes, changes its regions or its part, goes. */
void sight_add(struct sight *s, struct seen *t);
void sight_change(struct sight *s, struct seen *t, uint64_t regions, bool is_reference);
void sight_told(struct sight *s, struct seen *t, bool is_told);
void sight_remove(struct sight *s, struct seen *t);

/* A new result of it, which is not told by others.  True if we turned blind by it, or see again. */
bool sight_result(struct sight *s, struct seen *t, bool is_good, mono_ms_t now);

/*
 * We were away for so long that what is known is old, and the network may need a moment, too: blind for a
 * round of results.  True if we turned blind by it.
 */
bool sight_standstill(struct sight *s, dur_ms_t away_ms, dur_ms_t round_ms, mono_ms_t now);

/* Nobody is asked any more, so no result would end the blindness: it is over.  True if it was. */
bool sight_nobody(struct sight *s, mono_ms_t now);

/* In how many regions something fails. */
unsigned sight_dark_regions(const struct sight *s);
