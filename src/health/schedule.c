/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/schedule.h"

#include <assert.h>

/* Of what may be under way, one part of so many is not for the slow. */
#define PROMPT_PART 4

void schedule_init(struct schedule *s, unsigned max_running, uint64_t seed)
{
    const unsigned kept = (max_running + PROMPT_PART - 1) / PROMPT_PART;

    assert(max_running > 0);
    *s = (struct schedule){.phases.seed = seed,
                           .max_running = max_running,
                           .max_slow = max_running > kept ? max_running - kept : 1};
}

void schedule_fini(struct schedule *s)
{
    for (size_t i = 0; i < LANES; i++)
        slotheap_fini(&s->lanes[i]);
    phases_fini(&s->phases);
}


/* --- In and out. --- */

/* Due at its phase, within an interval after now. */
static void aim(struct slot *slot, mono_ms_t now)
{
    slot->due = now - now % slot->interval_ms + slot->phase_ms;
    if (slot->due <= now)
        slot->due += slot->interval_ms;
}

static void add(struct schedule *s, struct slot *slot)
{
    slotheap_add(&s->lanes[slot->lane], slot);
}

static void take_out(struct schedule *s, struct slot *slot)
{
    slotheap_remove(&s->lanes[slot->lane], slot);
}

static void sit_down(struct schedule *s, struct slot *slot, dur_ms_t interval_ms, mono_ms_t now)
{
    slot->interval_ms = interval_ms;
    slot->seat = phases_take(&s->phases, interval_ms, &slot->phase_ms);
    aim(slot, now);
}

void schedule_join(struct schedule *s, struct slot *slot, dur_ms_t interval_ms, mono_ms_t now)
{
    sit_down(s, slot, interval_ms, now);
    add(s, slot);
}

void schedule_leave(struct schedule *s, struct slot *slot)
{
    if (slot->place > 0)
        take_out(s, slot);
    phases_give(&s->phases, slot->interval_ms, slot->seat);
}

void schedule_change(struct schedule *s, struct slot *slot, dur_ms_t interval_ms, mono_ms_t now)
{
    const bool was_in = slot->place > 0;

    schedule_leave(s, slot);
    sit_down(s, slot, interval_ms, now);
    if (was_in)
        add(s, slot);
}


/* --- Starts and ends. --- */

/* What is to start next, when it is due; NULL: nothing is there, or no more may run. */
static struct slot *next_slot(const struct schedule *s)
{
    struct slot *prompt = slotheap_first(&s->lanes[LANE_PROMPT]);
    struct slot *slow = s->slow < s->max_slow ? slotheap_first(&s->lanes[LANE_SLOW]) : NULL;

    if (s->running >= s->max_running)
        return NULL;
    if (prompt == NULL || (slow != NULL && slow->due < prompt->due))
        return slow;
    return prompt;
}

static void start(struct schedule *s, struct slot *slot, mono_ms_t now)
{
    take_out(s, slot);
    s->running++;
    s->slow += slot->lane == LANE_SLOW;
}

struct slot *schedule_take(struct schedule *s, mono_ms_t now)
{
    struct slot *slot = next_slot(s);

    if (slot == NULL || slot->due > now || !pace_take(&s->pace, s->phases.per_ms, now))
        return NULL;
    const mono_ms_t wanted = slot->due > slot->idle_since ? slot->due : slot->idle_since;
    lateness_note(&s->late, now - wanted, now);
    start(s, slot, now);
    slot->due += slot->interval_ms;
    return slot;
}

void schedule_take_now(struct schedule *s, struct slot *slot, mono_ms_t now)
{
    start(s, slot, now);
}

void schedule_ended(struct schedule *s, const struct slot *slot)
{
    assert(s->running > 0);
    s->running--;
    s->slow -= slot->lane == LANE_SLOW;
}

void schedule_return(struct schedule *s, struct slot *slot, bool hung, mono_ms_t now)
{
    slot->lane = hung ? LANE_SLOW : LANE_PROMPT;
    slot->idle_since = now;
    if (slot->due < now)
        slot->due = now - (now - slot->due) % slot->interval_ms;
    add(s, slot);
}

dur_ms_t schedule_wait(const struct schedule *s, mono_ms_t now)
{
    const struct slot *slot = next_slot(s);
    dur_ms_t wait = s->running > 0 ? SCHEDULE_BEAT_MS : -1;

    if (slot == NULL)
        return wait;
    const dur_ms_t until_due =
        slot->due > now ? slot->due - now : pace_wait(&s->pace, s->phases.per_ms, now);
    return wait < 0 || until_due < wait ? until_due : wait;
}
