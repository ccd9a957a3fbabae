/*
 * The trie, through its builder: maps are given as lists of networks, and a slow search through the
 * same list is the oracle.  SPDX-License-Identifier: BSD-2-Clause
 */
#include "data/geomap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cursor.h"
#include "data/geobuild.h"
#include "data/ip4in6.h"
#include "rng.h"

/* The block has this ranking, unless a longer one in the list says otherwise. */
struct net {
    struct prefix prefix;
    uint8_t region;
};

#define NETS_MAX 600

struct nets {
    size_t n;
    struct net net[NETS_MAX];
};

static void add_net(struct nets *nets, const char *text, uint8_t region)
{
    assert_true(nets->n < NETS_MAX);
    assert_true(prefix_parse(text, &nets->net[nets->n].prefix));
    nets->net[nets->n++].region = region;
}

/* Of two of the same length the later. */
static uint8_t region_of(const struct nets *nets, const struct ipaddr *addr)
{
    uint8_t region = 0, bits = 0;

    for (size_t i = 0; i < nets->n; i++) {
        const struct net *net = &nets->net[i];
        if (prefix_contains(&net->prefix, addr) && net->prefix.bits >= bits) {
            region = net->region;
            bits = net->prefix.bits;
        }
    }
    return region;
}

static bool has_longer_inside(const struct nets *nets, const struct prefix *block)
{
    for (size_t i = 0; i < nets->n; i++)
        if (nets->net[i].prefix.bits > block->bits &&
            prefix_contains(block, &nets->net[i].prefix.addr))
            return true;
    return false;
}

static bool is_embedded(const struct prefix *block)
{
    for (unsigned i = 0; i < IP4IN6_PREFIXES; i++) {
        const struct prefix p = ip4in6_prefix(i);
        if (p.bits == block->bits && ipaddr_equal(&p.addr, &block->addr))
            return true;
    }
    return false;
}

static bool has_embedded_inside(const struct prefix *block)
{
    for (unsigned i = 0; i < IP4IN6_PREFIXES; i++) {
        const struct prefix p = ip4in6_prefix(i);
        if (p.bits > block->bits && prefix_contains(block, &p.addr))
            return true;
    }
    return false;
}

static struct prefix half_of(const struct prefix *block, bool upper)
{
    struct prefix half = *block;

    if (upper)
        half.addr.bytes[block->bits / 8] |= (uint8_t)(0x80 >> block->bits % 8);
    half.bits++;
    return half;
}

static void feed(struct geobuild *b, const struct nets *nets, const struct prefix *block)
{
    if (is_embedded(block)) {
        geobuild_run(b, geokey(&block->addr), GEOBUILD_EMBEDDED);
        return;
    }
    if (!has_longer_inside(nets, block) && !has_embedded_inside(block)) {
        const uint8_t region = region_of(nets, &block->addr);
        struct ranking *r = calloc(1, sizeof(*r) + 1);
        *r = (struct ranking){.allowed = (regionset_t)1 << region, .n = 1};
        r->region[0] = region;
        geobuild_run(b, geokey(&block->addr), geobuild_ranking(b, r));
        free(r);
        return;
    }
    const struct prefix lower = half_of(block, false), upper = half_of(block, true);
    feed(b, nets, &lower);
    feed(b, nets, &upper);
}

static struct geomap *build(const struct nets *nets)
{
    struct geobuild *b = geobuild_new(REGIONS_MAX);
    const struct prefix all4 = {.addr.family = FAMILY_IP4}, all6 = {.addr.family = FAMILY_IP6};

    geobuild_part(b, &all4);
    feed(b, nets, &all4);
    geobuild_part(b, &all6);
    feed(b, nets, &all6);
    return geobuild_seal(&b, 1);
}

static uint8_t find(const struct geomap *map, const struct ipaddr *addr, uint8_t *scope)
{
    return geomap_ranking(map, geomap_find(map, addr, scope))->region[0];
}

static void check(const struct geomap *map, const char *text, uint8_t region, uint8_t scope)
{
    struct ipaddr addr;
    uint8_t got;

    assert_true(ipaddr_parse(text, &addr));
    const uint8_t r = find(map, &addr, &got);
    if (r != region || got != scope)
        fail_msg("%s: region %u scope %u, not %u and %u", text, r, got, region, scope);
}

static void one_ranking_for_all_has_scope_zero(void **state)
{
    const struct nets nets = {0};
    struct geomap *map = build(&nets);

    assert_int_equal(geomap_rankings(map), 1);
    check(map, "0.0.0.0", 0, 0);
    check(map, "255.255.255.255", 0, 0);
    check(map, "2001:db8::1", 0, 0);
    check(map, "::ffff:192.0.2.1", 0, 0);
    check(map, "2002:c000:201::", 0, 0);
    geomap_unref(map);
}

static void the_scope_is_the_block_and_equal_halves_are_one(void **state)
{
    struct nets nets = {0};
    struct geomap *map;

    add_net(&nets, "192.0.2.0/25", 1);
    add_net(&nets, "192.0.2.128/25", 1);
    add_net(&nets, "198.51.100.7/32", 2);
    add_net(&nets, "128.0.0.0/2", 3);
    add_net(&nets, "2001:db8::/32", 1);
    add_net(&nets, "2001:db8:8000::/33", 2);
    add_net(&nets, "2001:db8::1/128", 3);
    map = build(&nets);
    check(map, "192.0.2.1", 1, 24);
    check(map, "192.0.2.255", 1, 24);
    check(map, "192.0.3.0", 0, 24);
    check(map, "198.51.100.7", 2, 32);
    check(map, "198.51.100.6", 0, 32);
    check(map, "198.51.100.4", 0, 31);
    check(map, "128.0.0.0", 3, 2);
    check(map, "191.255.255.255", 3, 2);
    check(map, "10.0.0.1", 0, 1);
    check(map, "2001:db8:8000::", 2, 33);
    check(map, "2001:db8::1", 3, 128);
    check(map, "2001:db8::", 1, 128);
    check(map, "2001:db8::2", 1, 127);
    check(map, "4000::", 0, 2);
    assert_int_equal(geomap_rankings(map), 4);
    geomap_unref(map);
}

static void ip4_inside_ip6_goes_by_the_ip4_and_counts_in_ip6(void **state)
{
    struct nets nets = {0};
    struct geomap *map;

    add_net(&nets, "192.0.2.0/24", 1);
    add_net(&nets, "2000::/4", 2);
    map = build(&nets);
    check(map, "::ffff:192.0.2.1", 1, 120);
    check(map, "::ffff:0:192.0.2.1", 1, 120);
    check(map, "64:ff9b::192.0.2.1", 1, 120);
    check(map, "2002:c000:201::1", 1, 40);
    check(map, "2001:0:4136:e378:8000:63bf:3fff:fdd2", 1, 120);
    check(map, "2002:a00:1::", 0, 17);
    check(map, "2003::", 2, 16); /* as large as 6to4's prefix beside it permits */
    geomap_unref(map);
}

static void ip4_of_one_ranking_is_part_of_its_ip6_block(void **state)
{
    struct nets nets = {0};
    struct geomap *map;

    add_net(&nets, "0.0.0.0/0", 1);
    add_net(&nets, "2000::/4", 1);
    map = build(&nets);
    check(map, "2002:c000:201::1", 1, 4);
    check(map, "2001:0:4136:e378:8000:63bf:3fff:fdd2", 1, 4);
    check(map, "::ffff:192.0.2.1", 1, 96);
    check(map, "::1", 0, 81);
    geomap_unref(map);
}

static struct prefix random_prefix(struct rng *rng, uint8_t family)
{
    struct ipaddr a = {.family = family};
    const uint8_t bits = (uint8_t)(1 + rng_below(rng, ipaddr_bits(&a)));

    for (unsigned i = 0; i < ipaddr_bits(&a) / 8; i++)
        a.bytes[i] = (uint8_t)(rng_below(rng, 4) << 6 | rng_below(rng, 2)); /* few: they nest */
    return (struct prefix){.addr = ipaddr_mask(&a, bits), .bits = bits};
}

/* Whether all of a block has a region, by the list alone. */
static bool is_uniform(const struct nets *nets, const struct prefix *block, uint8_t region)
{
    if (!has_longer_inside(nets, block))
        return region_of(nets, &block->addr) == region;
    const struct prefix lower = half_of(block, false), upper = half_of(block, true);
    return is_uniform(nets, &lower, region) && is_uniform(nets, &upper, region);
}

static void check_exact(const struct geomap *map, const struct nets *nets,
                        const struct ipaddr *addr)
{
    char text[IPADDR_TEXT];
    uint8_t scope;
    const uint8_t region = find(map, addr, &scope);
    const struct prefix block = {.addr = ipaddr_mask(addr, scope), .bits = scope};

    if (region != region_of(nets, addr) || !is_uniform(nets, &block, region))
        fail_msg("%s: region %u in all of /%u", ipaddr_print(addr, text), region, scope);
    if (scope == 0)
        return;
    const uint8_t wider = (uint8_t)(scope - 1);
    const struct prefix outer = {.addr = ipaddr_mask(addr, wider), .bits = wider};
    if (is_uniform(nets, &outer, region))
        fail_msg("%s: /%u is not the largest block", ipaddr_print(addr, text), scope);
}

/* Without embedded addresses: random octets here begin 00, 01, 40, 41, … and 2001:0:… never. */
static void every_block_is_exact(void **state)
{
    struct rng rng;

    rng_init(&rng, 7);
    for (unsigned round = 0; round < 30; round++) {
        const uint8_t family = round % 2 == 0 ? FAMILY_IP4 : FAMILY_IP6;
        struct nets nets = {0};
        for (nets.n = 0; nets.n < 5 + 10 * round; nets.n++)
            nets.net[nets.n] =
                (struct net){random_prefix(&rng, family), (uint8_t)rng_below(&rng, 3)};
        nets.net[nets.n++] = (struct net){{.addr = {.family = family}}, 0};
        if (family == FAMILY_IP6)
            add_net(&nets, "::/8", 5); /* keeps ::ffff:0:0/96 and the like in a block of its own */
        struct geomap *map = build(&nets);
        for (unsigned i = 0; i < 300; i++) {
            struct ipaddr a = random_prefix(&rng, family).addr, ip4;
            uint8_t offset;
            if (i % 2 == 0)
                a = nets.net[rng_below(&rng, (uint32_t)nets.n)].prefix.addr;
            if ((a.family == FAMILY_IP6 && a.bytes[0] == 0) || ip4in6_find(&a, &ip4, &offset))
                continue;
            check_exact(map, &nets, &a);
        }
        geomap_unref(map);
    }
}

#define CROWD 200

/* Blocks of all sizes so close together that no bucket holds them: a /16 of two families. */
static void crowded_blocks_are_exact(void **state)
{
    struct rng rng;

    rng_init(&rng, 11);
    for (unsigned round = 0; round < 4; round++) {
        const uint8_t family = round % 2 == 0 ? FAMILY_IP4 : FAMILY_IP6;
        const unsigned most = family == FAMILY_IP4 ? 16 : 40;
        struct nets nets = {0};
        nets.net[nets.n++] = (struct net){{.addr = {.family = family}}, 0};
        while (nets.n < CROWD) {
            struct prefix p = {.addr = {.family = family, .bytes = {0x24, 1}}};
            p.bits = (uint8_t)(16 + 1 + rng_below(&rng, most));
            for (unsigned i = 2; i < 7; i++)
                p.addr.bytes[i] = (uint8_t)rng_next(&rng);
            if (round >= 2)
                p.addr.bytes[2] &= 3; /* all of them in one slot or two */
            p.addr = ipaddr_mask(&p.addr, p.bits);
            nets.net[nets.n++] = (struct net){p, (uint8_t)rng_below(&rng, 3)};
        }
        struct geomap *map = build(&nets);
        for (unsigned i = 0; i < CROWD; i++)
            check_exact(map, &nets, &nets.net[i].prefix.addr);
        geomap_unref(map);
    }
}

/* Ranking i of 65,536 and more: three regions, in an order of its own. */
static uint32_t odd_ranking(struct geobuild *b, uint32_t i)
{
    _Alignas(struct ranking) uint8_t room[sizeof(struct ranking) + 3] = {0};
    struct ranking *r = (struct ranking *)(void *)room;

    r->allowed = 1;
    r->n = 3;
    r->region[0] = (uint8_t)(i % 63);
    r->region[1] = (uint8_t)(i / 63 % 63);
    r->region[2] = (uint8_t)(i / 63 / 63);
    return geobuild_ranking(b, r);
}

/* More than a unit of a bucket can count: /17s of IPv4 are leaves, of 2400::/16 in buckets. */
static void rankings_may_be_many(void **state)
{
    struct geobuild *b = geobuild_new(REGIONS_MAX);
    const struct prefix all4 = {.addr.family = FAMILY_IP4};
    uint8_t scope;

    geobuild_part(b, &all4);
    for (uint32_t i = 0; i < 131072; i++)
        geobuild_run(b, (geokey_t)i << 111, odd_ranking(b, i));
    for (uint32_t i = 0; i < 65536; i++) {
        struct prefix part = {.addr = {.family = FAMILY_IP6}, .bits = 16};
        put_u16(part.addr.bytes, (uint16_t)i);
        geobuild_part(b, &part);
        geobuild_run(b, (geokey_t)i << 112, odd_ranking(b, 2 * i));
        geobuild_run(b, (geokey_t)(2 * i + 1) << 111, odd_ranking(b, 2 * i + 1));
    }
    struct geomap *map = geobuild_seal(&b, 1);
    assert_int_equal(geomap_rankings(map), 131072);
    for (uint32_t i = 7; i < 131072; i += 4099) {
        struct ipaddr a = {.family = FAMILY_IP4};
        put_u32(a.bytes, i << 15 | 9);
        const struct ranking *r = geomap_ranking(map, geomap_find(map, &a, &scope));
        assert_int_equal(r->region[0] + 63 * (r->region[1] + 63 * r->region[2]), i);
        assert_int_equal(scope, 17);
        const uint32_t ip4 = geomap_find(map, &a, &scope);
        a.family = FAMILY_IP6;
        a.bytes[3] = 0; /* not 2001:0:… nor 2002:… or the like */
        if (a.bytes[0] != 0x20 && a.bytes[0] != 0)
            assert_int_equal(geomap_find(map, &a, &scope), ip4);
    }
    geomap_unref(map);
}

static void references_are_counted(void **state)
{
    const struct nets nets = {0};
    struct geomap *map = build(&nets);

    geomap_unref(geomap_ref(map));
    assert_int_equal(geomap_rankings(map), 1);
    assert_true(geomap_size(map) > 0);
    geomap_unref(map);
    geomap_unref(NULL);
}

/* A thread that came too late for a part has none. */
static void a_builder_may_have_nothing_to_say(void **state)
{
    const struct prefix all4 = {.addr.family = FAMILY_IP4}, all6 = {.addr.family = FAMILY_IP6};
    struct geobuild *b[2] = {geobuild_new(3), geobuild_new(3)};
    const uint32_t ranking = odd_ranking(b[1], 7);

    geobuild_part(b[1], &all6);
    geobuild_run(b[1], 0, ranking);
    geobuild_part(b[1], &all4);
    geobuild_run(b[1], 0, ranking);
    struct geomap *map = geobuild_seal(b, 2);
    check(map, "192.0.2.1", 7, 0);
    geomap_unref(map);
}

static void a_builder_can_be_dropped_half_way(void **state)
{
    struct geobuild *b = geobuild_new(3);
    const struct prefix all4 = {.addr.family = FAMILY_IP4};

    geobuild_part(b, &all4);
    geobuild_run(b, 0, odd_ranking(b, 0));
    geobuild_free(b);
    geobuild_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_ranking_for_all_has_scope_zero),
        cmocka_unit_test(the_scope_is_the_block_and_equal_halves_are_one),
        cmocka_unit_test(ip4_inside_ip6_goes_by_the_ip4_and_counts_in_ip6),
        cmocka_unit_test(ip4_of_one_ranking_is_part_of_its_ip6_block),
        cmocka_unit_test(every_block_is_exact),
        cmocka_unit_test(crowded_blocks_are_exact),
        cmocka_unit_test(rankings_may_be_many),
        cmocka_unit_test(references_are_counted),
        cmocka_unit_test(a_builder_may_have_nothing_to_say),
        cmocka_unit_test(a_builder_can_be_dropped_half_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
