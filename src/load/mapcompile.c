/*
 * Address space is cut into parts, which threads take from a list until it is empty: half of them
 * begin at its IPv4 end, half at its IPv6 end, so that each mostly meets the records of one family,
 * and decodes them alone.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "load/mapcompile.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "base/xalloc.h"
#include "data/ip4in6.h"
#include "load/mapwalk.h"

/* What is worth a thread more: it costs some 50 us. */
#define NODES_PER_THREAD 100000u

/* How long the parts' prefixes are: as many for IPv6 as it takes to cut what a registry has, for most
 * networks are in five /12s. */
#define PART_BITS_IP4 8
#define PART_BITS_IP6 12

struct compiler {
    const struct map_spec *map;
    struct err *err;
    struct maprules *rules;
    struct ranker ranker;
    struct mapwork work;
    unsigned n_threads;
    struct mapwalk *walks[PARALLEL_MAX];
    pthread_mutex_t lock;   /* of these two */
    uint32_t first, behind; /* parts that nobody has taken yet */
};

/* ---- parts ---- */

#define PARTS_IP4 (1u << PART_BITS_IP4)
#define PARTS     (PARTS_IP4 + (1u << PART_BITS_IP6))

static struct prefix part_at(uint32_t i)
{
    struct prefix p = {.addr.family = i < PARTS_IP4 ? FAMILY_IP4 : FAMILY_IP6};

    if (i < PARTS_IP4) {
        p.bits = PART_BITS_IP4;
        p.addr.bytes[0] = (uint8_t)i;
    } else {
        p.bits = PART_BITS_IP6;
        put_u16(p.addr.bytes, (uint16_t)((i - PARTS_IP4) << (16 - PART_BITS_IP6)));
    }
    return p;
}

static bool take_part(struct compiler *c, bool last, struct prefix *out)
{
    pthread_mutex_lock(&c->lock);
    const bool any = c->first < c->behind;
    if (any)
        *out = part_at(last ? --c->behind : c->first++);
    pthread_mutex_unlock(&c->lock);
    return any;
}

static void walk_parts(void *arg, unsigned thread)
{
    struct compiler *c = arg;
    struct prefix part;

    while (take_part(c, thread % 2 != 0, &part))
        mapwalk_part(c->walks[thread], &part);
}

/* ---- the whole ---- */

static unsigned threads_for(const struct geodb *db)
{
    const unsigned most = parallel_threads(), worth = 1 + geodb_nodes(db) / NODES_PER_THREAD;

    return worth < most ? worth : most;
}

static void compiler_init(struct compiler *c, const struct map_spec *map,
                          const struct region_spec *regions, size_t n_regions, struct geodb *db)
{
    ranker_init(&c->ranker, regions, n_regions, &map->unknown);
    c->rules = maprules_new(map, c->err);
    c->work = (struct mapwork){db, c->rules, &c->ranker, n_regions};
    for (unsigned i = 0; i < c->n_threads; i++) {
        c->walks[i] = xmalloc(sizeof(*c->walks[i]));
        mapwalk_init(c->walks[i], &c->work);
    }
    pthread_mutex_init(&c->lock, NULL);
    c->behind = PARTS;
}

static void compiler_fini(struct compiler *c)
{
    for (unsigned i = 0; i < c->n_threads; i++) {
        mapwalk_fini(c->walks[i]);
        free(c->walks[i]);
    }
    maprules_free(c->rules);
    pthread_mutex_destroy(&c->lock);
}

static bool has_conflicts(const struct compiler *c)
{
    for (unsigned i = 0; i < c->n_threads; i++)
        if (c->walks[i]->n_conflicts > 0)
            return true;
    return false;
}

/* Of a compilation by one thread: in the order of addresses, IPv4 first. */
static void report_conflicts(const struct compiler *c)
{
    char block[PREFIX_TEXT];

    for (size_t i = 0; i < c->walks[0]->n_conflicts; i++) {
        const struct mapconflict *m = &c->walks[0]->conflicts[i];
        err_at(c->err, m->narrow->pos,
               "map %s: no region is left for %s, where both this `only` and that of line %u hold; "
               "let them share a region, or say `fence: off` here",
               c->map->name, prefix_print(&m->block, block), m->wide->pos.line);
    }
}

/* A rule that no database can make match is told, once for each kind. */
static void warn_blind(const struct compiler *c, enum rule_kind kind, const char *what)
{
    for (size_t i = 0; i < c->map->n_rules; i++) {
        if (c->map->rules[i].kind != kind)
            continue;
        err_warn_at(c->err, c->map->rules[i].pos,
                    "map %s: no geo database here knows %s, so this rule matches nobody; add one "
                    "that does",
                    c->map->name, what);
        return;
    }
}

static void warn_all_blind(const struct compiler *c)
{
    bool knows_asn = false, knows_subdivision = false;

    for (unsigned i = 0; i < c->n_threads; i++) {
        knows_asn |= c->walks[i]->knows_asn;
        knows_subdivision |= c->walks[i]->knows_subdivision;
    }
    if (!knows_asn)
        warn_blind(c, RULE_ASN, "ASNs");
    if (!knows_subdivision)
        warn_blind(c, RULE_SUBDIVISION, "codes of subdivisions");
}

static bool is_intact(const struct compiler *c, struct geodb *db)
{
    struct geowalk *walks[PARALLEL_MAX];

    for (unsigned i = 0; i < c->n_threads; i++)
        walks[i] = &c->walks[i]->geo;
    geodb_walked(db, walks, c->n_threads);
    return geodb_intact(db, c->err);
}

static struct geomap *seal(struct compiler *c)
{
    struct geobuild *builders[PARALLEL_MAX];

    for (unsigned i = 0; i < c->n_threads; i++) {
        builders[i] = c->walks[i]->build;
        c->walks[i]->build = NULL;
    }
    struct geomap *map = geobuild_seal(builders, c->n_threads);
    if (map == NULL)
        err_at(c->err, c->map->pos,
               "map %s: more different orders of regions than a map can hold; "
               "take fewer regions or a coarser database",
               c->map->name);
    return map;
}

/* NULL and no error of conflicts: they are for one thread to tell. */
static struct geomap *finish(struct compiler *c, struct geodb *db)
{
    warn_all_blind(c);
    if (!is_intact(c, db))
        return NULL;
    if (!has_conflicts(c))
        return seal(c);
    if (c->n_threads == 1)
        report_conflicts(c);
    return NULL;
}

struct geomap *mapcompile_on(unsigned n_threads, const struct map_spec *map,
                             const struct region_spec *regions, size_t n_regions, struct geodb *db,
                             struct err *err)
{
    struct err mine;
    struct compiler c = {.map = map, .err = &mine, .n_threads = n_threads};

    err_init(&mine);
    compiler_init(&c, map, regions, n_regions, db);
    parallel_run(n_threads, walk_parts, &c);
    struct geomap *result = finish(&c, db);
    const bool again = n_threads > 1 && has_conflicts(&c);
    compiler_fini(&c);
    if (again) { /* where fences conflict first depends on who was first; a mistake may take time */
        err_fini(&mine);
        return mapcompile_on(1, map, regions, n_regions, db, err);
    }
    err_move(err, &mine);
    return result;
}

struct geomap *mapcompile(const struct map_spec *map, const struct region_spec *regions,
                          size_t n_regions, struct geodb *db, struct err *err)
{
    return mapcompile_on(threads_for(db), map, regions, n_regions, db, err);
}

void mapcompile_reason(const struct map_spec *map, const struct region_spec *regions,
                       size_t n_regions, struct geodb *db, const struct ipaddr *addr,
                       struct map_reason *out)
{
    struct err ignored; /* warnings that mapcompile gave already */
    struct ranker ranker;
    struct match match;
    struct ipaddr ip4;
    uint8_t offset;

    err_init(&ignored);
    ranker_init(&ranker, regions, n_regions, &map->unknown);
    struct maprules *rules = maprules_new(map, &ignored);
    const struct ipaddr *client = ip4in6_find(addr, &ip4, &offset) ? &ip4 : addr;
    *out = (struct map_reason){.ranking = xcalloc(1, ranker_size(&ranker))};
    geodb_find(db, client, &out->place);
    maprules_match(rules, netrules_find(maprules_networks(rules), client), &out->place,
                   UINT64_MAX >> (REGIONS_MAX - n_regions), &match);
    out->prefer = match.prefer;
    out->by_unknown = !out->place.has_at;
    out->n_fences = match.n_fences;
    memcpy(out->fences, match.fences, sizeof(out->fences));
    ranker_order(&ranker, &out->place, match.prefer != NULL ? &match.prefer->prefer : NULL,
                 match.allowed, out->ranking);
    for (size_t i = 0; i < n_regions; i++)
        out->distance_km[i] = ranker_km(&ranker, &out->place, i);
    maprules_free(rules);
    err_fini(&ignored);
}
