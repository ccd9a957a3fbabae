/*
 * Sections `regions` and `maps`: where the service runs, and who is sent where.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "control/config.h"
#include "control/names.h"
#include "control/rules.h"
#include "control/sections.h"

/* --- Regions --- */

static bool read_degrees(struct reader *r, const json_t *value, const char *what, int limit,
                         double *out)
{
    const char *text = json_string_value(value);

    if (text == NULL || !parse_decimal(text, out)) {
        err_at(r->err, yamltree_pos(r->tree, value),
               "at: expected [latitude, longitude] in degrees, such as [53.35, -6.26]");
        return false;
    }
    if (*out < -limit || *out > limit) {
        err_at(r->err, yamltree_pos(r->tree, value),
               "at: the %s %s is out of range: -%d to %d; latitude comes first", what, text, limit,
               limit);
        return false;
    }
    return true;
}

static bool read_position(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    struct region_spec *region = at;

    if (json_array_size(value) != 2)
        return option_wrong(r, o, value);
    const bool lat = read_degrees(r, json_array_get(value, 0), "latitude", 90, &region->lat);
    const bool lon = read_degrees(r, json_array_get(value, 1), "longitude", 180, &region->lon);
    region->has_at = lat && lon;
    return region->has_at;
}

static const struct option_type type_position = {
    .what = "[latitude, longitude] in degrees",
    .example = "[53.35, -6.26]",
    .read = read_position,
    .schema = "{\"type\": \"array\", \"minItems\": 2, \"maxItems\": 2, "
              "\"items\": {\"type\": [\"number\", \"string\"], "
              "\"pattern\": \"^[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)$\"}}",
};

static const struct option region_options[] = {
    {"at", &type_position, OPTION_WHOLE(struct region_spec),
     .unset = "last in an order by distance",
     .help = "Its latitude and longitude in degrees, north and east positive."},
    {"bias", &type_bias, OPTION_FIELD(struct region_spec, bias), .min = -99, .max = 99,
     .fallback = "0", .help = "Percent by which clients see it nearer, negative: farther."},
};

/* A region's name is a label of zone files, where case does not count (RFC 4343). */
static void finish_region(struct reader *r, const json_t *node, void *out)
{
    struct region_spec *region = out;
    const size_t before = (size_t)(region - r->config->regions);
    const struct names earlier = NAMES(r->config->regions, before);
    size_t i;

    for (char *c = region->name; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    if (names_find(&earlier, region->name, &i))
        err_at(r->err, region->pos, "region \"%s\" stands here already: case does not count",
               region->name);
}

const struct section region_section = {
    .what = "a region",
    .example = "{at: [53.35, -6.26]}",
    SECTION_OPTIONS(region_options),
    .pos_at = offsetof(struct region_spec, pos),
    .finish = finish_region,
};


/* --- Lists of regions --- */

static bool add_region(struct reader *r, const json_t *value, struct region_list *list)
{
    const char *text = json_string_value(value);
    const struct err_pos pos = yamltree_pos(r->tree, value);
    const int region = config_region(r->config, text);

    if (region < 0) {
        const struct names known = NAMES(r->config->regions, r->config->n_regions);
        char *hint = names_hint(&known, text);
        err_at(r->err, pos, "there is no region \"%s\"%s", text, hint);
        free(hint);
        return false;
    }
    for (uint8_t i = 0; i < list->n; i++) {
        if (list->region[i] == region) {
            err_at(r->err, pos, "region \"%s\" stands here already: leave one of the two", text);
            return false;
        }
    }
    if (list->n < REGIONS_MAX) /* that there are too many regions has been told */
        list->region[list->n++] = (uint8_t)region;
    return true;
}

static bool read_regions(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    bool ok = true;

    if (json_is_string(value))
        return option_text(r, o, value) != NULL && add_region(r, value, at);
    if (!json_is_array(value) || json_array_size(value) == 0)
        return option_wrong(r, o, value);
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *item = json_array_get(value, i);
        ok &= option_text(r, o, item) != NULL && add_region(r, item, at);
    }
    return ok;
}

const struct option_type type_regions = {
    .what = "names of regions",
    .example = "[eu-west, us-east]",
    .read = read_regions,
    .schema = "{\"type\": [\"string\", \"array\"], \"items\": {\"type\": \"string\"}, "
              "\"minItems\": 1, \"uniqueItems\": true}",
};


/* --- Maps --- */

static const struct option map_options[] = {
    {"rules", &type_rules, OPTION_WHOLE(struct map_spec), .section = &rule_section,
     .unset = "none: by distance",
     .help = "What is said of some clients; the rest go by distance."},
    {"unknown", &type_regions, OPTION_FIELD(struct map_spec, unknown), .unset = "as declared",
     .help = "Which regions come first for a client whose place is not known."},
};

/* Databases are all that tells a country, and who has none waits for these rules in vain. */
static void finish_map(struct reader *r, const json_t *node, void *out)
{
    const struct map_spec *map = out;

    if (r->config->n_databases > 0)
        return;
    for (size_t i = 0; i < map->n_rules; i++) {
        if (map->rules[i].kind == RULE_NETWORK)
            continue;
        err_warn_at(r->err, map->rules[i].pos,
                    "without geo databases only rules with `network` match: name one, such as "
                    "`geo: {databases: [country.mmdb]}`");
        return;
    }
}

const struct section map_section = {
    .what = "a map",
    .example = "{unknown: [us-east]}",
    SECTION_OPTIONS(map_options),
    .pos_at = offsetof(struct map_spec, pos),
    .finish = finish_map,
};
