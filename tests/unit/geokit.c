/* SPDX-License-Identifier: BSD-2-Clause */
#include "geokit.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

const struct region_spec geokit_regions[GEOKIT_REGIONS] = {
    {.name = (char *)"a", .has_at = true, .lat = 38.95, .lon = -77.45},
    {.name = (char *)"b", .has_at = true, .lat = 53.35, .lon = -6.26},
    {.name = (char *)"c", .has_at = true, .lat = 37.57, .lon = 126.98},
    {.name = (char *)"d"},
};

struct region_list geokit_list(const char *letters)
{
    struct region_list list = {0};

    for (; letters != NULL && *letters >= 'a' && *letters <= 'z'; letters++)
        list.region[list.n++] = (uint8_t)(*letters - 'a');
    return list;
}

regionset_t geokit_set(const char *letters)
{
    const struct region_list list = geokit_list(letters);
    regionset_t set = 0;

    for (uint8_t i = 0; i < list.n; i++)
        set |= (regionset_t)1 << list.region[i];
    return set;
}

static void parse_value(const char *word, struct rule_spec *rule)
{
    if (*word == '+') {
        rule->kind = RULE_CONTINENT;
        snprintf(rule->code, sizeof(rule->code), "%.2s", word + 1);
    } else if (strpbrk(word, ".:") != NULL) {
        rule->kind = RULE_NETWORK;
        if (!prefix_parse(word, &rule->network))
            abort();
    } else if (strncmp(word, "AS", 2) == 0 && isdigit((unsigned char)word[2])) {
        rule->kind = RULE_ASN;
        rule->asn = (uint32_t)strtoul(word + 2, NULL, 10);
    } else {
        rule->kind = strchr(word, '-') != NULL ? RULE_SUBDIVISION : RULE_COUNTRY;
        snprintf(rule->code, sizeof(rule->code), "%s", word);
    }
}

static void parse_action(const char *word, struct rule_spec *rule)
{
    if (*word == '>') {
        rule->has_prefer = true;
        rule->prefer = geokit_list(word + 1);
    } else if (*word == '=') {
        rule->has_only = true;
        rule->only = geokit_set(word + 1);
    } else if (strcmp(word, "off") == 0) {
        rule->fence_off = true;
    } else {
        abort();
    }
}

static void parse_line(struct map_spec *map, char *line, unsigned number)
{
    struct rule_spec rule = {.pos = {.file = "map", .line = number, .column = 1}};
    char *save, *word = strtok_r(line, " ", &save);

    if (word == NULL)
        return;
    if (*word == '?') {
        map->unknown = geokit_list(word + 1);
        return;
    }
    parse_value(word, &rule);
    while ((word = strtok_r(NULL, " ", &save)) != NULL)
        parse_action(word, &rule);
    map->rules = xgrow(map->rules, map->n_rules, sizeof(rule));
    map->rules[map->n_rules++] = rule;
}

struct map_spec *geokit_map(const char *rules)
{
    struct map_spec *map = xcalloc(1, sizeof(*map));
    char *text = xstrdup(rules), *rest = text, *line;

    map->name = xstrdup("world");
    map->pos = (struct err_pos){.file = "map"};
    for (unsigned number = 1; (line = strsep(&rest, "\n")) != NULL; number++)
        parse_line(map, line, number);
    free(text);
    return map;
}

void geokit_free(struct map_spec *map)
{
    free(map->name);
    free(map->rules);
    free(map);
}

const char *geokit_text(const struct ranking *r, char out[REGIONS_MAX + 1])
{
    for (uint8_t i = 0; i < r->n; i++)
        out[i] = (char)('a' + r->region[i]);
    out[r->n] = '\0';
    return out;
}

const char *geokit_path(const char *path, char out[4096])
{
    const char *top = getenv("SRCDIR");

    snprintf(out, 4096, "%s/%s", top != NULL ? top : ".", path);
    return out;
}
