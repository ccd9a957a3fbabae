/* SPDX-License-Identifier: BSD-2-Clause */
#include "fakehealth.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

struct target {
    struct health *health;
    struct target *next;
    unsigned refs;
    char *probe, *endpoint;
    struct probe_spec spec; /* only its name, what it asks, and how it is damped */
    struct probe_dest dest;
    enum verdict_state verdict;
    bool suspect;
    mono_ms_t since;
    struct damping damping;
    struct verdict recalled; /* whole; .state is verdict */
    struct track track;
    void *data;
};

struct health {
    struct target *targets;
    mono_ms_t now;
};

struct health *fakehealth_new(void)
{
    return xcalloc(1, sizeof(struct health));
}

void fakehealth_free(struct health *h)
{
    assert(h->targets == NULL);
    free(h);
}

void fakehealth_set_now(struct health *h, mono_ms_t now)
{
    h->now = now;
}

struct target *fakehealth_find(const struct health *h, const char *probe, const char *endpoint)
{
    struct target *t = h->targets;

    while (t != NULL &&
           (strcmp(t->endpoint, endpoint) != 0 || (probe != NULL && strcmp(t->probe, probe) != 0)))
        t = t->next;
    return t;
}

size_t fakehealth_count(const struct health *h)
{
    size_t n = 0;

    for (const struct target *t = h->targets; t != NULL; t = t->next)
        n++;
    return n;
}

void fakehealth_turn(struct target *t, enum verdict_state verdict, mono_ms_t now)
{
    if (t->verdict != verdict)
        t->since = now;
    t->verdict = verdict;
    t->suspect = false;
}

void fakehealth_suspect(struct target *t, bool suspect)
{
    t->suspect = suspect;
}

void fakehealth_hold(struct target *t, mono_ms_t until)
{
    t->damping.held_until = until;
}

void fakehealth_result(struct target *t, const struct track_result *r)
{
    track_add(&t->track, r, TRACK_RUNS_MAX);
}

/* ---- health/health.h ---- */

static struct target *find(const struct health *h, const char *probe, const char *endpoint)
{
    struct target *t = h->targets;

    while (t != NULL && (strcmp(t->endpoint, endpoint) != 0 || strcmp(t->probe, probe) != 0))
        t = t->next;
    return t;
}

struct target *health_target(struct health *h, const struct probe_spec *spec,
                             const struct probe_dest *dest)
{
    char addr[IPADDR_TEXT];
    const char *endpoint = dest->host != NULL ? dest->host : ipaddr_print(&dest->addr, addr);
    struct target *t = find(h, spec->name, endpoint);

    if (t == NULL) {
        t = xcalloc(1, sizeof(*t));
        *t = (struct target){.health = h,
                             .next = h->targets,
                             .probe = xstrdup(spec->name),
                             .endpoint = xstrdup(endpoint),
                             .since = h->now};
        t->spec.name = t->probe;
        t->spec.asks = spec->asks;
        t->spec.damping = spec->damping;
        t->dest.addr = dest->addr;
        t->dest.host = dest->host != NULL ? t->endpoint : NULL;
        h->targets = t;
    }
    t->refs++;
    return t;
}

void target_unref(struct target *t)
{
    struct target **at = &t->health->targets;

    if (--t->refs > 0)
        return;
    while (*at != t)
        at = &(*at)->next;
    *at = t->next;
    track_fini(&t->track);
    free(t->probe);
    free(t->endpoint);
    free(t);
}

void target_status(const struct target *t, struct target_status *out)
{
    *out = (struct target_status){.spec = &t->spec,
                                  .dest = &t->dest,
                                  .verdict = t->verdict,
                                  .suspect = t->suspect,
                                  .damping = &t->damping,
                                  .since = t->since};
}

void target_serves(struct target *t, uint64_t regions, bool is_reference)
{
    (void)t;
    (void)regions;
    (void)is_reference;
}

void target_set_data(struct target *t, void *data)
{
    t->data = data;
}

void *target_data(const struct target *t)
{
    return t->data;
}

struct target *health_next(const struct health *h, const struct target *t)
{
    return t != NULL ? t->next : h->targets;
}

struct target_memory target_remember(const struct target *t)
{
    struct target_memory m = {t->recalled, t->since, t->damping};

    m.verdict.state = (uint8_t)t->verdict;
    return m;
}

void target_recall(struct target *t, const struct target_memory *m)
{
    t->recalled = m->verdict;
    t->verdict = (enum verdict_state)m->verdict.state;
    t->since = m->since;
    t->damping = m->damping;
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
