/* SPDX-License-Identifier: BSD-2-Clause */
#include "regions.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"

const char regions_zone[] = "$ORIGIN example.com.\n"
                            "$TTL 3600\n"
                            "@  SOA ns1 hostmaster 1 3600 900 1209600 300\n"
                            "   NS  ns1\n"
                            "ns1 A 192.0.2.53\n"
                            "txt TXT \"plain\"\n"
                            "www  300/10 DYNA web\n"
                            "shop CNAME www\n"
                            "cdn  DYNC edge unprobed\n"
                            "us.web A 127.0.1.1\n"
                            "us.web AAAA ::1\n"
                            "eu.web A 127.0.1.2\n"
                            "ap.web A 127.0.1.3\n"
                            "us.edge CNAME lb.us.example.\n"
                            "eu.edge CNAME lb.eu.example.\n";

/* %u: the port that is probed. */
static const char config_text[] =
    "regions:\n"
    "  us: {at: [38.95, -77.45]}\n"
    "  eu: {at: [53.35, -6.26]}\n"
    "  ap: {at: [37.57, 126.98]}\n"
    "maps:\n"
    "  world:\n"
    "    rules:\n"
    "      - {network: 10.1.0.0/16, prefer: [ap, us]}\n"
    "      - {network: 10.2.0.0/16, only: [eu]}\n"
    "probes:\n"
    "  tcp: {type: tcp, port: %u, interval: 1h, timeout: 1s, rise: 1, fall: 1}\n"
    "policies:\n"
    "  default: {map: world, probe: tcp, ttl: {max: 300s, min: 10s}}\n"
    "  unprobed: {map: world, ttl: {max: 600s, min: 60s}}\n";

#define N_REGIONS 3

static struct {
    struct daemon *d;
    int listener[N_REGIONS]; /* of 127.0.1.1, 127.0.1.2 …; -1: closed */
    int listener6;           /* of ::1, the first region's too */
    uint16_t port;
} f;

struct daemon *regions_daemon(void)
{
    return f.d;
}

void regions_open(int i)
{
    const struct sockaddr_in at = {.sin_family = AF_INET,
                                   .sin_port = htons(f.port),
                                   .sin_addr.s_addr = htonl(0x7f000101u + (unsigned)i)};
    const int yes = 1;

    f.listener[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(f.listener[i], SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    assert_int_equal(bind(f.listener[i], (const struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(f.listener[i], 100), 0);
    if (f.port == 0) { /* the first one takes any, the others the same */
        struct sockaddr_in got;
        socklen_t len = sizeof(got);
        getsockname(f.listener[i], (struct sockaddr *)&got, &len);
        f.port = ntohs(got.sin_port);
    }
}

static void open_region6(void)
{
    const struct sockaddr_in6 at = {
        .sin6_family = AF_INET6, .sin6_port = htons(f.port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};

    f.listener6 = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(f.listener6, (const struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(f.listener6, 100), 0);
}

void regions_close(int i)
{
    close(f.listener[i]);
    f.listener[i] = -1;
}

static char *regions_config(void)
{
    return xasprintf(config_text, f.port);
}

void regions_probe(void)
{
    json_decref(daemon_call(f.d, "probe", "{s:s}", "name", "tcp"));
}

int regions_start(void **state)
{
    static const struct daemon_file files[] = {{"zones/example.com.zone", regions_zone}};

    f.port = 0;
    for (int i = 0; i < N_REGIONS; i++)
        regions_open(i);
    open_region6();
    char *config = regions_config();
    f.d = daemon_start(&(struct daemon_opts){.config = config, .files = files, .n_files = 1});
    free(config);
    regions_probe();
    return 0;
}

int regions_stop(void **state)
{
    daemon_stop(f.d);
    for (int i = 0; i < N_REGIONS; i++)
        if (f.listener[i] >= 0)
            regions_close(i);
    close(f.listener6);
    return 0;
}

void regions_check_answer(const char *name, const char *subnet, const char *records)
{
    const struct daemon_reply r =
        daemon_ask(f.d, &(struct daemon_query){.name = name, .type = "A", .subnet = subnet});

    assert_string_equal(r.records, records);
}

void regions_check_refused(const char *method, json_t *params_taken, const char *reasons)
{
    char *text = daemon_refused(f.d, method, "o", params_taken);

    assert_string_equal(text, reasons);
    free(text);
}

json_t *regions_drain(const char *method, const char *region, const char *pool)
{
    json_t *params = REGION(region);

    if (pool != NULL)
        json_object_set_new(params, "pool", json_string(pool));
    return daemon_call(f.d, method, "o", params);
}

bool regions_changed(json_t *result_taken)
{
    const bool is = json_is_true(json_object_get(result_taken, "changed"));

    json_decref(result_taken);
    return is;
}

/* The state of a region of pool web. */
static char *state_of(int region)
{
    json_t *status = daemon_call(f.d, "status", "{}"), *pool;
    char *state = NULL;
    size_t i;

    json_array_foreach(json_object_get(status, "pools"), i, pool) {
        const char *name, *text;
        json_t *r = json_array_get(json_object_get(pool, "regions"), (size_t)region);
        assert_int_equal(json_unpack(pool, "{s:s}", "name", &name), 0);
        assert_int_equal(json_unpack(r, "{s:s}", "state", &text), 0);
        if (strcmp(name, "web.example.com.") == 0)
            state = xstrdup(text);
    }
    json_decref(status);
    return state;
}

void regions_check_state(int region, const char *want)
{
    char *state = state_of(region);

    assert_string_equal(state, want);
    free(state);
}
