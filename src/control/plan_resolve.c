/*
 * Resolving: every DYNA and DYNC of all zones to a pool with its regions, their records and the
 * endpoints to probe.  What is wrong is told where the name stands.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/nearest.h"
#include "base/xalloc.h"
#include "control/plan_inside.h"

struct resolver {
    struct plan *plan;
    struct err *err;
    uint32_t *slots; /* pool index + 1, 0: free; by pool_hash */
    size_t mask;
    struct plan_met *met; /* n_met */
    size_t n_met;
    struct plan_gather gather;
};

static const struct policy_spec *find_policy(struct resolver *r, const struct dyn *d)
{
    const struct config *c = r->plan->config;
    const struct policy_spec *policy = config_policy(c, d->policy);

    if (policy != NULL)
        return policy;
    const char **names = xcalloc(c->n_policies, sizeof(*names));
    for (size_t i = 0; i < c->n_policies; i++)
        names[i] = c->policies[i].name;
    const char *near = nearest(d->policy, names, c->n_policies);
    err_at(r->err, dyn_pos(d), "no policy is named \"%s\"; %s \"%s\"", d->policy,
           near != NULL ? "did you mean" : "the configuration has, for one,",
           near != NULL ? near : names[0]);
    free(names);
    return NULL;
}

/* The node of the pool's name and the zone it lies in, or NULL and an error. */
static const struct node *find_pool(struct resolver *r, const struct dyn *d,
                                    const struct zone_entry **entry)
{
    char text[NAME_TEXT];

    *entry = zonedb_find_name(r->plan->zones, d->pool);
    if (*entry == NULL || (*entry)->zone == NULL) {
        err_at(r->err, dyn_pos(d), "pool %s lies in no zone %s", name_print(d->pool, text),
               *entry == NULL ? "of this server" : "that could be loaded");
        return NULL;
    }
    const struct node *n = zone_node((*entry)->zone, d->pool);
    if (n == NULL) {
        err_at(
            r->err, dyn_pos(d),
            "there is no pool %s: write its records as REGION.%s, one child label for each region",
            name_print(d->pool, text), text);
        return NULL;
    }
    if (n->flags & (NODE_OCCLUDED | NODE_CUT | NODE_DNAME)) {
        err_at(
            r->err, dyn_pos(d),
            "pool %s is at or below a delegation or DNAME, so its records are not ours to answer",
            name_print(d->pool, text));
        return NULL;
    }
    return n;
}

static const struct node *find_region(const struct plan *p, const struct zone *zone,
                                      const uint8_t *pool, size_t region)
{
    const char *label = p->config->regions[region].name;
    uint8_t name[NAME_MAX_LEN];
    struct wr w = wr_init(name, sizeof(name));

    wr_u8(&w, (uint8_t)strlen(label));
    wr_bytes(&w, label, strlen(label));
    wr_bytes(&w, pool, name_len(pool));
    return w.full ? NULL : zone_node(zone, name);
}

/* ---- what a region's records are to a pool ---- */

static struct probe_dest addr_dest(uint16_t type, const uint8_t *rdata)
{
    struct probe_dest d = {.addr = {.family = type == TYPE_A ? FAMILY_IP4 : FAMILY_IP6}};

    memcpy(d.addr.bytes, rdata, type == TYPE_A ? 4 : 16);
    return d;
}

/* The addresses in set, put behind the n that are there. */
static void add_dests(struct plan_set *to, const struct rrset *set)
{
    if (set == NULL)
        return;
    for (const uint8_t *rr = set->wire; rr < set->wire + set->len; rr = rr_next(rr))
        to->dests[to->n_targets++] = addr_dest(set->type, rr_rdata(rr));
}

static struct probe_dest *new_dests(struct plan *p, size_t n)
{
    return arena_new_array(p->arena, struct probe_dest, n);
}

static void resolve_addresses(struct plan *p, struct plan_set *to, const struct node *region,
                              uint16_t type)
{
    to->source = node_rrset(region, type);
    if (to->source == NULL)
        return;
    to->by_record = true;
    to->dests = new_dests(p, to->source->count);
    add_dests(to, to->source);
}

static size_t rrset_count(const struct rrset *set)
{
    return set != NULL ? set->count : 0;
}

/* A DYNC of a region that owns addresses is an alias of the region's name itself. */
static const struct rrset *alias_of(struct plan *p, const struct node *region, uint32_t ttl_s)
{
    struct rrset *set = arena_zalloc(p->arena, sizeof(*set) + RR_FIXED_LEN + region->name_len,
                                     _Alignof(struct rrset));

    set->type = TYPE_CNAME;
    set->count = 1;
    set->len = RR_FIXED_LEN + (uint32_t)region->name_len;
    rr_render(set->wire, TYPE_CNAME, ttl_s, region->name, region->name_len);
    return set;
}

static char *host_text(struct plan *p, const uint8_t *name)
{
    char text[NAME_TEXT];
    const size_t len = strlen(name_print(name, text));

    if (len > 1)
        text[len - 1] = '\0'; /* resolvers and certificates want it without the last dot */
    return arena_strdup(p->arena, text);
}

static void resolve_alias(struct plan *p, struct plan_set *to, const struct node *region)
{
    const struct rrset *cname = node_rrset(region, TYPE_CNAME);
    const struct rrset *a = node_rrset(region, TYPE_A), *aaaa = node_rrset(region, TYPE_AAAA);

    if (cname != NULL) {
        to->source = cname;
        to->dests = new_dests(p, 1);
        to->dests[to->n_targets++].host = host_text(p, rr_rdata(cname->wire));
    } else if (a != NULL || aaaa != NULL) {
        to->source = alias_of(p, region, 0);
        to->dests = new_dests(p, rrset_count(a) + rrset_count(aaaa));
        add_dests(to, a);
        add_dests(to, aaaa);
    }
}

static bool check_region(struct resolver *r, const struct dyn *d, const struct node *region)
{
    char text[NAME_TEXT];
    const bool has_address =
        node_rrset(region, TYPE_A) != NULL || node_rrset(region, TYPE_AAAA) != NULL;
    const bool has_cname = node_rrset(region, TYPE_CNAME) != NULL;

    name_print(region->name, text);
    if (region->flags & (NODE_CUT | NODE_DNAME)) {
        err_at(r->err, dyn_pos(d), "%s is a delegation or DNAME and cannot be a region's records",
               text);
        return false;
    }
    if (region->flags & NODE_STEERED) {
        err_at(r->err, dyn_pos(d), "%s is itself steered; a pool holds plain records", text);
        return false;
    }
    if (has_cname && d->kind == DYN_ADDRESSES) {
        err_at(r->err, dyn_pos(d),
               "%s is a CNAME, and DYNA answers with addresses: use DYNC for this pool", text);
        return false;
    }
    if (!has_address && !has_cname)
        err_warn_at(r->err, dyn_pos(d), "%s owns no %s: its clients get NODATA", text,
                    d->kind == DYN_ALIAS ? "address and no CNAME" : "A and no AAAA");
    return true;
}

/* ---- pools ---- */

#define ALL_STALE UINT64_MAX /* all regions are looked at by the first update */

/* The regions that the pool has; false: one of them cannot be one. */
static bool find_regions(struct resolver *r, struct plan_pool *pool, const struct dyn *d,
                         const struct zone *zone, const struct node **regions)
{
    const struct config *c = r->plan->config;
    bool ok = true;

    for (size_t i = 0; i < c->n_regions; i++) {
        regions[i] = find_region(r->plan, zone, d->pool, i);
        if (regions[i] == NULL)
            continue;
        ok &= check_region(r, d, regions[i]);
        pool->present |= (regionset_t)1 << i;
    }
    return ok;
}

/* Whether a region owns what a pool of the kind answers a type with. */
static bool owns_type(const struct node *region, uint16_t type)
{
    return region != NULL && (type == TYPE_CNAME || node_rrset(region, type) != NULL);
}

/* The types that are steered: an address type that no region owns is not. */
static void find_types(const struct plan *p, struct plan_pool *pool,
                       const struct node *const *regions)
{
    static const uint16_t addresses[] = {TYPE_A, TYPE_AAAA}, alias[] = {TYPE_CNAME};
    const bool is_alias = pool->kind == DYN_ALIAS;
    const uint16_t *types = is_alias ? alias : addresses;

    for (size_t t = 0; t < (is_alias ? 1 : 2); t++) {
        bool owned = false;
        for (size_t i = 0; i < p->config->n_regions; i++)
            owned |= owns_type(regions[i], types[t]);
        if (owned)
            pool->types[pool->n_types++] = (struct plan_type){.type = types[t], .stale = ALL_STALE};
    }
}

static void resolve_type(struct plan *p, struct plan_pool *pool, uint8_t t,
                         const struct node *const *regions)
{
    for (unsigned i = 0; i < p->config->n_regions; i++) {
        if (regions[i] == NULL)
            continue;
        if (pool->types[t].type == TYPE_CNAME)
            resolve_alias(p, pool_set(p, pool, t, i), regions[i]);
        else
            resolve_addresses(p, pool_set(p, pool, t, i), regions[i], pool->types[t].type);
    }
}

static void add_types(struct plan *p, struct plan_pool *pool, const struct node *const *regions)
{
    find_types(p, pool, regions);
    pool->sets = arena_new_array(p->arena, struct plan_set, pool->n_types * p->config->n_regions);
    for (uint8_t t = 0; t < pool->n_types; t++)
        resolve_type(p, pool, t, regions);
}

static bool check_policy(struct resolver *r, const struct plan_pool *pool, const struct dyn *d)
{
    const struct policy_spec *policy = &r->plan->config->policies[pool->policy];

    if (pool->kind != DYN_ALIAS || policy->when_all_down != ALL_DOWN_ALL)
        return true;
    err_at(r->err, dyn_pos(d),
           "policy \"%s\" answers with every region when all are down (when_all_down: all), and a "
           "DYNC has one target only: name another policy",
           policy->name);
    return false;
}

static bool fill_pool(struct resolver *r, struct plan_pool *pool, const struct dyn *d)
{
    const struct node *regions[REGIONS_MAX];
    const struct zone_entry *entry;
    const struct node *node = find_pool(r, d, &entry);
    char text[NAME_TEXT];

    if (node == NULL || !find_regions(r, pool, d, entry->zone, regions))
        return false;
    r->met = xgrow(r->met, r->n_met, sizeof(*r->met));
    r->met[r->n_met++] = (struct plan_met){node, d};
    if (pool->present == 0) {
        err_at(r->err, dyn_pos(d),
               "pool %s has no region: none of its child labels is a region of the configuration",
               name_print(d->pool, text));
        return false;
    }
    if (!check_policy(r, pool, d))
        return false;
    add_types(r->plan, pool, regions);
    plan_warn_pool(r->plan, pool, d, r->err);
    return true;
}

static uint64_t pool_hash(const uint8_t *name, size_t policy, enum dyn_kind kind)
{
    return hash_bytes(name, name_len(name), policy * 2 + kind);
}

/* The slot of a pool, or the free one where it belongs. */
static uint32_t *find_slot(struct resolver *r, const uint8_t *name, size_t policy,
                           enum dyn_kind kind)
{
    size_t i = pool_hash(name, policy, kind) & r->mask;

    for (; r->slots[i] != 0; i = (i + 1) & r->mask) {
        const struct plan_pool *pool = &r->plan->pools[r->slots[i] - 1];
        if (pool->policy == policy && pool->kind == kind && name_equal(pool->name, name))
            break;
    }
    return &r->slots[i];
}

/* The pool of a name, resolved when it is first met; false: it cannot be, which is told of each. */
static bool want_pool(struct resolver *r, const struct dyn *d, size_t *index)
{
    struct plan *p = r->plan;
    const struct policy_spec *policy = find_policy(r, d);

    if (policy == NULL)
        return false;
    const size_t at = (size_t)(policy - p->config->policies);
    uint32_t *slot = find_slot(r, d->pool, at, d->kind);
    if (*slot == 0) {
        p->pools = xgrow(p->pools, p->n_pools, sizeof(*p->pools));
        p->due = xgrow(p->due, p->n_pools, sizeof(*p->due));
        p->due[p->n_pools] = PLAN_DIRTY;
        struct plan_pool *pool = &p->pools[p->n_pools];
        *pool = (struct plan_pool){
            .name = arena_dup(p->arena, d->pool, name_len(d->pool), 1),
            .kind = d->kind,
            .policy = at,
            .since = PLAN_ALWAYS,
            .wake = INT64_MAX,
            .first = STEERED_END,
            .last = STEERED_END,
        };
        if (!fill_pool(r, pool, d))
            return false;
        plan_gather(p, &r->gather, p->n_pools);
        *slot = (uint32_t)++p->n_pools;
    }
    *index = *slot - 1;
    return true;
}

/* MAX alone: the policy's min, capped at MAX; neither: the policy's pair (proxima.zone(5)). */
static struct ttl_rule ttl_of(const struct policy_spec *policy, const struct dyn *d)
{
    struct ttl_rule rule = {
        .min_s = policy->ttl_min_s, .max_s = policy->ttl_max_s, .growth = policy->growth};

    if (d->max_s != DYN_TTL_UNSET)
        rule.max_s = d->max_s;
    if (d->min_s != DYN_TTL_UNSET)
        rule.min_s = d->min_s;
    if (rule.min_s > rule.max_s)
        rule.min_s = rule.max_s;
    return rule;
}

static uint32_t add_steered(struct plan *p, size_t pool, struct ttl_rule ttl)
{
    struct plan_pool *of = &p->pools[pool];
    const uint32_t index = (uint32_t)p->n_steered;

    p->steered = xgrow(p->steered, p->n_steered, sizeof(*p->steered));
    p->steered[p->n_steered++] = (struct plan_steered){
        .pool = pool,
        .next = STEERED_END,
        .ttl = ttl,
        .ttl_s = arena_new_array(p->arena, uint32_t, of->n_types * p->config->n_regions)};
    if (of->first == STEERED_END)
        of->first = index;
    else
        p->steered[of->last].next = index;
    of->last = index;
    return index;
}

/* Names that share pool and bounds share a steered; there are few bounds. */
static uint32_t want_steered(struct plan *p, size_t pool, struct ttl_rule ttl)
{
    for (uint32_t i = p->pools[pool].first; i != STEERED_END; i = p->steered[i].next)
        if (p->steered[i].ttl.min_s == ttl.min_s && p->steered[i].ttl.max_s == ttl.max_s)
            return i;
    return add_steered(p, pool, ttl);
}

static bool resolve_zone(struct resolver *r, const struct zone_entry *e)
{
    struct plan *p = r->plan;
    bool ok = true;

    for (size_t i = 0; i < zone_dyn_count(e->zone); i++) {
        const struct dyn *d = zone_dyn(e->zone, i);
        size_t pool;
        if (!want_pool(r, d, &pool)) {
            ok = false;
            continue;
        }
        p->pools[pool].names++;
        p->name_steered[e->steer_base + i] =
            want_steered(p, pool, ttl_of(&p->config->policies[p->pools[pool].policy], d));
    }
    return ok;
}

static size_t slots_for(size_t n)
{
    size_t slots = 16;

    while (slots < 2 * n)
        slots *= 2;
    return slots;
}

bool plan_resolve(struct plan *p, bool *bad, struct err *err)
{
    const size_t slots = slots_for(zonedb_steered(p->zones));
    struct resolver r = {
        .plan = p, .err = err, .slots = xcalloc(slots, sizeof(*r.slots)), .mask = slots - 1};
    bool ok = true;

    for (size_t i = 0; i < zonedb_count(p->zones); i++) {
        const struct zone_entry *e = zonedb_entry(p->zones, i);
        const bool zone_ok = zonedb_steered_in(p->zones, i) == 0 || resolve_zone(&r, e);
        if (bad != NULL)
            bad[i] = !zone_ok;
        ok &= zone_ok;
    }
    plan_warn_unprobed(p, err);
    plan_warn_strangers(p, r.met, r.n_met, err);
    free(r.slots);
    free(r.met);
    free(r.gather.slots);
    return ok;
}
