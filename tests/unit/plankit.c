/* SPDX-License-Identifier: BSD-2-Clause */
#include "plankit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer/steer.h"
#include "base/xalloc.h"
#include "load/geodb.h"
#include "load/mapcompile.h"
#include "load/zoneload.h"

static const char config_head[] =
    "zones: {directory: zones/}\n"
    "regions: {us: {at: [39, -77]}, eu: {at: [53, -6]}, ap: {at: [37, 127]}}\n"
    "maps:\n"
    "  world:\n"
    "    rules:\n"
    "      - {network: 10.1.0.0/16, prefer: [us, eu, ap]}\n"
    "      - {network: 10.2.0.0/16, prefer: [eu, us, ap]}\n"
    "      - {network: 10.3.0.0/16, prefer: [ap, eu, us]}\n"
    "  fenced: {rules: [{network: 10.9.0.0/16, only: [ap]}]}\n"
    "probes: {web: {type: http}, api: {type: tcp, port: 8080}}\n"
    "policies:\n";

/* What a test says is right; a kit has nobody to tell. */
static void check(bool ok, const struct err *err)
{
    if (ok)
        return;
    fputs(err_text(err), stderr);
    abort();
}

static void parse_name(const char *text, uint8_t out[NAME_MAX_LEN])
{
    const char *why;

    if (!name_parse(text, strlen(text), name_root, out, &why))
        abort();
}

static void compile_maps(struct plankit *k)
{
    const struct config *c = k->config;
    struct geodb *none = geodb_open(NULL, 0, &k->err);

    for (size_t i = 0; i < PLANKIT_MAPS; i++) {
        k->maps[i] = mapcompile(&c->maps[i], c->regions, c->n_regions, none, &k->err);
        check(k->maps[i] != NULL, &k->err);
    }
    geodb_close(none);
}

void plankit_init(struct plankit *k, const char *policies)
{
    char *yaml = xasprintf("%s%s\n", config_head, policies);

    *k = (struct plankit){.now = 1000000000};
    err_init(&k->err);
    k->config = config_parse("proxima.yaml", NULL, yaml, strlen(yaml), &k->err);
    check(k->config != NULL, &k->err);
    compile_maps(k);
    k->health = fakehealth_new();
    fakehealth_set_now(k->health, k->now);
    free(yaml);
}

/* The SOA is on line 0, as it were: lines of text count from 1. */
void plankit_zone(struct plankit *k, const char *apex, const char *text)
{
    char *whole = xasprintf("@ SOA ns hostmaster 1 2 3 4 5\n@ 60 NS ns.invalid.\n%s", text);
    uint8_t name[NAME_MAX_LEN];

    parse_name(apex, name);
    struct zone *z = zoneload_text(&(struct zoneload_opts){.path = apex, .apex = name}, whole,
                                   strlen(whole), &k->err);
    check(z != NULL, &k->err);
    err_fini(&k->err); /* warnings */
    k->zones[k->n_zones++] = z;
    free(whole);
}

bool plankit_resolve(struct plankit *k)
{
    struct zone_entry entries[PLANKIT_ZONES];

    for (size_t i = 0; i < k->n_zones; i++)
        entries[i] = (struct zone_entry){.zone = k->zones[i]};
    k->db = zonedb_new(entries, k->n_zones);
    k->plan = plan_new(k->config, k->db, k->maps);
    const bool ok = plan_resolve(k->plan, k->bad, &k->err);
    if (ok)
        plan_attach(k->plan, k->health, NULL);
    return ok;
}

void plankit_start(struct plankit *k, const char *policies, const char *text)
{
    plankit_init(k, policies);
    plankit_zone(k, "example.com.", text);
    check(plankit_resolve(k), &k->err);
    plankit_update(k, 0);
}

static void drop_plan(struct plankit *k)
{
    steering_unref(k->steering);
    plan_free(k->plan);
    k->steering = NULL;
    k->plan = NULL;
}

static regionset_t drained_in(void *arg, const uint8_t *pool)
{
    const struct plankit *k = arg;

    if (k->drained_pool != NULL && (pool == NULL || !name_equal(pool, k->drained_pool)))
        return 0;
    return k->drained;
}

static void attach(struct plankit *k, const struct plankit *old)
{
    k->now = old->now;
    k->drained = old->drained;
    while (plan_attach_step(k->plan, old->health, old->plan) ||
           plan_prepare_step(k->plan, drained_in, k, k->now))
        ;
}

void plankit_prepare(struct plankit *k, const struct plankit *old)
{
    k->db = zonedb_new((struct zone_entry[]){{.zone = k->zones[0]}}, 1);
    k->plan = plan_new(k->config, k->db, k->maps);
    check(plan_resolve(k->plan, NULL, &k->err), &k->err);
    plan_recognize(k->plan, old->plan);
    attach(k, old);
}

void plankit_take_over(struct plankit *k, struct plankit *old)
{
    attach(k, old);
    plan_hear(k->plan);
    fakehealth_free(k->health);
    k->health = old->health;
    old->health = NULL;
    drop_plan(old);
    plankit_update(k, 0);
}

void plankit_follow(struct plankit *k, struct plankit *old)
{
    plankit_prepare(k, old);
    plankit_take_over(k, old);
}

void plankit_fini(struct plankit *k)
{
    drop_plan(k);
    zonedb_unref(k->db);
    for (size_t i = 0; i < k->n_zones; i++)
        zone_unref(k->zones[i]);
    for (size_t i = 0; i < PLANKIT_MAPS; i++)
        geomap_unref(k->maps[i]);
    if (k->health != NULL)
        fakehealth_free(k->health);
    config_free(k->config);
    err_fini(&k->err);
}

/* ---- what happens ---- */

static struct target *find_target(const struct plankit *k, const char *endpoint)
{
    struct target *t = fakehealth_find(k->health, "web", endpoint);

    if (t == NULL)
        t = fakehealth_find(k->health, NULL, endpoint);
    if (t == NULL) {
        fprintf(stderr, "nobody probes %s\n", endpoint);
        abort();
    }
    return t;
}

void plankit_turn(struct plankit *k, const char *endpoint, enum verdict_state verdict)
{
    struct target *t = find_target(k, endpoint);

    fakehealth_turn(t, verdict, k->now);
    plan_touch_target(k->plan, t);
}

void plankit_suspect(struct plankit *k, const char *endpoint, bool suspect)
{
    struct target *t = find_target(k, endpoint);

    fakehealth_suspect(t, suspect);
    plan_touch_target(k->plan, t);
}

void plankit_hold(struct plankit *k, const char *endpoint, dur_ms_t for_ms)
{
    struct target *t = find_target(k, endpoint);

    fakehealth_hold(t, k->now + for_ms);
    plan_touch_target(k->plan, t);
}

void plankit_ready(struct plankit *k, const char *endpoint, bool ready)
{
    struct target *t = fakehealth_find(k->health, "api", endpoint);

    fakehealth_turn(t, ready ? VERDICT_UP : VERDICT_DOWN, k->now);
    plan_touch_target(k->plan, t);
}

void plankit_drain(struct plankit *k, const char *region, bool drained)
{
    const int i = config_region(k->config, region);
    const regionset_t bit = (regionset_t)1 << i;

    if (i < 0)
        abort();
    k->drained = drained ? k->drained | bit : k->drained & ~bit;
    plan_touch_all(k->plan);
}

void plankit_update(struct plankit *k, dur_ms_t dur_ms)
{
    k->now += dur_ms;
    fakehealth_set_now(k->health, k->now);
    steering_unref(k->steering);
    k->steering = plan_update(k->plan, drained_in, k, k->now);
}

/* ---- what is answered ---- */

static const struct dyn *find_dyn(const struct plankit *k, const char *name,
                                  const struct zone_entry **e)
{
    uint8_t wire[NAME_MAX_LEN];

    parse_name(name, wire);
    *e = zonedb_find_name(k->db, wire);
    const struct node *n = *e != NULL ? zone_node((*e)->zone, wire) : NULL;
    if (n == NULL || !(n->flags & NODE_STEERED))
        abort();
    return zone_dyn_of((*e)->zone, n);
}

const struct steered *plankit_steered(const struct plankit *k, const char *name)
{
    const struct zone_entry *e;
    const struct dyn *d = find_dyn(k, name, &e);

    return k->steering->steered[e->steer_base + d->index];
}

const struct plan_pool *plankit_pool(const struct plankit *k, const char *name)
{
    const struct zone_entry *e;
    const struct dyn *d = find_dyn(k, name, &e);

    return plan_pool_of(k->plan, e, d);
}

static void print_rdata(FILE *out, uint16_t type, const uint8_t *rdata)
{
    struct ipaddr addr = {.family = type == TYPE_A ? FAMILY_IP4 : FAMILY_IP6};
    char text[NAME_TEXT > IPADDR_TEXT ? NAME_TEXT : IPADDR_TEXT];

    if (type == TYPE_CNAME) {
        fprintf(out, "%s ", name_print(rdata, text));
        return;
    }
    memcpy(addr.bytes, rdata, type == TYPE_A ? 4 : 16);
    fprintf(out, "%s ", ipaddr_print(&addr, text));
}

static void print_set(FILE *out, const struct rrset *set)
{
    for (const uint8_t *rr = set->wire; rr < set->wire + set->len; rr = rr_next(rr))
        print_rdata(out, set->type, rr_rdata(rr));
    fprintf(out, "ttl %u", rrset_ttl(set));
}

static void print_all(FILE *out, const struct pick *p)
{
    const char *between = "";

    for (unsigned i = 0; i < REGIONS_MAX; i++) {
        if (!(p->all >> i & 1) || p->answers->set[i] == NULL)
            continue;
        fputs(between, out);
        print_set(out, p->answers->set[i]);
        between = ", ";
    }
}

static void print_pick(FILE *out, const struct pick *p)
{
    switch (p->kind) {
    case PICK_SET: print_set(out, p->set); return;
    case PICK_ALL: print_all(out, p); return;
    case PICK_NODATA: fputs("nodata", out); return;
    case PICK_SERVFAIL: fputs("servfail", out); return;
    }
    abort();
}

const char *plankit_ask(const struct plankit *k, const char *name, const char *type,
                        const char *client)
{
    static char text[4096];
    const struct steered *s = plankit_steered(k, name);
    struct ipaddr addr;
    uint16_t number;
    FILE *out = fmemopen(text, sizeof(text), "w");

    if (out == NULL || !ipaddr_parse(client, &addr) || !type_parse(type, &number))
        abort();
    const struct steer_type *st = steered_type(s, number);
    struct pick p = {.kind = PICK_NODATA};
    if (st != NULL)
        steer_pick(s, st, &addr, &p);
    print_pick(out, &p);
    fclose(out);
    return text;
}
