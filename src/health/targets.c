/* SPDX-License-Identifier: BSD-2-Clause */
#include "health/targets.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "health/health.h"

uint64_t targets_hash(const char *probe, const struct probe_dest *dest, uint64_t seed)
{
    const uint64_t h = hash_bytes(probe, strlen(probe), seed);

    if (dest->host != NULL)
        return hash_bytes(dest->host, strlen(dest->host), h);
    return hash_bytes(dest->addr.bytes, sizeof(dest->addr.bytes), h);
}

static bool same_dest(const struct probe_dest *a, const struct probe_dest *b)
{
    if (a->host != NULL || b->host != NULL)
        return a->host != NULL && b->host != NULL && strcmp(a->host, b->host) == 0;
    return ipaddr_equal(&a->addr, &b->addr);
}

static struct target **bucket_of(const struct targets *ts, uint64_t hash)
{
    return &ts->buckets[hash & (ts->n_buckets - 1)];
}

struct target *targets_find(const struct targets *ts, uint64_t hash, const char *probe,
                            const struct probe_dest *dest)
{
    if (ts->n_buckets == 0)
        return NULL;
    for (struct target *t = *bucket_of(ts, hash); t != NULL; t = t->next)
        if (t->hash == hash && strcmp(t->spec->is.name, probe) == 0 && same_dest(&t->dest, dest))
            return t;
    return NULL;
}

static void put(struct targets *ts, struct target *t)
{
    struct target **bucket = bucket_of(ts, t->hash);

    t->next = *bucket;
    *bucket = t;
}

static void grow(struct targets *ts)
{
    struct targets larger = {.n = ts->n, .n_buckets = ts->n_buckets > 0 ? 2 * ts->n_buckets : 16};

    larger.buckets = xcalloc(larger.n_buckets, sizeof(*larger.buckets));
    for (size_t i = 0; i < ts->n_buckets; i++)
        for (struct target *t = ts->buckets[i], *next; t != NULL; t = next) {
            next = t->next;
            put(&larger, t);
        }
    free(ts->buckets);
    *ts = larger;
}

void targets_add(struct targets *ts, struct target *t)
{
    if (ts->n == ts->n_buckets)
        grow(ts);
    put(ts, t);
    ts->n++;
}

void targets_remove(struct targets *ts, struct target *t)
{
    struct target **at = bucket_of(ts, t->hash);

    while (*at != t)
        at = &(*at)->next;
    *at = t->next;
    ts->n--;
}

struct target *targets_next(const struct targets *ts, const struct target *t)
{
    size_t i = 0;

    if (t != NULL) {
        if (t->next != NULL)
            return t->next;
        i = (t->hash & (ts->n_buckets - 1)) + 1;
    }
    for (; i < ts->n_buckets; i++)
        if (ts->buckets[i] != NULL)
            return ts->buckets[i];
    return NULL;
}

void targets_fini(struct targets *ts)
{
    free(ts->buckets);
    *ts = (struct targets){0};
}

void target_free(struct target *t)
{
    spec_unref(t->spec);
    track_fini(&t->track);
    free(t->dest.host);
    free(t->last_text);
    free(t);
}

struct target_memory target_remember(const struct target *t)
{
    return (struct target_memory){t->verdict, t->since, t->damping};
}

void target_recall(struct target *t, const struct target_memory *m)
{
    t->verdict = m->verdict;
    t->since = m->since;
    t->damping = m->damping;
    t->is_recalled = m->verdict.state != VERDICT_UNKNOWN;
    if (!t->is_recalled)
        return;
    free(t->last_text);
    t->last_text = xstrdup("not asked since the restart");
    t->last_is_good = false;
}

const struct track *target_track(const struct target *t)
{
    return &t->track;
}

void target_recall_track(struct target *t, struct track track)
{
    track_fini(&t->track);
    t->track = track;
}

void target_release(struct target *t)
{
    t->damping = (struct damping){0};
}
