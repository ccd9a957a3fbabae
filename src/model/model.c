/* SPDX-License-Identifier: BSD-2-Clause */
#include "model/model.h"

#include <assert.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "model/agenda.h"
#include "model/dice.h"
#include "model/users.h"

/* A reply or a refusal comes after so long; no reply, after the timeout. */
#define REPLY_MS 10

/* One place that probes one region. */
struct prober {
    mono_ms_t started; /* its newest probe */
    uint64_t random;
    bool is_waiting, is_good; /* for the result, which will be this */
};

/*
 * Who acts, by number in the agenda:
 *
 *   0 … n_resolvers ─ 1                       resolvers
 *   … + n_regions × checkers ─ 1              probers
 *   … + n_regions ─ 1                         regions, when something else is true of them
 */
struct model {
    const struct model_spec *spec;
    struct steerer *steerer;
    struct resolver *resolvers;
    struct prober *probers;
    unsigned checkers;
    struct agenda agenda;
    struct users users;
    uint8_t shown[TRACE_REGIONS_MAX]; /* what clients of each home were last answered */
    struct model_result result;
};

/* ---- answers ---- */

static void note_answer(struct model *m, size_t home, struct steer_answer a)
{
    m->result.changes += a.region != m->shown[home];
    m->shown[home] = a.region;
}

/* Something may have changed: a client of each home looks. */
static void look_for_changes(struct model *m, mono_ms_t now)
{
    for (size_t home = 0; home < m->spec->trace->n_regions; home++) {
        const struct steer_answer a = steerer_answer(m->steerer, home, 0, now);
        if (!a.is_random)
            note_answer(m, home, a);
    }
}

static mono_ms_t ask(struct model *m, uint32_t i, mono_ms_t now)
{
    struct resolver *r = &m->resolvers[i];
    const struct steer_answer a = steerer_answer(m->steerer, r->home, i, now);

    if (a.is_random || m->spec->steerer->interval_ms == 0) /* else look_for_changes sees it */
        note_answer(m, r->home, a);
    users_count_query(&m->users, now);
    users_move(&m->users, r->home, r->region, a.region, now);
    r->region = a.region;
    return now + resolver_keeps(r, m->spec->resolvers, a.ttl_s);
}

/* ---- probes ---- */

static mono_ms_t start_probe(struct model *m, struct prober *p, size_t region, unsigned checker,
                             mono_ms_t now)
{
    const struct trace_piece *is = users_piece(&m->users, region);
    const bool is_dark = is->is_dark && checker == 0;

    p->started = now;
    p->is_waiting = true;
    p->is_good = dice(&p->random) >= is->probe_fails && !is_dark;
    const bool hangs = !p->is_good && (is->hangs || is_dark);
    return now + (hangs ? m->spec->steerer->timeout_ms : REPLY_MS);
}

static mono_ms_t end_probe(struct model *m, struct prober *p, size_t region, unsigned checker,
                           mono_ms_t now)
{
    const mono_ms_t next = p->started + m->spec->steerer->interval_ms;

    p->is_waiting = false;
    steerer_on_probe(m->steerer, region, checker, p->is_good, now);
    look_for_changes(m, now);
    return next > now ? next : now;
}

static mono_ms_t probe(struct model *m, uint32_t i, mono_ms_t now)
{
    struct prober *p = &m->probers[i];
    const size_t region = i / m->checkers;
    const unsigned checker = i % m->checkers;

    return p->is_waiting ? end_probe(m, p, region, checker, now)
                         : start_probe(m, p, region, checker, now);
}

/* ---- the run ---- */

/* Where in its interval a prober begins: all together, or one after the other; checkers as chance has it. */
static mono_ms_t phase(struct model *m, uint32_t i)
{
    const struct steerer_spec *s = m->spec->steerer;
    const size_t region = i / m->checkers, n = m->spec->trace->n_regions;
    double at = m->spec->phase;

    if (!s->at_once)
        at += (double)region / (double)n;
    if (i % m->checkers > 0)
        at += dice(&m->probers[i].random);
    return (mono_ms_t)((at - (double)(int)at) * (double)s->interval_ms);
}

static void plan_resolvers(struct model *m)
{
    const struct model_spec *spec = m->spec;

    for (uint32_t i = 0; i < spec->resolvers->n; i++) {
        struct resolver *r = &m->resolvers[i];
        const struct steer_answer a = steerer_answer(m->steerer, r->home, i, 0);
        agenda_set(&m->agenda, i, resolver_first(r, spec->resolvers, a.ttl_s));
    }
}

static void plan_probers(struct model *m, uint32_t first, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        m->probers[i].random = hash_mix(m->spec->seed + i);
        if (m->spec->steerer->interval_ms > 0)
            agenda_set(&m->agenda, first + i, phase(m, i));
    }
}

static void play(struct model *m, uint32_t n_probers)
{
    const uint32_t n = (uint32_t)m->spec->resolvers->n;
    const struct agenda_entry *next;

    while ((next = agenda_next(&m->agenda))->at < m->spec->trace->length_ms) {
        const mono_ms_t now = next->at;
        const uint32_t who = next->who;
        mono_ms_t again;
        if (who < n)
            again = ask(m, who, now);
        else if (who < n + n_probers)
            again = probe(m, who - n, now);
        else
            again = users_next_piece(&m->users, who - n - n_probers, now);
        agenda_again(&m->agenda, again);
    }
}

struct model_result model_run(const struct model_spec *spec)
{
    const size_t n_regions = spec->trace->n_regions;
    const unsigned checkers = spec->steerer->checkers > 0 ? spec->steerer->checkers : 1;
    const uint32_t n = (uint32_t)spec->resolvers->n, n_probers = (uint32_t)n_regions * checkers;
    struct model m = {.spec = spec,
                      .checkers = checkers,
                      .steerer = steerer_new(spec->steerer, spec->trace, spec->seed),
                      .resolvers = resolvers_new(spec->resolvers, n_regions, spec->seed),
                      .probers = xcalloc(n_probers, sizeof(*m.probers))};

    users_init(&m.users, spec->trace, m.resolvers, n);
    agenda_init(&m.agenda, n + n_probers + (uint32_t)n_regions);
    for (size_t r = 0; r < n_regions; r++) {
        m.shown[r] = (uint8_t)r;
        agenda_set(&m.agenda, n + n_probers + (uint32_t)r, 0);
    }
    plan_probers(&m, n, n_probers);
    plan_resolvers(&m);
    agenda_start(&m.agenda);
    play(&m, n_probers);
    users_end(&m.users, &m.result);
    agenda_fini(&m.agenda);
    users_fini(&m.users);
    free(m.probers);
    free(m.resolvers);
    steerer_free(m.steerer);
    return m.result;
}

/* ---- many runs ---- */

/* -1, never, as soon as one of the runs has it. */
static double add_left(double sum, double left_s, unsigned n)
{
    return sum < 0 || left_s < 0 ? -1 : sum + left_s / n;
}

struct model_result model_mean(const struct model_spec *spec, unsigned n)
{
    struct model_result mean = {0};
    struct model_spec one = *spec;

    for (unsigned i = 0; i < n; i++) {
        one.seed = spec->seed + i;
        one.phase = (i + 0.5) / n;
        const struct model_result r = model_run(&one);
        mean.left_50_s = add_left(mean.left_50_s, r.left_50_s, n);
        mean.left_95_s = add_left(mean.left_95_s, r.left_95_s, n);
        mean.left_99_s = add_left(mean.left_99_s, r.left_99_s, n);
        mean.failure_user_s += r.failure_user_s / n;
        mean.away_user_s += r.away_user_s / n;
        mean.changes += r.changes / n;
        mean.queries_per_s += r.queries_per_s / n;
        mean.calm_per_s += r.calm_per_s / n;
        mean.peak_per_s += r.peak_per_s / n;
    }
    return mean;
}
