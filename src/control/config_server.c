/*
 * Section `server`: where we listen, who we are, what we may use.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <config.h> /* the build's, not the one beside this file */

#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "control/config.h"
#include "control/sections.h"

#define DNS_PORT    53
#define THREADS_MAX 256

static bool read_listen(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    const char *text = option_text(r, o, value);

    return text != NULL && (sockaddr_parse(text, DNS_PORT, at) || option_wrong(r, o, value));
}

static const struct option_type type_listen = {
    .what = "an address",
    .example = "192.0.2.53, 192.0.2.53@5300 or \"2001:db8::53@5300\" (in quotes)",
    .read = read_listen,
    .schema = "{\"type\": \"string\"}",
};

static bool read_prefix(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    const char *text = option_text(r, o, value);

    return text != NULL && (prefix_parse(text, at) || option_wrong(r, o, value));
}

static const struct option_type type_prefix = {
    .what = "a network, with no bits beyond its length",
    .example = "192.0.2.0/24 or \"2001:db8::/32\" (in quotes)",
    .read = read_prefix,
    .schema = "{\"type\": \"string\"}",
};

static bool read_log_to(struct reader *r, const struct option *o, const json_t *value, void *at)
{
    const char *text = option_text(r, o, value);

    if (text == NULL)
        return false;
    const bool is_word = strcmp(text, "stderr") == 0 || strcmp(text, "syslog") == 0;
    *(char **)at = path_below(is_word ? "" : r->base, text);
    return true;
}

static const struct option_type type_log_to = {
    .what = "stderr, syslog or a path",
    .example = "stderr",
    .read = read_log_to,
    .schema = "{\"type\": \"string\"}",
};

static const struct option cookies_options[] = {
    {"enabled", &type_bool, OPTION_FIELD(struct server_spec, cookies), .fallback = "yes",
     .help = "Whether DNS cookies are answered and made."},
    {"secrets", &type_path, OPTION_FIELD(struct server_spec, cookie_secrets),
     .unset = "one of our own, changed daily",
     .help = "A file of secrets for all servers of a fleet, one of 32 hex digits a line: the first "
             "makes cookies, all are taken."},
};

static const struct section cookies_section = {
    .what = "cookies",
    .example = "{enabled: no}",
    SECTION_OPTIONS(cookies_options),
};

static const struct option_word log_formats[] = {
    {"text", LOG_FORMAT_TEXT},
    {"json", LOG_FORMAT_JSON},
};

static const struct option_word log_levels[] = {
    {"error", LOG_LEVEL_ERROR},
    {"warning", LOG_LEVEL_WARNING},
    {"info", LOG_LEVEL_INFO},
    {"debug", LOG_LEVEL_DEBUG},
};

static const struct option log_options[] = {
    {"to", &type_log_to, OPTION_FIELD(struct server_spec, log_to), .fallback = "stderr",
     .help = "Where messages go: stderr, syslog, or a file."},
    {"format", &type_word, OPTION_FIELD(struct server_spec, log_format), OPTION_WORDS(log_formats),
     .fallback = "text", .help = "Lines for people, or a JSON object a line."},
    {"level", &type_word, OPTION_FIELD(struct server_spec, log_level), OPTION_WORDS(log_levels),
     .fallback = "info", .help = "Messages less urgent than this are dropped."},
};

static const struct section log_section = {
    .what = "the log",
    .example = "{to: stderr, level: info}",
    SECTION_OPTIONS(log_options),
};

static const struct option server_options[] = {
    {"listen", &type_listen, OPTION_LIST, OPTION_ARRAY(struct server_spec, listen),
     .fallback = "0.0.0.0@53, ::@53",
     .help = "Addresses to answer on, over UDP and TCP: ADDRESS, ADDRESS@PORT, ADDRESS:PORT or "
             "[ADDRESS]:PORT."},
    {"listen_proxy", &type_listen, OPTION_LIST, OPTION_ARRAY(struct server_spec, listen_proxy),
     .unset = "none",
     .help = "Addresses on which load balancers speak the PROXY protocol, versions 1 and 2."},
    {"proxy_from", &type_prefix, OPTION_LIST, OPTION_ARRAY(struct server_spec, proxy_from),
     .fallback = "127.0.0.0/8, ::1", .help = "The load balancers: who else comes is not served."},
    {"threads", &type_count, OPTION_FIELD(struct server_spec, threads), .min = 1,
     .max = THREADS_MAX, .unset = "one per online CPU", .help = "How many threads answer queries."},
    {"user", &type_text, OPTION_FIELD(struct server_spec, user), .min = 1, .max = 32,
     .unset = "stay who we are",
     .help = "Whom to become once the sockets are bound, if started as root."},
    {"identity", &type_text, OPTION_FIELD(struct server_spec, identity), .min = 1,
     .max = TOLD_TEXT_MAX, .unset = "not told",
     .help = "The server's own name, told to who asks with NSID (RFC 5001) or for id.server."},
    {"hostname", &type_text, OPTION_FIELD(struct server_spec, hostname), .min = 1,
     .max = TOLD_TEXT_MAX, .unset = "the identity", .help = "What is told for hostname.bind."},
    {"version", &type_text, OPTION_FIELD(struct server_spec, version), .min = 1,
     .max = TOLD_TEXT_MAX, .unset = "the name and version of this software",
     .help = "What is told for version.bind and version.server."},
    {"control", &type_path, OPTION_FIELD(struct server_spec, control),
     .fallback = RUNSTATEDIR "/proxima/control.sock",
     .help = "The control socket, which proximactl(8) talks to."},
    {"state", &type_path, OPTION_FIELD(struct server_spec, state),
     .fallback = LOCALSTATEDIR "/lib/proxima",
     .help = "The folder for what has to survive a restart; one running server has it alone."},
    {"udp_size", &type_count, OPTION_FIELD(struct server_spec, udp_size), .min = 512, .max = 4096,
     .fallback = "1232", .help = "The largest UDP answer in octets, whatever the client offers."},
    {"udp_limit", &type_count, OPTION_FIELD(struct server_spec, udp_limit), .min = 1,
     .max = UDP_LIMIT_MAX, .unset = "no limit",
     .help = "Answers a second and thread over UDP to each /24 or /56 of clients without a valid "
             "cookie; what is beyond is sent to TCP."},
    {"cookies", &type_section, .section = &cookies_section, .unset = "its defaults",
     .help = "DNS cookies (RFC 7873)."},
    {"ecs_from", &type_prefix, OPTION_LIST, OPTION_ARRAY(struct server_spec, ecs_from),
     .unset = "everybody",
     .help = "Resolvers whose client subnets count; others' are ignored (RFC 7871)."},
    {"tcp_clients", &type_count, OPTION_FIELD(struct server_spec, tcp_clients), .min = 1,
     .max = 1000000, .fallback = "4096",
     .help = "TCP connections at once, an even share for each thread; beyond it the one that has "
             "been idle longest is closed."},
    {"tcp_idle", &type_duration, OPTION_FIELD(struct server_spec, tcp_idle_ms), .min = 100,
     .max = 3600000, .fallback = "10s",
     .help = "A TCP connection is closed after so long without a whole query."},
    {"tcp_lifetime", &type_duration, OPTION_FIELD(struct server_spec, tcp_lifetime_ms), .min = 1000,
     .max = 7 * 86400000, .unset = "no end",
     .help = "A TCP connection older than this is closed once its queries are answered, so that "
             "busy clients spread anew over servers and threads."},
    {"log", &type_section, .section = &log_section, .unset = "its defaults",
     .help = "What is logged, how and where."},
};

static bool same_socket(const struct endpoint_addr *a, const struct endpoint_addr *b)
{
    return a->port == b->port && ipaddr_equal(&a->addr, &b->addr);
}

struct listen_list { /* an option with addresses, as written and as read */
    const char *key;
    const json_t *node;
    const struct endpoint_addr *addrs;
    size_t n;
};

/* Item i, which may stand without a list. */
static const json_t *item_node(const struct listen_list *l, size_t i)
{
    return json_is_array(l->node) ? json_array_get(l->node, i) : l->node;
}

/* Is this address among the first n of a list? */
static bool is_among(const struct endpoint_addr *addr, const struct listen_list *l, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (same_socket(addr, &l->addrs[i]))
            return true;
    return false;
}

static void check_listen(struct reader *r, const json_t *node, const struct server_spec *s)
{
    const struct listen_list lists[] = {
        {"listen", json_object_get(node, "listen"), s->listen, s->n_listen},
        {"listen_proxy", json_object_get(node, "listen_proxy"), s->listen_proxy, s->n_listen_proxy},
    };
    char text[SOCKADDR_TEXT];

    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < lists[k].n; i++) {
            const struct endpoint_addr *addr = &lists[k].addrs[i];
            const struct err_pos pos = yamltree_pos(r->tree, item_node(&lists[k], i));
            if (is_among(addr, &lists[k], i))
                err_at(r->err, pos, "%s: %s stands here twice: leave one of them", lists[k].key,
                       sockaddr_print(addr, text));
            else if (k > 0 && addr->port != 0 && is_among(addr, &lists[0], lists[0].n))
                err_at(r->err, pos,
                       "%s: %s is in listen too: clients and load balancers cannot share it",
                       lists[k].key, sockaddr_print(addr, text));
        }
    }
}

static void check_proxies(struct reader *r, const json_t *node, const struct server_spec *s)
{
    const json_t *from = json_object_get(node, "proxy_from");

    if (from != NULL && s->n_listen_proxy == 0)
        err_warn_at(r->err, yamltree_pos(r->tree, from),
                    "proxy_from does nothing without listen_proxy: on the addresses of listen no "
                    "PROXY header is read");
}

/* sun_path is 108 octets with its NUL on Linux; bind would only say "invalid argument". */
static void check_control(struct reader *r, const json_t *node, const struct server_spec *s)
{
    const size_t max = sizeof(((struct sockaddr_un *)0)->sun_path) - 1;

    if (strlen(s->control) > max)
        err_at(
            r->err, yamltree_pos(r->tree, json_object_get(node, "control")),
            "control: \"%s\" is longer than the %zu octets of a socket's path: name a shorter one",
            s->control, max);
}

static unsigned online_cpus(void)
{
    const long n = sysconf(_SC_NPROCESSORS_ONLN);

    if (n < 1)
        return 1;
    return n < THREADS_MAX ? (unsigned)n : THREADS_MAX;
}

/* What is not set, and what is off. */
static void settle_told(char **text, const char *unset)
{
    if (*text == NULL)
        *text = xstrdup(unset);
    else if (strcmp(*text, "off") == 0)
        (*text)[0] = '\0';
}

static void finish_server(struct reader *r, const json_t *node, void *out)
{
    struct server_spec *s = out;

    check_listen(r, node, s);
    check_proxies(r, node, s);
    check_control(r, node, s);
    settle_told(&s->identity, "");
    settle_told(&s->hostname, s->identity);
    settle_told(&s->version, "Proxima " PACKAGE_VERSION);
    if (s->threads == 0)
        s->threads = online_cpus();
}

const struct section server_section = {
    .what = "the server",
    .example = "{listen: 192.0.2.53}",
    SECTION_OPTIONS(server_options),
    .finish = finish_server,
};

static struct told_text told(const char *text)
{
    struct told_text t = {.len = (uint8_t)strnlen(text, TOLD_TEXT_MAX)};

    memcpy(t.text, text, t.len);
    return t;
}

struct answer_opts config_answer_opts(const struct config *c)
{
    const struct server_spec *s = &c->server;

    return (struct answer_opts){.udp_size = s->udp_size,
                                .udp_limit = s->udp_limit,
                                .identity = told(s->identity),
                                .hostname = told(s->hostname),
                                .version = told(s->version)};
}
