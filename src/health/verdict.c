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

static unsigned window_of(const struct verdict_rule *rule)
{
    return rule->fall_of > rule->fall ? rule->fall_of : rule->fall;
}

/* Failures among the last n results since it came up. */
static unsigned failures_of(const struct verdict *v, unsigned n)
{
    if (n > v->fresh)
        n = v->fresh;
    return n > 0 ? (unsigned)__builtin_popcountll(~v->history << (HISTORY_BITS - n)) : 0;
}

bool verdict_step(struct verdict *v, const struct verdict_rule *rule, bool ok)
{
    const uint8_t was = v->state;

    v->history = v->history << 1 | ok;
    v->known += v->known < HISTORY_BITS;
    v->fresh += v->fresh < HISTORY_BITS;
    if (v->state != VERDICT_UP && successes(v) >= rule->rise) {
        v->state = VERDICT_UP;
        v->fresh = 0;
    } else if (!ok && failures_of(v, window_of(rule)) >= rule->fall) {
        v->state = VERDICT_DOWN;
    }
    return v->state != was;
}

bool verdict_is_suspect(const struct verdict *v, const struct verdict_rule *rule)
{
    const unsigned recent = failures_of(v, window_of(rule) - 1);

    return v->state != VERDICT_DOWN &&
           (failures(v) > 0 || (recent > 0 && recent + 1 >= rule->fall));
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
