/* SPDX-License-Identifier: BSD-2-Clause */
#include "load/georecord.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load/country.h"

enum field { COUNTRY, CONTINENT, SUBDIVISION, LATITUDE, LONGITUDE, ASN, FIELDS };

enum key {
    KEY_COUNTRY_CODE,
    KEY_COUNTRY,
    KEY_CONTINENT,
    KEY_CONTINENT_CODE,
    KEY_STATE1,
    KEY_SUBDIVISIONS,
    KEY_LATITUDE,
    KEY_LONGITUDE,
    KEY_LOCATION,
    KEY_AS_NUMBER,
    KEY_ASN,
    KEY_TRAITS,
    KEYS
};

const char *const georecord_keys[] = {
    [KEY_COUNTRY_CODE] = "country_code",
    [KEY_COUNTRY] = "country",
    [KEY_CONTINENT] = "continent",
    [KEY_CONTINENT_CODE] = "continent_code",
    [KEY_STATE1] = "state1",
    [KEY_SUBDIVISIONS] = "subdivisions",
    [KEY_LATITUDE] = "latitude",
    [KEY_LONGITUDE] = "longitude",
    [KEY_LOCATION] = "location",
    [KEY_AS_NUMBER] = "autonomous_system_number",
    [KEY_ASN] = "asn",
    [KEY_TRAITS] = "traits",
    [KEYS] = NULL,
};

/* Where a field is found; of several spellings the first that makes sense counts. */
struct spelling {
    enum field field;
    enum key key;
    const char *path[3];
};

static const struct spelling flat[] = {
    {COUNTRY, KEY_COUNTRY_CODE, {NULL}},
    {COUNTRY, KEY_COUNTRY, {NULL}},
    {CONTINENT, KEY_CONTINENT, {NULL}},
    {CONTINENT, KEY_CONTINENT_CODE, {NULL}},
    {SUBDIVISION, KEY_STATE1, {NULL}}, /* often a name in English, which no rule can match */
    {LATITUDE, KEY_LATITUDE, {NULL}},
    {LONGITUDE, KEY_LONGITUDE, {NULL}},
    {ASN, KEY_AS_NUMBER, {NULL}},
    {ASN, KEY_ASN, {NULL}},
    {FIELDS, KEYS, {NULL}},
};

static const struct spelling nested[] = {
    /* never registered_country: that is where the paper lies */
    {COUNTRY, KEY_COUNTRY, {"iso_code"}},
    {CONTINENT, KEY_CONTINENT, {"code"}},
    {SUBDIVISION, KEY_SUBDIVISIONS, {"0", "iso_code"}},
    {LATITUDE, KEY_LOCATION, {"latitude"}},
    {LONGITUDE, KEY_LOCATION, {"longitude"}},
    {ASN, KEY_AS_NUMBER, {NULL}},
    {ASN, KEY_TRAITS, {"autonomous_system_number"}},
    {FIELDS, KEYS, {NULL}},
};

/* A record's fields before they are put together. */
struct fields {
    bool has[FIELDS];
    char country[3], continent[3], subdivision[8];
    double lat, lon;
    uint32_t asn;
};

/* Letters and digits of a short text, in upper case; false if it is anything else. */
static bool take_code(const struct geovalue *v, size_t min, size_t max, char *out)
{
    if (v->type != GEOVALUE_TEXT || v->len < min || v->len > max)
        return false;
    for (size_t i = 0; i < v->len; i++) {
        const unsigned char c = (unsigned char)v->text[i];
        if (c >= 0x80 || !isalnum(c))
            return false;
        out[i] = (char)toupper(c);
    }
    out[v->len] = '\0';
    return true;
}

static bool take_country(const struct geovalue *v, char *out)
{
    return take_code(v, 2, 2, out) && strcmp(out, "ZZ") != 0; /* ZZ: "unknown" in CLDR */
}

static bool take_continent(const struct geovalue *v, char *out)
{
    return take_code(v, 2, 2, out) && continent_is(out);
}

static bool take_degrees(const struct geovalue *v, double limit, double *out)
{
    *out = v->real;
    return v->type == GEOVALUE_REAL && isfinite(v->real) && fabs(v->real) <= limit;
}

/* "AS15169" or "15169" (RFC 5396 §2, asplain). */
static bool take_asn_text(const struct geovalue *v, uint32_t *out)
{
    char text[16] = {0};
    char *end;

    if (v->len == 0 || v->len >= sizeof(text))
        return false;
    memcpy(text, v->text, v->len);
    const char *digits = strncasecmp(text, "AS", 2) == 0 ? text + 2 : text;
    const unsigned long asn = strtoul(digits, &end, 10);
    *out = (uint32_t)asn;
    return isdigit((unsigned char)*digits) && *end == '\0' && asn <= UINT32_MAX;
}

static bool take_asn(const struct geovalue *v, uint32_t *out)
{
    if (v->type == GEOVALUE_TEXT)
        return take_asn_text(v, out);
    *out = (uint32_t)v->uint;
    return v->type == GEOVALUE_UINT && v->uint <= UINT32_MAX;
}

static bool take(struct fields *f, enum field field, const struct geovalue *v)
{
    switch (field) {
    case COUNTRY: return take_country(v, f->country);
    case CONTINENT: return take_continent(v, f->continent);
    case SUBDIVISION: return take_code(v, 1, 3, f->subdivision);
    case LATITUDE: return take_degrees(v, 90, &f->lat);
    case LONGITUDE: return take_degrees(v, 180, &f->lon);
    case ASN: return take_asn(v, &f->asn);
    case FIELDS: break;
    }
    abort();
}

static bool read_fields(geovalue_fn get, const void *record, const struct spelling *s,
                        struct fields *f)
{
    for (; s->field != FIELDS; s++) {
        if (f->has[s->field])
            continue;
        const struct geovalue v = get(record, s->key, s->path);
        if (v.type == GEOVALUE_DAMAGED)
            return false;
        f->has[s->field] = v.type != GEOVALUE_ABSENT && take(f, s->field, &v);
    }
    return true;
}

enum geoschema georecord_schema(geovalue_fn get, const void *record)
{
    const struct {
        enum geoschema schema;
        const struct spelling *spellings;
    } kinds[] = {{GEOSCHEMA_NESTED, nested}, {GEOSCHEMA_FLAT, flat}};

    for (size_t i = 0; i < 2; i++) {
        struct fields f = {0};
        if (!read_fields(get, record, kinds[i].spellings, &f))
            return GEOSCHEMA_UNKNOWN;
        for (size_t j = 0; j < FIELDS; j++)
            if (f.has[j])
                return kinds[i].schema;
    }
    return GEOSCHEMA_UNKNOWN;
}

bool georecord_read(geovalue_fn get, const void *record, enum geoschema schema, struct place *out)
{
    struct fields f = {0};

    if (!read_fields(get, record, schema == GEOSCHEMA_NESTED ? nested : flat, &f))
        return false;
    *out = (struct place){0};
    if (f.has[COUNTRY])
        memcpy(out->country, f.country, sizeof(out->country));
    if (f.has[CONTINENT])
        memcpy(out->continent, f.continent, sizeof(out->continent));
    if (f.has[COUNTRY] && f.has[SUBDIVISION])
        snprintf(out->subdivision, sizeof(out->subdivision), "%s-%.3s", f.country, f.subdivision);
    out->asn = f.has[ASN] ? f.asn : 0;
    /* Nobody lives at 0° 0°, in the Gulf of Guinea: it is how some databases say "unknown". */
    out->has_at = f.has[LATITUDE] && f.has[LONGITUDE] && (f.lat != 0 || f.lon != 0);
    if (out->has_at) {
        out->lat = f.lat;
        out->lon = f.lon;
    }
    return true;
}
