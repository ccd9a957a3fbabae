/* SPDX-License-Identifier: BSD-2-Clause */
#include "load/georecord.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load/country.h"

enum field { COUNTRY, CONTINENT, SUBDIVISION, LATITUDE, LONGITUDE, ASN, FIELDS };

/* Where a field is found; of several spellings the first that makes sense counts. */
struct spelling {
    enum field field;
    const char *path[4];
};

static const struct spelling flat[] = {
    {COUNTRY, {"country_code"}},
    {COUNTRY, {"country"}},
    {CONTINENT, {"continent"}},
    {CONTINENT, {"continent_code"}},
    {SUBDIVISION, {"state1"}}, /* often a name in English, which no rule can match */
    {LATITUDE, {"latitude"}},
    {LONGITUDE, {"longitude"}},
    {ASN, {"autonomous_system_number"}},
    {ASN, {"asn"}},
    {FIELDS},
};

static const struct spelling nested[] = {
    {COUNTRY, {"country", "iso_code"}}, /* never registered_country: that is where the paper lies */
    {CONTINENT, {"continent", "code"}},
    {SUBDIVISION, {"subdivisions", "0", "iso_code"}},
    {LATITUDE, {"location", "latitude"}},
    {LONGITUDE, {"location", "longitude"}},
    {ASN, {"autonomous_system_number"}},
    {ASN, {"traits", "autonomous_system_number"}},
    {FIELDS},
};

/* A record's fields before they are put together. */
struct fields {
    bool has[FIELDS];
    char country[3], continent[3], subdivision[8];
    double lat, lon;
    uint32_t asn;
};

enum lookup { FOUND, ABSENT, CORRUPT };

static enum lookup look_up(MMDB_entry_s *record, const char *const *path, MMDB_entry_data_s *out)
{
    switch (MMDB_aget_value(record, out, path)) {
    case MMDB_SUCCESS: return out->has_data ? FOUND : ABSENT;
    case MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR:
    case MMDB_INVALID_LOOKUP_PATH_ERROR: return ABSENT;
    }
    return CORRUPT;
}

/* Letters and digits of a short text, in upper case; false if it is anything else. */
static bool take_code(const MMDB_entry_data_s *d, size_t min, size_t max, char *out)
{
    if (d->type != MMDB_DATA_TYPE_UTF8_STRING || d->data_size < min || d->data_size > max)
        return false;
    for (size_t i = 0; i < d->data_size; i++) {
        const unsigned char c = (unsigned char)d->utf8_string[i];
        if (c >= 0x80 || !isalnum(c))
            return false;
        out[i] = (char)toupper(c);
    }
    out[d->data_size] = '\0';
    return true;
}

static bool take_country(const MMDB_entry_data_s *d, char *out)
{
    return take_code(d, 2, 2, out) && strcmp(out, "ZZ") != 0; /* ZZ: "unknown" in CLDR */
}

static bool take_continent(const MMDB_entry_data_s *d, char *out)
{
    return take_code(d, 2, 2, out) && continent_is(out);
}

static bool take_degrees(const MMDB_entry_data_s *d, double limit, double *out)
{
    if (d->type == MMDB_DATA_TYPE_DOUBLE)
        *out = d->double_value;
    else if (d->type == MMDB_DATA_TYPE_FLOAT)
        *out = (double)d->float_value;
    else
        return false;
    return isfinite(*out) && fabs(*out) <= limit;
}

/* "AS15169" or "15169" (RFC 5396 §2, asplain). */
static bool take_asn_text(const MMDB_entry_data_s *d, uint32_t *out)
{
    char text[16] = {0};
    char *end;

    if (d->data_size == 0 || d->data_size >= sizeof(text))
        return false;
    memcpy(text, d->utf8_string, d->data_size);
    const char *digits = strncasecmp(text, "AS", 2) == 0 ? text + 2 : text;
    const unsigned long v = strtoul(digits, &end, 10);
    *out = (uint32_t)v;
    return isdigit((unsigned char)*digits) && *end == '\0' && v <= UINT32_MAX;
}

static bool take_asn(const MMDB_entry_data_s *d, uint32_t *out)
{
    switch (d->type) {
    case MMDB_DATA_TYPE_UINT16: *out = d->uint16; return true;
    case MMDB_DATA_TYPE_UINT32: *out = d->uint32; return true;
    case MMDB_DATA_TYPE_UTF8_STRING: return take_asn_text(d, out);
    }
    return false;
}

static bool take(struct fields *f, enum field field, const MMDB_entry_data_s *d)
{
    switch (field) {
    case COUNTRY: return take_country(d, f->country);
    case CONTINENT: return take_continent(d, f->continent);
    case SUBDIVISION: return take_code(d, 1, 3, f->subdivision);
    case LATITUDE: return take_degrees(d, 90, &f->lat);
    case LONGITUDE: return take_degrees(d, 180, &f->lon);
    case ASN: return take_asn(d, &f->asn);
    case FIELDS: break;
    }
    abort();
}

static bool read_fields(MMDB_entry_s *record, const struct spelling *s, struct fields *f)
{
    MMDB_entry_data_s d;

    for (; s->field != FIELDS; s++) {
        if (f->has[s->field])
            continue;
        switch (look_up(record, s->path, &d)) {
        case FOUND: f->has[s->field] = take(f, s->field, &d); break;
        case ABSENT: break;
        case CORRUPT: return false;
        }
    }
    return true;
}

enum geoschema georecord_schema(MMDB_entry_s *record)
{
    const struct {
        enum geoschema schema;
        const struct spelling *spellings;
    } kinds[] = {{GEOSCHEMA_NESTED, nested}, {GEOSCHEMA_FLAT, flat}};

    for (size_t i = 0; i < 2; i++) {
        struct fields f = {0};
        if (!read_fields(record, kinds[i].spellings, &f))
            return GEOSCHEMA_UNKNOWN;
        for (size_t j = 0; j < FIELDS; j++)
            if (f.has[j])
                return kinds[i].schema;
    }
    return GEOSCHEMA_UNKNOWN;
}

bool georecord_read(MMDB_entry_s *record, enum geoschema schema, struct place *out)
{
    struct fields f = {0};

    if (!read_fields(record, schema == GEOSCHEMA_NESTED ? nested : flat, &f))
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
