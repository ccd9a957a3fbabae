/*
 * Types of values of http probes (probe_types.h).  SPDX-License-Identifier: BSD-2-Clause
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/xalloc.h"
#include "control/config.h"
#include "control/probe_types.h"

/* Three digits, 100..599 (RFC 9110 §15); what follows them is not looked at. */
static bool parse_code(const char *text, uint16_t *out)
{
    if (strspn(text, "0123456789") < 3 || text[0] < '1' || text[0] > '5')
        return false;
    *out = (uint16_t)((text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0'));
    return true;
}

/* "200", "200-299"; "299-200" and "2xx" → false. */
static bool parse_codes(const char *text, struct code_range *out)
{
    struct code_range c;

    if (!parse_code(text, &c.first))
        return false;
    c.last = c.first;
    if (text[3] != '\0' && (text[3] != '-' || !parse_code(text + 4, &c.last) || text[7] != '\0'))
        return false;
    if (c.first > c.last)
        return false;
    *out = c;
    return true;
}

static bool read_codes(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    const char *text = option_text(r, o, value);

    return text != NULL && (parse_codes(text, at) || option_wrong(r, o, value));
}

const struct option_type type_codes = {
    .what = "an HTTP status or a range of them",
    .example = "200 or 200-299",
    .read = read_codes,
    .schema = "{\"type\": [\"integer\", \"string\"], "
              "\"pattern\": \"^[1-5][0-9][0-9](-[1-5][0-9][0-9])?$\"}",
};

/* A request target in origin form (RFC 9112 §3.2.1): a blank in it would end the request line. */
static bool is_target(const char *text)
{
    if (text[0] != '/')
        return false;
    for (; *text != '\0'; text++)
        if (*text <= ' ' || *text > '~')
            return false;
    return true;
}

static bool read_target(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    const char *text = option_text(r, o, value);

    if (text == NULL)
        return false;
    if (!is_target(text))
        return option_wrong(r, o, value);
    *(char **)at = xstrdup(text);
    return true;
}

const struct option_type type_target = {
    .what = "a path that begins with / and has no blanks (%20)",
    .example = "/healthz",
    .read = read_target,
    .schema = "{\"type\": \"string\", \"pattern\": \"^/[!-~]*$\"}",
};

static bool read_host(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    const char *text = option_text(r, o, value);

    if (text == NULL)
        return false;
    for (const char *c = text; *c != '\0'; c++)
        if (*c != '.' && !option_name_ok((char[]){*c, '\0'}))
            return option_wrong(r, o, value);
    *(char **)at = xstrdup(text);
    return true;
}

const struct option_type type_host = {
    .what = "a host name without a port",
    .example = "www.example.com",
    .read = read_host,
    .schema = "{\"type\": \"string\", \"pattern\": \"^[A-Za-z0-9._-]+$\"}",
};

/* A method's name is a token whose case counts (RFC 9110 §9.1); all that are registered are capitals. */
static bool read_method(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    const char *text = option_text(r, o, value);

    if (text == NULL)
        return false;
    if (text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-")] != '\0' || strlen(text) > 32)
        return option_wrong(r, o, value);
    *(char **)at = xstrdup(text);
    return true;
}

const struct option_type type_method = {
    .what = "the name of a method in capitals",
    .example = "HEAD",
    .read = read_method,
    .schema = "{\"type\": \"string\", \"pattern\": \"^[A-Z-]{1,32}$\"}",
};

/* A field name is a token (RFC 9110 §5.1, §5.6.2). */
static bool is_token(const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        if (!isalnum((unsigned char)*c) && strchr("!#$%&'*+-.^_`|~", *c) == NULL)
            return false;
    return text[0] != '\0';
}

/* A control character, such as the end of the line, would begin another header (RFC 9110 §5.5). */
static bool is_field_value(const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        if (((unsigned char)*c < ' ' && *c != '\t') || *c == 0x7f)
            return false;
    return true;
}

/* What makes the message whole is ours; Host is an option of its own. */
static bool is_reserved(const char *name)
{
    static const char *const reserved[] = {"Host", "Connection", "Content-Length",
                                           "Transfer-Encoding", "Expect"};

    for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
        if (strcasecmp(name, reserved[i]) == 0)
            return true;
    return false;
}

static bool read_header(struct reader *r, const struct option *o, const char *name,
                        const json_t *value, struct probe_spec *p)
{
    if (is_reserved(name)) {
        err_at(r->err, yamltree_pos(r->tree, value), "%s: %s is not to be chosen%s", o->key, name,
               strcasecmp(name, "Host") == 0 ? ": write it as the option `host`" : "");
        return false;
    }
    if (!json_is_string(value) || !is_token(name) || !is_field_value(json_string_value(value)))
        return option_wrong(r, o, value);
    p->headers = xgrow(p->headers, p->n_headers, sizeof(*p->headers));
    p->headers[p->n_headers++] = json_string_length(value) > 0
                                     ? xasprintf("%s: %s", name, json_string_value(value))
                                     : xasprintf("%s;", name);
    return true;
}

static bool read_headers(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    bool ok = true;
    const char *name;
    json_t *text;

    if (!json_is_object(value))
        return option_wrong(r, o, value);
    json_object_foreach((json_t *)value, name, text)
        ok &= read_header(r, o, name, text, at);
    return ok;
}

const struct option_type type_headers = {
    .what = "names with a text each, of one line",
    .example = "{Accept: application/json}",
    .read = read_headers,
    .schema = "{\"type\": \"object\", \"additionalProperties\": {\"type\": \"string\"}}",
};

static bool is_first_pattern(struct reader *r, const struct option *o, const json_t *value,
                             struct pattern *const *at)
{
    if (*at == NULL)
        return true;
    err_at(r->err, yamltree_pos(r->tree, value),
           "%s: `body` says already what is looked for: leave "
           "one of the two out",
           o->key);
    return false;
}

static bool read_body(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    const char *text = option_text(r, o, value);

    if (text == NULL || !is_first_pattern(r, o, value, at))
        return false;
    *(struct pattern **)at = pattern_text(text);
    return true;
}

const struct option_type type_body = {
    .what = "a text",
    .example = "OK",
    .read = read_body,
    .schema = "{\"type\": [\"string\", \"number\", \"boolean\"]}",
};

static bool read_regex(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    const char *text = option_text(r, o, value);
    char *why;

    if (text == NULL || !is_first_pattern(r, o, value, at))
        return false;
    struct pattern *p = pattern_regex(text, &why);
    if (p == NULL) {
        err_at(r->err, yamltree_pos(r->tree, value), "%s: %s", o->key, why);
        free(why);
        return false;
    }
    *(struct pattern **)at = p;
    return true;
}

const struct option_type type_regex = {
    .what = "a regular expression",
    .example = "'\"status\": *\"(ok|warn)\"'",
    .read = read_regex,
    .schema = "{\"type\": [\"string\", \"number\", \"boolean\"]}",
};
