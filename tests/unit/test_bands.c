/* src/data/bands.c: which clients are back at a region.  SPDX-License-Identifier: BSD-2-Clause */
#include "data/bands.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "data/steered.h"

static struct ipaddr addr_of(const char *text)
{
    struct ipaddr a;

    assert_true(ipaddr_parse(text, &a));
    return a;
}

/* The root's octet is the literal's last. */
static uint64_t seed_of(const char *name)
{
    return bands_seed((const uint8_t *)name);
}

static void a_block_has_one_slot(void **state)
{
    /* Two clients; bits of their block, and whether it is the same one. */
    static const struct {
        const char *why, *one, *other;
        uint8_t unit;
        bool same;
    } cases[] = {
        {"one /24", "192.0.2.0", "192.0.2.255", 24, true},
        {"the next one", "192.0.2.0", "192.0.3.0", 24, false},
        {"one /48", "2001:db8:1::", "2001:db8:1:ffff::1", 48, true},
        {"the next one", "2001:db8:1::", "2001:db8:2::", 48, false},
        {"mapped", "::ffff:192.0.2.1", "192.0.2.9", 120, true},
        {"SIIT", "::ffff:0:192.0.2.1", "192.0.2.9", 120, true},
        {"NAT64", "64:ff9b::192.0.2.1", "192.0.2.9", 120, true},
        {"6to4", "2002:c000:0201::1", "192.0.2.9", 40, true},
        {"Teredo", "2001:0:1:2:3:4:3fff:fdfe", "192.0.2.9", 120, true},
    };
    const uint64_t seed = seed_of("\3web");

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct ipaddr one = addr_of(cases[i].one), other = addr_of(cases[i].other);
        uint8_t unit, ignored;
        const unsigned slot = bands_slot(seed, &one, &unit);
        if (unit != cases[i].unit)
            fail_msg("%s: a block of %u bits", cases[i].why, unit);
        if ((slot == bands_slot(seed, &other, &ignored)) != cases[i].same)
            fail_msg("%s: slot %u", cases[i].why, slot);
    }
}

/* Another release, another server, another week: the same.  A change here moves clients of a ramp
 * that is under way, once. */
static void slots_are_for_ever(void **state)
{
    const uint64_t seed = seed_of("\3web");
    const struct ipaddr ip4 = addr_of("192.0.2.1"), ip6 = addr_of("2001:db8::1");
    uint8_t unit;

    assert_int_equal(bands_slot(seed, &ip4, &unit), 210);
    assert_int_equal(bands_slot(seed, &ip6, &unit), 244);
}

enum { BLOCKS = 65536 }; /* 256 to a slot */

static struct ipaddr block(unsigned family, unsigned i)
{
    struct ipaddr a = {.family = (uint8_t)family};
    const uint8_t ip4[] = {10, (uint8_t)(i >> 8), (uint8_t)i};
    const uint8_t ip6[] = {0x20, 0x01, 0x0d, 0xb8, (uint8_t)(i >> 8), (uint8_t)i};

    if (family == FAMILY_IP4)
        memcpy(a.bytes, ip4, sizeof(ip4));
    else
        memcpy(a.bytes, ip6, sizeof(ip6));
    return a;
}

/* Neighbouring blocks, of either family, spread over all slots, so that a share of slots is one of
 * clients: within 2 % of all at any step. */
static void slots_are_even(void **state)
{
    const uint64_t seed = seed_of("\3web");

    for (unsigned family = FAMILY_IP4; family <= FAMILY_IP6; family++) {
        unsigned n[SLOTS] = {0}, sum = 0;
        for (unsigned i = 0; i < BLOCKS; i++) {
            const struct ipaddr a = block(family, i);
            uint8_t unit;
            n[bands_slot(seed, &a, &unit)]++;
        }
        for (unsigned i = 0; i < SLOTS; i++) {
            sum += n[i];
            assert_in_range(n[i], 180, 340); /* 256, and five times sqrt(256) */
            assert_true(abs((int)sum - (int)(i + 1) * (BLOCKS / SLOTS)) < BLOCKS / 50);
        }
    }
}

/* Whoever comes first for one pool does not come first for all. */
static void pools_have_orders_of_their_own(void **state)
{
    const uint64_t web = seed_of("\3web"), api = seed_of("\3api");
    unsigned same = 0;

    for (unsigned i = 0; i < BLOCKS; i++) {
        const struct ipaddr a = block(FAMILY_IP4, i);
        uint8_t unit;
        same += bands_slot(web, &a, &unit) == bands_slot(api, &a, &unit);
    }
    assert_in_range(same, 180, 340);
}

/* ---- bands ---- */

enum { STAYS, RAMPS, LONELY, RANKINGS }; /* rankings */

static struct choice_table *table(uint8_t ramps, uint8_t lonely)
{
    struct choice_table *t = xcalloc(1, sizeof(*t) + RANKINGS);

    t->refs = 1;
    t->n = RANKINGS;
    t->choice[RAMPS] = ramps;
    t->choice[LONELY] = lonely;
    return t;
}

/* Region 1 ramps, to slot 64, and region 2, to 128; else there is 0.  LONELY has nothing else than 1. */
static struct bands *two_ramps(void)
{
    struct bands *b = bands_new(seed_of("\3web"), 3);

    b->band[0] = (struct band){64, table(1, 1)};
    b->band[1] = (struct band){128, table(2, 1)};
    b->band[2] = (struct band){SLOTS, table(0, 1)};
    return b;
}

static void each_band_has_its_choice(void **state)
{
    struct bands *b = two_ramps();

    for (unsigned i = 0; i < BLOCKS; i++) {
        const struct ipaddr a = block(FAMILY_IP4, i);
        uint8_t scope = 9, unit;
        const unsigned slot = bands_slot(b->seed, &a, &unit);
        const unsigned want = slot < 64 ? 1 : slot < 128 ? 2 : 0;
        assert_int_equal(bands_choice(b, RAMPS, &a, &scope), want);
        assert_int_equal(scope, 24);
    }
    bands_free(b);
}

static void scope_is_the_block_where_slots_matter(void **state)
{
    static const struct {
        const char *why, *client;
        uint32_t ranking;
        uint8_t scope, is;
    } cases[] = {
        {"at least the block", "10.0.0.1", RAMPS, 8, 24},
        {"a ranking's own may be longer", "10.0.0.1", RAMPS, 26, 26},
        {"IPv6", "2001:db8::1", RAMPS, 32, 48},
        {"and longer", "2001:db8::1", RAMPS, 56, 56},
        {"IPv4 in IPv6", "::ffff:10.0.0.1", RAMPS, 104, 120},
        {"a region that does not ramp", "10.0.0.1", STAYS, 8, 8},
        {"nothing but what ramps", "10.0.0.1", LONELY, 8, 8},
    };
    struct bands *b = two_ramps();

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct ipaddr a = addr_of(cases[i].client);
        uint8_t scope = cases[i].scope;
        bands_choice(b, cases[i].ranking, &a, &scope);
        if (scope != cases[i].is)
            fail_msg("%s: /%u, not /%u", cases[i].why, scope, cases[i].is);
    }
    bands_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_has_one_slot),
        cmocka_unit_test(slots_are_for_ever),
        cmocka_unit_test(slots_are_even),
        cmocka_unit_test(pools_have_orders_of_their_own),
        cmocka_unit_test(each_band_has_its_choice),
        cmocka_unit_test(scope_is_the_block_where_slots_matter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
