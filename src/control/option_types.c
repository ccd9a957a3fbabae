/*
 * The types of values that any section may use.  Types that refer to other sections, or that one
 * section alone knows, stand beside that section.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "control/names.h"
#include "control/option.h"

static bool in_range(const struct option *o, int64_t v)
{
    return v >= o->min && v <= o->max;
}

bool parse_count(const char *text, int64_t *out)
{
    const size_t digits = strspn(text, "0123456789");

    if (digits == 0 || text[digits] != '\0')
        return false;
    *out = strtoll(text, NULL, 10); /* INT64_MAX when it is more */
    return true;
}

bool parse_decimal(const char *text, double *out)
{
    char *end;

    if (text[0] == '\0' || text[strspn(text, "+-.0123456789")] != '\0')
        return false; /* strtod alone takes "inf", "0x1p3", " 1" */
    const double v = strtod(text, &end);
    if (*end != '\0' || end == text || !isfinite(v))
        return false;
    *out = v;
    return true;
}

char *path_below(const char *base, const char *path)
{
    if (path[0] == '/' || base[0] == '\0')
        return xstrdup(path);
    return xasprintf("%s/%s", base, path);
}


/* --- Whole numbers --- */

static char *print_count(int64_t v)
{
    return xasprintf("%" PRId64, v);
}

/* Any type that its text tells a whole number of. */
static bool read_number(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    const char *text = option_text(r, o, value);
    int64_t v;

    if (text == NULL)
        return false;
    if (!o->type->parse(text, &v))
        return option_wrong(r, o, value);
    if (!in_range(o, v))
        return option_beyond(r, o, value);
    option_store(o, v, at);
    return true;
}

const struct option_type type_count = {
    .what = "a whole number",
    .example = "8",
    .read = read_number,
    .parse = parse_count,
    .print = print_count,
    .schema = "{\"type\": [\"integer\", \"string\"], \"pattern\": \"^[0-9]+$\"}",
};

/* "50%" → "50", "50" → "50".  Returns owned text. */
static char *strip_percent(const char *text)
{
    const size_t len = strlen(text);

    return xstrndup(text, len - (len > 0 && text[len - 1] == '%'));
}

static bool parse_percent(const char *text, int64_t *out)
{
    char *digits = strip_percent(text);
    const bool ok = parse_count(digits, out);

    free(digits);
    return ok;
}

static char *print_percent(int64_t v)
{
    return xasprintf("%" PRId64 "%%", v);
}

const struct option_type type_percent = {
    .what = "a percentage",
    .example = "50%",
    .read = read_number,
    .parse = parse_percent,
    .print = print_percent,
    .schema = "{\"type\": [\"integer\", \"string\"], \"pattern\": \"^[0-9]+%?$\"}",
};

static bool read_bias(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    const char *text = option_text(r, o, value);
    double v;

    if (text == NULL)
        return false;
    char *number = strip_percent(text);
    const bool ok = parse_decimal(number, &v);
    free(number);
    if (!ok)
        return option_wrong(r, o, value);
    if (v < (double)o->min || v > (double)o->max)
        return option_beyond(r, o, value);
    *(double *)at = v;
    return true;
}

const struct option_type type_bias = {
    .what = "a percentage",
    .example = "10",
    .read = read_bias,
    .print = print_percent,
    .schema = "{\"type\": [\"number\", \"string\"], "
              "\"pattern\": \"^[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)%?$\"}",
};


/* --- Time --- */

/* 0: no such unit. */
static int64_t unit_ms(const char *unit)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (strcmp(unit, units[i].name) == 0)
            return units[i].ms;
    return 0;
}

#define DURATION_MAX (INT64_MAX / 1000 * 1000) /* in ms, whole seconds: out of any option's range */

/*
 * "250ms" → 250, "2m" → 120000; "1.5s" → false.  bare_ms: what a number without a unit counts in, 0:
 * it needs one, so "5" → false.
 */
static bool parse_duration(const char *text, int64_t bare_ms, int64_t *out_ms)
{
    const size_t digits = strspn(text, "0123456789");
    const int64_t unit = text[digits] != '\0' ? unit_ms(text + digits) : bare_ms;

    if (digits == 0 || unit == 0)
        return false;
    const int64_t n = strtoll(text, NULL, 10);
    *out_ms = n <= DURATION_MAX / unit ? n * unit : DURATION_MAX;
    return true;
}

static bool parse_ms(const char *text, int64_t *out)
{
    return parse_duration(text, 0, out);
}

static char *print_duration(int64_t ms)
{
    char text[DUR_TEXT];

    return xstrdup(dur_print(ms, text));
}

const struct option_type type_duration = {
    .what = "a number with its unit (ms, s, m, h, d)",
    .example = "5s",
    .read = read_number,
    .parse = parse_ms,
    .print = print_duration,
    .schema = "{\"type\": \"string\", \"pattern\": \"^[0-9]+(ms|s|m|h|d)$\"}",
};

/* "300" → 300, as in a zone file; "5m" → 300; "500ms" → false. */
static bool parse_ttl(const char *text, int64_t *out_s)
{
    int64_t ms;

    if (!parse_duration(text, 1000, &ms) || ms % 1000 != 0)
        return false;
    *out_s = ms / 1000;
    return true;
}

static char *print_ttl(int64_t s)
{
    return s > 0 ? print_duration(s * 1000) : xstrdup("0s");
}

const struct option_type type_ttl = {
    .what = "whole seconds",
    .example = "300s",
    .read = read_number,
    .parse = parse_ttl,
    .print = print_ttl,
    .schema = "{\"type\": [\"integer\", \"string\"], \"pattern\": \"^[0-9]+(ms|s|m|h|d)?$\"}",
};


/* --- Words and text --- */

static bool read_word(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    const struct names words = NAMES(o->words, o->n_words);
    const char *text = option_text(r, o, value);
    size_t i;

    if (text == NULL)
        return false;
    if (!names_find(&words, text, &i)) {
        char *hint = names_hint(&words, text);
        err_at(r->err, yamltree_pos(r->tree, value), "%s: \"%s\" is not known%s", o->key, text,
               hint);
        free(hint);
        return false;
    }
    option_store(o, o->words[i].value, at);
    return true;
}

const struct option_type type_word = {
    .what = "a word",
    .read = read_word,
    .schema = "{}",
};

static bool read_bool(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    static const struct option_word words[] = {
        {"yes", true}, {"true", true},   {"on", true},
        {"no", false}, {"false", false}, {"off", false},
    };
    const char *text = option_text(r, o, value);

    if (text == NULL)
        return false;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcasecmp(words[i].text, text) == 0) {
            option_store(o, words[i].value, at);
            return true;
        }
    }
    return option_wrong(r, o, value);
}

const struct option_type type_bool = {
    .what = "yes or no",
    .example = "yes",
    .read = read_bool,
    .schema = "{\"enum\": [true, false, \"yes\", \"true\", \"on\", \"no\", \"false\", \"off\"]}",
};

static bool read_text(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    const char *text = option_text(r, o, value);

    if (text == NULL)
        return false;
    if (!in_range(o, (int64_t)strlen(text)))
        return option_beyond(r, o, value);
    *(char **)at = xstrdup(text);
    return true;
}

const struct option_type type_text = {
    .what = "a text",
    .example = "ns1.example.com",
    .read = read_text,
    .print = print_count,
    .unit = " octets",
    .schema = "{\"type\": [\"string\", \"number\", \"boolean\"]}",
};

static bool read_path(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    const char *text = option_text(r, o, value);

    if (text == NULL)
        return false;
    *(char **)at = path_below(r->base, text);
    return true;
}

const struct option_type type_path = {
    .what = "a path",
    .example = "zones/",
    .read = read_path,
    .schema = "{\"type\": \"string\"}",
};


/* --- Sections --- */

static bool read_section(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    if (!json_is_object(value) && !option_is_empty(value))
        return option_wrong(r, o, value);
    return section_read(r, o->section, value, at);
}

const struct option_type type_section = {
    .what = "a section",
    .read = read_section,
    .schema = "[\"object\", \"null\"]",
};
