/*
 * Section `probes`: how health is asked for.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <string.h>

#include "base/xalloc.h"
#include "control/config.h"
#include "control/sections.h"

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

static const struct option_type type_codes = {
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

static const struct option_type type_target = {
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

static const struct option_type type_host = {
    .what = "a host name without a port",
    .example = "www.example.com",
    .read = read_host,
    .schema = "{\"type\": \"string\", \"pattern\": \"^[A-Za-z0-9._-]+$\"}",
};

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

static const struct option_type type_fall = {
    .what = "a number, or so many of the last so many",
    .example = "3 of 5",
    .read = read_fall,
    .print = print_fall,
    .schema = "{\"type\": [\"integer\", \"string\"], \"pattern\": \"^[0-9]+( of [0-9]+)?$\"}",
};

static const struct option_word kinds[] = {
    {"http", PROBE_HTTP},
    {"https", PROBE_HTTPS},
    {"tcp", PROBE_TCP},
};

static const struct option probe_options[] = {
    {"type", &type_word, OPTION_FIELD(struct probe_spec, kind), OPTION_WORDS(kinds),
     .required = true,
     .help = "What is tried: a GET over HTTP or HTTPS, or to open a TCP connection."},
    {"port", &type_count, OPTION_FIELD(struct probe_spec, port), .min = 1, .max = 65535,
     .unset = "80 for http, 443 for https; a tcp probe needs it", .help = "The endpoint's port."},
    {"path", &type_target, OPTION_FIELD(struct probe_spec, path), .fallback = "/",
     .help = "What to GET (http, https)."},
    {"host", &type_host, OPTION_FIELD(struct probe_spec, host), .unset = "the endpoint",
     .help = "The name in the Host header, and for https the one the certificate is checked for."},
    {"expect", &type_codes, OPTION_LIST, OPTION_ARRAY(struct probe_spec, expect), .fallback = "200",
     .help = "Statuses that mean healthy (http, https), such as 200 or 200-299."},
    {"verify", &type_bool, OPTION_FIELD(struct probe_spec, verify), .fallback = "yes",
     .help = "Whether a certificate that does not check out is a failure (https)."},
    {"reuse", &type_bool, OPTION_FIELD(struct probe_spec, reuse), .fallback = "no",
     .help = "Whether to keep the connection for the next probe (http, https)."},
    {"interval", &type_duration, OPTION_FIELD(struct probe_spec, interval_ms), .min = 100,
     .max = 3600000, .fallback = "5s", .help = "How often each endpoint is asked, start to start."},
    {"timeout", &type_duration, OPTION_FIELD(struct probe_spec, timeout_ms), .min = 10,
     .max = 60000, .fallback = "2s",
     .help = "A probe that takes longer has failed; at most the interval, also when unset."},
    {"rise", &type_count, OPTION_FIELD(struct probe_spec, rise), .min = 1, .max = 64,
     .fallback = "2", .help = "Successes in a row that bring an endpoint up."},
    {"fall", &type_fall, OPTION_WHOLE(struct probe_spec), .min = 1, .max = 64, .fallback = "3",
     .help = "Failures that take an endpoint down: so many in a row, or 3 of 5, so many of the "
             "last so many."},
    {"damping", &type_section, OPTION_FIELD(struct probe_spec, damping),
     .section = &damping_section, .unset = "its defaults",
     .help = "How long an endpoint is held back that goes down again and again."},
};

static bool kind_uses(enum probe_kind kind, const char *key)
{
    static const char *const http_only[] = {"path", "host", "expect", "reuse"};

    if (strcmp(key, "verify") == 0)
        return kind == PROBE_HTTPS;
    for (size_t i = 0; i < sizeof(http_only) / sizeof(http_only[0]); i++)
        if (strcmp(key, http_only[i]) == 0)
            return kind != PROBE_TCP;
    return true;
}

static void warn_unused(struct reader *r, const json_t *node, const struct probe_spec *p)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)node, key, value)
        if (!kind_uses(p->kind, key))
            err_warn_at(r->err, yamltree_key_pos(r->tree, node, key),
                        "%s means nothing to a probe of type %s: leave it out", key,
                        kinds[p->kind].text);
}

/* One at a time: the next probe of an endpoint would start within one that takes longer. */
static void finish_timeout(struct reader *r, const json_t *node, struct probe_spec *p)
{
    const json_t *timeout = json_object_get(node, "timeout");

    if (p->timeout_ms <= p->interval_ms)
        return;
    if (timeout == NULL)
        p->timeout_ms = p->interval_ms;
    else
        err_at(r->err, yamltree_pos(r->tree, timeout),
               "timeout: %s is longer than the interval: probes would overlap",
               json_string_value(timeout));
}

static void finish_probe(struct reader *r, const json_t *node, void *out)
{
    static const uint16_t ports[] = {[PROBE_HTTP] = 80, [PROBE_HTTPS] = 443, [PROBE_TCP] = 0};
    struct probe_spec *p = out;

    if (strcmp(p->name, "none") == 0)
        err_at(r->err, p->pos,
               "\"none\" is what a policy without a probe says: choose another name");
    if (p->port == 0)
        p->port = ports[p->kind];
    if (p->port == 0)
        err_at(r->err, p->pos, "a probe of type tcp needs `port`, such as `port: 25`");
    finish_timeout(r, node, p);
    warn_unused(r, node, p);
}

const struct section probe_section = {
    .what = "a probe",
    .example = "{type: http, path: /healthz}",
    SECTION_OPTIONS(probe_options),
    .pos_at = offsetof(struct probe_spec, pos),
    .finish = finish_probe,
};
