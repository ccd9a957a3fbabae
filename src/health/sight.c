/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/sight.h"

/* Count a target in, or with -1 out. */
static void count(struct sight *s, const struct seen *t, int by)
{
    const unsigned add = (unsigned)by, dark = t->is_dark ? add : 0;

    if (t->is_told)
        return;
    if (t->is_reference) {
        s->n_references += add;
        s->n_dark_references += dark;
        return;
    }
    s->n += add;
    s->n_dark += dark;
    for (uint64_t r = t->regions; r != 0; r &= r - 1)
        s->dark_in[__builtin_ctzll(r)] += dark;
}

void sight_add(struct sight *s, struct seen *t)
{
    count(s, t, 1);
}

void sight_remove(struct sight *s, struct seen *t)
{
    count(s, t, -1);
}

void sight_change(struct sight *s, struct seen *t, uint64_t regions, bool is_reference)
{
    count(s, t, -1);
    t->regions = regions;
    t->is_reference = is_reference;
    count(s, t, 1);
}

void sight_told(struct sight *s, struct seen *t, bool is_told)
{
    count(s, t, -1);
    t->is_told = is_told;
    t->is_dark &= !is_told;
    count(s, t, 1);
}

unsigned sight_dark_regions(const struct sight *s)
{
    unsigned n = 0;

    for (unsigned r = 0; r < SIGHT_REGIONS_MAX; r++)
        n += s->dark_in[r] > 0;
    return n;
}

/* Does it look as if we saw nothing? */
static bool is_dark(const struct sight *s)
{
    if (s->n_dark * 100 <= s->at_percent * s->n)
        return false;
    if (s->n_references > 0) /* they know better */
        return s->n_dark_references == s->n_references;
    return s->n_dark >= SIGHT_TARGETS_MIN && sight_dark_regions(s) >= SIGHT_REGIONS_MIN;
}

static void turn(struct sight *s, bool is_blind, mono_ms_t now)
{
    s->is_blind = is_blind;
    s->since = now;
    s->clear_since = 0;
    s->stood_ms = 0;
    s->times += is_blind;
}

bool sight_standstill(struct sight *s, dur_ms_t away_ms, dur_ms_t round_ms, mono_ms_t now)
{
    if (s->n + s->n_references == 0)
        return false; /* no result would end it */
    s->round_ms = round_ms;
    s->clear_since = 0;
    if (s->is_blind)
        return false;
    turn(s, true, now);
    s->stood_ms = away_ms;
    return true;
}

bool sight_nobody(struct sight *s, mono_ms_t now)
{
    if (!s->is_blind || s->n + s->n_references > 0)
        return false;
    turn(s, false, now);
    return true;
}

bool sight_result(struct sight *s, struct seen *t, bool is_good, mono_ms_t now)
{
    count(s, t, -1);
    t->is_dark = !is_good;
    count(s, t, 1);
    const bool dark = is_dark(s);
    if (s->is_blind && dark)
        s->clear_since = s->stood_ms = 0;
    else if (s->is_blind && s->clear_since == 0)
        s->clear_since = now;
    if (s->is_blind == dark || (s->is_blind && now - s->clear_since < s->round_ms))
        return false;
    turn(s, dark, now);
    return true;
}
