/*
 * What an operator says of a map, checked and resolved by the configuration, ready to compile.
 * Just data.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/ipaddr.h"
#include "data/geomap.h"

struct region_spec {
    char *name;      /* a label, lower-case */
    bool has_at;     /* without coordinates it comes last in an order by distance */
    double lat, lon; /* degrees, north and east positive */
    double bias;     /* percent drawn nearer, -100 < bias < 100 */
    struct err_pos pos;
};

/* Most specific first: the order in which a rule's `prefer` wins. */
enum rule_kind { RULE_NETWORK, RULE_ASN, RULE_SUBDIVISION, RULE_COUNTRY, RULE_CONTINENT };

/* Ordered regions without repetition. */
struct region_list {
    uint8_t n;
    uint8_t region[REGIONS_MAX];
};

struct rule_spec {
    enum rule_kind kind;
    struct prefix network; /* RULE_NETWORK */
    uint32_t asn;          /* RULE_ASN */
    char code
        [8]; /* upper-case: country "KR" (ISO 3166-1), continent "EU", subdivision "US-CA" (ISO 3166-2) */
    bool has_prefer;
    struct region_list prefer;
    bool has_only;
    regionset_t only;   /* a fence; not empty */
    bool fence_off;     /* lifts the fences of wider rules */
    struct err_pos pos; /* file is borrowed from the configuration */
};

struct map_spec {
    char *name;
    struct rule_spec *rules; /* one for each value: `country: [KR, JP]` makes two */
    size_t n_rules;
    struct region_list unknown; /* n = 0: as declared */
    struct err_pos pos;
};
