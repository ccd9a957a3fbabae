/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/yamltree.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/xalloc.h"

/* The deepest option is maps.NAME.rules[].prefer[], 6 levels.  A limit keeps recursion off the end
 * of the stack ("[[[[[…"). */
#define DEPTH_MAX 16

/* A value's json_t, or jansson's copy of a key, which stays where it is while its object lives. */
struct place {
    uintptr_t at;
    unsigned line, column;
};

struct yamltree {
    const char *file;
    json_t *root;
    struct place *places; /* sorted by address once the tree is whole */
    size_t n;
};

struct builder {
    struct yamltree *tree;
    yaml_parser_t parser;
    yaml_event_t event; /* the current one */
    const char *text;
    size_t len;
    struct err *err;
};

static struct err_pos mark_pos(const struct builder *b, yaml_mark_t mark)
{
    return (struct err_pos){b->tree->file, (unsigned)mark.line + 1, (unsigned)mark.column + 1};
}

/* What libyaml says, and what helps. */
struct complaint {
    const char *problem;
    bool at_context; /* where it began says more than where libyaml gave up */
    const char *what;
};

static const struct complaint complaints[] = {
    {"found character that cannot start any token", false,
     "a value cannot begin with this character: put the value in quotes"},
    {"mapping values are not allowed in this context", false,
     "a colon where no key can stand: check the indentation, or put the value in quotes"},
    {"could not find expected ':'", true, "a key without a colon: write `key: value`"},
    {"did not find expected key", false,
     "expected the next key here: keys of one mapping are indented alike, and nothing follows a "
     "quoted value"},
    {"did not find expected ',' or '}'", false,
     "expected a comma or the closing } of a mapping opened before"},
    {"did not find expected ',' or ']'", false,
     "expected a comma or the closing ] of a list opened before"},
    {"did not find expected node content", false,
     "expected a value: a { or [ is not closed, or the value wants quotes"},
    {"found unexpected end of stream", true, "this quote is never closed"},
    {"did not find expected alphabetic or numeric character", true,
     "a value that begins with * or & is an alias or an anchor in YAML: put it in quotes"},
    {"did not find expected <document start>", false,
     "something follows the end of the document: one file is one configuration"},
    {"control characters are not allowed", false,
     "a control character: the file is to be plain text in UTF-8"},
    {"invalid leading UTF-8 octet", false, "this octet is not UTF-8: save the file as UTF-8"},
    {"invalid trailing UTF-8 octet", false, "this octet is not UTF-8: save the file as UTF-8"},
    {"incomplete UTF-8 octet sequence", false,
     "the file ends within a character: it is cut off, or not UTF-8"},
};

static const struct complaint *find_complaint(const char *problem)
{
    for (size_t i = 0; i < sizeof(complaints) / sizeof(complaints[0]); i++)
        if (strcmp(complaints[i].problem, problem) == 0)
            return &complaints[i];
    return NULL;
}

/* libyaml's reader tells an offset only, in octets. */
static struct err_pos offset_pos(const struct builder *b, size_t offset)
{
    struct err_pos pos = {b->tree->file, 1, 1};

    for (size_t i = 0; i < offset && i < b->len; i++) {
        const bool newline = b->text[i] == '\n';
        const bool within = ((unsigned char)b->text[i] & 0xc0) == 0x80; /* of a character */
        pos.line += newline;
        pos.column = newline ? 1 : pos.column + !within;
    }
    return pos;
}

/* Does a tab stand there, among the blanks that the line begins with?  libyaml has three messages for
 * it, of which the most frequent does not speak of tabs. */
static bool is_indenting_tab(const struct builder *b, struct err_pos pos)
{
    const char *at = b->text, *end = b->text + b->len;

    for (unsigned line = 1; line < pos.line && at != NULL; line++)
        if ((at = memchr(at, '\n', (size_t)(end - at))) != NULL)
            at++;
    if (at == NULL || (size_t)(end - at) < pos.column)
        return false;
    for (unsigned i = 1; i < pos.column; i++)
        if (*at++ != ' ')
            return false;
    return *at == '\t';
}

static void tell_syntax(const struct builder *b)
{
    const yaml_parser_t *p = &b->parser;
    const struct complaint *c = find_complaint(p->problem);
    const bool at_context = c != NULL && c->at_context && p->context != NULL;
    struct err_pos pos = mark_pos(b, at_context ? p->context_mark : p->problem_mark);

    if (p->error == YAML_READER_ERROR)
        pos = offset_pos(b, p->problem_offset);
    if (is_indenting_tab(b, pos))
        err_at(b->err, pos, "a tab in the indentation: YAML is indented with blanks");
    else
        err_at(b->err, pos, "%s", c != NULL ? c->what : p->problem);
}

static bool next(struct builder *b)
{
    yaml_event_delete(&b->event);
    if (yaml_parser_parse(&b->parser, &b->event))
        return true;
    if (b->parser.error == YAML_MEMORY_ERROR)
        abort();
    tell_syntax(b);
    return false;
}

static bool advance(struct builder *b, unsigned events)
{
    while (events-- > 0)
        if (!next(b))
            return false;
    return true;
}

static void remember(struct builder *b, const void *at, yaml_mark_t mark)
{
    struct yamltree *t = b->tree;
    const struct err_pos pos = mark_pos(b, mark);

    t->places = xgrow(t->places, t->n, sizeof(*t->places));
    t->places[t->n++] = (struct place){(uintptr_t)at, pos.line, pos.column};
}

/* Anchors and tags are refused: no option needs them, and a value is read as its option's type. */
static bool is_plain(struct builder *b, const yaml_char_t *anchor, const yaml_char_t *tag)
{
    const struct err_pos pos = mark_pos(b, b->event.start_mark);

    if (anchor != NULL)
        err_at(b->err, pos, "anchors and aliases (& and *) are not supported: write the value out");
    else if (tag != NULL)
        err_at(b->err, pos,
               "tags (!) are not supported: leave it out, a value is read as its option's type");
    return anchor == NULL && tag == NULL;
}

/* "a\0b" is a string in YAML and two in C; a newline in a value would forge a line of the log. */
static bool has_control(const yaml_char_t *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] < 0x20 || text[i] == 0x7f)
            return true;
    return false;
}

static bool check_scalar(struct builder *b)
{
    const yaml_event_t *e = &b->event;

    if (!is_plain(b, e->data.scalar.anchor, e->data.scalar.tag))
        return false;
    if (has_control(e->data.scalar.value, e->data.scalar.length)) {
        err_at(b->err, mark_pos(b, e->start_mark),
               "a newline or control character in a value: no option takes one");
        return false;
    }
    return true;
}

static json_t *build(struct builder *b, unsigned depth);

/* A key, the current event, and its value. */
static bool build_member(struct builder *b, json_t *object, unsigned depth)
{
    const yaml_mark_t mark = b->event.start_mark;
    json_t *value;

    if (b->event.type != YAML_SCALAR_EVENT) {
        err_at(b->err, mark_pos(b, mark), "a key is to be a word, written out");
        return false;
    }
    if (!check_scalar(b))
        return false;

    char *key = xstrdup((const char *)b->event.data.scalar.value);
    const size_t n = b->tree->n;
    if (next(b) && (value = build(b, depth)) != NULL) {
        if (json_object_get(object, key) == NULL) {
            json_object_set_new_nocheck(object, key, value); /* libyaml has checked its UTF-8 */
            remember(b, json_object_iter_key(json_object_iter_at(object, key)), mark);
        } else {
            err_at(b->err, mark_pos(b, mark), "\"%s\" stands here already: leave one of the two",
                   key);
            json_decref(value);
            b->tree->n = n; /* its positions go with it: addresses are used again */
        }
    } else {
        value = NULL;
    }
    free(key);
    return value != NULL;
}

static json_t *build_mapping(struct builder *b, unsigned depth)
{
    json_t *object = json_object();

    remember(b, object, b->event.start_mark);
    while (next(b)) {
        if (b->event.type == YAML_MAPPING_END_EVENT)
            return object;
        if (!build_member(b, object, depth))
            break;
    }
    json_decref(object);
    return NULL;
}

static json_t *build_sequence(struct builder *b, unsigned depth)
{
    json_t *array = json_array();

    remember(b, array, b->event.start_mark);
    while (next(b)) {
        if (b->event.type == YAML_SEQUENCE_END_EVENT)
            return array;
        json_t *item = build(b, depth);
        if (item == NULL)
            break;
        json_array_append_new(array, item);
    }
    json_decref(array);
    return NULL;
}

static json_t *build_scalar(struct builder *b)
{
    const yaml_event_t *e = &b->event;
    json_t *string =
        json_stringn_nocheck((const char *)e->data.scalar.value, e->data.scalar.length);

    remember(b, string, e->start_mark);
    return string;
}

/* The value that begins with the current event; NULL: an error has been told. */
static json_t *build(struct builder *b, unsigned depth)
{
    const yaml_event_t *e = &b->event;

    if (depth == DEPTH_MAX) {
        err_at(b->err, mark_pos(b, e->start_mark), "nested deeper than %d levels: no option is",
               DEPTH_MAX);
        return NULL;
    }
    switch (e->type) {
    case YAML_MAPPING_START_EVENT:
        return is_plain(b, e->data.mapping_start.anchor, e->data.mapping_start.tag)
                   ? build_mapping(b, depth + 1)
                   : NULL;
    case YAML_SEQUENCE_START_EVENT:
        return is_plain(b, e->data.sequence_start.anchor, e->data.sequence_start.tag)
                   ? build_sequence(b, depth + 1)
                   : NULL;
    case YAML_SCALAR_EVENT: return check_scalar(b) ? build_scalar(b) : NULL;
    case YAML_ALIAS_EVENT: is_plain(b, e->data.alias.anchor, NULL); return NULL;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: break; /* none of these is where a value begins */
    }
    abort();
}

/* The document's value; an empty one, "" or only comments, is an empty mapping. */
static json_t *build_root(struct builder *b)
{
    const yaml_mark_t mark = b->event.start_mark;
    json_t *root = build(b, 0);

    if (root != NULL && json_is_string(root) && json_string_length(root) == 0) {
        json_decref(root);
        root = json_object();
        b->tree->n = 0;
        remember(b, root, mark);
    }
    if (root != NULL && !json_is_object(root)) {
        err_at(b->err, mark_pos(b, mark),
               "expected sections, such as `zones: {directory: zones/}`");
        json_decref(root);
        return NULL;
    }
    return root;
}

/* Stream start, one document or none, stream end. */
static bool build_document(struct builder *b)
{
    struct yamltree *t = b->tree;

    if (!advance(b, 2))
        return false;
    if (b->event.type == YAML_STREAM_END_EVENT) {
        t->root = json_object();
        remember(b, t->root, (yaml_mark_t){0});
        return true;
    }
    if (!next(b) || (t->root = build_root(b)) == NULL)
        return false;
    if (!advance(b, 2)) /* over the document's end, to what follows it */
        return false;
    if (b->event.type != YAML_STREAM_END_EVENT) {
        err_at(b->err, mark_pos(b, b->event.start_mark),
               "a second document: one file is one configuration");
        return false;
    }
    return true;
}

static int by_address(const void *a, const void *b)
{
    const struct place *const x = a, *const y = b;

    return (x->at > y->at) - (x->at < y->at);
}

struct yamltree *yamltree_parse(const char *file, const char *text, size_t len, struct err *err)
{
    struct yamltree *t = xcalloc(1, sizeof(*t));
    struct builder b = {.tree = t, .text = text, .len = len, .err = err};

    t->file = file;
    if (yaml_parser_initialize(&b.parser) == 0)
        abort(); /* out of memory */
    yaml_parser_set_input_string(&b.parser, (const unsigned char *)text, len);
    const bool built = build_document(&b);
    yaml_event_delete(&b.event);
    yaml_parser_delete(&b.parser);
    if (!built) {
        yamltree_free(t);
        return NULL;
    }
    qsort(t->places, t->n, sizeof(*t->places), by_address);
    return t;
}

void yamltree_free(struct yamltree *t)
{
    if (t == NULL)
        return;
    json_decref(t->root);
    free(t->places);
    free(t);
}

const json_t *yamltree_root(const struct yamltree *t)
{
    return t->root;
}

static struct err_pos find_place(const struct yamltree *t, const void *at)
{
    const struct place key = {.at = (uintptr_t)at};
    const struct place *p = bsearch(&key, t->places, t->n, sizeof(*t->places), by_address);

    return (struct err_pos){t->file, p != NULL ? p->line : 0, p != NULL ? p->column : 0};
}

struct err_pos yamltree_pos(const struct yamltree *t, const json_t *value)
{
    return find_place(t, value);
}

struct err_pos yamltree_key_pos(const struct yamltree *t, const json_t *object, const char *key)
{
    return find_place(t, json_object_iter_key(json_object_iter_at((json_t *)object, key)));
}
