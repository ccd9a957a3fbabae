/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/verdict.h"

#include <stdlib.h>

enum { HISTORY_BITS = 64 };

static unsigned trailing_ones(uint64_t x)
{
    return ~x == 0 ? HISTORY_BITS : (unsigned)__builtin_ctzll(~x);
}

static unsigned successes(const struct verdict *v)
{
    return trailing_ones(v->history);
}

/* Zeros beyond what is known are no failures. */
static unsigned failures(const struct verdict *v)
{
    const unsigned zeros = trailing_ones(~v->history);

    return zeros < v->known ? zeros : v->known;
}

bool verdict_step(struct verdict *v, const struct verdict_rule *rule, bool ok)
{
    const uint8_t was = v->state;

    v->history = v->history << 1 | ok;
    v->known += v->known < HISTORY_BITS;
    if (successes(v) >= rule->rise)
        v->state = VERDICT_UP;
    else if (failures(v) >= rule->fall)
        v->state = VERDICT_DOWN;
    return v->state != was;
}

bool verdict_is_suspect(const struct verdict *v)
{
    return v->state != VERDICT_DOWN && failures(v) > 0;
}

unsigned verdict_streak(const struct verdict *v)
{
    return (v->history & 1) != 0 ? successes(v) : failures(v);
}

const char *verdict_name(enum verdict_state state)
{
    switch (state) {
    case VERDICT_UNKNOWN: return "unknown";
    case VERDICT_UP: return "up";
    case VERDICT_DOWN: return "down";
    }
    abort();
}
