/* SPDX-License-Identifier: BSD-2-Clause */
#include "data/snapshot.h"

#include <assert.h>
#include <stdlib.h>

#include "base/xalloc.h"

struct snapshot *snapshot_new(struct zonedb *zones, struct steering *steering,
                              const struct answer_opts *opts, uint64_t generation)
{
    struct snapshot *s = xcalloc(1, sizeof(*s));

    assert(steering->n == zonedb_steered(zones));
    atomic_init(&s->refs, 1);
    s->generation = generation;
    s->zones = zones;
    s->only = zonedb_only(zones);
    s->steering = steering;
    s->opts = *opts;
    netset_ref(s->opts.ecs_from);
    return s;
}

struct snapshot *snapshot_ref(struct snapshot *s)
{
    atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
    return s;
}

/* Release: what this thread read of the snapshot happens before control frees it. */
void snapshot_unref(struct snapshot *s)
{
    if (s != NULL)
        atomic_fetch_sub_explicit(&s->refs, 1, memory_order_release);
}

bool snapshot_free_if_last(struct snapshot *s)
{
    if (atomic_load_explicit(&s->refs, memory_order_acquire) > 1)
        return false;
    zonedb_unref(s->zones);
    steering_unref(s->steering);
    netset_unref(s->opts.ecs_from);
    free(s);
    return true;
}
