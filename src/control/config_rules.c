/*
 * The rules of a map: `{country: [KR, JP], prefer: [ap-northeast]}` becomes a rule for each value.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/xalloc.h"
#include "control/config.h"
#include "control/rules.h"
#include "load/country.h"

/* A rule as it is written. */
struct rule_draft {
    struct rule_spec *values; /* whom it concerns: kind, value and position are set */
    size_t n_values;
    struct region_list prefer, only; /* n = 0: not said */
    bool fence;
};

/* --- Whom a rule concerns --- */

/* Kinds whose value is a code: upper-cased into the rule if `known` says that there is such. */
static bool read_code(struct reader *r, const struct option *o, const json_t *value, void *at,
                      enum rule_kind kind, bool (*known)(const char *code))
{
    struct rule_spec *rule = at;
    const char *text = option_text(r, o, value);

    if (text == NULL)
        return false;
    rule->kind = kind;
    rule->pos = yamltree_pos(r->tree, value);
    if (strlen(text) >= sizeof(rule->code))
        return option_wrong(r, o, value);
    for (size_t i = 0; text[i] != '\0'; i++)
        rule->code[i] = (char)toupper((unsigned char)text[i]);
    return known(rule->code) || option_wrong(r, o, value);
}

static bool read_continent(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    return read_code(r, o, value, at, RULE_CONTINENT, continent_is);
}

static const struct option_type type_continent = {
    .what = "a continent (AF AN AS EU NA OC SA)",
    .example = "EU",
    .read = read_continent,
    .schema = "{\"type\": \"string\", \"pattern\": \"^[A-Za-z]{2}$\"}",
};

static bool is_country(const char *code)
{
    return country_find(code) != NULL;
}

static bool read_country(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    return read_code(r, o, value, at, RULE_COUNTRY, is_country);
}

static const struct option_type type_country = {
    .what = "a country's code of ISO 3166-1",
    .example = "KR",
    .read = read_country,
    .schema = "{\"type\": \"string\", \"pattern\": \"^[A-Za-z]{2}$\"}",
};

/* ISO 3166-2: a country, a hyphen, up to three letters or digits.  "US-CA"; "CA", "US-" → false. */
static bool is_subdivision(const char *code)
{
    const char country[3] = {code[0], code[0] != '\0' ? code[1] : '\0', '\0'};
    const size_t len = strlen(code);

    if (len < 4 || len > 6 || code[2] != '-' || !is_country(country))
        return false;
    return strspn(code + 3, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == len - 3;
}

static bool read_subdivision(struct reader *r, const struct option *o, const json_t *value,
                             void *at)
{
    return read_code(r, o, value, at, RULE_SUBDIVISION, is_subdivision);
}

static const struct option_type type_subdivision = {
    .what = "a subdivision's code of ISO 3166-2",
    .example = "US-CA",
    .read = read_subdivision,
    .schema = "{\"type\": \"string\", \"pattern\": \"^[A-Za-z]{2}-[A-Za-z0-9]{1,3}$\"}",
};

/* 0 is nobody's (RFC 7607). */
static bool read_asn(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    struct rule_spec *rule = at;
    const char *text = option_text(r, o, value);
    int64_t asn;

    if (text == NULL)
        return false;
    if (!parse_count(text + (strncasecmp(text, "AS", 2) == 0 ? 2 : 0), &asn) || asn < 1 ||
        asn > UINT32_MAX)
        return option_wrong(r, o, value);
    rule->kind = RULE_ASN;
    rule->asn = (uint32_t)asn;
    rule->pos = yamltree_pos(r->tree, value);
    return true;
}

static const struct option_type type_asn = {
    .what = "the number of an autonomous system, 1 to 4294967295",
    .example = "64500 or AS64500",
    .read = read_asn,
    .schema = "{\"type\": [\"integer\", \"string\"], \"minimum\": 1, \"maximum\": 4294967295, "
              "\"pattern\": \"^([Aa][Ss])?[0-9]+$\"}",
};

static bool read_network(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    struct rule_spec *rule = at;
    const char *text = option_text(r, o, value);

    if (text == NULL)
        return false;
    rule->kind = RULE_NETWORK;
    rule->pos = yamltree_pos(r->tree, value);
    return prefix_parse(text, &rule->network) || option_wrong(r, o, value);
}

static const struct option_type type_network = {
    .what = "a network, with no bits beyond its length",
    .example = "10.0.0.0/8 or 2001:db8::/32",
    .read = read_network,
    .schema = "{\"type\": \"string\"}",
};


/* --- One rule --- */

#define RULE_VALUES(type) (type), OPTION_LIST, OPTION_ARRAY(struct rule_draft, values)

static const struct option rule_options[] = {
    {"network", RULE_VALUES(&type_network), .unset = "any",
     .help = "Clients in one of these networks."},
    {"asn", RULE_VALUES(&type_asn), .unset = "any",
     .help = "Clients in one of these autonomous systems."},
    {"subdivision", RULE_VALUES(&type_subdivision), .unset = "any",
     .help = "Clients in one of these subdivisions of countries."},
    {"country", RULE_VALUES(&type_country), .unset = "any",
     .help = "Clients in one of these countries."},
    {"continent", RULE_VALUES(&type_continent), .unset = "any",
     .help = "Clients on one of these continents."},
    {"prefer", &type_regions, OPTION_FIELD(struct rule_draft, prefer), .unset = "by distance",
     .help = "Their regions, best first; the others follow by distance."},
    {"only", &type_regions, OPTION_FIELD(struct rule_draft, only), .unset = "all",
     .help = "A fence: the only regions they may be sent to, whatever happens."},
    {"fence", &type_bool, OPTION_FIELD(struct rule_draft, fence), .fallback = "on",
     .help = "Off lifts the fences of wider rules for these clients."},
};

#define WHOM "network, asn, subdivision, country, continent"

static void check_whom(struct reader *r, const json_t *node)
{
    static const char *const kinds[] = {"network", "asn", "subdivision", "country", "continent"};
    size_t n = 0;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        n += json_object_get(node, kinds[i]) != NULL;
    if (n == 0)
        err_at(r->err, yamltree_pos(r->tree, node), "a rule needs one of " WHOM);
    if (n > 1)
        err_at(r->err, yamltree_pos(r->tree, node),
               "a rule takes one alone of " WHOM ": write a rule for each");
}

static regionset_t list_set(const struct region_list *list)
{
    regionset_t set = 0;

    for (uint8_t i = 0; i < list->n; i++)
        set |= (regionset_t)1 << list->region[i];
    return set;
}

static void finish_rule(struct reader *r, const json_t *node, void *out)
{
    const struct rule_draft *d = out;
    const struct err_pos pos = yamltree_pos(r->tree, node);

    check_whom(r, node);
    if (d->prefer.n == 0 && d->only.n == 0 && d->fence)
        err_at(r->err, pos, "a rule needs `prefer`, `only` or `fence: off`: it does nothing");
    if (d->only.n > 0 && (list_set(&d->prefer) & ~list_set(&d->only)) != 0)
        err_warn_at(r->err, pos, "prefer names a region that the rule's own `only` keeps out");
    if (!d->fence && json_object_get(node, "continent") != NULL)
        err_warn_at(r->err, pos, "fence: off lifts nothing: no rule is wider than a continent");
}

const struct section rule_section = {
    .what = "a rule",
    .example = "{country: KR, prefer: [eu-west]}",
    SECTION_OPTIONS(rule_options),
    .finish = finish_rule,
    .schema = "{\"oneOf\": [{\"required\": [\"network\"]}, {\"required\": [\"asn\"]}, "
              "{\"required\": [\"subdivision\"]}, {\"required\": [\"country\"]}, "
              "{\"required\": [\"continent\"]}]}",
};


/* --- All rules of a map --- */

static void add_rules(struct map_spec *map, const struct rule_draft *d)
{
    for (size_t i = 0; i < d->n_values; i++) {
        struct rule_spec rule = d->values[i];
        rule.has_prefer = d->prefer.n > 0;
        rule.prefer = d->prefer;
        rule.has_only = d->only.n > 0;
        rule.only = list_set(&d->only);
        rule.fence_off = !d->fence;
        map->rules = xgrow(map->rules, map->n_rules, sizeof(*map->rules));
        map->rules[map->n_rules++] = rule;
    }
}

/* What a rule matches first, so that rules for the same clients are neighbours; then the place. */
static int by_value(const void *a, const void *b)
{
    const struct rule_spec *const x = *(const struct rule_spec *const *)a;
    const struct rule_spec *const y = *(const struct rule_spec *const *)b;
    int d = (x->kind > y->kind) - (x->kind < y->kind);

    if (d == 0)
        d = memcmp(&x->network, &y->network, sizeof(x->network));
    if (d == 0)
        d = (x->asn > y->asn) - (x->asn < y->asn);
    return d != 0 ? d : strcmp(x->code, y->code);
}

static int by_value_and_place(const void *a, const void *b)
{
    const struct rule_spec *const x = *(const struct rule_spec *const *)a;
    const struct rule_spec *const y = *(const struct rule_spec *const *)b;
    const int d = by_value(a, b);

    return d != 0 ? d : (x > y) - (x < y);
}

/* Two fences for the same clients intersect; two orders would contradict each other. */
static bool check_orders(struct reader *r, const struct map_spec *map)
{
    const struct rule_spec **orders = xmalloc(map->n_rules * sizeof(struct rule_spec *));
    bool ok = true;
    size_t n = 0;

    for (size_t i = 0; i < map->n_rules; i++)
        if (map->rules[i].has_prefer)
            orders[n++] = &map->rules[i];
    qsort(orders, n, sizeof(struct rule_spec *), by_value_and_place);
    for (size_t i = 1; i < n; i++) {
        if (by_value(&orders[i - 1], &orders[i]) != 0)
            continue;
        err_at(r->err, orders[i]->pos,
               "a rule with `prefer` for the same clients stands in line %u: leave one of the two",
               orders[i - 1]->pos.line);
        ok = false;
    }
    free(orders);
    return ok;
}

static bool read_rule(struct reader *r, const struct option *o, const json_t *value,
                      struct map_spec *map)
{
    struct rule_draft draft = {0};

    if (!json_is_object(value)) {
        err_at(r->err, yamltree_pos(r->tree, value), "rules: expected a rule, such as %s",
               o->section->example);
        return false;
    }
    const bool ok = section_read(r, o->section, value, &draft);
    if (ok)
        add_rules(map, &draft);
    free(draft.values);
    return ok;
}

static bool read_rules(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    struct map_spec *map = at;
    bool ok = true;

    if (!json_is_array(value))
        return option_wrong(r, o, value);
    for (size_t i = 0; i < json_array_size(value); i++)
        ok &= read_rule(r, o, json_array_get(value, i), map);
    return check_orders(r, map) && ok;
}

const struct option_type type_rules = {
    .what = "a list of rules",
    .read = read_rules,
    .schema = "{\"type\": \"array\"}",
};
