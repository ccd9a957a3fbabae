/*
 * Maps compiled from databases, held against what mapcompile_reason says of single addresses and,
 * for the scope, against a walk through every record of a block.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "load/geowalk.h"
#include "load/mapcompile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cursor.h"
#include "geokit.h"
#include "rng.h"

/* A map, the databases it is made of, and what was said about it. */
struct fixture {
    struct map_spec *spec;
    struct geodb *db;
    struct geomap *map;
    struct err err;
};

/* other: a second database; each relative to the source, or NULL */
static void set_up_two(struct fixture *f, const char *file, const char *other, const char *rules)
{
    char path[2][4096];
    const char *const paths[] = {geokit_path(file != NULL ? file : "", path[0]),
                                 geokit_path(other != NULL ? other : "", path[1])};

    err_init(&f->err);
    f->spec = geokit_map(rules);
    f->db = geodb_open(paths, (size_t)(file != NULL) + (other != NULL), &f->err);
    assert_non_null(f->db);
    f->map = mapcompile(f->spec, geokit_regions, GEOKIT_REGIONS, f->db, &f->err);
}

static void set_up(struct fixture *f, const char *file, const char *rules)
{
    set_up_two(f, file, NULL, rules);
}

static void tear_down(struct fixture *f)
{
    geomap_unref(f->map);
    geodb_close(f->db);
    geokit_free(f->spec);
    err_fini(&f->err);
}

static const struct ranking *find(const struct fixture *f, const struct ipaddr *a, uint8_t *scope)
{
    return geomap_ranking(f->map, geomap_find(f->map, a, scope));
}

static void gives_each_block_its_ranking(void **state)
{
    static const struct {
        const char *why, *rules, *addr, *order;
        uint8_t scope;
    } cases[] = {
        {"by coordinates", "", "192.0.2.1", "cbad", 24},
        {"by the country's position", "", "203.0.113.1", "bacd", 30},
        {"coordinates of neither: as declared", "", "8.8.8.8", "abcd", 1},
        {"as `unknown` says", "?c", "8.8.8.8", "cabd", 1},
        {"a country's rule", "KR >a", "192.0.2.1", "acbd", 24},
        {"a continent's, without coordinates", "+EU >c", "203.0.113.7", "cabd", 32},
        {"with coordinates beside it", "+EU >c", "203.0.113.6", "cbad", 32},
        {"a subdivision's", "US-CA =c", "198.51.100.1", "c", 25},
        {"not its neighbour's", "US-CA =c", "198.51.100.129", "abcd", 25},
        {"a network inside a network", "192.0.2.128/26 >b", "192.0.2.129", "bcad", 26},
        {"cuts the block around it", "192.0.2.128/26 >b", "192.0.2.193", "cbad", 26},
        {"to its halves", "192.0.2.128/26 >b", "192.0.2.1", "cbad", 25},
        {"one that changes nothing cuts nothing", "192.0.2.128/26 >cb", "192.0.2.1", "cbad", 24},
        {"a network that no database knows", "10.0.0.0/8 >d", "10.1.2.3", "dabc", 8},
        {"IPv6, beside a block in Antarctica", "", "2001:db8::1", "abcd", 33},
        {"IPv6 rule", "2001:db8:1::/48 =c", "2001:db8:1::1", "c", 48},
        {"loopback", "::1/128 >d", "::1", "dabc", 128},
        {"mapped", "", "::ffff:192.0.2.1", "cbad", 120},
        {"6to4", "", "2002:c000:201::1", "cbad", 40},
        {"Teredo", "", "2001:0:cb00:7101:8000:63bf:3fff:fdfe", "cbad", 120},
        {"IPv6 rules do not reach into it", "2000::/3 =d", "2002:c000:201::1", "cbad", 40},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fixture f;
        struct ipaddr addr;
        char text[REGIONS_MAX + 1];
        uint8_t scope;
        set_up(&f, "tests/data/tiny.mmdb", cases[i].rules);
        assert_non_null(f.map);
        assert_true(ipaddr_parse(cases[i].addr, &addr));
        geokit_text(find(&f, &addr, &scope), text);
        if (strcmp(text, cases[i].order) != 0 || scope != cases[i].scope)
            fail_msg("%s: %s/%u, not %s/%u", cases[i].why, text, scope, cases[i].order,
                     cases[i].scope);
        tear_down(&f);
    }
}

static void works_without_a_database(void **state)
{
    struct fixture f;
    struct ipaddr addr;
    char text[REGIONS_MAX + 1];
    uint8_t scope;

    set_up(&f, NULL, "?b\n10.0.0.0/8 >c");
    assert_non_null(f.map);
    assert_true(ipaddr_parse("192.0.2.1", &addr));
    assert_string_equal(geokit_text(find(&f, &addr, &scope), text), "bacd");
    assert_int_equal(scope, 1);
    assert_true(ipaddr_parse("10.0.0.1", &addr));
    assert_string_equal(geokit_text(find(&f, &addr, &scope), text), "cbad");
    assert_int_equal(scope, 8);
    tear_down(&f);
}

static void databases_are_put_together(void **state)
{
    static const struct {
        const char *rules, *addr, *order;
        uint8_t scope;
    } cases[] = {
        {"AS64496 >d", "192.0.2.1", "dcba", 25}, /* half of Korea's block is that network's */
        {"AS64496 >d", "192.0.2.129", "cbad", 25},
        {"AS64499 >d", "192.0.2.1", "cbad", 24}, /* no rule asks for this ASN: nothing is cut */
        {"AS64496 =ac\nKR =bc", "192.0.2.1", "c", 25},
        {"AS64498 =b", "2001:db8::1", "b", 32},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fixture f;
        struct ipaddr addr;
        char text[REGIONS_MAX + 1];
        uint8_t scope;
        set_up_two(&f, "tests/data/tiny.mmdb", "tests/data/asn.mmdb", cases[i].rules);
        assert_non_null(f.map);
        assert_true(ipaddr_parse(cases[i].addr, &addr));
        assert_string_equal(geokit_text(find(&f, &addr, &scope), text), cases[i].order);
        assert_int_equal(scope, cases[i].scope);
        assert_int_equal(f.err.n, 0);
        tear_down(&f);
    }
}

static void says_what_is_wrong(void **state)
{
    static const struct {
        const char *why, *rules;
        size_t errors, n;
        const char *message;
    } cases[] = {
        {"fences that exclude each other", "+EU =b\nDE =a", 1, 1,
         "map:2:1: map world: no region is left for 203.0.113.0/30, where both this `only` and that "
         "of line 1 hold"},
        {"each pair once", "+EU =b\nDE =a\n+AS =a\nKR =b", 2, 2, "line 3"},
        {"that never meet", "FR =b\n192.0.2.0/24 =c", 0, 0, NULL},
        {"lifted", "+EU =b\nDE =a off", 0, 0, NULL},
        {"no database knows ASNs", "AS64496 >c\nAS64497 >c", 0, 1,
         "map:1:1: map world: no geo database here knows ASNs"},
        {"a network inside an embedding", "2002:a00::/24 >c", 0, 1, "never matches"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fixture f;
        set_up(&f, "tests/data/tiny.mmdb", cases[i].rules);
        char *text = err_text(&f.err);
        if ((f.map == NULL) != (cases[i].errors > 0) || f.err.errors != cases[i].errors ||
            f.err.n != cases[i].n ||
            (cases[i].message != NULL && strstr(text, cases[i].message) == NULL))
            fail_msg("%s: %s", cases[i].why, text);
        free(text);
        tear_down(&f);
    }
}

static void the_reason_is_told(void **state)
{
    struct fixture f;
    struct ipaddr addr;
    struct map_reason r;
    char text[REGIONS_MAX + 1];

    set_up(&f, "tests/data/tiny.mmdb", "KR >a\n+AS =ac\n?b");
    assert_true(ipaddr_parse("::ffff:192.0.2.1", &addr));
    mapcompile_reason(f.spec, geokit_regions, GEOKIT_REGIONS, f.db, &addr, &r);
    assert_string_equal(r.place.country, "KR");
    assert_ptr_equal(r.prefer, &f.spec->rules[0]);
    assert_false(r.by_unknown);
    assert_int_equal(r.n_fences, 1);
    assert_ptr_equal(r.fences[0], &f.spec->rules[1]);
    assert_string_equal(geokit_text(r.ranking, text), "ac");
    assert_true(r.distance_km[2] >= 0 && r.distance_km[2] < 1);
    assert_true(r.distance_km[3] < 0);
    free(r.ranking);

    assert_true(ipaddr_parse("8.8.8.8", &addr));
    mapcompile_reason(f.spec, geokit_regions, GEOKIT_REGIONS, f.db, &addr, &r);
    assert_null(r.prefer);
    assert_true(r.by_unknown);
    assert_true(r.distance_km[0] < 0);
    free(r.ranking);
    tear_down(&f);
}

static const char world_rules[] = "KR >ca\n+EU =ab\nDE =b\nBR >d\n?c\n"
                                  "10.0.0.0/8 >d\n10.64.0.0/10 =b\n192.0.2.128/26 =c off\n"
                                  "2001:db8::/32 >d\n2a00::/12 >ba\n2400:cb00::/32 =c off";

static struct ipaddr random_address(struct rng *rng, unsigned i)
{
    static const uint16_t begins[] = {0x2001, 0x2400, 0x2600, 0x2800, 0x2a00, 0x2a02, 0x2c0f, 0};
    const uint32_t bits = (uint32_t)rng_next(rng);
    struct ipaddr a = {.family = i % 2 == 0 ? FAMILY_IP4 : FAMILY_IP6};

    put_u32(a.bytes, bits);
    if (a.family == FAMILY_IP4)
        return a;
    for (unsigned at = 4; at < 16; at += 4)
        put_u32(a.bytes + at, (uint32_t)rng_next(rng));
    put_u16(a.bytes,
            begins[bits % 8] != 0 ? begins[bits % 8] : (uint16_t)(0x2000 + bits / 8 % 0x1000));
    if (i % 20 == 1)
        put_u16(a.bytes, 0x2002);
    if (i % 20 == 3)
        put_u32(a.bytes, 0x20010000);
    if (i % 20 == 5)
        memcpy(a.bytes, (const uint8_t[12]){[10] = 0xff, 0xff}, 12);
    return a;
}

static bool same_ranking(const struct ranking *a, const struct ranking *b)
{
    return a->n == b->n && a->allowed == b->allowed && memcmp(a->region, b->region, a->n) == 0;
}

static bool reason_is(const struct fixture *f, const struct ipaddr *addr,
                      const struct ranking *want)
{
    struct map_reason r;

    mapcompile_reason(f->spec, geokit_regions, GEOKIT_REGIONS, f->db, addr, &r);
    const bool same = same_ranking(r.ranking, want);
    free(r.ranking);
    return same;
}

static void the_trie_says_what_the_reason_says(void **state)
{
    struct fixture f;
    struct rng rng;
    char text[IPADDR_TEXT];
    uint8_t scope;

    set_up(&f, "geo/country.mmdb", world_rules);
    assert_non_null(f.map);
    rng_init(&rng, 1);
    for (unsigned i = 0; i < 100000; i++) {
        const struct ipaddr a = random_address(&rng, i);
        if (!reason_is(&f, &a, find(&f, &a, &scope)))
            fail_msg("%s", ipaddr_print(&a, text));
    }
    tear_down(&f);
}

static bool has_network_inside(const struct fixture *f, const struct prefix *block)
{
    for (size_t i = 0; i < f->spec->n_rules; i++)
        if (f->spec->rules[i].kind == RULE_NETWORK &&
            f->spec->rules[i].network.bits > block->bits &&
            prefix_contains(block, &f->spec->rules[i].network.addr))
            return true;
    return false;
}

/* Whether all of a block has a ranking: asks for the reason at every record of the database. */
static bool is_uniform(const struct fixture *f, struct geowalk *w, const struct geocursor *at,
                       const struct prefix *block, const struct ranking *want)
{
    struct geocursor half[2];

    if (geowalk_is_leaf(w, at) && !has_network_inside(f, block))
        return reason_is(f, &block->addr, want);
    geowalk_split(w, at, half);
    struct prefix lower = *block, upper = *block;
    lower.bits = upper.bits = (uint8_t)(block->bits + 1);
    upper.addr.bytes[block->bits / 8] |= (uint8_t)(0x80 >> block->bits % 8);
    return is_uniform(f, w, &half[0], &lower, want) && is_uniform(f, w, &half[1], &upper, want);
}

static bool is_uniform_to(const struct fixture *f, const struct ipaddr *addr, uint8_t bits,
                          const struct ranking *want)
{
    const struct prefix block = {.addr = ipaddr_mask(addr, bits), .bits = bits};
    struct geocursor at, half[2];
    struct geowalk w;

    geowalk_init(&w, f->db);
    at = geowalk_root(&w, addr->family);
    for (unsigned i = 0; i < bits; i++) {
        geowalk_split(&w, &at, half);
        at = half[addr->bytes[i / 8] >> (7 - i % 8) & 1];
    }
    return is_uniform(f, &w, &at, &block, want);
}

static void the_scope_is_exact(void **state)
{
    struct fixture f;
    struct rng rng;
    char text[IPADDR_TEXT];
    uint8_t scope;

    set_up(&f, "geo/country.mmdb", world_rules);
    assert_non_null(f.map);
    rng_init(&rng, 3);
    for (unsigned i = 0; i < 2000; i++) {
        const struct ipaddr a = random_address(&rng, i);
        const struct ranking *r = find(&f, &a, &scope);
        if (a.family == FAMILY_IP6 && (i % 20 == 1 || i % 20 == 3 || i % 20 == 5))
            continue; /* IPv4 inside IPv6 is a matter of test_geomap.c */
        if (!is_uniform_to(&f, &a, scope, r))
            fail_msg("%s/%u: not all of it has that ranking", ipaddr_print(&a, text), scope);
        if (scope > 0 && is_uniform_to(&f, &a, (uint8_t)(scope - 1), r))
            fail_msg("%s/%u: not the largest block", ipaddr_print(&a, text), scope);
    }
    tear_down(&f);
}

/* Who compiles what is decided by who is first; what comes of it is not. */
static void a_map_is_the_same_however_many_threads_made_it(void **state)
{
    struct fixture f;
    struct rng rng;
    char text[IPADDR_TEXT];

    set_up(&f, "geo/country.mmdb", world_rules);
    geomap_unref(f.map);
    f.map = mapcompile_on(1, f.spec, geokit_regions, GEOKIT_REGIONS, f.db, &f.err);
    struct geomap *map = mapcompile_on(5, f.spec, geokit_regions, GEOKIT_REGIONS, f.db, &f.err);
    assert_non_null(f.map);
    assert_non_null(map);
    assert_int_equal(geomap_rankings(map), geomap_rankings(f.map));
    assert_int_equal(geomap_size(map), geomap_size(f.map));
    rng_init(&rng, 5);
    for (unsigned i = 0; i < 100000; i++) {
        const struct ipaddr a = random_address(&rng, i);
        uint8_t scope[2];
        if (geomap_find(map, &a, &scope[0]) != geomap_find(f.map, &a, &scope[1]) ||
            scope[0] != scope[1])
            fail_msg("%s", ipaddr_print(&a, text));
    }
    geomap_unref(map);
    tear_down(&f);
}

static void mistakes_are_told_the_same_by_many_threads(void **state)
{
    struct fixture f;
    struct err err;

    err_init(&err);
    set_up(&f, "geo/country.mmdb", "+EU =b\nDE =a\n+AS =a\nKR =b\nUS =a\n8.0.0.0/7 =c");
    assert_null(f.map);
    assert_null(mapcompile_on(5, f.spec, geokit_regions, GEOKIT_REGIONS, f.db, &err));
    char *one = err_text(&f.err), *many = err_text(&err);
    assert_string_equal(one, many);
    assert_true(err.errors >= 3);
    free(one);
    free(many);
    err_fini(&err);
    tear_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_each_block_its_ranking),
        cmocka_unit_test(works_without_a_database),
        cmocka_unit_test(databases_are_put_together),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(the_reason_is_told),
        cmocka_unit_test(the_trie_says_what_the_reason_says),
        cmocka_unit_test(the_scope_is_exact),
        cmocka_unit_test(a_map_is_the_same_however_many_threads_made_it),
        cmocka_unit_test(mistakes_are_told_the_same_by_many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
