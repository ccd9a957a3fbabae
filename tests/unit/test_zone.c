/*
 * src/data/zone.c, zone_build.c, zone_draft.c, node.c, nametable.c: building a zone, and every
 * outcome of finding a name in it.  Records are owners and types; rdata matters only where its length or order is looked at.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "data/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(cases) (sizeof(cases) / sizeof((cases)[0]))

static uint8_t *parse(const char *text, uint8_t out[NAME_MAX_LEN])
{
    const char *why;

    if (!name_parse(text, strlen(text), (const uint8_t *)"\7example", out, &why))
        fail_msg("%s: %s", text, why);
    return out;
}

static enum zone_added add(struct zone *z, const char *owner, uint16_t type, uint32_t ttl_s,
                           const char *rdata)
{
    uint8_t name[NAME_MAX_LEN];

    return zone_add_rr(z, parse(owner, name), type, ttl_s, (const uint8_t *)rdata,
                       (uint16_t)strlen(rdata));
}

struct owned {
    const char *owner;
    uint16_t type;
};

/* A sealed zone "example." of these; it has no SOA unless listed. */
static struct zone *make_zone(const struct owned *records, size_t n)
{
    struct zone *z = zone_new((const uint8_t *)"\7example");

    for (size_t i = 0; i < n; i++)
        add(z, records[i].owner, records[i].type, 60, "x");
    zone_seal(z);
    return z;
}

/* "wildcard *.a.example." */
static const char *find_text(const struct zone *z, const char *owner, char out[NAME_TEXT + 16])
{
    static const char *const words[] = {"exact", "wildcard", "cut", "dname", "nxdomain"};
    uint8_t name[NAME_MAX_LEN];
    char text[NAME_TEXT];
    struct name_key key;
    const struct node *node;

    name_key_init(&key, parse(owner, name));
    const enum zone_found found = zone_find(z, &key, &node);
    snprintf(out, NAME_TEXT + 16, "%s %s", words[found], name_print(node->name, text));
    return out;
}

struct find_case {
    const char *name, *want;
};

static void check_finds(const struct zone *z, const struct find_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char got[NAME_TEXT + 16];
        if (strcmp(find_text(z, cases[i].name, got), cases[i].want) != 0)
            fail_msg("%s: %s, not %s", cases[i].name, got, cases[i].want);
    }
}

/* A name that has another's hash, as a client can choose it, is not that other, though it is what the
 * table has at first. */
static void test_hash_of_another(void **state)
{
    static const struct owned records[] = {{"h206003", TYPE_A}, {"h212909", TYPE_A}};
    struct zone *one = make_zone(records, 1), *two = make_zone(records, 2);
    struct name_key key[2];
    uint8_t name[NAME_MAX_LEN];

    for (unsigned i = 0; i < 2; i++)
        name_key_init(&key[i], parse(records[i].owner, name));
    assert_int_equal(key[0].hash, key[1].hash); /* else find two others */
    assert_non_null(zone_likely(one, &key[1]));
    assert_null(zone_own_of(one, &key[1], zone_likely(one, &key[1])));
    for (unsigned i = 0; i < 2; i++) {
        const struct node *own = zone_own_of(two, &key[i], zone_likely(two, &key[i]));
        assert_non_null(own);
        assert_memory_equal(own->name, key[i].wire, key[i].len);
    }
    zone_unref(one);
    zone_unref(two);
}

/* RFC 4592 §2.2.1: the zone and all its examples. */
static void test_rfc4592(void **state)
{
    static const struct owned records[] = {
        {"@", TYPE_SOA},
        {"@", TYPE_NS},
        {"*", TYPE_TXT},
        {"*", TYPE_MX},
        {"sub.*", TYPE_TXT},
        {"host1", TYPE_A},
        {"_ssh._tcp.host1", TYPE_SRV},
        {"_ssh._tcp.host2", TYPE_SRV},
        {"subdel", TYPE_NS},
    };
    static const struct find_case cases[] = {
        {"host3", "wildcard *.example."},
        {"foo.bar", "wildcard *.example."},
        {"host1", "exact host1.example."},
        {"sub.*", "exact sub.*.example."},
        {"_telnet._tcp.host1", "nxdomain _tcp.host1.example."},
        {"host.subdel", "cut subdel.example."},
        {"ghost.*", "nxdomain *.example."},
        {"*", "exact *.example."},
        {"host2", "exact host2.example."}, /* an empty non-terminal (§2.2.2) */
        {"_tcp.host2", "exact _tcp.host2.example."},
        {"@", "exact example."},
    };
    struct zone *z = make_zone(records, COUNT(records));

    check_finds(z, cases, COUNT(cases));
    zone_unref(z);
}

/* Cuts and DNAMEs, within each other and at one name: what is nearer to the apex hides the rest. */
static void test_cuts_and_dnames(void **state)
{
    static const struct owned records[] = {
        {"@", TYPE_NS}, /* no cut: it is the apex */
        {"cut", TYPE_NS},        {"cut", TYPE_A},       {"ns.cut", TYPE_A}, {"*.cut", TYPE_A},
        {"low.cut", TYPE_NS},    {"x.low.cut", TYPE_A}, {"dn", TYPE_DNAME}, {"dn", TYPE_TXT},
        {"below.dn", TYPE_A},    {"cut2.dn", TYPE_NS},  {"both", TYPE_NS},  {"both", TYPE_DNAME},
        {"dn2.cut", TYPE_DNAME}, {"a.ent", TYPE_NS},
    };
    static const struct find_case cases[] = {
        {"cut", "cut cut.example."},
        {"ns.cut", "cut cut.example."},
        {"other.cut", "cut cut.example."}, /* a wildcard below a cut is not ours */
        {"low.cut", "cut cut.example."},
        {"x.low.cut", "cut cut.example."},
        {"y.x.low.cut", "cut cut.example."},
        {"dn2.cut", "cut cut.example."},
        {"x.dn2.cut", "cut cut.example."},
        {"dn", "exact dn.example."}, /* its owner is not redirected (RFC 6672 §2.3) */
        {"x.dn", "dname dn.example."},
        {"below.dn", "dname dn.example."},
        {"x.below.dn", "dname dn.example."},
        {"x.cut2.dn", "dname dn.example."},
        {"both", "cut both.example."},
        {"x.both", "cut both.example."},
        {"ent", "exact ent.example."},
        {"b.ent", "nxdomain ent.example."},
        {"x.a.ent", "cut a.ent.example."},
    };
    struct zone *z = make_zone(records, COUNT(records));

    check_finds(z, cases, COUNT(cases));
    zone_unref(z);
}

static void test_apex_dname(void **state)
{
    static const struct owned records[] = {{"@", TYPE_DNAME}, {"@", TYPE_NS}, {"a.b", TYPE_A}};
    static const struct find_case cases[] = {
        {"@", "exact example."}, {"x", "dname example."}, {"a.b", "dname example."}};
    struct zone *z = make_zone(records, COUNT(records));

    check_finds(z, cases, COUNT(cases));
    zone_unref(z);
}

/* RFC 6672 §3.3 and RFC 4592 §4.2 advise against both; they are data of what the wildcard makes. */
static void test_wildcard_dname_and_ns(void **state)
{
    static const struct owned records[] = {{"*.dn", TYPE_DNAME}, {"*.ns", TYPE_NS}};
    static const struct find_case cases[] = {
        {"x.dn", "wildcard *.dn.example."}, {"y.x.dn", "wildcard *.dn.example."},
        {"x.*.dn", "dname *.dn.example."},  {"*.dn", "exact *.dn.example."},
        {"x.ns", "wildcard *.ns.example."}, {"y.x.ns", "wildcard *.ns.example."},
        {"*.ns", "cut *.ns.example."},
    };
    struct zone *z = make_zone(records, COUNT(records));

    check_finds(z, cases, COUNT(cases));
    zone_unref(z);
}

/* The flags that finding rests on. */
static void test_flags(void **state)
{
    static const struct owned records[] = {
        {"@", TYPE_NS}, {"cut", TYPE_NS}, {"ns.cut", TYPE_A}, {"dn", TYPE_DNAME}, {"x.dn", TYPE_A}};
    static const struct {
        const char *name;
        uint8_t flags;
    } cases[] = {{"@", 0},
                 {"cut", NODE_CUT},
                 {"ns.cut", NODE_OCCLUDED},
                 {"dn", NODE_DNAME},
                 {"x.dn", NODE_OCCLUDED}};
    struct zone *z = make_zone(records, COUNT(records));

    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t name[NAME_MAX_LEN];
        assert_int_equal(zone_node(z, parse(cases[i].name, name))->flags, cases[i].flags);
    }
    zone_unref(z);
}

static void test_sets(void **state)
{
    uint8_t name[NAME_MAX_LEN];
    struct zone *z = zone_new((const uint8_t *)"\7EXAMPLE");

    assert_int_equal(add(z, "WWW", TYPE_TXT, 60, "\1b"), ZONE_ADDED);
    assert_int_equal(add(z, "www", TYPE_A, 60, "aaaa"), ZONE_ADDED);
    assert_int_equal(add(z, "www", TYPE_TXT, 60, "\1b"), ZONE_DUPLICATE);
    assert_int_equal(add(z, "www", TYPE_TXT, 30, "\1a"), ZONE_TTL_DIFFERS);
    assert_int_equal(add(z, "www", TYPE_TXT, 30, "\1a"), ZONE_DUPLICATE);
    assert_int_equal(add(z, "www", 10, 60, ""), ZONE_ADDED); /* empty rdata */
    zone_seal(z);
    assert_int_equal(zone_records(z), 4);
    assert_memory_equal(zone_apex(z), "\7example", 9);
    const struct node *n = zone_node(z, parse("www", name));
    const struct rrset *txt = node_rrset(n, TYPE_TXT);

    /* by type, records in the order given, the first TTL for all (RFC 2181 §5.2) */
    assert_int_equal(node_sets(n)->type, TYPE_A);
    assert_int_equal(rrset_next(node_sets(n))->type, 10);
    assert_ptr_equal(rrset_next(rrset_next(node_sets(n))), txt);
    assert_null(rrset_next(txt));
    assert_int_equal(txt->count, 2);
    assert_memory_equal(txt->wire,
                        "\xc0\x0c\0\20\0\1\0\0\0\x3c\0\2\1b"
                        "\xc0\x0c\0\20\0\1\0\0\0\x3c\0\2\1a",
                        txt->len);
    assert_null(node_rrset(n, TYPE_AAAA));
    zone_unref(z);
}

/* RRSIGs lie in the order of what they cover, each with the TTL of that. */
static void test_signatures(void **state)
{
    uint8_t name[NAME_MAX_LEN];
    struct zone *z = zone_new((const uint8_t *)"\7example");

    /* rdata of which only the type covered is looked at */
    assert_int_equal(zone_add_rr(z, parse("www", name), TYPE_RRSIG, 60, (uint8_t[]){0, 28, 1}, 3),
                     ZONE_ADDED);
    assert_int_equal(zone_add_rr(z, parse("www", name), TYPE_RRSIG, 30, (uint8_t[]){0, 1, 1}, 3),
                     ZONE_ADDED);
    assert_int_equal(zone_add_rr(z, parse("www", name), TYPE_RRSIG, 60, (uint8_t[]){0, 28, 2}, 3),
                     ZONE_ADDED);
    assert_int_equal(zone_add_rr(z, parse("www", name), TYPE_RRSIG, 31, (uint8_t[]){0, 1, 2}, 3),
                     ZONE_TTL_DIFFERS);
    assert_int_equal(zone_add_rr(z, parse("www", name), TYPE_RRSIG, 60, (uint8_t[]){0, 28, 1}, 3),
                     ZONE_DUPLICATE);
    zone_seal(z);
    const struct node *n = zone_node(z, parse("www", name));
    assert_int_equal(n->flags, NODE_SIGS);
    assert_int_equal(node_sets(n)->count, 4);
    assert_memory_equal(node_sets(n)->wire,
                        "\xc0\x0c\0\x2e\0\1\0\0\0\x1e\0\3\0\1\1"
                        "\xc0\x0c\0\x2e\0\1\0\0\0\x1e\0\3\0\1\2"
                        "\xc0\x0c\0\x2e\0\1\0\0\0\x3c\0\3\0\x1c\1"
                        "\xc0\x0c\0\x2e\0\1\0\0\0\x3c\0\3\0\x1c\2",
                        node_sets(n)->len);
    const struct sigs aaaa = node_sigs(n, TYPE_AAAA);
    assert_int_equal(aaaa.count, 2);
    assert_ptr_equal(aaaa.wire, node_sets(n)->wire + 30);
    assert_int_equal(aaaa.len, 30);
    assert_int_equal(node_sigs(n, TYPE_MX).count, 0);
    assert_int_equal(node_sigs(zone_apex_node(z), TYPE_A).count, 0);
    zone_unref(z);
}

/* NSEC3 and its signatures are kept apart from a name that is spelt the same (RFC 5155 §7.2.8). */
static void test_nsec3_owners(void **state)
{
    static const char hash[] = "2T7b4g4vsa5smi47k61mv5bv1a22bojr", *const sig = "\0\x32";
    uint8_t name[NAME_MAX_LEN], below[NAME_MAX_LEN];
    struct zone *z = zone_new((const uint8_t *)"\7example");

    parse(hash, name);
    parse("2t7b4g4vsa5smi47k61mv5bv1a22bojr.sub", below);
    assert_int_equal(zone_add_rr(z, name, TYPE_RRSIG, 60, (const uint8_t *)sig, 2), ZONE_ADDED);
    assert_int_equal(add(z, hash, TYPE_NSEC3, 60, "\1"), ZONE_ADDED);
    assert_int_equal(zone_add_rr(z, below, TYPE_NSEC3, 60, (const uint8_t *)"\1", 1), ZONE_ADDED);
    assert_int_equal(add(z, "short", TYPE_NSEC3, 60, "\1"), ZONE_ADDED);
    zone_seal(z);
    assert_null(zone_node(z, parse("2t7b4g4vsa5smi47k61mv5bv1a22bojr", name)));
    assert_non_null(zone_node(z, below)); /* no hash below the apex: data like any other */
    assert_non_null(zone_node(z, parse("short", name)));
    assert_int_equal(zone_nsec3_count(z), 1);
    const struct node *n = zone_nsec3_walk(z, &(uint32_t){0});
    assert_non_null(node_rrset(n, TYPE_NSEC3));
    assert_int_equal(node_sigs(n, TYPE_NSEC3).count, 1);
    zone_unref(z);
}

/* The negative TTL is the smaller of the SOA's own and its MINIMUM (RFC 2308 §5). */
static void test_soa(void **state)
{
    static const struct {
        uint32_t ttl_s;
        uint8_t minimum_s;
        uint32_t want_s;
    } cases[] = {{3600, 60, 60}, {30, 60, 30}, {60, 60, 60}, {0, 60, 0}, {60, 0, 0}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        const uint8_t rdata[] = {0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0,
                                 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, cases[i].minimum_s};
        struct zone *z = zone_new((const uint8_t *)"\7example");
        zone_add_rr(z, (const uint8_t *)"\7example", TYPE_SOA, cases[i].ttl_s, rdata,
                    sizeof(rdata));
        zone_seal(z);
        assert_int_equal(zone_serial(z), 0x01020304);
        assert_int_equal(rrset_ttl(zone_soa(z)), cases[i].ttl_s);
        assert_int_equal(rrset_ttl(zone_negative_soa(z)), cases[i].want_s);
        zone_unref(z);
    }
}

static void test_without_soa(void **state)
{
    struct zone *z = make_zone(NULL, 0);

    assert_null(zone_soa(z));
    assert_null(zone_negative_soa(z));
    assert_int_equal(zone_serial(z), 0);
    assert_int_equal(zone_node_count(z), 1);
    assert_ptr_equal(zone_walk(z, &(uint32_t){0}), zone_apex_node(z));
    zone_unref(z);
    zone_unref(NULL);
}

static void test_steered_names(void **state)
{
    uint8_t name[NAME_MAX_LEN];
    struct zone *z = zone_new((const uint8_t *)"\7example");
    const struct dyn dyn = {.kind = DYN_ALIAS,
                            .max_s = 300,
                            .min_s = DYN_TTL_UNSET,
                            .pool = (const uint8_t *)"\3WEB\7example",
                            .policy = "strict",
                            .file = "f",
                            .line = 7};

    assert_true(zone_add_dyn(z, parse("WWW", name), &dyn));
    assert_true(zone_add_dyn(z, parse("cdn", name), &dyn));
    assert_false(zone_add_dyn(z, parse("www", name), &dyn));
    zone_seal(z);
    assert_int_equal(zone_dyn_count(z), 2);
    const struct dyn *d = zone_dyn(z, 1);
    assert_int_equal(d->index, 1);
    assert_ptr_equal(d->owner, zone_node(z, parse("cdn", name)));
    assert_ptr_equal(zone_dyn_of(z, d->owner), d);
    assert_memory_equal(d->pool, "\3web\7example", 13);
    assert_string_equal(d->policy, "strict");
    assert_string_equal(d->file, "f");
    assert_int_equal(d->min_s, DYN_TTL_UNSET);
    assert_null(node_sets(d->owner));
    zone_unref(z);
}

/* Enough names to grow the table a few times and to fill several blocks of nodes. */
static void test_many_names(void **state)
{
    uint8_t name[NAME_MAX_LEN];
    char text[64];
    struct zone *z = zone_new((const uint8_t *)"\7example");

    for (unsigned i = 0; i < 5000; i++) {
        snprintf(text, sizeof(text), "h%u.r%u", i, i % 7);
        assert_int_equal(add(z, text, TYPE_A, 60, "aaaa"), ZONE_ADDED);
    }
    zone_seal(z);
    assert_int_equal(zone_node_count(z), 1 + 7 + 5000);
    for (unsigned i = 0; i < 5000; i++) {
        snprintf(text, sizeof(text), "h%u.r%u", i, i % 7);
        assert_non_null(zone_node(z, parse(text, name)));
        snprintf(text, sizeof(text), "h%u.r%u", i, (i + 1) % 7);
        assert_null(zone_node(z, parse(text, name)));
    }
    zone_unref(z);
}

/* Owners that come back keep all that they had, whatever came between. */
static void test_owners_come_back(void **state)
{
    uint8_t name[NAME_MAX_LEN];
    char text[64];
    const uint8_t *const zone_name = (const uint8_t *)"\7example";
    struct zone *z = zone_new(zone_name);

    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < 3000; i++) {
            snprintf(text, sizeof(text), "h%u.%s", i, i % 2 == 0 ? "*" : "sub");
            const char rdata[] = {'a', (char)('a' + round), 0};
            assert_int_equal(add(z, text, TYPE_TXT, 60, rdata), ZONE_ADDED);
        }
        const char *const sub = "SUB"; /* first an empty node, then one with records */
        const char rdata[] = {(char)('a' + round), 0};
        assert_int_equal(add(z, sub, TYPE_A, 60, rdata), ZONE_ADDED);
        assert_int_equal(add(z, sub, TYPE_A, 60, rdata), ZONE_DUPLICATE);
        const uint8_t sig[] = {0, (uint8_t)(round + 1)};
        assert_int_equal(zone_add_rr(z, zone_name, TYPE_RRSIG, round, sig, 2), ZONE_ADDED);
    }
    zone_seal(z);
    assert_int_equal(zone_records(z), 3 * 3000 + 3 + 3);
    assert_int_equal(zone_node_count(z), 1 + 2 + 3000);
    assert_int_equal(zone_apex_node(z)->flags, NODE_WILDCARD | NODE_SIGS);
    size_t seen = 0;
    uint32_t at = 0;
    for (const struct node *n; (n = zone_walk(z, &at)) != NULL; seen++)
        assert_ptr_equal(zone_node(z, n->name), n);
    assert_int_equal(seen, zone_node_count(z));
    const struct rrset *txt = node_rrset(zone_node(z, parse("h2999.sub", name)), TYPE_TXT);
    assert_int_equal(txt->count, 3);
    assert_memory_equal(rr_rdata(rr_next(rr_next(txt->wire))), "ac", 2);
    zone_unref(z);
}

/* A node that is larger than a block, and neighbours that are small. */
static void test_large_nodes(void **state)
{
    uint8_t name[NAME_MAX_LEN];
    static uint8_t rdata[60000];
    struct zone *z = zone_new((const uint8_t *)"\7example");

    for (uint16_t type = 1000; type < 1003; type++)
        assert_int_equal(zone_add_rr(z, parse("large", name), type, 60, rdata, sizeof(rdata)),
                         ZONE_ADDED);
    assert_int_equal(zone_add_rr(z, parse("large", name), 1000, 60, rdata, 10000), ZONE_FULL);
    assert_int_equal(zone_add_rr(z, parse("full", name), 1000, 60, rdata, 65535), ZONE_FULL);
    assert_int_equal(add(z, "small", TYPE_A, 60, "aaaa"), ZONE_ADDED);
    zone_seal(z);
    const struct node *n = zone_node(z, parse("large", name));
    assert_int_equal(node_rrset(n, 1002)->len, RR_FIXED_LEN + sizeof(rdata));
    assert_null(node_sets(zone_node(z, parse("full", name))));
    assert_non_null(node_rrset(zone_node(z, parse("small", name)), TYPE_A));
    zone_unref(z);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hash_of_another),
        cmocka_unit_test(test_rfc4592),
        cmocka_unit_test(test_cuts_and_dnames),
        cmocka_unit_test(test_apex_dname),
        cmocka_unit_test(test_flags),
        cmocka_unit_test(test_wildcard_dname_and_ns),
        cmocka_unit_test(test_sets),
        cmocka_unit_test(test_signatures),
        cmocka_unit_test(test_nsec3_owners),
        cmocka_unit_test(test_soa),
        cmocka_unit_test(test_without_soa),
        cmocka_unit_test(test_steered_names),
        cmocka_unit_test(test_many_names),
        cmocka_unit_test(test_owners_come_back),
        cmocka_unit_test(test_large_nodes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
