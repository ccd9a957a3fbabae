/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/probe_types.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "control/config.h"
#include "dns/name.h"
#include "dns/types.h"


/* --- Thresholds --- */

/* "3" → 3, "3 of 5" → 3 and 5; "5 of 3", "3/5" → false. */
static bool parse_fall(const char *text, int64_t *fall, int64_t *of)
{
    char number[8];
    const size_t digits = strspn(text, "0123456789");

    if (digits == 0 || digits >= sizeof(number))
        return false;
    memcpy(number, text, digits);
    number[digits] = '\0';
    if (!parse_count(number, fall))
        return false;
    if (text[digits] == '\0')
        *of = *fall;
    else if (strncmp(text + digits, " of ", 4) != 0 || !parse_count(text + digits + 4, of))
        return false;
    return *fall <= *of;
}

static bool read_fall(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    struct probe_spec *p = at;
    const char *text = option_text(r, o, value);
    int64_t fall, of;

    if (text == NULL)
        return false;
    if (!parse_fall(text, &fall, &of))
        return option_wrong(r, o, value);
    if (fall < o->min || of > o->max)
        return option_beyond(r, o, value);
    p->fall = (uint8_t)fall;
    p->fall_of = (uint8_t)of;
    return true;
}

static char *print_fall(int64_t v)
{
    return xasprintf("%d", (int)v);
}

const struct option_type type_fall = {
    .what = "a number, or so many of the last so many",
    .example = "3 of 5",
    .read = read_fall,
    .print = print_fall,
    .schema = "{\"type\": [\"integer\", \"string\"], \"pattern\": \"^[0-9]+( of [0-9]+)?$\"}",
};


/* --- What is said and heard --- */

/* The octet that an escape behind the backslash stands for, *end behind it; -1: there is no such one. */
static int unescape(const char *text, const char **end)
{
    static const char letters[] = "rnt0\\\"", octets[] = "\r\n\t\0\\\"";
    const char *letter = *text != '\0' ? strchr(letters, *text) : NULL;

    if (letter != NULL) {
        *end = text + 1;
        return octets[letter - letters];
    }
    if (*text != 'x' || !isxdigit((unsigned char)text[1]) || !isxdigit((unsigned char)text[2]))
        return -1;
    *end = text + 3;
    return (int)strtoul((const char[]){text[1], text[2], '\0'}, NULL, 16);
}

static bool parse_bytes(const char *text, struct probe_bytes *out)
{
    struct probe_bytes b = {.data = xmalloc(strlen(text) + 1)};

    while (*text != '\0') {
        int octet = (unsigned char)*text;
        if (*text++ == '\\')
            octet = unescape(text, &text);
        if (octet < 0) {
            free(b.data);
            return false;
        }
        b.data[b.len++] = (uint8_t)octet;
    }
    *out = b;
    return true;
}

static bool read_bytes(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    const char *text = option_text(r, o, value);

    return text != NULL && (parse_bytes(text, at) || option_wrong(r, o, value));
}

const struct option_type type_bytes = {
    .what = "a text with the escapes \\r \\n \\t \\0 \\\\ \\\" and \\xHH",
    .example = "'EHLO probe\\r\\n'",
    .read = read_bytes,
    .schema = "{\"type\": [\"string\", \"number\", \"boolean\"]}",
};


/* --- DNS --- */

static bool read_query(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    const char *text = option_text(r, o, value), *why;
    uint8_t name[NAME_MAX_LEN];
    char printed[NAME_TEXT];

    if (text == NULL)
        return false;
    if (!name_parse(text, strlen(text), name_root, name, &why)) {
        err_at(r->err, yamltree_pos(r->tree, value), "%s: %s", o->key, why);
        return false;
    }
    *(char **)at = xstrdup(name_print(name, printed));
    return true;
}

const struct option_type type_query = {
    .what = "a domain name",
    .example = "www.example.com",
    .read = read_query,
    .schema = "{\"type\": \"string\"}",
};

static bool read_rrtype(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    const char *text = option_text(r, o, value);

    return text != NULL && (type_parse(text, at) || option_wrong(r, o, value));
}

const struct option_type type_rrtype = {
    .what = "a record type",
    .example = "A",
    .read = read_rrtype,
    .schema = "{\"type\": \"string\"}",
};

/* RFC 1035 §4.1.1 has four bits, and those of EDNS are of versions and cookies, which we do not ask by. */
#define RCODES 16

static bool read_rcode(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    const char *text = option_text(r, o, value);

    for (uint16_t code = 0; text != NULL && code < RCODES; code++)
        if (strcasecmp(text, rcode_name(code)) == 0) {
            *(struct code_range *)at = (struct code_range){code, code};
            return true;
        }
    return text != NULL && option_wrong(r, o, value);
}

const struct option_type type_rcode = {
    .what = "a response code",
    .example = "NXDOMAIN",
    .read = read_rcode,
    .schema = "{\"type\": \"string\"}",
};


/* --- Programs --- */

/* "0" → 0, 255; "0-2"; "2-0", "256" → false. */
static bool parse_exits(const char *text, struct code_range *out)
{
    const size_t digits = strspn(text, "0123456789");
    char *first_text = xstrndup(text, digits);
    int64_t first, last;
    bool ok = parse_count(first_text, &first);

    free(first_text);
    last = ok ? first : 0;
    if (ok && text[digits] != '\0')
        ok = text[digits] == '-' && parse_count(text + digits + 1, &last);
    if (!ok || first > last || last > 255)
        return false;
    *out = (struct code_range){(uint16_t)first, (uint16_t)last};
    return true;
}

static bool read_exits(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    const char *text = option_text(r, o, value);

    return text != NULL && (parse_exits(text, at) || option_wrong(r, o, value));
}

const struct option_type type_exits = {
    .what = "an exit status or a range of them, 0 to 255",
    .example = "0 or 0-1",
    .read = read_exits,
    .schema = "{\"type\": [\"integer\", \"string\"]}",
};

static bool read_environment(struct reader *r, const struct option *o, const json_t *value,
                             void *at)
{
    struct probe_spec *p = at;
    bool ok = true;
    const char *name;
    json_t *text;

    if (!json_is_object(value))
        return option_wrong(r, o, value);
    json_object_foreach((json_t *)value, name, text) {
        if (!json_is_string(text) || name[0] == '\0' || strchr(name, '=') != NULL) {
            ok = option_wrong(r, o, text);
            continue;
        }
        p->environment = xgrow(p->environment, p->n_environment, sizeof(*p->environment));
        p->environment[p->n_environment++] = xasprintf("%s=%s", name, json_string_value(text));
    }
    return ok;
}

const struct option_type type_environment = {
    .what = "names with a text each",
    .example = "{HOME: /var/lib/probe}",
    .read = read_environment,
    .schema = "{\"type\": \"object\", \"additionalProperties\": {\"type\": \"string\"}}",
};


/* --- Several --- */

/* "all" → 0, "any" → 1, "2" → 2. */
static bool read_need(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    const char *text = option_text(r, o, value);
    int64_t n = 0;

    if (text == NULL)
        return false;
    if (strcmp(text, "any") == 0)
        n = 1;
    else if (strcmp(text, "all") != 0 && (!parse_count(text, &n) || n < 1 || n > 64))
        return option_wrong(r, o, value);
    *(uint8_t *)at = (uint8_t)n;
    return true;
}

const struct option_type type_need = {
    .what = "all, any or how many",
    .example = "2",
    .read = read_need,
    .schema = "{\"type\": [\"integer\", \"string\"]}",
};


/* --- Ourselves --- */

static bool read_source(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    const char *text = option_text(r, o, value);

    return text != NULL && (ipaddr_parse(text, at) || option_wrong(r, o, value));
}

const struct option_type type_source = {
    .what = "an address of this machine",
    .example = "192.0.2.1",
    .read = read_source,
    .schema = "{\"type\": \"string\"}",
};

/* Only a warning: it can be there later, and a server that starts without it answers all the same. */
static bool read_own_file(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    if (!type_path.read(r, o, value, at))
        return false;
    const char *path = *(char **)at;
    if (access(path, R_OK) != 0)
        err_warn_at(r->err, yamltree_pos(r->tree, value),
                    "%s: cannot read %s: %s: such probes say nothing of endpoints until it can be",
                    o->key, path, strerror(errno));
    return true;
}

const struct option_type type_own_file = {
    .what = "a path",
    .example = "ca.pem",
    .read = read_own_file,
    .schema = "{\"type\": \"string\"}",
};
