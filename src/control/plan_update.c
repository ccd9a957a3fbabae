/*
 * Bringing pools up to now: how long each answer may be kept, and the records themselves, rendered
 * anew only where something changed.  What is usable, plan_state.c says.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "control/plan_inside.h"

/* ---- TTLs ---- */

/* What is answered although it is down, or may be going down, is kept as short as allowed; and while
 * clients come back somewhere, so that they do when it is their turn. */
static bool is_stable(const struct plan_type *type, const struct plan_set *set)
{
    return !set->suspect && set->level == PLAN_UP && type->ramping == 0;
}

static dur_ms_t stable_for(const struct plan_pool *pool, const struct plan_set *set, mono_ms_t now)
{
    const mono_ms_t since = set->since > pool->since ? set->since : pool->since;

    return since < now ? now - since : 0;
}

/* The TTL of a set under a rule, and in *next, if that is earlier, when it is another one. */
static uint32_t ttl_of_set(const struct ttl_rule *rule, const struct plan_pool *pool, uint8_t t,
                           const struct plan_set *set, mono_ms_t now, mono_ms_t *next)
{
    const bool grows = is_stable(&pool->types[t], set);
    const dur_ms_t stable_ms = grows ? stable_for(pool, set, now) : 0;
    const mono_ms_t change_at = pool->types[t].change_at;
    const uint32_t grown_s = ttl_at(rule, stable_ms), most_s = ttl_glide(rule, change_at - now);
    const bool glides = change_at < INT64_MAX;
    const uint32_t ttl_s = grown_s < most_s ? grown_s : most_s;
    const dur_ms_t fall_ms = glides ? ttl_glide_step(rule, change_at - now, ttl_s) : -1;
    const dur_ms_t step_ms = grows && grown_s < most_s ? ttl_next_step(rule, stable_ms) : -1;

    if (fall_ms >= 0 && now + fall_ms < *next)
        *next = now + fall_ms;
    if (step_ms >= 0 && now + step_ms < *next)
        *next = now + step_ms;
    return ttl_s;
}

/* The TTLs of one steered, as far as somebody gets them; true if one differs from what is rendered.
 * *next: when one does. */
static bool update_ttls(struct plan *p, struct plan_steered *s, uint8_t t, mono_ms_t now,
                        mono_ms_t *next)
{
    const struct plan_pool *pool = &p->pools[s->pool];
    const size_t n_regions = p->config->n_regions;
    bool changed = false;

    for (unsigned i = 0; i < n_regions; i++) {
        struct plan_set *set = pool_set(p, pool, t, i);
        const bool is_given = pool->types[t].given >> i & 1;
        mono_ms_t ignored = INT64_MAX;
        if (set->source == NULL)
            continue;
        const uint32_t ttl_s = ttl_of_set(&s->ttl, pool, t, set, now, is_given ? next : &ignored);
        if (s == &p->steered[pool->first])
            set->ttl_s = ttl_s;
        if (!is_given)
            continue;
        changed |= ttl_s != s->ttl_s[t * n_regions + i];
        s->ttl_s[t * n_regions + i] = ttl_s;
    }
    return changed;
}

/* ---- rendering ---- */

/* Record i of a set is answered: its endpoint is as good as any in it has to be, or nothing may be
 * left out. */
static bool is_answered(const struct plan_set *set, bool panic, uint16_t i, mono_ms_t now)
{
    if (!set->by_record || set->answered == PLAN_DOWN || panic)
        return true;
    return plan_endpoint_level(set, i, now) >= set->answered;
}

static const struct rrset *render_set(const struct plan_set *set, bool panic, uint32_t ttl_s,
                                      mono_ms_t now, uint8_t *room)
{
    struct rrset *out = (struct rrset *)(void *)room;
    const uint8_t *rr = set->source->wire;
    uint8_t *at = out->wire;

    *out = (struct rrset){.type = set->source->type};
    for (uint16_t i = 0; i < set->source->count; i++, rr = rr_next(rr)) {
        if (!is_answered(set, panic, i, now))
            continue;
        at = rr_render(at, out->type, ttl_s, rr_rdata(rr), rr_rdlen(rr));
        out->count++;
    }
    out->len = (uint16_t)(at - out->wire);
    return out;
}

static struct steer_answers *render_answers(const struct plan *p, const struct plan_steered *s,
                                            uint8_t t)
{
    const struct plan_pool *pool = &p->pools[s->pool];
    const struct plan_type *type = &pool->types[t];
    const size_t n_regions = p->config->n_regions;
    const struct plan_set *sets = pool_set(p, pool, t, 0);
    size_t room = 0;
    uint8_t *at;

    for (size_t i = 0; i < n_regions; i++)
        room += sets[i].source != NULL ? steer_set_size(sets[i].source->len) : 0;
    struct steer_answers *a = steer_answers_new(type->type, n_regions, room, &at);
    for (size_t i = 0; i < n_regions; i++) {
        if (sets[i].source == NULL)
            continue;
        a->set[i] = render_set(&sets[i], type->panic, s->ttl_s[t * n_regions + i], p->now, at);
        at += steer_set_size(sets[i].source->len);
    }
    return a;
}

struct choice_table *plan_choice(struct plan *p, const struct plan_pool *pool, uint8_t t,
                                 regionset_t withheld, struct choice_table *otherwise)
{
    const struct policy_spec *policy = &p->config->policies[pool->policy];

    return choices_get(p->choices, &(struct choice_key){.map = p->maps[policy->map],
                                                        .usable = pool->types[t].usable & ~withheld,
                                                        .avoided = pool->types[t].second,
                                                        .undrained = pool->present & ~pool->drained,
                                                        .present = pool->present,
                                                        .when_all_down = policy->when_all_down,
                                                        .otherwise = otherwise});
}

static void render_type(struct plan *p, struct plan_steered *s, uint8_t t, bool anew,
                        struct steer_type *out)
{
    const struct plan_pool *pool = &p->pools[s->pool];

    out->choice = plan_choice(p, pool, t, 0, NULL);
    out->bands = pool->types[t].ramping != 0 ? plan_bands(p, pool, t) : NULL;
    out->spread = pool->present & ~pool->drained;
    if (anew || s->current == NULL) {
        out->answers = render_answers(p, s, t);
    } else {
        out->answers = s->current->types[t].answers;
        out->answers->refs++;
    }
}

/* True if the steered was replaced. */
static bool update_steered(struct plan *p, struct plan_steered *s, bool pool_changed, mono_ms_t now,
                           mono_ms_t *next)
{
    const struct plan_pool *pool = &p->pools[s->pool];
    bool anew[PLAN_TYPES_MAX] = {false}, any = pool_changed || s->current == NULL;

    for (uint8_t t = 0; t < pool->n_types; t++) {
        anew[t] = update_ttls(p, s, t, now, next) || plan_must_render(&pool->types[t]);
        any |= anew[t];
    }
    if (!any)
        return false;
    struct steered *made = xcalloc(1, sizeof(*made) + pool->n_types * sizeof(made->types[0]));
    made->kind = pool->kind;
    made->negative_ttl_s = s->ttl.min_s;
    made->map = geomap_ref(p->maps[p->config->policies[pool->policy].map]);
    made->n_types = pool->n_types;
    for (uint8_t t = 0; t < pool->n_types; t++)
        render_type(p, s, t, anew[t], &made->types[t]);
    plan_retire(p, s->current);
    s->current = made;
    return true;
}

/* ---- all of it ---- */

static struct steering *collect(const struct plan *p)
{
    const size_t n = zonedb_steered(p->zones);
    struct steering *s = steering_new(n, p->current);

    for (size_t i = 0; i < n; i++)
        s->steered[i] = p->steered[p->name_steered[i]].current;
    return s;
}

/* One pool whose time has come.  True if any of its steereds was replaced. */
bool plan_update_pool(struct plan *p, size_t i, plan_drained_fn drained, void *arg, mono_ms_t now)
{
    struct plan_pool *pool = &p->pools[i];
    const bool changed = (p->due[i] == PLAN_DIRTY || pool->wake <= now) &&
                         plan_evaluate(p, pool, drained(arg, pool->name), now);
    bool any = false;

    p->now = now;
    p->due[i] = pool->wake;
    for (uint32_t s = pool->first; s != STEERED_END; s = p->steered[s].next)
        any |= update_steered(p, &p->steered[s], changed, now, &p->due[i]);
    for (uint8_t t = 0; t < pool->n_types; t++)
        if (plan_must_render(&pool->types[t]))
            pool->types[t].redo = 0;
    return any;
}

struct steering *plan_update(struct plan *p, plan_drained_fn drained, void *arg, mono_ms_t now)
{
    bool any = p->current == NULL;

    p->next_step_at = INT64_MAX;
    for (size_t i = 0; i < p->n_pools; i++) {
        if (p->due[i] <= now)
            any |= plan_update_pool(p, i, drained, arg, now);
        if (p->due[i] < p->next_step_at)
            p->next_step_at = p->due[i];
    }
    if (any) {
        struct steering *fresh = collect(p);
        steering_unref(p->current);
        p->current = fresh;
        choices_sweep(p->choices);
    }
    plan_tell_news(p);
    p->current->refs++;
    return p->current;
}

mono_ms_t plan_next_step_at(const struct plan *p)
{
    return p->next_step_at;
}
