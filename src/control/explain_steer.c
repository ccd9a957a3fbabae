/*
 * Why a steered name gives a client what it gives.  What is chosen comes from the tables that
 * workers use, why from the rules that these were compiled from; where the two differ, because a
 * file has changed since, it is said.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "control/cmd.h"
#include "control/drains.h"
#include "control/explain.h"
#include "load/mapcompile.h"

/* All that is said of one step. */
struct view {
    struct explain *e;
    const struct control *c;
    const struct config *config;
    const struct plan_pool *pool;
    const struct policy_spec *policy;
    const struct steered *steered;
    const struct steer_type *type;
    size_t t; /* the type's number in the pool */
    const struct ranking *ranking;
    uint8_t choice, scope;
    unsigned slot; /* of the client in the pool: whose turn it is while a region ramps */
    uint8_t unit;  /* length of the block that has it */
    bool has_reason;
    struct map_reason reason; /* its ranking is owned */
};

/* ---- rules ---- */

static json_t *place_of(const struct err_pos *pos)
{
    char *text = xasprintf("%s:%u:%u", pos->file, pos->line, pos->column);
    json_t *s = rpc_text(text);

    free(text);
    return s;
}

static json_t *rule_object(const struct rule_spec *r)
{
    char network[PREFIX_TEXT], *text = NULL;

    switch (r->kind) {
    case RULE_NETWORK: text = xasprintf("network %s", prefix_print(&r->network, network)); break;
    case RULE_ASN: text = xasprintf("asn %u", r->asn); break;
    case RULE_SUBDIVISION: text = xasprintf("subdivision %s", r->code); break;
    case RULE_COUNTRY: text = xasprintf("country %s", r->code); break;
    case RULE_CONTINENT: text = xasprintf("continent %s", r->code); break;
    }
    json_t *o = json_pack("{s:s, s:o}", "rule", text, "at", place_of(&r->pos));
    free(text);
    return o;
}

static json_t *set_array(const struct view *v, regionset_t set)
{
    json_t *names = json_array();

    for (unsigned r = 0; r < v->config->n_regions; r++)
        if (set >> r & 1)
            json_array_append_new(names, json_string(v->config->regions[r].name));
    return names;
}

static void tell_order(const struct view *v, json_t *step)
{
    json_t *order, *fences = json_array();

    if (v->reason.prefer != NULL)
        order = rule_object(v->reason.prefer);
    else
        order = json_pack("{s:s}", "rule", v->reason.by_unknown ? "unknown" : "distance");
    json_object_set_new(step, "ordered_by", order);

    for (size_t i = 0; i < v->reason.n_fences && i < MATCH_FENCES; i++) {
        json_t *fence = rule_object(v->reason.fences[i]);
        json_object_set_new(fence, "only", set_array(v, v->reason.fences[i]->only));
        json_array_append_new(fences, fence);
    }
    json_object_set_new(step, "fences", fences);
}

/* ---- regions ---- */

/* "drained everywhere since …, by uid 0: the reason" */
static void print_drain(const struct view *v, FILE *f, unsigned region)
{
    const char *name = v->config->regions[region].name;
    const struct drain *d = drains_find(v->c->drains, name, NULL);
    char since[CLOCK_TEXT];

    if (d == NULL)
        d = drains_find(v->c->drains, name, v->pool->name);
    if (d == NULL) { /* the order is given, the plan follows within this turn of the loop */
        fputs("drained", f);
        return;
    }
    fprintf(f, "drained %s since %s by uid %u", d->pool == NULL ? "everywhere" : "in this pool",
            real_print(d->since, since), (unsigned)d->uid);
    if (d->why != NULL)
        fprintf(f, ": %s", d->why);
}

/* down: what it is if its probe fails. */
static void print_endpoint(FILE *f, const struct target *t, const char *down)
{
    struct target_status s;
    char addr[IPADDR_TEXT], age[DUR_TEXT];

    target_status(t, &s);
    const char *endpoint = s.dest->host != NULL ? s.dest->host : ipaddr_print(&s.dest->addr, addr);
    if (s.verdict != VERDICT_DOWN && damping_is_held(s.damping, mono_ms()))
        fprintf(f, "; %s held for another %s: it fell too often", endpoint,
                dur_print(s.damping->held_until - mono_ms(), age));
    if (s.verdict != VERDICT_DOWN)
        return;
    fprintf(f, "; %s %s for %s: %s", endpoint, down, dur_print(mono_ms() - s.since, age),
            s.last_error != NULL ? s.last_error : "its last probe succeeded, too few have yet");
}

/* Its clients come back to it: is this one of them? */
static void print_ramp(const struct view *v, FILE *f, const struct plan_set *set)
{
    const struct ramp *r = &set->ramp;
    char left[DUR_TEXT];

    fprintf(f, "its clients come back slot by slot: %u of %d are, this client has slot %u",
            r->share, SLOTS, v->slot);
    if (r->stands)
        fputs("; it stands while a probe fails", f);
    else
        fprintf(f, "; all are in %s", dur_print(ramp_left(r, v->policy->ramp_ms, mono_ms()), left));
}

/* "1 of 2 endpoints up, 50 % are needed; 127.0.0.12 down for 3m: connection refused" */
static void print_down(const struct view *v, FILE *f, const struct plan_set *set)
{
    char left[DUR_TEXT];

    fprintf(f, "%u of %u endpoints up, %u %% are needed", set->n_up, set->n_targets,
            v->policy->region_up);
    if (set->ramp.state == RAMP_WAITS)
        fputs("; it waits for `proximactl release` (failback: manual)", f);
    if (damping_is_held(&set->damping, mono_ms()))
        fprintf(f, "; the region is held for another %s: it fell too often",
                dur_print(set->damping.held_until - mono_ms(), left));
    for (uint16_t i = 0; set->targets != NULL && i < set->n_targets; i++)
        print_endpoint(f, set->targets[i], "down");
    for (uint16_t i = 0; set->ready_targets != NULL && i < set->n_targets; i++)
        print_endpoint(f, set->ready_targets[i], "not ready");
}

static void print_why(const struct view *v, FILE *f, unsigned region)
{
    const struct plan_set *set = plan_set(v->c->now->plan, v->pool, v->t, region);

    if (!(v->ranking->allowed >> region & 1))
        fputs("behind a fence", f);
    else if (!(v->pool->present >> region & 1))
        fputs("not in this pool", f);
    else if (v->pool->drained >> region & 1)
        print_drain(v, f, region);
    else if (set->source == NULL)
        fputs("it owns no record of the type: NODATA", f);
    else if (set->level != PLAN_UP)
        print_down(v, f, set);
    else if (set->ramp.state == RAMP_CLIMBS)
        print_ramp(v, f, set);
}

/* Of the usable regions those that ramp, and not for this client yet. */
static regionset_t withheld(const struct view *v)
{
    regionset_t set = 0;

    for (unsigned r = 0; r < v->config->n_regions; r++)
        if ((v->pool->types[v->t].ramping >> r & 1) &&
            v->slot >= plan_set(v->c->now->plan, v->pool, v->t, r)->ramp.share)
            set |= (regionset_t)1 << r;
    return set;
}

static regionset_t usable(const struct view *v)
{
    return v->pool->types[v->t].usable & v->ranking->allowed & ~withheld(v);
}

static const char *state_of(const struct view *v, unsigned region)
{
    const struct plan_set *set = plan_set(v->c->now->plan, v->pool, v->t, region);
    const enum region_state state = plan_region_state(v->c->now->plan, v->pool, region);

    /* Over all types a region may be worse than it is for this one. */
    if (state == REGION_DRAINED || state == REGION_ABSENT)
        return region_state_name(state);
    return region_state_name(plan_set_state(set));
}

static json_t *region_object(const struct view *v, unsigned region)
{
    char *why;
    size_t len;
    FILE *f = open_memstream(&why, &len);

    if (f == NULL)
        abort();
    print_why(v, f, region);
    fclose(f);
    json_t *o = json_pack("{s:s, s:s, s:b, s:b, s:o}", "region", v->config->regions[region].name,
                          "state", state_of(v, region), "usable", (int)(usable(v) >> region & 1),
                          "chosen", v->choice == region, "why", rpc_text(why));
    free(why);
    if (v->has_reason && v->reason.distance_km[region] >= 0)
        json_object_set_new(o, "distance_km",
                            json_integer((json_int_t)(v->reason.distance_km[region] + 0.5)));
    return o;
}

/* In the order in which they are tried; then those that a fence excludes. */
static json_t *regions_array(const struct view *v)
{
    json_t *regions = json_array();

    for (uint8_t i = 0; i < v->ranking->n; i++)
        json_array_append_new(regions, region_object(v, v->ranking->region[i]));
    for (unsigned r = 0; r < v->config->n_regions; r++)
        if (!(v->ranking->allowed >> r & 1))
            json_array_append_new(regions, region_object(v, r));
    return regions;
}

/* ---- the choice ---- */

static const char *choice_why(const struct view *v)
{
    const regionset_t first = usable(v), late = withheld(v) & v->ranking->allowed;
    const regionset_t second = v->pool->types[v->t].second & v->ranking->allowed;

    if (v->pool->types[v->t].panic)
        return "fewer regions than min_healthy are up: health is ignored, the first one is taken";
    if (v->choice < REGIONS_MAX && (first >> v->choice & 1))
        return late != 0 ? "the first one that is usable and, where it ramps, back for this client"
                         : "the first one that is usable";
    if (first == 0 && v->choice < REGIONS_MAX && (second >> v->choice & 1))
        return "none is up, and of those that are held or not ready it is the first";
    if (first == 0 && v->choice < REGIONS_MAX && (late >> v->choice & 1))
        return "it ramps, but nothing else is there for this client: the one that was back first";
    if ((first | second | late) != 0)
        return "the tables are about to be replaced";
    switch (v->policy->when_all_down) {
    case ALL_DOWN_OPEN:
        return "no region is usable, so the first one is answered as if all were up "
               "(when_all_down: open)";
    case ALL_DOWN_ALL: return "no region is usable, so all are answered (when_all_down: all)";
    case ALL_DOWN_SERVFAIL: return "no region is usable (when_all_down: servfail)";
    case ALL_DOWN_NODATA: return "no region is usable (when_all_down: nodata)";
    }
    abort();
}

static json_t *choice_name(const struct view *v)
{
    if (v->choice < REGIONS_MAX)
        return json_string(v->config->regions[v->choice].name);
    if (v->choice == CHOICE_ALL)
        return json_string("all");
    return json_string(v->choice == CHOICE_SERVFAIL ? "servfail" : "nodata");
}

/* ---- records and their TTL ---- */

static char *ttl_why(const struct view *v, const struct ttl_rule *rule, unsigned region)
{
    const struct plan_set *set = plan_set(v->c->now->plan, v->pool, v->t, region);
    const mono_ms_t since = set->since > v->pool->since ? set->since : v->pool->since;
    const mono_ms_t change_at = v->pool->types[v->t].change_at, now = mono_ms();
    char age[DUR_TEXT];

    if (set->suspect)
        return xasprintf("the minimum: an endpoint failed its last probe");
    if (set->level == PLAN_DOWN)
        return xasprintf("the minimum: it is answered although it is down");
    if (set->level == PLAN_AVOIDED)
        return xasprintf("the minimum: it is answered although it is held or not ready");
    if (v->pool->types[v->t].ramping != 0)
        return xasprintf("the minimum: clients come back to a region, each when it is its turn");
    if (change_at < INT64_MAX && ttl_glide(rule, change_at - now) < ttl_at(rule, now - since))
        return xasprintf("a hold ends in %s: caches let go of it by then, or within %u s",
                         dur_print(change_at > now ? change_at - now : 0, age), rule->min_s);
    if (since <= PLAN_ALWAYS)
        return xasprintf("the maximum: nothing here was ever seen to change");
    return xasprintf("unchanged for %s, of that 1/%u in powers of two, within %u and %u s",
                     dur_print(now - since, age), rule->growth, rule->min_s, rule->max_s);
}

static void tell_ttl(const struct view *v, const struct explain_steered *s, unsigned region,
                     json_t *step)
{
    const struct rrset *set = v->type->answers->set[region];
    const struct ttl_rule rule = plan_ttl_of(v->c->now->plan, s->entry, s->dyn);
    char *why = ttl_why(v, &rule, region);

    json_object_set_new(step, "ttl", json_integer(rrset_ttl(set)));
    json_object_set_new(step, "ttl_why", json_string(why));
    json_object_set_new(step, "ttl_min", json_integer(rule.min_s));
    json_object_set_new(step, "ttl_max", json_integer(rule.max_s));
    free(why);
}

/* Of a ranking's regions those that a choice answers with; they may own no record of the type. */
static regionset_t answered(const struct steer_type *type, uint8_t choice,
                            const struct ranking *ranking)
{
    const regionset_t spread = type->spread & ranking->allowed;

    if (choice < REGIONS_MAX)
        return (regionset_t)1 << choice;
    if (choice != CHOICE_ALL)
        return 0;
    return spread != 0 ? spread : ranking->allowed; /* all drained: all of them */
}

bool explain_gives(const struct steered *s, const struct steer_type *type,
                   const struct ipaddr *client)
{
    uint8_t scope;
    uint32_t id;
    const uint8_t choice = steered_choice(s, type, client, &id, &scope);
    const regionset_t set = answered(type, choice, geomap_ranking(s->map, id));

    for (unsigned r = 0; r < REGIONS_MAX; r++)
        if ((set >> r & 1) && type->answers->set[r] != NULL)
            return true;
    return false;
}

static json_t *records_array(const struct view *v)
{
    const regionset_t set = answered(v->type, v->choice, v->ranking);
    json_t *records = json_array();

    for (unsigned r = 0; r < v->config->n_regions; r++)
        if ((set >> r & 1) && v->type->answers->set[r] != NULL)
            explain_records(v->type->answers->set[r], records);
    return records;
}

/* ---- the step ---- */

static size_t type_number(const struct plan_pool *pool, uint16_t type)
{
    size_t t = 0;

    while (pool->types[t].type != type)
        t++;
    return t;
}

static bool ranking_equal(const struct ranking *a, const struct ranking *b)
{
    return a->n == b->n && memcmp(a->region, b->region, a->n) == 0;
}

static void look_for_reason(struct view *v)
{
    struct explain *e = v->e;

    if (e->db == NULL)
        return;
    mapcompile_reason(&v->config->maps[v->policy->map], v->config->regions, v->config->n_regions,
                      e->db, &e->client.addr, &v->reason);
    v->has_reason = true;
    if (!ranking_equal(v->reason.ranking, v->ranking))
        err_warn(&e->warnings, "the geo databases have changed since they were loaded: workers "
                               "still order by the earlier ones (proximactl reload)");
}

static struct view view_of(struct explain *e, const struct explain_steered *s)
{
    const struct control *c = e->control;
    struct view v = {.e = e, .c = c, .config = c->now->config, .type = s->type};

    v.pool = plan_pool_of(c->now->plan, s->entry, s->dyn);
    v.policy = &v.config->policies[v.pool->policy];
    v.steered = plan_steered_of(c->now->plan, s->entry, s->dyn);
    v.t = type_number(v.pool, s->type->answers->type);
    uint32_t id;
    v.choice = steered_choice(v.steered, s->type, &e->client.addr, &id, &v.scope);
    v.ranking = geomap_ranking(v.steered->map, id);
    v.slot = bands_slot(bands_seed(v.pool->name), &e->client.addr, &v.unit);
    look_for_reason(&v);
    return v;
}

/* The client's turn, while there are turns. */
static void tell_slot(const struct view *v, json_t *step)
{
    const struct ipaddr *addr = &v->e->client.addr;
    const struct prefix unit = {ipaddr_mask(addr, v->unit), v->unit};
    char text[PREFIX_TEXT];

    if (v->pool->types[v->t].ramping != 0)
        json_object_set_new(step, "turn",
                            json_pack("{s:i, s:i, s:s}", "slot", (int)v->slot, "of", SLOTS, "block",
                                      prefix_print(&unit, text)));
}

static json_t *dyn_object(const struct dyn *d)
{
    char *at = xasprintf("%s:%u", d->file, d->line);
    json_t *o = json_pack("{s:s, s:o, s:o}", "kind", cmd_kind(d->kind), "owner",
                          cmd_name(d->owner->name), "at", rpc_text(at));

    free(at);
    return o;
}

/* What the option says: 0 for a negative answer, and for who asks not to be located (RFC 7871 §7.4,
 * §7.1.2). */
static uint8_t wire_scope(const struct view *v, const json_t *records)
{
    return json_array_size(records) == 0 || v->e->client.bits == 0 ? 0 : v->scope;
}

/* That of the SOA behind it. */
static void tell_negative_ttl(const struct explain_steered *s, const struct steered *steered,
                              json_t *step)
{
    const struct rrset *soa = zone_negative_soa(s->entry->zone);

    if (soa == NULL)
        return;
    const bool bounded = steered->negative_ttl_s < rrset_ttl(soa);
    json_object_set_new(step, "ttl",
                        json_integer(bounded ? steered->negative_ttl_s : rrset_ttl(soa)));
    json_object_set_new(step, "ttl_why",
                        json_string(bounded ? "no records: no longer than the name's min"
                                            : "no records: as the SOA says"));
}

bool explain_steer(struct explain *e, const struct explain_steered *s, json_t *step,
                   const struct rrset **alias)
{
    const struct view v = view_of(e, s);

    json_object_set_new(step, "record", dyn_object(s->dyn));
    json_object_set_new(step, "pool", cmd_name(v.pool->name));
    json_object_set_new(step, "policy", json_string(v.policy->name));
    json_object_set_new(step, "map", json_string(v.config->maps[v.policy->map].name));
    if (v.has_reason)
        tell_order(&v, step);
    tell_slot(&v, step);
    json_object_set_new(step, "regions", regions_array(&v));
    json_object_set_new(step, "choice", choice_name(&v));
    json_object_set_new(step, "why", json_string(choice_why(&v)));
    json_t *records = records_array(&v);
    json_object_set_new(step, "records", records);
    if (json_array_size(records) == 0 && v.choice != CHOICE_SERVFAIL)
        tell_negative_ttl(s, v.steered, step);
    json_object_set_new(step, "scope", json_integer(wire_scope(&v, records)));
    if (v.choice < REGIONS_MAX && s->type->answers->set[v.choice] != NULL) {
        tell_ttl(&v, s, v.choice, step);
        if (s->dyn->kind == DYN_ALIAS)
            *alias = s->type->answers->set[v.choice];
    }
    free(v.reason.ranking);
    return v.choice != CHOICE_SERVFAIL;
}
