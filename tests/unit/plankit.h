/*
 * A plan from a few lines of zone and policy, with verdicts and a clock that the test says.
 *
 * Regions are us, eu and ap.  Clients 10.1.0.1, 10.2.0.1 and 10.3.0.1 are nearest to them in that
 * order (us eu ap, eu us ap, ap eu us) by map "world"; map "fenced" keeps 10.9.0.1 to ap.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "control/plan.h"
#include "fakehealth.h"

#define PLANKIT_ZONES 4
#define PLANKIT_MAPS  2
#define US            "10.1.0.1"
#define EU            "10.2.0.1"
#define AP            "10.3.0.1"
#define FENCED        "10.9.0.1"

struct plankit {
    struct config *config;
    struct geomap *maps[PLANKIT_MAPS];
    struct zone *zones[PLANKIT_ZONES];
    size_t n_zones;
    struct zonedb *db;
    struct health *health;
    struct plan *plan;
    struct steering *steering; /* of the last update */
    struct err err;
    bool bad[PLANKIT_ZONES];
    regionset_t drained;
    const uint8_t *drained_pool; /* NULL: drained is so everywhere */
    mono_ms_t now;
};

/*
 * policies: lines of the section, such as "  default: {map: world, probe: web}"; probes are web and
 * api.
 */
void plankit_init(struct plankit *k, const char *policies);
/* Add a zone of this text; its SOA and NS are added, its file is called as its apex. */
void plankit_zone(struct plankit *k, const char *apex, const char *text);
/* Resolve; true if it worked, then the plan is probed. */
bool plankit_resolve(struct plankit *k);
/* All at once: policies, zone example.com. and a plan as of now. */
void plankit_start(struct plankit *k, const char *policies, const char *text);
/* As a reload: k takes the place of old, whose prober goes on. */
void plankit_follow(struct plankit *k, struct plankit *old);
/* The same in two steps, between which old goes on and more may happen to it. */
void plankit_prepare(struct plankit *k, const struct plankit *old);
void plankit_take_over(struct plankit *k, struct plankit *old);
void plankit_fini(struct plankit *k);

/* An endpoint's verdict turns, or it is suspected, and its pools are touched; see plankit_update. */
void plankit_turn(struct plankit *k, const char *endpoint, enum verdict_state verdict);
void plankit_suspect(struct plankit *k, const char *endpoint, bool suspect);
void plankit_hold(struct plankit *k, const char *endpoint, dur_ms_t for_ms);
void plankit_ready(struct plankit *k, const char *endpoint, bool ready); /* by probe api */
void plankit_drain(struct plankit *k, const char *region, bool drained);
/* dur_ms later, all that changed is brought in. */
void plankit_update(struct plankit *k, dur_ms_t dur_ms);

/* What a steered name (absolute) answers with. */
const struct steered *plankit_steered(const struct plankit *k, const char *name);
const struct plan_pool *plankit_pool(const struct plankit *k, const char *name);
/*
 * What a client gets: "192.0.2.1 192.0.2.2 ttl 10", "nodata", "servfail".  type: "A", "AAAA" or
 * "CNAME".  Static memory.
 */
const char *plankit_ask(const struct plankit *k, const char *name, const char *type,
                        const char *client);
