/*
 * Two ways to the same octets: what stands rendered is copied behind the question (direct.c), and
 * everything can be composed record by record (chain.c).  For every name of the sample zone and of the
 * zones of tests/answer, for names beside and below each, every type that may matter, with and without
 * what EDNS can say, in rooms that suffice and in rooms that do not, both must write the same.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "answer/direct.h"
#include "answer/work.h"
#include "answerkit.h"
#include "dns/types.h"

struct way {
    size_t len;
    uint8_t out[4096];
};

struct counts {
    size_t direct, all;
};

static const struct answer_request request = {
    .client = {.bytes = {198, 51, 100, 1}, .family = FAMILY_IP4}};

/* What answer() does with it when it is not direct. */
static void compose(const struct snapshot *snap, const struct query *query, size_t cap,
                    struct way *way)
{
    static _Thread_local struct stats uncounted;
    struct resp resp;
    struct edns_reply opt = {.udp_size = 1232};
    struct found f;
    struct work w = {.snap = snap,
                     .request = &request,
                     .q = query,
                     .client = &request.client,
                     .resp = &resp,
                     .opt = &opt,
                     .stats = &uncounted};

    if (query->edns.options)
        opt_answer(&w);
    resp_init(&resp, query, way->out, cap, &opt);
    find(snap, &query->name, query->type, w.client, &f);
    chain_answer(&w, &f);
    opt.ecs_scope = w.scope;
    way->len = resp_finish(&resp, &opt);
}

/* False: there is no direct way. */
static bool direct(const struct snapshot *snap, const struct query *query, size_t cap,
                   struct way *way)
{
    const bool ecs = query->edns.ecs.present;
    struct found f;

    find(snap, &query->name, query->type, ecs ? &query->edns.ecs.addr : &request.client, &f);
    way->len = direct_write(
        &(struct direct){.q = query, .f = &f, .udp_size = 1232, .ecs = ecs, .located = ecs},
        way->out, cap);
    return way->len > 0;
}

static void check_packet(const struct snapshot *snap, const char *name, const struct packet *p,
                         struct counts *counts)
{
    static struct way ready, composed;
    struct query query;

    assert_int_equal(query_read(&query, p->data, p->len), QUERY_OK);
    for (size_t cap = 512; cap <= 1232; cap += 120) {
        counts->all++;
        if (!direct(snap, &query, cap, &ready))
            continue;
        counts->direct++;
        compose(snap, &query, cap, &composed);
        if (ready.len == composed.len && memcmp(ready.out, composed.out, ready.len) == 0)
            continue;
        char *a = kit_text(ready.out, ready.len), *b = kit_text(composed.out, composed.len);
        fail_msg("%s in %zu\n--- direct, %zu octets\n%s--- composed, %zu octets\n%s", name, cap,
                 ready.len, a != NULL ? a : "?\n", composed.len, b != NULL ? b : "?\n");
    }
}

static void check_name(const struct snapshot *snap, const char *name, struct counts *counts)
{
    static const char *const types[] = {"A",    "AAAA",   "NS",    "MX",    "TXT",
                                        "SOA",  "DS",     "CNAME", "DNAME", "SRV",
                                        "NSEC", "DNSKEY", "ANY",   "RRSIG", "HTTPS"};

    for (size_t t = 0; t < sizeof(types) / sizeof(types[0]); t++) {
        const struct packet packets[] = {
            q(name, types[t]),
            q(name, types[t], .edns = true, .flags = FLAG_RD | FLAG_CD),
            q(name, types[t], .dnssec_ok = true),
            q(name, types[t], .ecs = "192.0.2.0/24"),
        };
        for (size_t i = 0; i < sizeof(packets) / sizeof(packets[0]); i++)
            check_packet(snap, name, &packets[i], counts);
    }
}

/* A name, what is below it, and what is beside it: alike in its first label, longer, upper case. */
static void check_around(const struct snapshot *snap, const struct node *n, struct counts *counts)
{
    static const char *const below[] = {"", "x.", "ns1.", "*.", "many.labels.above.it."};
    char text[NAME_TEXT], name[NAME_TEXT + 64];

    name_print(n->name, text);
    if (*text == '.')
        *text = '\0'; /* the root's are not "x..", but "x." */
    for (size_t i = 0; i < sizeof(below) / sizeof(below[0]); i++) {
        if (n->name_len + strlen(below[i]) > NAME_MAX_LEN)
            continue;
        snprintf(name, sizeof(name), "%s%s", below[i], text);
        check_name(snap, *name != '\0' ? name : ".", counts);
    }
    if (*text == '\0')
        return;
    snprintf(name, sizeof(name), "beside%s", text);
    if (*n->name < LABEL_MAX_LEN - 6)
        check_name(snap, name, counts);
    for (char *at = text; *at != '\0'; at++)
        *at = *at >= 'a' && *at <= 'z' ? (char)(*at - 0x20) : *at;
    check_name(snap, text, counts);
}

static struct counts check_kit(struct kitsnap *k)
{
    const struct snapshot *snap = kitsnap_get(k);
    struct counts counts = {0};

    for (size_t i = 0; i < kitsnap_zones(k); i++) {
        const struct zone *z = kitsnap_zone(k, i);
        const struct node *n;
        for (uint32_t at = 0; z != NULL && (n = zone_walk(z, &at)) != NULL;)
            check_around(snap, n, &counts);
    }
    return counts;
}

static void test_sample_zones(void **state)
{
    struct answerkit kit;

    answerkit_open(&kit);
    for (unsigned i = 0; i < ANSWERKIT_SNAPSHOTS; i++) {
        const struct counts c = check_kit(kit.k[i]);
        assert_true(c.direct > 1000); /* else little was held against anything */
    }
    answerkit_close(&kit);
}

static void test_steered_sample(void **state)
{
    char *path = kit_path("proxima.yaml");
    size_t len;
    char *yaml = kit_read_file(path, &len);
    struct kitsnap *k = kitsnap_new(yaml);

    kitsnap_add_file(k, "example.com.", "zones/example.com.zone");
    const struct counts c = check_kit(k);
    assert_true(c.direct > c.all / 2);
    kitsnap_free(k);
    free(yaml);
    free(path);
}

/* A region comes back: what a client gets, and the scope, depend on its block. */
static void test_ramp(void **state)
{
    char *path = kit_path("tests/answer/ramp.yaml");
    size_t len;
    char *yaml = kit_read_file(path, &len);
    struct kitsnap *k = kitsnap_new(yaml);
    struct counts counts = {0};

    kitsnap_add_file(k, "example.com.", "tests/answer/ramp.zone");
    kitsnap_drain(k, "a");
    kitsnap_get(k);
    kitsnap_drain(k, "");
    const struct snapshot *snap = kitsnap_get(k);
    assert_non_null(snap->steering->steered[0]->types[0].bands);
    for (unsigned i = 0; i < 256; i++) {
        char ip4[32], ip6[48];
        snprintf(ip4, sizeof(ip4), "10.1.%u.0/24", i);
        snprintf(ip6, sizeof(ip6), "2001:db8:%x::/48", i);
        const struct packet packets[] = {q("www.example.com", "A", .ecs = ip4),
                                         q("www.example.com", "AAAA", .ecs = ip6),
                                         q("cdn.example.com", "CNAME", .ecs = ip4)};
        for (size_t p = 0; p < sizeof(packets) / sizeof(packets[0]); p++)
            check_packet(snap, "a ramp", &packets[p], &counts);
    }
    assert_true(counts.direct > counts.all / 2);
    kitsnap_free(k);
    free(yaml);
    free(path);
}

/* SOAs whose names meet the question's, each other's, and nobody's. */
static void test_soas(void **state)
{
    static const struct {
        const char *apex, *soa;
    } cases[] = {
        {"example.com.", "ns h"},
        {"example.com.", "@ @"},
        {"example.com.", ". ."},
        {"example.com.", "x h.x"},
        {"example.com.", "Ns.x NS.X"},
        {"example.com.", "a.b.c.x d.e.b.c.x"},
        {"example.com.", "ns.example.net. h.example.net."},
        {"example.com.", "ns.Com. h.ns.com."},
        {"example.com.", "com. above.it"},
        {"example.com.", "ns1 many.labels.above.it"},
        {"com.", "x.example.com. @"},
        {".", "x. h.x."},
        {".", "example.com. ."},
        {"a.b.c.d.example.", "c.d.example. b.c.d.example."},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct kitsnap *k = kitsnap_new(NULL);
        char text[512];
        snprintf(text, sizeof(text),
                 "@ 60 SOA %s 1 2 3 4 5\n@ 60 NS ns.example.org.\nw.y 60 TXT t\n*.z 60 TXT t\n",
                 cases[i].soa);
        kitsnap_add_zone(k, cases[i].apex, text);
        const struct counts c = check_kit(k);
        assert_true(c.direct > c.all / 2);
        kitsnap_free(k);
    }
}

/* More labels than a message remembers. */
static void test_many_labels(void **state)
{
    struct kitsnap *k = kitsnap_new(NULL);
    struct counts counts = {0};

    kitsnap_add_zone(k, "e.", "@ 60 SOA a.b.c d.e.b.c 1 2 3 4 5\n@ 60 NS ns.example.org.\n");
    for (unsigned n = 80; n <= 125; n++) {
        char name[NAME_TEXT] = "";
        for (unsigned i = 0; i < n; i++)
            strcat(name, "x.");
        strcat(name, "e.");
        check_name(kitsnap_get(k), name, &counts);
    }
    assert_true(counts.direct > 0 && counts.direct < counts.all);
    kitsnap_free(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sample_zones), cmocka_unit_test(test_steered_sample),
        cmocka_unit_test(test_ramp),         cmocka_unit_test(test_soas),
        cmocka_unit_test(test_many_labels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
