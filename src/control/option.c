/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/option.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "control/names.h"

bool option_name_ok(const char *name)
{
    const size_t len = strlen(name);

    return len >= 1 && len <= 63 &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == len;
}

bool option_is_empty(const json_t *value)
{
    return json_is_string(value) && json_string_length(value) == 0;
}


/* --- What is wrong with a value --- */

/* A value as a message shows it.  Returns owned text. */
static char *describe(const json_t *value)
{
    if (json_is_array(value))
        return xstrdup("a list");
    if (json_is_object(value))
        return xstrdup("a mapping");
    if (option_is_empty(value))
        return xstrdup("an empty value");
    return xasprintf("\"%s\"", json_string_value(value));
}

static const char *example(const struct option *o)
{
    if (o->section != NULL)
        return o->section->example;
    if (o->fallback != NULL && o->shape == OPTION_ONE)
        return o->fallback;
    return o->words != NULL ? o->words[0].text : o->type->example;
}

bool option_wrong(struct reader *r, const struct option *o, const json_t *value)
{
    char *got = describe(value);

    err_at(r->err, yamltree_pos(r->tree, value), "%s: expected %s, such as %s, not %s", o->key,
           o->type->what, example(o), got);
    free(got);
    return false;
}

bool option_beyond(struct reader *r, const struct option *o, const json_t *value)
{
    char *range = option_range(o);

    err_at(r->err, yamltree_pos(r->tree, value), "%s: %s is out of range: %s", o->key,
           json_string_value(value), range);
    free(range);
    return false;
}

char *option_range(const struct option *o)
{
    if (o->words != NULL) {
        const struct names words = NAMES(o->words, o->n_words);
        return names_list(&words);
    }
    if (o->type->print == NULL)
        return NULL;
    char *min = o->type->print(o->min), *max = o->type->print(o->max);
    char *range = xasprintf("%s to %s%s", min, max, o->type->unit != NULL ? o->type->unit : "");
    free(min);
    free(max);
    return range;
}


/* --- For types --- */

const char *option_text(struct reader *r, const struct option *o, const json_t *value)
{
    if (!json_is_string(value) || option_is_empty(value)) {
        option_wrong(r, o, value);
        return NULL;
    }
    return json_string_value(value);
}

void option_store(const struct option *o, int64_t v, void *at)
{
    switch (o->size) {
    case 0: return; /* only checked */
    case sizeof(uint8_t): *(uint8_t *)at = (uint8_t)v; return;
    case sizeof(uint16_t): *(uint16_t *)at = (uint16_t)v; return;
    case sizeof(uint32_t): *(uint32_t *)at = (uint32_t)v; return;
    case sizeof(uint64_t): *(uint64_t *)at = (uint64_t)v; return;
    }
    abort();
}

void *option_append(const struct option *o, void *out)
{
    char *const array_at = (char *)out + o->at;
    size_t *const n = (size_t *)(void *)((char *)out + o->n_at);
    void *array;

    memcpy(&array, array_at,
           sizeof(array)); /* char **, struct probe_spec * …: any object pointer */
    array = xgrow(array, *n, o->size);
    memcpy(array_at, &array, sizeof(array));
    void *element = (char *)array + (*n)++ * o->size;
    memset(element, 0, o->size);
    return element;
}


/* --- Shapes --- */

static bool read_list(struct reader *r, const struct option *o, const json_t *list, void *out)
{
    bool ok = true;

    if (!json_is_array(list))
        return o->type->read(r, o, list, option_append(o, out));
    if (json_array_size(list) == 0) {
        err_at(r->err, yamltree_pos(r->tree, list), "%s: an empty list: leave %s out, or name %s",
               o->key, o->key, o->type->what);
        return false;
    }
    for (size_t i = 0; i < json_array_size(list); i++)
        ok &= o->type->read(r, o, json_array_get(list, i), option_append(o, out));
    return ok;
}

static bool read_member(struct reader *r, const struct option *o, const json_t *object,
                        const char *name, void *out)
{
    const struct err_pos pos = yamltree_key_pos(r->tree, object, name);
    void *element = option_append(o, out);
    char *copy = xstrdup(name);

    memcpy(element, &copy, sizeof(copy)); /* names.h: the name is the first member */
    if (o->section->pos_at != 0)
        memcpy((char *)element + o->section->pos_at, &pos, sizeof(pos));
    if (!option_name_ok(name))
        err_at(r->err, pos, "%s: \"%s\" is no name: letters, digits, - and _, at most 63", o->key,
               name);
    return o->type->read(r, o, json_object_get(object, name), element) && option_name_ok(name);
}

static bool read_named(struct reader *r, const struct option *o, const json_t *object, void *out)
{
    bool ok = true;
    const char *name;
    json_t *value;

    if (option_is_empty(object))
        return true;
    if (!json_is_object(object)) {
        err_at(r->err, yamltree_pos(r->tree, object),
               "%s: expected names, each with %s, such as NAME: %s", o->key, o->section->what,
               o->section->example);
        return false;
    }
    if (o->max != 0 && json_object_size(object) > (size_t)o->max) {
        err_at(r->err, yamltree_pos(r->tree, object),
               "%s: %zu are more than the %d that there can be", o->key, json_object_size(object),
               (int)o->max);
        ok = false;
    }
    json_object_foreach((json_t *)object, name, value)
        ok &= read_member(r, o, object, name, out);
    return ok;
}

static bool read_value(struct reader *r, const struct option *o, const json_t *value, void *out)
{
    switch (o->shape) {
    case OPTION_ONE: return o->type->read(r, o, value, (char *)out + o->at);
    case OPTION_LIST: return read_list(r, o, value, out);
    case OPTION_NAMED: return read_named(r, o, value, out);
    }
    abort();
}

bool option_read(struct reader *r, const struct option *o, const json_t *value, void *out)
{
    if (value != NULL)
        return read_value(r, o, value, out);
    if (o->fallback == NULL)
        return true;
    json_t *fallback = option_fallback(o);
    const bool ok = read_value(r, o, fallback, out);
    assert(ok); /* a row's default is of its own type and range */
    json_decref(fallback);
    return ok;
}


/* --- Sections --- */

json_t *option_fallback(const struct option *o)
{
    if (o->shape == OPTION_ONE)
        return json_string(o->fallback);
    json_t *list = json_array();
    char *copy = xstrdup(o->fallback), *rest = copy, *item;
    while ((item = strsep(&rest, ",")) != NULL)
        json_array_append_new(list, json_string(item + strspn(item, " ")));
    free(copy);
    return list;
}

static bool read_absent(struct reader *r, const struct section *s, const struct option *o,
                        const json_t *node, void *out)
{
    if (o->required) {
        err_at(r->err, yamltree_pos(r->tree, node), "%s needs `%s`, such as `%s: %s`", s->what,
               o->key, o->key, example(o));
        return false;
    }
    if (o->type == &type_section && o->shape == OPTION_ONE)
        return section_read(r, o->section, NULL, (char *)out + o->at);
    return option_read(r, o, NULL, out);
}

static bool check_keys(struct reader *r, const struct section *s, const json_t *node)
{
    const struct names known = NAMES(s->options, s->n);
    bool ok = true;
    const char *key;
    json_t *value;
    size_t i;

    json_object_foreach((json_t *)node, key, value) {
        if (names_find(&known, key, &i))
            continue;
        char *hint = names_hint(&known, key);
        err_at(r->err, yamltree_key_pos(r->tree, node, key), "%s has no option \"%s\"%s", s->what,
               key, hint);
        free(hint);
        ok = false;
    }
    return ok;
}

bool section_read(struct reader *r, const struct section *s, const json_t *node, void *out)
{
    bool ok = check_keys(r, s, node);

    for (size_t i = 0; i < s->n; i++) {
        const struct option *o = &s->options[i];
        const json_t *value = json_object_get(node, o->key);
        ok &= value != NULL ? read_value(r, o, value, out) : read_absent(r, s, o, node, out);
    }
    if (ok && s->finish != NULL) {
        const size_t before = r->err->errors;
        s->finish(r, node, out);
        ok = r->err->errors == before;
    }
    return ok;
}
