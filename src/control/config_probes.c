/*
 * Section `probes`: how health is asked for.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "control/config.h"
#include "control/probe_types.h"
#include "control/sections.h"
#include "health/dnsquery.h"

static const struct option_word kinds[] = {
    {"http", PROBE_HTTP}, {"https", PROBE_HTTPS}, {"tcp", PROBE_TCP},
    {"tls", PROBE_TLS},   {"dns", PROBE_DNS},     {"static", PROBE_STATIC},
    {"file", PROBE_FILE}, {"push", PROBE_PUSH},   {"exec", PROBE_EXEC},
    {"grpc", PROBE_GRPC}, {"grpcs", PROBE_GRPCS}, {"combine", PROBE_COMBINE},
};

/* Of max_age: three reports of an agent that reports every twenty seconds. */
#define PUSH_AGE_MS 60000

const char *probe_kind_name(enum probe_kind kind)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (kinds[i].value == (int)kind)
            return kinds[i].text;
    abort();
}


/* --- `expect` is of a type that depends on the kind --- */

static const struct option expect_codes = {
    "expect", &type_codes, OPTION_LIST, OPTION_ARRAY(struct probe_spec, expect), .fallback = "200"};
static const struct option expect_bytes = {"expect", &type_bytes,
                                           OPTION_FIELD(struct probe_spec, receive)};

static const struct option expect_rcodes = {"expect", &type_rcode, OPTION_LIST,
                                            OPTION_ARRAY(struct probe_spec, expect),
                                            .fallback = "NOERROR"};

static const struct option expect_exits = {
    "expect", &type_exits, OPTION_LIST, OPTION_ARRAY(struct probe_spec, expect), .fallback = "0"};

/* NULL: such a probe expects nothing. */
static const struct option *expect_of(enum probe_kind kind)
{
    static const struct option *const rows[PROBE_KINDS] = {
        [PROBE_HTTP] = &expect_codes, [PROBE_HTTPS] = &expect_codes, [PROBE_TCP] = &expect_bytes,
        [PROBE_TLS] = &expect_bytes,  [PROBE_DNS] = &expect_rcodes,  [PROBE_EXEC] = &expect_exits,
    };

    return rows[kind];
}

static bool read_expect(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    const struct probe_spec *p = at;
    const struct option *row = expect_of(p->kind);

    (void)o;
    return row == NULL || option_read(r, row, value, at);
}

static const struct option_type type_expect = {
    .what = "what a healthy endpoint answers",
    .example = "[200, 204]",
    .read = read_expect,
    .schema = "{\"type\": [\"integer\", \"string\", \"array\"]}",
};


/* --- The options --- */

static const struct option_word families[] = {
    {"any", FAMILY_NONE},
    {"ipv4", FAMILY_IP4},
    {"ipv6", FAMILY_IP6},
};

static const struct option_word states[] = {{"up", true}, {"down", false}};
static const struct option_word stales[] = {{"unknown", false}, {"down", true}};

static const struct option probe_options[] = {
    {"type", &type_word, OPTION_FIELD(struct probe_spec, kind), OPTION_WORDS(kinds),
     .required = true,
     .help =
         "What is tried: a request over HTTP or HTTPS, a connection over TCP or TLS, a question "
         "over DNS, gRPC's health protocol, plain (grpc) or over TLS (grpcs), a program (exec), "
         "several at once (combine); or who is believed: this file (static), another, agents "
         "(push)."},
    {"port", &type_count, OPTION_FIELD(struct probe_spec, port), .min = 1, .max = 65535,
     .unset = "80 for http, 443 for https, 53 for dns; others that connect need it",
     .help = "The endpoint's port."},
    {"method", &type_method, OPTION_FIELD(struct probe_spec, method),
     .unset = "GET, or POST with something to send",
     .help = "The method of the request (http, https)."},
    {"path", &type_target, OPTION_FIELD(struct probe_spec, path), .fallback = "/",
     .help = "What is asked for (http, https)."},
    {"host", &type_host, OPTION_FIELD(struct probe_spec, host), .unset = "the endpoint",
     .help = "The name in the Host header, and over TLS the one the certificate is checked for."},
    {"headers", &type_headers, OPTION_WHOLE(struct probe_spec), .unset = "none",
     .help = "Further headers of the request (http, https)."},
    {"send", &type_bytes, OPTION_FIELD(struct probe_spec, send), .unset = "nothing",
     .help = "What to say first (tcp, tls), or the body of the request (http, https)."},
    {"expect", &type_expect, OPTION_WHOLE(struct probe_spec),
     .unset = "200 for http and https, NOERROR for dns, 0 for exec; for tcp and tls nothing",
     .help =
         "What means healthy: statuses (http, https), such as 200 or 200-299, a text that the "
         "endpoint says (tcp, tls), response codes (dns), such as NXDOMAIN, or exit statuses (exec), such as 0-1."},
    {"body", &type_body, OPTION_FIELD(struct probe_spec, body), .unset = "anything",
     .help = "A text that the first 64 KiB of the answer's body contain (http, https)."},
    {"body_regex", &type_regex, OPTION_FIELD(struct probe_spec, body), .unset = "anything",
     .help =
         "A regular expression that the first 64 KiB of the answer's body match (http, https)."},
    {"redirects", &type_count, OPTION_FIELD(struct probe_spec, redirects), .min = 0, .max = 10,
     .fallback = "0",
     .help = "How many redirects are followed, always to the endpoint; with 0 one is an answer "
             "(http, https)."},
    {"http2", &type_bool, OPTION_FIELD(struct probe_spec, http2), .fallback = "no",
     .help = "Whether the endpoint has to speak HTTP/2 (http, https)."},
    {"reuse", &type_bool, OPTION_FIELD(struct probe_spec, reuse), .fallback = "no",
     .help = "Whether to keep the connection for the next probe (http, https, grpc, grpcs)."},
    {"verify", &type_bool, OPTION_FIELD(struct probe_spec, verify), .fallback = "yes",
     .help = "Whether a certificate that does not check out is a failure (https, tls, grpcs)."},
    {"sni", &type_host, OPTION_FIELD(struct probe_spec, sni), .unset = "host",
     .help =
         "The name in the TLS handshake that the certificate is checked for (https, tls, grpcs)."},
    {"ca", &type_own_file, OPTION_FIELD(struct probe_spec, ca), .unset = "the system's",
     .help = "A file of the authorities that are trusted, in PEM (https, tls, grpcs)."},
    {"cert", &type_own_file, OPTION_FIELD(struct probe_spec, cert), .unset = "none",
     .help = "A file with the certificate that the probe shows, in PEM (https, tls, grpcs)."},
    {"key", &type_own_file, OPTION_FIELD(struct probe_spec, key), .unset = "the file of cert",
     .help = "The file with its key (https, tls, grpcs)."},
    {"cert_days", &type_count, OPTION_FIELD(struct probe_spec, cert_days), .min = 0, .max = 3650,
     .fallback = "0",
     .help = "A certificate that expires within so many days is a failure (https, tls, grpcs)."},
    {"query", &type_query, OPTION_FIELD(struct probe_spec, query), .unset = "a dns probe needs it",
     .help = "The name that is asked for (dns)."},
    {"query_type", &type_rrtype, OPTION_FIELD(struct probe_spec, query_type), .fallback = "A",
     .help = "The type that is asked for (dns)."},
    {"answer", &type_text, OPTION_LIST, OPTION_ARRAY(struct probe_spec, answers), .min = 1,
     .max = 1024, .unset = "anything",
     .help = "Data of that type, as zone files have it, that the answer holds, all of it (dns)."},
    {"recurse", &type_bool, OPTION_FIELD(struct probe_spec, recurse), .fallback = "no",
     .help = "Whether to ask for recursion, as of a resolver (dns)."},
    {"of", &type_text, OPTION_LIST, OPTION_ARRAY(struct probe_spec, of), .min = 1, .max = 63,
     .unset = "a combine probe needs it",
     .help = "The probes that are combined; each asks in its way, as often as this one (combine)."},
    {"need", &type_need, OPTION_FIELD(struct probe_spec, need), .fallback = "all",
     .help = "How many of them have to find the endpoint healthy: all, any or so many (combine)."},
    {"service", &type_text, OPTION_FIELD(struct probe_spec, service), .min = 1, .max = 127,
     .unset = "the server as a whole",
     .help = "The service whose health is asked for (grpc, grpcs)."},
    {"command", &type_text, OPTION_LIST, OPTION_ARRAY(struct probe_spec, command), .min = 1,
     .max = 4096, .unset = "an exec probe needs it",
     .help = "The program's path and its arguments (exec)."},
    {"environment", &type_environment, OPTION_WHOLE(struct probe_spec), .unset = "none",
     .help = "Variables of its environment besides ours (exec)."},
    {"state", &type_word, OPTION_FIELD(struct probe_spec, is_up), OPTION_WORDS(states),
     .fallback = "up", .help = "What endpoints are (static)."},
    {"file", &type_own_file, OPTION_FIELD(struct probe_spec, file),
     .unset = "a file probe needs it",
     .help = "The file that says which endpoints are up and which are down (file)."},
    {"max_age", &type_duration, OPTION_FIELD(struct probe_spec, max_age_ms), .min = 1000,
     .max = 7 * 86400000, .unset = "1m for push; of a file any",
     .help =
         "How old the file may be (file), how long after the start a first report may come, and "
         "how long one is good that does not say (push)."},
    {"stale", &type_word, OPTION_FIELD(struct probe_spec, stale_is_down), OPTION_WORDS(stales),
     .fallback = "unknown",
     .help = "What an endpoint is of which nothing is known any more (file, push)."},
    {"family", &type_word, OPTION_FIELD(struct probe_spec, family), OPTION_WORDS(families),
     .fallback = "any", .help = "By which protocol an endpoint that is a name is asked."},
    {"source", &type_source, OPTION_LIST, OPTION_ARRAY(struct probe_spec, source),
     .unset = "as the system chooses",
     .help = "The addresses that probes come from, at most one of IPv4 and one of IPv6."},
    {"interval", &type_duration, OPTION_FIELD(struct probe_spec, interval_ms), .min = 100,
     .max = 3600000, .fallback = "5s", .help = "How often each endpoint is asked, start to start."},
    {"timeout", &type_duration, OPTION_FIELD(struct probe_spec, timeout_ms), .min = 10,
     .max = 60000, .fallback = "2s",
     .help = "A probe that takes longer has failed; at most the interval, also when unset."},
    {"rise", &type_count, OPTION_FIELD(struct probe_spec, rise), .min = 1, .max = 64,
     .fallback = "2", .help = "Successes in a row that bring an endpoint up."},
    {"fall", &type_fall, OPTION_WHOLE(struct probe_spec), .min = 1, .max = 64, .fallback = "3 of 5",
     .help = "Failures that take an endpoint down: so many in a row, or 3 of 5, so many of the "
             "last so many."},
    {"damping", &type_section, OPTION_FIELD(struct probe_spec, damping),
     .section = &damping_section, .unset = "its defaults",
     .help = "How long an endpoint is held back that goes down again and again."},
};


/* --- Which kind has which option --- */

#define KIND(k) (1u << PROBE_##k)

enum {
    HTTP_KINDS = KIND(HTTP) | KIND(HTTPS),
    GRPC_KINDS = KIND(GRPC) | KIND(GRPCS),
    TLS_KINDS = KIND(HTTPS) | KIND(TLS) | KIND(GRPCS),
    TALKING_KINDS = HTTP_KINDS | KIND(TCP) | KIND(TLS),
    ASKING_KINDS = TALKING_KINDS | KIND(DNS) | GRPC_KINDS,
    TOLD_KINDS = KIND(FILE) | KIND(PUSH),
    DECIDED_KINDS = TOLD_KINDS | KIND(STATIC), /* what is told is a verdict already */
};

static bool is_of(enum probe_kind kind, unsigned kinds_)
{
    return (kinds_ & 1u << kind) != 0;
}

/* What is not here is for all kinds. */
static const struct {
    const char *key;
    unsigned kinds;
} uses[] = {
    {"method", HTTP_KINDS},
    {"path", HTTP_KINDS},
    {"host", HTTP_KINDS | GRPC_KINDS | KIND(TLS) | KIND(EXEC)},
    {"headers", HTTP_KINDS},
    {"body", HTTP_KINDS},
    {"body_regex", HTTP_KINDS},
    {"redirects", HTTP_KINDS},
    {"http2", HTTP_KINDS},
    {"reuse", HTTP_KINDS | GRPC_KINDS},
    {"port", ASKING_KINDS | KIND(EXEC)},
    {"command", KIND(EXEC)},
    {"of", KIND(COMBINE)},
    {"need", KIND(COMBINE)},
    {"service", GRPC_KINDS},
    {"environment", KIND(EXEC)},
    {"send", TALKING_KINDS},
    {"expect", TALKING_KINDS | KIND(DNS) | KIND(EXEC)},
    {"family", ASKING_KINDS | KIND(EXEC) | KIND(COMBINE)},
    {"source", ASKING_KINDS},
    {"state", KIND(STATIC)},
    {"file", KIND(FILE)},
    {"max_age", TOLD_KINDS},
    {"stale", TOLD_KINDS},
    {"query", KIND(DNS)},
    {"query_type", KIND(DNS)},
    {"answer", KIND(DNS)},
    {"recurse", KIND(DNS)},
    {"verify", TLS_KINDS},
    {"sni", TLS_KINDS},
    {"ca", TLS_KINDS},
    {"cert", TLS_KINDS},
    {"key", TLS_KINDS},
    {"cert_days", TLS_KINDS},
};

static bool kind_uses(enum probe_kind kind, const char *key)
{
    for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++)
        if (strcmp(key, uses[i].key) == 0)
            return is_of(kind, uses[i].kinds);
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
                        probe_kind_name(p->kind));
}


/* --- Between options --- */

/* One at a time: the next probe of an endpoint would start within one that takes longer. */
static void finish_timeout(struct reader *r, const json_t *node, struct probe_spec *p)
{
    const json_t *timeout = json_object_get(node, "timeout");

    if (timeout != NULL && p->timeout_ms == p->interval_ms && p->fall == 1)
        err_warn_at(r->err, yamltree_pos(r->tree, timeout),
                    "timeout: %s is no less than interval times fall: one slow answer takes an "
                    "endpoint down",
                    json_string_value(timeout));
    if (p->timeout_ms <= p->interval_ms)
        return;
    if (timeout == NULL)
        p->timeout_ms = p->interval_ms;
    else
        err_at(r->err, yamltree_pos(r->tree, timeout),
               "timeout: %s is longer than the interval: probes would overlap",
               json_string_value(timeout));
}

/* Another interval or threshold asks the same, and what was known still goes. */
static uint64_t fingerprint(const json_t *node)
{
    static const char *const other[] = {"interval", "rise", "fall", "damping"};
    json_t *asked = json_copy((json_t *)node);

    for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
        json_object_del(asked, other[i]);
    char *text = json_dumps(asked, JSON_COMPACT | JSON_SORT_KEYS);
    const uint64_t h = hash_bytes(text, strlen(text), 0);
    free(text);
    json_decref(asked);
    return h;
}

static void finish_port(struct reader *r, struct probe_spec *p)
{
    static const uint16_t ports[PROBE_KINDS] = {
        [PROBE_HTTP] = 80, [PROBE_HTTPS] = 443, [PROBE_DNS] = 53};

    if (p->port == 0)
        p->port = ports[p->kind];
    if (p->port == 0 && is_of(p->kind, ASKING_KINDS))
        err_at(r->err, p->pos, "a probe of type %s needs `port`, such as `port: 25`",
               probe_kind_name(p->kind));
}

static void finish_tls(struct reader *r, const json_t *node, struct probe_spec *p)
{
    if (!is_of(p->kind, TLS_KINDS))
        return;
    if (!p->verify)
        err_warn_at(r->err, yamltree_key_pos(r->tree, node, "verify"),
                    "verify: no: whoever answers in place of the endpoint is believed; name the "
                    "authority's file, such as `ca: ca.pem`, rather");
    if (p->key != NULL && p->cert == NULL)
        err_at(r->err, yamltree_key_pos(r->tree, node, "key"),
               "key: it is of no use without `cert`, such as `cert: probe.pem`");
    if (p->cert != NULL && p->key == NULL)
        p->key = xstrdup(p->cert);
    if (p->cert_days > 0 && p->reuse)
        err_at(r->err, yamltree_key_pos(r->tree, node, "cert_days"),
               "cert_days: a kept connection shows no certificate: leave `reuse` out");
}

static void finish_dns(struct reader *r, const json_t *node, const struct probe_spec *p)
{
    const json_t *answer = json_object_get(node, "answer");
    const char *why;

    if (p->kind != PROBE_DNS)
        return;
    if (p->query == NULL)
        err_at(r->err, p->pos,
               "a probe of type dns needs `query`, such as `query: www.example.com`");
    for (size_t i = 0; i < p->n_answers; i++)
        if (!dnsquery_data_ok(p->query_type, p->answers[i], &why))
            err_at(r->err, yamltree_pos(r->tree, answer),
                   "answer: \"%s\" is no data of the type: %s", p->answers[i], why);
}

/* What others have decided is not put to the vote again, unless the operator says so. */
static void finish_told(struct reader *r, const json_t *node, struct probe_spec *p)
{
    if (!is_of(p->kind, DECIDED_KINDS))
        return;
    if (json_object_get(node, "rise") == NULL)
        p->rise = 1;
    if (json_object_get(node, "fall") == NULL)
        p->fall = p->fall_of = 1;
    if (p->kind == PROBE_FILE && p->file == NULL)
        err_at(r->err, p->pos, "a probe of type file needs `file`, such as `file: verdicts`");
    if (p->kind == PROBE_PUSH && p->max_age_ms == 0)
        p->max_age_ms = PUSH_AGE_MS;
}

/* What the helper takes in one message, less what stands for the endpoint. */
#define COMMAND_MAX 32768

static void finish_exec(struct reader *r, const json_t *node, const struct probe_spec *p)
{
    size_t len = 0;

    if (p->kind != PROBE_EXEC)
        return;
    for (size_t i = 0; i < p->n_command; i++)
        len += strlen(p->command[i]) + 1;
    for (size_t i = 0; i < p->n_environment; i++)
        len += strlen(p->environment[i]) + 1;
    if (p->n_command == 0)
        err_at(r->err, p->pos,
               "a probe of type exec needs `command`, such as `command: [/usr/bin/true]`");
    else if (p->command[0][0] != '/')
        err_at(r->err, yamltree_pos(r->tree, json_object_get(node, "command")),
               "command: \"%s\": write the whole path, which begins with /", p->command[0]);
    if (len > COMMAND_MAX)
        err_at(r->err, p->pos, "command and environment have %zu octets, more than %d", len,
               COMMAND_MAX);
}

static void finish_source(struct reader *r, const json_t *node, const struct probe_spec *p)
{
    if (p->n_source > 2 || (p->n_source == 2 && p->source[0].family == p->source[1].family))
        err_at(r->err, yamltree_key_pos(r->tree, node, "source"),
               "source: at most one address of IPv4 and one of IPv6");
}

static void finish_probe(struct reader *r, const json_t *node, void *out)
{
    struct probe_spec *p = out;
    const struct option *expect = expect_of(p->kind);

    if (strcmp(p->name, "none") == 0)
        err_at(r->err, p->pos,
               "\"none\" is what a policy without a probe says: choose another name");
    if (p->method == NULL && is_of(p->kind, HTTP_KINDS))
        p->method = xstrdup(p->send.len > 0 ? "POST" : "GET");
    if (expect != NULL && json_object_get(node, "expect") == NULL)
        option_read(r, expect, NULL, p);
    finish_port(r, p);
    finish_tls(r, node, p);
    if (p->service == NULL)
        p->service = xstrdup("");
    finish_dns(r, node, p);
    finish_exec(r, node, p);
    finish_told(r, node, p);
    finish_source(r, node, p);
    finish_timeout(r, node, p);
    p->asks = fingerprint(node);
    warn_unused(r, node, p);
}

const struct section probe_section = {
    .what = "a probe",
    .example = "{type: http, path: /healthz}",
    SECTION_OPTIONS(probe_options),
    .pos_at = offsetof(struct probe_spec, pos),
    .finish = finish_probe,
};
