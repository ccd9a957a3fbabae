/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "control/config.h"
#include "control/sections.h"

/* Parse as the file etc/f. */
static struct config *parse(const char *yaml, struct err *err)
{
    err_init(err);
    return config_parse("etc/f", NULL, yaml, strlen(yaml), err);
}

/* Parse what is to be right, warnings and all. */
static struct config *parse_good(const char *yaml)
{
    struct err err;
    struct config *c = parse(yaml, &err);
    char *text = err_text(&err);

    assert_string_equal(text, "");
    assert_non_null(c);
    free(text);
    err_fini(&err);
    return c;
}

/* What is told of a text.  Returns owned text. */
static char *complain(const char *yaml)
{
    struct err err;
    struct config *c = parse(yaml, &err);
    char *text = err_text(&err);

    assert_true((c == NULL) == (err.errors > 0));
    config_free(c);
    err_fini(&err);
    return text;
}

static void test_defaults(void **state)
{
    struct config *c = parse_good("zones: {directory: zones/}");
    const struct server_spec *s = &c->server;
    char text[SOCKADDR_TEXT], network[PREFIX_TEXT];

    assert_string_equal(c->path, "etc/f");
    assert_string_equal(c->zones_directory, "etc/zones/");
    assert_int_equal(s->n_listen, 2);
    assert_string_equal(sockaddr_print(&s->listen[0], text), "0.0.0.0@53");
    assert_string_equal(sockaddr_print(&s->listen[1], text), "::@53");
    assert_int_equal(s->n_listen_proxy, 0);
    assert_int_equal(s->n_proxy_from, 2);
    assert_string_equal(prefix_print(&s->proxy_from[0], network), "127.0.0.0/8");
    assert_string_equal(prefix_print(&s->proxy_from[1], network), "::1/128");
    assert_true(s->threads >= 1);
    assert_null(s->user);
    assert_string_equal(s->identity, "");
    assert_string_equal(s->hostname, "");
    assert_memory_equal(s->version, "Proxima ", 8);
    assert_true(s->cookies);
    assert_null(s->cookie_secrets);
    assert_int_equal(s->n_ecs_from, 0);
    assert_int_equal(s->udp_limit, 0);
    assert_string_equal(s->control, RUNSTATEDIR "/proxima/control.sock");
    assert_string_equal(s->state, LOCALSTATEDIR "/lib/proxima");
    assert_int_equal(s->udp_size, 1232);
    assert_int_equal(s->tcp_clients, 4096);
    assert_int_equal(s->tcp_idle_ms, 10000);
    assert_int_equal(s->tcp_lifetime_ms, 0);
    assert_string_equal(s->log_to, "stderr");
    assert_int_equal(s->log_format, LOG_FORMAT_TEXT);
    assert_int_equal(s->log_level, LOG_LEVEL_INFO);
    assert_int_equal(c->n_databases + c->n_regions + c->n_probes, 0);
    assert_int_equal(c->health.blind_at, 90);
    assert_int_equal(c->health.n_reference, 0);
    assert_int_equal(c->health.reference_probe, -1);

    assert_int_equal(c->n_maps, 1);
    assert_string_equal(c->maps[0].name, "nearest");
    assert_int_equal(c->maps[0].n_rules, 0);
    assert_int_equal(c->n_policies, 1);
    const struct policy_spec *p = config_policy(c, "default");
    assert_ptr_equal(p, &c->policies[0]);
    assert_int_equal(p->map, 0);
    assert_int_equal(p->probe, -1);
    assert_int_equal(p->ready, -1);
    assert_int_equal(p->ttl_max_s, 300);
    assert_int_equal(p->ttl_min_s, 10);
    assert_int_equal(p->growth, 8);
    assert_int_equal(p->region_up, 50);
    assert_int_equal(p->min_healthy, 0);
    assert_int_equal(p->when_all_down, ALL_DOWN_OPEN);
    assert_int_equal(p->damping.suppress, 1500);
    assert_int_equal(p->ramp_ms, 0);
    assert_int_equal(p->failback, FAILBACK_AUTO);
    assert_null(config_policy(c, "other"));
    config_free(c);
}

/* Texts that are told, `off` for those that are not, and what answers need of all that. */
static void test_answer_opts(void **state)
{
    struct config *c = parse_good("zones: {directory: z}\n"
                                  "server: {identity: ns1, version: off, udp_size: 1400,\n"
                                  "  udp_limit: 50, ecs_from: [192.0.2.0/24, '2001:db8::/32'],\n"
                                  "  cookies: {enabled: no, secrets: fleet}}\n");
    const struct answer_opts o = config_answer_opts(c);

    assert_int_equal(o.udp_size, 1400);
    assert_int_equal(o.udp_limit, 50);
    assert_int_equal(o.identity.len, 3);
    assert_memory_equal(o.identity.text, "ns1", 3);
    assert_int_equal(o.hostname.len, 3); /* the identity */
    assert_int_equal(o.version.len, 0);
    assert_int_equal(o.cookies.n, 0);
    assert_int_equal(c->server.n_ecs_from, 2);
    assert_false(c->server.cookies);
    assert_string_equal(c->server.cookie_secrets, "etc/fleet");
    config_free(c);

    c = parse_good("zones: {directory: z}\nserver: {identity: ns1, hostname: off}\n");
    assert_string_equal(c->server.hostname, "");
    config_free(c);
}

static void test_probe_defaults(void **state)
{
    struct config *c = parse_good("zones: {directory: z}\n"
                                  "probes:\n"
                                  "  h: {type: http}\n"
                                  "  s: {type: https, interval: 1s}\n"
                                  "  t: {type: tcp, port: 25, timeout: 5s, fall: 2 of 4}\n");
    const struct probe_spec *p = &c->probes[0];

    assert_string_equal(p->name, "h");
    assert_int_equal(p->port, 80);
    assert_string_equal(p->path, "/");
    assert_null(p->host);
    assert_int_equal(p->n_expect, 1);
    assert_int_equal(p->expect[0].first, 200);
    assert_int_equal(p->expect[0].last, 200);
    assert_true(p->verify);
    assert_false(p->reuse);
    assert_int_equal(p->interval_ms, 5000);
    assert_int_equal(p->timeout_ms, 2000);
    assert_int_equal(p->rise, 2);
    assert_int_equal(p->fall, 3);
    assert_int_equal(p->fall_of, 5);
    assert_int_equal(p->damping.half_life_ms, 120000);
    assert_int_equal(p->damping.suppress, 1500);
    assert_int_equal(p->damping.reuse, 750);
    assert_int_equal(p->damping.max_hold_ms, 600000);
    assert_int_equal(p->pos.line, 3);
    assert_int_equal(p->pos.column, 3);
    assert_ptr_equal(p->pos.file, c->path);

    assert_int_equal(c->probes[1].port, 443);
    assert_int_equal(c->probes[1].timeout_ms, 1000); /* never more than the interval */
    assert_int_equal(c->probes[2].kind, PROBE_TCP);
    assert_int_equal(c->probes[2].timeout_ms, 5000);
    assert_int_equal(c->probes[2].fall, 2);
    assert_int_equal(c->probes[2].fall_of, 4);
    config_free(c);
}

static void test_probe_options(void **state)
{
    struct config *c = parse_good(
        "zones: {directory: z}\n"
        "probes:\n"
        "  h: {type: https, host: www.example.com, sni: a.example.com, headers: {Accept: text/html, "
        "X: ''}, send: '{}', expect: [200, 300-399], body_regex: '^ok', redirects: 3, http2: yes, "
        "cert: /dev/null, cert_days: 14, family: ipv6, source: [192.0.2.1, 2001:db8::1]}\n"
        "  t: {type: tcp, port: 25, send: 'EHLO a\\r\\n\\x00', expect: '250 '}\n"
        "  d: {type: dns, query: www.example.com, expect: [noerror, NXDOMAIN], answer: 192.0.2.1}\n"
        "  p: {type: push}\n"
        "  f: {type: file, file: /dev/null, stale: down, fall: 2}\n"
        "  s: {type: static, state: down}\n"
        "  e: {type: exec, command: [/bin/true, '{address}'], environment: {A: b}, expect: 0-1}\n"
        "  g: {type: grpc, port: 1}\n"
        "  gs: {type: grpcs, port: 1, service: shop.Cart, sni: a, cert_days: 3}\n"
        "  both: {type: combine, of: [s, gs]}\n"
        "  one: {type: combine, of: [s, gs], need: any}\n");
    const struct probe_spec *h = &c->probes[0], *t = &c->probes[1];

    assert_string_equal(h->method, "POST");
    assert_string_equal(h->sni, "a.example.com");
    assert_int_equal(h->n_headers, 2);
    assert_string_equal(h->headers[0], "Accept: text/html");
    assert_string_equal(h->headers[1], "X;");
    assert_int_equal(h->send.len, 2);
    assert_int_equal(h->n_expect, 2);
    assert_string_equal(pattern_print(h->body), "^ok");
    assert_int_equal(h->redirects, 3);
    assert_true(h->http2);
    assert_string_equal(h->key, "/dev/null");
    assert_int_equal(h->cert_days, 14);
    assert_int_equal(h->family, FAMILY_IP6);
    assert_int_equal(h->n_source, 2);

    assert_string_equal(c->probes[2].query, "www.example.com.");
    assert_int_equal(c->probes[2].query_type, 1);
    assert_int_equal(c->probes[2].port, 53);
    assert_int_equal(c->probes[2].expect[1].first, 3);
    assert_string_equal(c->probes[2].answers[0], "192.0.2.1");
    assert_int_equal(c->probes[3].max_age_ms, 60000);
    assert_int_equal(c->probes[3].rise, 1);
    assert_int_equal(c->probes[3].fall, 1);
    assert_string_equal(c->probes[4].file, "/dev/null");
    assert_int_equal(c->probes[4].max_age_ms, 0);
    assert_true(c->probes[4].stale_is_down);
    assert_int_equal(c->probes[4].fall, 2);
    assert_false(c->probes[5].is_up);
    assert_int_equal(c->probes[6].n_command, 2);
    assert_string_equal(c->probes[7].service, "");
    assert_string_equal(c->probes[8].service, "shop.Cart");
    assert_int_equal(c->probes[9].need, 2);
    assert_int_equal(c->probes[9].n_parts, 2);
    assert_string_equal(c->probes[9].parts[1].service, "shop.Cart");
    assert_int_equal(c->probes[10].need, 1);
    assert_string_equal(c->probes[6].command[1], "{address}");
    assert_string_equal(c->probes[6].environment[0], "A=b");
    assert_int_equal(c->probes[6].expect[0].last, 1);
    assert_null(t->method);
    assert_int_equal(t->send.len, 9);
    assert_memory_equal(t->send.data, "EHLO a\r\n", 9);
    assert_int_equal(t->receive.len, 4);
    assert_memory_equal(t->receive.data, "250 ", 4);
    assert_int_equal(t->n_expect, 0);
    config_free(c);
}

static void test_references(void **state)
{
    /* Sections refer to each other whatever their order in the file. */
    struct config *c =
        parse_good("policies:\n"
                   "  strict: {map: b, probe: q, ttl: {max: 5s}}\n"
                   "  plain: {probe: none, ttl: {max: 60, min: 60}}\n"
                   "probes: {p: {type: http}, q: {type: tcp, port: 1}}\n"
                   "maps: {a: , b: {unknown: [z, X]}}\n"
                   "regions: {x: , y: {at: [1, -2.5]}, Z: {bias: -10%}}\n"
                   "health: {reference: [192.0.2.1, a.example], reference_probe: q}\n"
                   "zones: {directory: z}\n");

    assert_int_equal(c->health.n_reference, 2);
    assert_int_equal(c->health.reference[0].addr.family, FAMILY_IP4);
    assert_string_equal(c->health.reference[1].host, "a.example");
    assert_int_equal(c->health.reference_probe, 1);
    assert_int_equal(c->n_policies, 3);
    assert_int_equal(config_policy(c, "strict")->map, 1);
    assert_int_equal(config_policy(c, "strict")->probe, 1);
    assert_int_equal(config_policy(c, "strict")->ttl_min_s,
                     5); /* capped at max, as 10 was not said */
    assert_int_equal(config_policy(c, "plain")->map, 0);
    assert_int_equal(config_policy(c, "plain")->probe, -1);
    assert_int_equal(config_policy(c, "default")->probe, -1);

    assert_int_equal(c->maps[1].unknown.n, 2);
    assert_int_equal(c->maps[1].unknown.region[0], 2);
    assert_int_equal(c->maps[1].unknown.region[1], 0);
    assert_string_equal(c->regions[2].name, "z");
    assert_int_equal(config_region(c, "Z"), 2);
    assert_int_equal(config_region(c, "none"), -1);
    assert_false(c->regions[0].has_at);
    assert_true(c->regions[1].has_at);
    assert_true(c->regions[1].lat == 1 && c->regions[1].lon == -2.5);
    assert_true(c->regions[2].bias == -10);
    config_free(c);
}

/* "country KR prefer 0,2 only 5 off" of each rule. */
static char *describe_rules(const struct map_spec *map)
{
    static const char *const kinds[] = {"network", "asn", "subdivision", "country", "continent"};
    char *text, prefix[PREFIX_TEXT];
    size_t len;
    FILE *f = open_memstream(&text, &len);

    for (size_t i = 0; i < map->n_rules; i++) {
        const struct rule_spec *r = &map->rules[i];
        fprintf(f, "%u:%u %s %s%.0u", r->pos.line, r->pos.column, kinds[r->kind],
                r->kind == RULE_NETWORK ? prefix_print(&r->network, prefix) : r->code, r->asn);
        for (uint8_t j = 0; j < r->prefer.n; j++)
            fprintf(f, "%s%u", j == 0 ? " prefer " : ",", r->prefer.region[j]);
        if (r->has_only)
            fprintf(f, " only %llx", (unsigned long long)r->only);
        fputs(r->fence_off ? " off\n" : "\n", f);
    }
    fclose(f);
    return text;
}

static void test_rules(void **state)
{
    struct config *c = parse_good("zones: {directory: z}\n"
                                  "geo: {databases: x}\n"
                                  "regions: {a: , b: , c: }\n"
                                  "maps:\n"
                                  " m:\n"
                                  "  rules:\n"
                                  "   - {country: [NO, kr], prefer: [c, a]}\n"
                                  "   - {continent: eu, only: [a, c]}\n"
                                  "   - {country: NO, only: c}\n"
                                  "   - {subdivision: us-ca, prefer: b, only: [b, a]}\n"
                                  "   - {asn: [64500, as4294967295], prefer: b}\n"
                                  "   - {network: [10.0.0.0/8, '2001:db8::/32'], fence: off}\n");
    char *rules = describe_rules(&c->maps[0]);

    assert_string_equal(rules, "7:17 country NO prefer 2,0\n"
                               "7:21 country KR prefer 2,0\n"
                               "8:18 continent EU only 5\n"
                               "9:16 country NO only 4\n"
                               "10:20 subdivision US-CA prefer 1 only 3\n"
                               "11:13 asn 64500 prefer 1\n"
                               "11:20 asn 4294967295 prefer 1\n"
                               "12:17 network 10.0.0.0/8 off\n"
                               "12:29 network 2001:db8::/32 off\n");
    assert_ptr_equal(c->maps[0].rules[0].pos.file, c->path);
    free(rules);
    config_free(c);
}

static void test_paths(void **state)
{
    static const struct {
        const char *path, *base, *written, *resolved;
    } cases[] = {
        {"f", NULL, "zones/", "zones/"},           {"./f", NULL, "zones/", "./zones/"},
        {"/etc/f", NULL, "zones/", "/etc/zones/"}, {"/f", NULL, "zones", "//zones"},
        {"/etc/f", NULL, "/zones", "/zones"},      {"state/f", "/etc", "zones", "/etc/zones"},
        {"state/f", "", "zones", "zones"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err err;
        err_init(&err);
        char *yaml = xasprintf("zones: {directory: %s}", cases[i].written);
        struct config *c = config_parse(cases[i].path, cases[i].base, yaml, strlen(yaml), &err);
        assert_non_null(c);
        assert_string_equal(c->zones_directory, cases[i].resolved);
        config_free(c);
        free(yaml);
        err_fini(&err);
    }
}

#define ZONES   "zones: {directory: z}\n"
#define REGIONS ZONES "geo: {databases: x}\nregions: {eu-west: , us-east: }\n"

static void test_messages(void **state)
{
    static const struct {
        const char *yaml, *told;
    } cases[] = {
        /* the whole */
        {"", "etc/f:1:1: the configuration needs `zones`, such as `zones: {directory: zones/}`\n"},
        {"zones:", "etc/f:1:7: zones needs `directory`, such as `directory: zones/`\n"},
        {"zones: z",
         "etc/f:1:8: zones: expected a section, such as {directory: zones/}, not \"z\"\n"},
        {ZONES "sever: {}", "etc/f:2:1: the configuration has no option \"sever\": did you mean "
                            "\"server\"?\n"},
        {ZONES "regions: 5",
         "etc/f:2:10: regions: expected names, each with a region, such as NAME: "
         "{at: [53.35, -6.26]}\n"},
        {"a: 1\nzones: {directory: z}\nserver: {udp_size: 1, udp_size: 2}",
         "etc/f:3:23: \"udp_size\" stands here already: leave one of the two\n"
         "etc/f:1:1: the configuration has no option \"a\": there are server, zones, geo, regions, "
         "maps, probes, health, policies\n"
         "etc/f:3:20: udp_size: 1 is out of range: 512 to 4096\n"},

        /* server */
        {ZONES "server: {listen: [::1@53]}",
         "etc/f:2:19: expected a value: a { or [ is not closed, or the value wants quotes\n"},
        {ZONES "server: {listen: localhost}",
         "etc/f:2:18: listen: expected an address, such as 192.0.2.53, 192.0.2.53@5300 or "
         "\"2001:db8::53@5300\" (in quotes), not \"localhost\"\n"},
        {ZONES "server: {listen: [\"::1\", 127.0.0.1, \"[::1]:53\"]}",
         "etc/f:2:37: listen: ::1@53 stands here twice: leave one of them\n"},
        {ZONES "server: {listen: 127.0.0.1@53, listen_proxy: [127.0.0.2, 127.0.0.1]}",
         "etc/f:2:58: listen_proxy: 127.0.0.1@53 is in listen too: clients and load balancers cannot "
         "share it\n"},
        {ZONES "server: {listen_proxy: \"::@53\", proxy_from: 192.0.2.1/24}",
         "etc/f:2:45: proxy_from: expected a network, with no bits beyond its length, such as 192.0.2.0/24 or "
         "\"2001:db8::/32\" (in quotes), not "
         "\"192.0.2.1/24\"\n"},
        {ZONES "server: {listen: 127.0.0.1@53, proxy_from: 192.0.2.0/24}",
         "warning: etc/f:2:44: proxy_from does nothing without listen_proxy: on the addresses of "
         "listen no PROXY header is read\n"},
        {ZONES "server: {listen_proxy: \"::@53\", tcp_lifetime: 100ms}",
         "etc/f:2:47: tcp_lifetime: 100ms is out of range: 1s to 7d\n"},
        {ZONES
         "server: {identity: 12345678901234567890123456789012345678901234567890123456789012345}",
         "etc/f:2:20: identity: "
         "12345678901234567890123456789012345678901234567890123456789012345 is out of range: 1 to 64 "
         "octets\n"},
        {ZONES "server: {threads: 0, tcp_idle: 10}",
         "etc/f:2:19: threads: 0 is out of range: 1 to 256\n"
         "etc/f:2:32: tcp_idle: expected a number with its unit (ms, s, m, h, d), such as 10s, not "
         "\"10\"\n"},
        {ZONES "server: {udp_limit: 0, cookies: {secret: x}, ecs_from: 192.0.2.1/24}",
         "etc/f:2:21: udp_limit: 0 is out of range: 1 to 100000\n"
         "etc/f:2:34: cookies has no option \"secret\": did you mean \"secrets\"?\n"
         "etc/f:2:56: ecs_from: expected a network, with no bits beyond its length, such as "
         "192.0.2.0/24 or \"2001:db8::/32\" (in quotes), not \"192.0.2.1/24\"\n"},
        {ZONES "server: {log: {level: warn, format: xml}}",
         "etc/f:2:37: format: \"xml\" is not known: there are text, json\n"
         "etc/f:2:23: level: \"warn\" is not known: there are error, warning, info, debug\n"},
        {ZONES "server: {control: /123456789012345678901234567890123456789012345678901234567890"
               "1234567890123456789012345678901234567890123456789}",
         "etc/f:2:19: control: \"/1234567890123456789012345678901234567890123456789012345678901234"
         "567890123456789012345678901234567890123456789\" is longer than the 107 octets of a "
         "socket's path: name a shorter one\n"},

        /* regions */
        {ZONES "regions: {\"*\": , eu.west: , '': }",
         "etc/f:2:11: regions: \"*\" is no name: letters, digits, - and _, at most 63\n"
         "etc/f:2:18: regions: \"eu.west\" is no name: letters, digits, - and _, at most 63\n"
         "etc/f:2:29: regions: \"\" is no name: letters, digits, - and _, at most 63\n"},
        {ZONES "regions:\n  eu-west:\n  EU-West:\n",
         "etc/f:4:3: region \"eu-west\" stands here already: case does not count\n"},
        {ZONES
         "regions: {a: {at: [126.98, 37.57]}, b: {at: [0, x]}, c: {at: 5}, d: {at: [0, 181]}}",
         "etc/f:2:20: at: the latitude 126.98 is out of range: -90 to 90; latitude comes first\n"
         "etc/f:2:49: at: expected [latitude, longitude] in degrees, such as [53.35, -6.26]\n"
         "etc/f:2:62: at: expected [latitude, longitude] in degrees, such as [53.35, -6.26], not "
         "\"5\"\n"
         "etc/f:2:78: at: the longitude 181 is out of range: -180 to 180; latitude comes first\n"},

        /* maps */
        {REGIONS "maps: {m: {unknown: [eu-wset, us-east, us-east, mars]}}",
         "etc/f:4:22: there is no region \"eu-wset\": did you mean \"eu-west\"?\n"
         "etc/f:4:40: region \"us-east\" stands here already: leave one of the two\n"
         "etc/f:4:49: there is no region \"mars\": there are eu-west, us-east\n"},
        {ZONES "maps: {m: {unknown: a}}",
         "etc/f:2:21: there is no region \"a\": there is none yet\n"},
        {REGIONS "maps: {m: {rules: {country: KR}}}",
         "etc/f:4:19: rules: expected a list of rules, such as {country: KR, prefer: [eu-west]}, not "
         "a mapping\n"},
        {REGIONS "maps: {m: {rules: [x, {prefer: eu-west}, {country: KR, asn: 1, prefer: eu-west}, "
                 "{country: KR}]}}",
         "etc/f:4:20: rules: expected a rule, such as {country: KR, prefer: [eu-west]}\n"
         "etc/f:4:23: a rule needs one of network, asn, subdivision, country, continent\n"
         "etc/f:4:42: a rule takes one alone of network, asn, subdivision, country, continent: write "
         "a rule for each\n"
         "etc/f:4:82: a rule needs `prefer`, `only` or `fence: off`: it does nothing\n"},
        {REGIONS "maps: {m: {rules: [{country: [KR, UK], prefer: eu-west}]}}",
         "etc/f:4:35: country: expected a country's code of ISO 3166-1, such as KR, not \"UK\"\n"},
        {REGIONS
         "maps: {m: {rules: [{continent: XX, only: eu-west}, {subdivision: CA, only: eu-west}, "
         "{asn: 0, only: []}]}}",
         "etc/f:4:32: continent: expected a continent (AF AN AS EU NA OC SA), such as EU, not "
         "\"XX\"\n"
         "etc/f:4:66: subdivision: expected a subdivision's code of ISO 3166-2, such as US-CA, not "
         "\"CA\"\n"
         "etc/f:4:92: asn: expected the number of an autonomous system, 1 to 4294967295, such as "
         "64500 or AS64500, not \"0\"\n"
         "etc/f:4:101: only: expected names of regions, such as [eu-west, us-east], not a list\n"},
        {REGIONS "maps: {m: {rules: [{network: 10.0.0.1/8, only: eu-west}]}}",
         "etc/f:4:30: network: expected a network, with no bits beyond its length, such as "
         "10.0.0.0/8 or 2001:db8::/32, not \"10.0.0.1/8\"\n"},
        {REGIONS "maps: {m: {rules: [{country: [NO, KR], prefer: eu-west},\n"
                 "{country: [SE, KR], prefer: us-east}]}}",
         "etc/f:5:16: a rule with `prefer` for the same clients stands in line 4: leave one of the "
         "two\n"},
        {REGIONS "maps: {m: {rules: [{country: KR, prefer: us-east, only: eu-west}]}}",
         "warning: etc/f:4:20: prefer names a region that the rule's own `only` keeps out\n"},
        {REGIONS "maps: {m: {rules: [{continent: EU, fence: off}]}}",
         "warning: etc/f:4:20: fence: off lifts nothing: no rule is wider than a continent\n"},
        {ZONES "regions: {a: }\nmaps: {m: {rules: [{network: 10.0.0.0/8, only: a}, {country: KR, "
               "only: a}, {asn: 1, only: a}]}}",
         "warning: etc/f:3:62: without geo databases only rules with `network` match: name one, such "
         "as `geo: {databases: [country.mmdb]}`\n"},

        /* probes */
        {ZONES "probes: {w: {}, t: {type: tcp}, none: {type: http}, x: []}",
         "etc/f:2:13: a probe needs `type`, such as `type: http`\n"
         "etc/f:2:17: a probe of type tcp needs `port`, such as `port: 25`\n"
         "etc/f:2:33: \"none\" is what a policy without a probe says: choose another name\n"
         "etc/f:2:56: probes: expected a section, such as {type: http, path: /healthz}, not a list\n"},
        {ZONES "probes: {w: {type: http, fall: 5 of 3}, x: {type: http, fall: 3 of 65},\n"
               "y: {type: http, fall: 3/5}, z: {type: http, fall: 0}}",
         "etc/f:2:32: fall: expected a number, or so many of the last so many, such as 3 of 5, not "
         "\"5 of 3\"\n"
         "etc/f:2:63: fall: 3 of 65 is out of range: 1 to 64\n"
         "etc/f:3:23: fall: expected a number, or so many of the last so many, such as 3 of 5, not "
         "\"3/5\"\n"
         "etc/f:3:51: fall: 0 is out of range: 1 to 64\n"},
        {ZONES "probes: {w: {type: http, interval: 1s, timeout: 1500ms}}",
         "etc/f:2:49: timeout: 1500ms is longer than the interval: probes would overlap\n"},
        {ZONES
         "probes: {w: {type: https, expect: [2xx, 299-200, 600, 200-299x], path: a, host: 'a:1'}}",
         "etc/f:2:72: path: expected a path that begins with / and has no blanks (%20), such as /, "
         "not \"a\"\n"
         "etc/f:2:81: host: expected a host name without a port, such as www.example.com, not "
         "\"a:1\"\n"
         "etc/f:2:36: expect: expected an HTTP status or a range of them, such as 200 or 200-299, not "
         "\"2xx\"\n"
         "etc/f:2:41: expect: expected an HTTP status or a range of them, such as 200 or 200-299, not "
         "\"299-200\"\n"
         "etc/f:2:50: expect: expected an HTTP status or a range of them, such as 200 or 200-299, not "
         "\"600\"\n"
         "etc/f:2:55: expect: expected an HTTP status or a range of them, such as 200 or 200-299, not "
         "\"200-299x\"\n"},
        {ZONES
         "probes: {w: {type: tcp, port: 25, path: /, verify: no}, h: {type: http, verify: no}}",
         "warning: etc/f:2:35: path means nothing to a probe of type tcp: leave it out\n"
         "warning: etc/f:2:44: verify means nothing to a probe of type tcp: leave it out\n"
         "warning: etc/f:2:73: verify means nothing to a probe of type http: leave it out\n"},
        {ZONES "probes: {w: {type: http, method: get, body: a, body_regex: b, redirects: 11, "
               "headers: {'a b': c, Host: x, X: [1]}, send: '\\y', family: v4, source: here}}",
         "etc/f:2:34: method: expected the name of a method in capitals, such as HEAD, not "
         "\"get\"\n"
         "etc/f:2:95: headers: expected names with a text each, of one line, such as {Accept: "
         "application/json}, not \"c\"\n"
         "etc/f:2:104: headers: Host is not to be chosen: write it as the option `host`\n"
         "etc/f:2:110: headers: expected names with a text each, of one line, such as {Accept: "
         "application/json}, not a list\n"
         "etc/f:2:122: send: expected a text with the escapes \\r \\n \\t \\0 \\\\ \\\" and "
         "\\xHH, such as 'EHLO probe\\r\\n', not \"\\y\"\n"
         "etc/f:2:60: body_regex: `body` says already what is looked for: leave one of the two "
         "out\n"
         "etc/f:2:74: redirects: 11 is out of range: 0 to 10\n"
         "etc/f:2:136: family: \"v4\" is not known: there are any, ipv4, ipv6\n"
         "etc/f:2:148: source: expected an address of this machine, such as 192.0.2.1, not "
         "\"here\"\n"},
        {ZONES "probes: {w: {type: http, body_regex: 'a(b'}}",
         "etc/f:2:38: body_regex: missing closing parenthesis at character 4\n"},
        {ZONES "probes: {w: {type: https, key: /dev/null, cert_days: 7, reuse: yes, "
               "source: [192.0.2.1, 192.0.2.2]}}",
         "etc/f:2:27: key: it is of no use without `cert`, such as `cert: probe.pem`\n"
         "etc/f:2:43: cert_days: a kept connection shows no certificate: leave `reuse` out\n"
         "etc/f:2:69: source: at most one address of IPv4 and one of IPv6\n"},
        {ZONES
         "probes: {w: {type: dns, query: a..b, query_type: AX, expect: [NO]}, v: {type: dns}, u: "
         "{type: dns, query: a, answer: [192.0.2.1, x]}}",
         "etc/f:2:63: expect: expected a response code, such as NXDOMAIN, not \"NO\"\n"
         "etc/f:2:32: query: empty label\n"
         "etc/f:2:50: query_type: expected a record type, such as A, not \"AX\"\n"
         "etc/f:2:69: a probe of type dns needs `query`, such as `query: www.example.com`\n"
         "etc/f:2:118: answer: \"x\" is no data of the type: Syntax error, could not parse the RR's "
         "rdata\n"},
        {ZONES "probes: {f: {type: file, port: 80}, g: {type: push, max_age: 10ms, stale: up}}",
         "etc/f:2:10: a probe of type file needs `file`, such as `file: verdicts`\n"
         "warning: etc/f:2:26: port means nothing to a probe of type file: leave it out\n"
         "etc/f:2:62: max_age: 10ms is out of range: 1s to 7d\n"
         "etc/f:2:75: stale: \"up\" is not known: there are unknown, down\n"},
        {ZONES "probes: {e: {type: exec, expect: [256, 2-1, a]}, f: {type: exec}, "
               "g: {type: exec, command: [true], environment: x}, h: {type: exec, command: true}}",
         "etc/f:2:35: expect: expected an exit status or a range of them, 0 to 255, such as 0 or 0-1, "
         "not \"256\"\n"
         "etc/f:2:40: expect: expected an exit status or a range of them, 0 to 255, such as 0 or 0-1, "
         "not \"2-1\"\n"
         "etc/f:2:45: expect: expected an exit status or a range of them, 0 to 255, such as 0 or 0-1, "
         "not \"a\"\n"
         "etc/f:2:50: a probe of type exec needs `command`, such as `command: [/usr/bin/true]`\n"
         "etc/f:2:113: environment: expected names with a text each, such as {HOME: "
         "/var/lib/probe}, not \"x\"\n"
         "etc/f:2:142: command: \"true\": write the whole path, which begins with /\n"},
        {ZONES "probes: {w: {type: http}, p: {type: push}, a: {type: combine, of: [w, v, p, b]}, "
               "b: {type: combine, of: w, need: 2}, c: {type: combine}}",
         "etc/f:2:67: of: there is no probe \"v\": did you mean \"w\"?\n"
         "etc/f:2:67: of: \"p\" is of type push, which a cannot combine\n"
         "etc/f:2:67: of: \"b\" is of type combine, which a cannot combine\n"
         "etc/f:2:114: need: 2 of 1 are more than there are\n"
         "etc/f:2:118: a probe of type combine needs `of`, such as `of: [web, api]`\n"},
        {ZONES "probes: {w: {type: tls, port: 853, verify: no, ca: no/such}}",
         "warning: etc/f:2:52: ca: cannot read etc/no/such: No such file or directory: such probes "
         "say nothing of endpoints until it can be\n"
         "warning: etc/f:2:36: verify: no: whoever answers in place of the endpoint is believed; name "
         "the authority's file, such as `ca: ca.pem`, rather\n"},

        /* health */
        {ZONES "health: {blind_at: 101%, reference: [192.0.2.1, a/b]}",
         "etc/f:2:20: blind_at: 101% is out of range: 1% to 100%\n"
         "etc/f:2:49: reference: expected an address or a host name, such as 192.0.2.1, not "
         "\"a/b\"\n"},
        {ZONES "health: {reference: ns.example.net}",
         "etc/f:2:21: reference: say with reference_probe how these are asked\n"},

        /* policies */
        {ZONES "maps: {world: }\nprobes: {web: {type: http}}\n"
               "policies: {p: {map: wrld, probe: wbe, steer: nearset, when_all_down: opn}}",
         "etc/f:4:21: there is no map \"wrld\": did you mean \"world\"?\n"
         "etc/f:4:34: there is no probe \"wbe\": did you mean \"web\"?\n"
         "etc/f:4:46: steer: \"nearset\" is not known: did you mean \"nearest\"?\n"
         "etc/f:4:70: when_all_down: \"opn\" is not known: did you mean \"open\"?\n"},
        {ZONES "policies: {a: {ttl: {max: 5s, min: 10s}}, b: {ttl: {min: 400s}}}",
         "etc/f:2:36: min: 10s is above max, which is 5s: lower it\n"
         "etc/f:2:58: min: 400s is above max, which is 300s: lower it\n"},
        {ZONES "policies: {a: {damping: {suppress: 700}}, b: {damping: {max_hold: 1m}},\n"
               "c: {damping: {half_life: 0s, reuse: 0}}, d: {damping: {max_hold: 0s}}}",
         "etc/f:2:25: reuse: 750 is not below suppress, which is 700: nothing could be let go\n"
         "warning: etc/f:2:56: max_hold: 1m is less than it takes from suppress to reuse: nothing is "
         "ever held\n"
         "etc/f:3:26: half_life: 0s is out of range: 1s to 1d\n"
         "etc/f:3:37: reuse: 0 is out of range: 1 to 100000\n"},
        {ZONES "policies: {a: {region_up: 0, min_healthy: 65, ttl: 5}, b: {ttl: {growth: 0}}}",
         "etc/f:2:52: ttl: expected a section, such as {max: 300s, min: 10s}, not \"5\"\n"
         "etc/f:2:27: region_up: 0 is out of range: 1% to 100%\n"
         "etc/f:2:43: min_healthy: 65 is out of range: 0 to 64\n"
         "etc/f:2:74: growth: 0 is out of range: 1 to 1000\n"},
        {ZONES "probes: {w: {type: http, interval: 1s, timeout: 1s, fall: 1}}\n"
               "policies: {a: {probe: w, ttl: {min: 3s}}}",
         "warning: etc/f:2:49: timeout: 1s is no less than interval times fall: one slow answer "
         "takes an endpoint down\n"
         "warning: etc/f:3:37: min: caches keep an answer for 3s, and a dead endpoint is noticed "
         "after 2s: a lower min would let clients profit\n"},
        {ZONES "probes: {w: {type: http}}\npolicies: {a: {probe: w, ready: w}, b: {ready: v}}",
         "warning: etc/f:3:33: ready: the same as probe: who is not up is not ready anyway\n"
         "etc/f:3:48: there is no probe \"v\": did you mean \"w\"?\n"},
        {ZONES "probes: {w: {type: http}}\n"
               "policies: {a: {ramp: 25h, failback: never}, b: {ramp: 9s, failback: manual},\n"
               "c: {probe: w, ramp: 1d, failback: manual}}",
         "etc/f:3:22: ramp: 25h is out of range: 0ms to 1d\n"
         "etc/f:3:37: failback: \"never\" is not known: there are auto, manual\n"
         "warning: etc/f:3:55: ramp: caches keep an answer for 10s: within 9s they see no steps\n"
         "warning: etc/f:3:69: failback: without a probe no region is ever away\n"},
        {REGIONS "policies: {a: {min_healthy: 3}}",
         "warning: etc/f:4:29: min_healthy: with 2 regions, health is always ignored\n"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *told = complain(cases[i].yaml);
        assert_string_equal(told, cases[i].told);
        free(told);
    }
}

static void test_region_limit(void **state)
{
    char yaml[4096] = ZONES "regions:\n";

    for (int i = 0; i < REGIONS_MAX; i++)
        sprintf(yaml + strlen(yaml), "  r%d:\n", i);
    struct config *c = parse_good(yaml);
    assert_int_equal(c->n_regions, REGIONS_MAX);
    config_free(c);

    strcat(yaml, "  more:\nmaps: {m: {unknown: more}}\n");
    char *told = complain(yaml);
    assert_string_equal(told, "etc/f:3:3: regions: 65 are more than the 64 that there can be\n");
    free(told);
}


/* --- Files --- */

static char *tree_path(const char *name)
{
    const char *srcdir = getenv("SRCDIR");

    return xasprintf("%s/%s", srcdir != NULL ? srcdir : ".", name);
}

static char *read_file(const char *path)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = fopen(path, "re");

    assert_non_null(f);
    assert_true(getdelim(&text, &size, '\0', f) > 0);
    fclose(f);
    return text;
}

static void test_sample(void **state)
{
    struct err err;
    err_init(&err);
    char *path = tree_path("proxima.yaml");
    struct config *c = config_load(path, NULL, &err);

    assert_int_equal(err.n, 0);
    assert_non_null(c);
    assert_int_equal(c->n_regions, 3);
    assert_int_equal(config_policy(c, "default")->probe, 0);
    config_free(c);
    free(path);
}

static void test_man_examples(void **state)
{
    char *path = tree_path("man/proxima.yaml.5"), *man = read_file(path), *at = man;
    unsigned n = 0;

    while ((at = strstr(at, ".Bd -literal")) != NULL) {
        char *const text = strchr(at, '\n') + 1, *const end = strstr(text, ".Ed\n");
        assert_non_null(end);
        *end = '\0';
        config_free(parse_good(text));
        at = end + 1;
        n++;
    }
    assert_int_equal(n, 3);
    free(man);
    free(path);
}

static void test_unreadable(void **state)
{
    static const struct {
        const char *path, *told;
    } cases[] = {
        {"/nowhere/f", "/nowhere/f: No such file or directory: name another file with -c FILE\n"},
        {"/", "/: Is a directory: name another file with -c FILE\n"},
        {"/dev/zero", "/dev/zero: File too large: name another file with -c FILE\n"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err err;
        err_init(&err);
        assert_null(config_load(cases[i].path, NULL, &err));
        char *text = err_text(&err);
        assert_string_equal(text, cases[i].told);
        free(text);
        err_fini(&err);
    }
}


/* --- The schema --- */

/* Each option is a property with its help, of the object that stands for its section. */
static void check_schema(const json_t *schema, const struct section *s)
{
    const json_t *properties = json_object_get(schema, "properties");

    assert_int_equal(json_object_size(properties), s->n);
    for (size_t i = 0; i < s->n; i++) {
        const struct option *o = &s->options[i];
        const json_t *p = json_object_get(properties, o->key);
        assert_string_equal(json_string_value(json_object_get(p, "description")), o->help);
        assert_int_equal(json_object_get(p, "default") != NULL, o->fallback != NULL);
        if (o->shape == OPTION_NAMED)
            p = json_object_get(p, "additionalProperties");
        else if (o->type != &type_section)
            p = json_object_get(p, "items");
        if (o->section != NULL)
            check_schema(p, o->section);
    }
}

static void test_schema(void **state)
{
    char *text = config_schema();
    json_t *schema = json_loads(text, 0, NULL);

    assert_non_null(schema);
    assert_string_equal(json_string_value(json_object_get(schema, "$schema")),
                        "https://json-schema.org/draft/2020-12/schema");
    check_schema(schema, &config_section);
    json_decref(schema);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),       cmocka_unit_test(test_answer_opts),
        cmocka_unit_test(test_probe_defaults), cmocka_unit_test(test_probe_options),
        cmocka_unit_test(test_references),     cmocka_unit_test(test_rules),
        cmocka_unit_test(test_paths),          cmocka_unit_test(test_messages),
        cmocka_unit_test(test_region_limit),   cmocka_unit_test(test_sample),
        cmocka_unit_test(test_man_examples),   cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_schema),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
