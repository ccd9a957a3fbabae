/*
 * Options as data: a row for each says its key, type, range, default and help, and everything else
 * follows from the rows: reading, messages, the JSON Schema (schema.c) and the check that the man
 * page is complete.  A section is a table of such rows and the struct that they fill.
 *
 * A new option is one row and one entry of man/proxima.yaml.5; a new type of value is one `struct
 * option_type`.  Control thread or its thread pool.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/yamltree.h"

struct config;
struct section;

/* What readers share. */
struct reader {
    const struct yamltree *tree;
    const char *base;      /* folder that relative paths are relative to; "": leave them alone */
    struct config *config; /* under construction: what an option refers to was read before it */
    struct err *err;
};

struct option_word { /* one value of an option that knows a few */
    const char *text;
    int value;
};

enum option_shape {
    OPTION_ONE,   /* a value */
    OPTION_LIST,  /* a list of values, or one alone: a growing array and its count */
    OPTION_NAMED, /* name: section; an array likewise, each element beginning with its name */
};

struct option {
    const char *key;
    const struct option_type *type;
    enum option_shape shape;
    bool required;
    size_t at, size; /* where in the section's struct; size of the value or of an array's element; a
                      * word or number of size 0 is checked, not kept */
    size_t n_at;     /* list, named: where the count is, a size_t */
    int64_t min, max; /* of a type that has a range, inclusive; named: at most max, 0: no limit */
    const char *fallback; /* the default, as the operator would write it; of a list with ", " */
    const char *unset;    /* else: what happens without it */
    const struct option_word *words; /* type_word */
    size_t n_words;
    const struct section *section; /* type_section and types that contain one */
    const char *help;              /* one sentence for schema and people */
};

#define OPTION_FIELD(type, member) .at = offsetof(type, member), .size = sizeof(((type *)0)->member)
#define OPTION_WHOLE(type)         .at = 0, .size = sizeof(type) /* fills several members */
#define OPTION_ARRAY(type, member)                                    \
    .at = offsetof(type, member), .n_at = offsetof(type, n_##member), \
    .size = sizeof(*((type *)0)->member)
#define OPTION_WORDS(array) .words = (array), .n_words = sizeof(array) / sizeof((array)[0])

struct option_type {
    const char *what;    /* "a duration" */
    const char *example; /* where the option has no default to show; of sections: theirs */
    /* Put the value at `at`, or tell what is wrong with it and return false. */
    bool (*read)(struct reader *r, const struct option *o, const json_t *value, void *at);
    bool (*parse)(const char *text, int64_t *out); /* of types whose value is a whole number */
    char *(*print)(int64_t v); /* a limit of the range; NULL: no range.  Returns owned */
    const char *unit;          /* behind the range, or NULL */
    const char *schema;        /* JSON Schema of a value, without what the row says */
};

struct section {
    const char *what;    /* "a probe", for messages */
    const char *example; /* "{type: tcp, port: 25}" */
    const struct option *options;
    size_t n;
    size_t pos_at; /* where the struct keeps its struct err_pos; 0: nowhere */
    /* Checks between options, run if they are all right.  node: as of section_read. */
    void (*finish)(struct reader *r, const json_t *node, void *out);
    const char *schema; /* what JSON Schema is to say beyond the rows, or NULL */
};

#define SECTION_OPTIONS(array) .options = (array), .n = sizeof(array) / sizeof((array)[0])

/* Fill a zeroed struct with a section's options or their defaults.  node: an object; NULL or an empty
 * value is as good as one without members. */
bool section_read(struct reader *r, const struct section *s, const json_t *node, void *out);

/* One option of a struct whose type depends on another: a value, or NULL for the row's default. */
bool option_read(struct reader *r, const struct option *o, const json_t *value, void *out);

/* "100ms to 1h", "open, all, servfail, nodata"; NULL where there is no range.  Returns owned. */
char *option_range(const struct option *o);

/* The default as the tree would hold it: a string, or a list of them.  Returns a new reference. */
json_t *option_fallback(const struct option *o);

/* For types: tell what is wrong with a value.  Each returns false. */
bool option_wrong(struct reader *r, const struct option *o, const json_t *value);
bool option_beyond(struct reader *r, const struct option *o, const json_t *value);

/* The text of a scalar, or NULL when it has been told that the value is none. */
const char *option_text(struct reader *r, const struct option *o, const json_t *value);
/* Put a whole number into an integer field of the option's size. */
void option_store(const struct option *o, int64_t v, void *at);
/* One more zeroed element of the array of a list or named option in the struct `out`. */
void *option_append(const struct option *o, void *out);

/* `probes:` with all that was below it commented out. */
bool option_is_empty(const json_t *value);

/* Is it a name that zone files, messages and commands can carry: letters, digits, - and _? */
#define NAME_PATTERN "^[A-Za-z0-9_-]{1,63}$"
bool option_name_ok(const char *name);

/* Types of values (option_types.c). */
extern const struct option_type type_count;    /* integers of any size */
extern const struct option_type type_bool;     /* bool */
extern const struct option_type type_word;     /* an enum or int */
extern const struct option_type type_text;     /* char *; min and max are octets */
extern const struct option_type type_path;     /* char *, relative to the reader's base */
extern const struct option_type type_duration; /* dur_ms_t; min and max in ms */
extern const struct option_type type_ttl;      /* uint32_t; seconds */
extern const struct option_type type_percent;  /* whole, integers of any size: "50" or "50%" */
extern const struct option_type type_bias;     /* double, percent: "10", "-2.5%" */
extern const struct option_type type_section;  /* a section in the same struct, or by name */

/* A number with a fraction, nothing before or behind it: "-77.45". */
bool parse_decimal(const char *text, double *out);
/* Digits only; more than an int64_t holds gives INT64_MAX. */
bool parse_count(const char *text, int64_t *out);
/* path as it is if absolute or without a base, else below base.  Returns owned. */
char *path_below(const char *base, const char *path);
