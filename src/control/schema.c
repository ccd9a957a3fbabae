/*
 * The JSON Schema of the configuration, made from the tables of options, for editors that complete
 * and check proxima.yaml (https://json-schema.org/draft/2020-12).  A scalar may be written as a
 * string or natively, so a number's limits and a string's pattern stand side by side.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "control/config.h"
#include "control/sections.h"

static json_t *section_schema(const struct section *s);

static json_t *parse(const char *text)
{
    json_t *j = json_loads(text, 0, NULL);

    assert(j != NULL); /* a constant of ours */
    return j;
}

/* One value of an option. */
static json_t *value_schema(const struct option *o)
{
    if (o->type == &type_section)
        return section_schema(o->section);

    json_t *j = parse(o->type->schema);
    if (o->words != NULL) {
        json_t *words = json_array();
        for (size_t i = 0; i < o->n_words; i++)
            json_array_append_new(words, json_string(o->words[i].text));
        json_object_set_new(j, "enum", words);
    }
    if (o->section != NULL)
        json_object_set_new(j, "items", section_schema(o->section));
    return j;
}

static json_t *shaped_schema(const struct option *o)
{
    json_t *value = value_schema(o);

    switch (o->shape) {
    case OPTION_ONE: return value;
    case OPTION_LIST:
        return json_pack("{s: [O, {s: s, s: i, s: o}]}", "anyOf", value, "type", "array",
                         "minItems", 1, "items", value);
    case OPTION_NAMED:
        return json_pack("{s: [s, s], s: {s: s}, s: o}", "type", "object", "null", "propertyNames",
                         "pattern", NAME_PATTERN, "additionalProperties", value);
    }
    abort();
}

static json_t *option_schema(const struct option *o)
{
    json_t *j = shaped_schema(o);

    /* A range counts in the unit of a plain number; where numbers have none, the help tells it. */
    if (o->type->print != NULL && o->type->unit == NULL && o->type != &type_duration) {
        json_object_set_new(j, "minimum", json_integer(o->min));
        json_object_set_new(j, "maximum", json_integer(o->max));
    }
    if (o->shape == OPTION_NAMED && o->max != 0)
        json_object_set_new(j, "maxProperties", json_integer(o->max));
    if (o->fallback != NULL)
        json_object_set_new(j, "default", option_fallback(o));
    json_object_set_new(j, "description", json_string(o->help));
    return j;
}

static json_t *section_schema(const struct section *s)
{
    json_t *j = s->schema != NULL ? parse(s->schema) : json_object();
    json_t *properties = json_object(), *required = json_array();

    for (size_t i = 0; i < s->n; i++) {
        json_object_set_new(properties, s->options[i].key, option_schema(&s->options[i]));
        if (s->options[i].required)
            json_array_append_new(required, json_string(s->options[i].key));
    }
    json_object_set_new(j, "type", parse(type_section.schema));
    json_object_set_new(j, "properties", properties);
    json_object_set_new(j, "additionalProperties", json_false());
    if (json_array_size(required) > 0)
        json_object_set(j, "required", required);
    json_decref(required);
    return j;
}

char *config_schema(void)
{
    json_t *j = section_schema(&config_section);

    json_object_set_new(j, "$schema", json_string("https://json-schema.org/draft/2020-12/schema"));
    json_object_set_new(j, "title", json_string("The configuration of Proxima, proxima.yaml"));
    char *text = json_dumps(j, JSON_INDENT(2));
    json_decref(j);
    return text;
}
