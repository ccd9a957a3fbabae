/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/schedule.h"

#include <assert.h>
#include <stdlib.h>

#include "base/xalloc.h"

void schedule_init(struct schedule *s, unsigned max_running)
{
    *s = (struct schedule){.max_running = max_running};
}

void schedule_fini(struct schedule *s)
{
    free(s->heap);
    s->heap = NULL;
}


/* --- A binary heap; children of i stand at 2i and 2i + 1. --- */

static void put(struct schedule *s, size_t place, struct slot *slot)
{
    s->heap[place] = slot;
    slot->place = place;
}

static void sift_up(struct schedule *s, size_t place)
{
    struct slot *slot = s->heap[place];

    for (; place > 1 && slot->due < s->heap[place / 2]->due; place /= 2)
        put(s, place, s->heap[place / 2]);
    put(s, place, slot);
}

static void sift_down(struct schedule *s, size_t place)
{
    struct slot *slot = s->heap[place];

    for (size_t child; (child = 2 * place) <= s->n; place = child) {
        if (child < s->n && s->heap[child + 1]->due < s->heap[child]->due)
            child++;
        if (slot->due <= s->heap[child]->due)
            break;
        put(s, place, s->heap[child]);
    }
    put(s, place, slot);
}

void schedule_add(struct schedule *s, struct slot *slot)
{
    assert(slot->place == 0);
    s->heap = xgrow(s->heap, s->n + 1, sizeof(struct slot *)); /* heap[0] is not used */
    s->n++;
    put(s, s->n, slot);
    sift_up(s, s->n);
}

void schedule_remove(struct schedule *s, struct slot *slot)
{
    const size_t place = slot->place;
    struct slot *last = s->heap[s->n];

    assert(place > 0);
    s->n--;
    slot->place = 0;
    if (slot == last)
        return;
    put(s, place, last);
    sift_up(s, place);
    sift_down(s, last->place);
}


/* --- Starts and ends. --- */

void slot_aim(struct slot *slot, mono_ms_t now)
{
    const dur_ms_t phase = (dur_ms_t)(slot->phase % (uint64_t)slot->interval_ms);
    const mono_ms_t round = now - now % slot->interval_ms;

    slot->due = round + phase;
    if (slot->due <= now)
        slot->due += slot->interval_ms;
}

static void start(struct schedule *s, struct slot *slot, mono_ms_t now)
{
    schedule_remove(s, slot);
    s->running++;
}

struct slot *schedule_take(struct schedule *s, mono_ms_t now)
{
    if (s->n == 0 || s->heap[1]->due > now || s->running >= s->max_running)
        return NULL;
    struct slot *slot = s->heap[1];
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

void schedule_ended(struct schedule *s, mono_ms_t now)
{
    assert(s->running > 0);
    s->running--;
}

void schedule_return(struct schedule *s, struct slot *slot, mono_ms_t now)
{
    slot->idle_since = now;
    if (slot->due < now)
        slot->due = now - (now - slot->due) % slot->interval_ms;
    schedule_add(s, slot);
}

dur_ms_t schedule_wait(const struct schedule *s, mono_ms_t now)
{
    dur_ms_t wait = s->running > 0 ? SCHEDULE_BEAT_MS : -1;

    if (s->n == 0 || s->running >= s->max_running)
        return wait;
    const dur_ms_t until_due = s->heap[1]->due > now ? s->heap[1]->due - now : 0;
    return wait < 0 || until_due < wait ? until_due : wait;
}
