/*
 * From DYNA and DYNC to pools: what resolves to what, and what is told of what does not.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "control/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plankit.h"

#define POLICIES                                                        \
    "  default: {map: world, probe: web, ttl: {max: 300s, min: 10s}}\n" \
    "  strict: {map: world, when_all_down: servfail}\n"                 \
    "  spread: {map: world, when_all_down: all}\n"                      \
    "  two: {map: world, min_healthy: 2}\n"                             \
    "  fenced: {map: fenced}\n"

static void check_told(const struct plankit *k, const char *why, const char *told)
{
    char *text = err_text(&k->err);

    if (strcmp(text, told) != 0)
        fail_msg("%s:\n%s", why, text);
    free(text);
}

static void says_what_is_wrong_where_it_stands(void **state)
{
    /* The zone is example.com.; its text begins in line 3. */
    static const struct {
        const char *why, *text, *told;
    } cases[] = {
        {"a pool of two regions", "www DYNA web\nus.web A 192.0.2.1\neu.web A 192.0.2.2\n", ""},
        {"a misspelt policy", "www DYNA web strikt\nus.web A 192.0.2.1\n",
         "example.com.:3: no policy is named \"strikt\"; did you mean \"strict\"\n"},
        {"a policy like none", "www DYNA web gold\nus.web A 192.0.2.1\n",
         "example.com.:3: no policy is named \"gold\"; the configuration has, for one, "
         "\"default\"\n"},
        {"no such pool", "www DYNA webb\nus.web A 192.0.2.1\n",
         "example.com.:3: there is no pool webb.example.com.: write its records as "
         "REGION.webb.example.com., one child label for each region\n"},
        {"told for every name", "www DYNA webb\nftp DYNA webb\n",
         "example.com.:3: there is no pool webb.example.com.: write its records as "
         "REGION.webb.example.com., one child label for each region\n"
         "example.com.:4: there is no pool webb.example.com.: write its records as "
         "REGION.webb.example.com., one child label for each region\n"},
        {"a pool that is not ours", "www DYNA web.example.net.\n",
         "example.com.:3: pool web.example.net. lies in no zone of this server\n"},
        {"below a cut",
         "www DYNA web.dev\ndev NS ns.dev\nns.dev A 192.0.2.53\nus.web.dev A 192.0.2.1\n",
         "example.com.:3: pool web.dev.example.com. is at or below a delegation or DNAME, so its "
         "records are not ours to answer\n"},
        {"the cut itself", "www DYNA dev\ndev NS ns.dev\nus.dev A 192.0.2.1\n",
         "example.com.:3: pool dev.example.com. is at or below a delegation or DNAME, so its "
         "records are not ours to answer\n"},
        {"below a DNAME", "www DYNA web.old\nold DNAME new\nus.web.old A 192.0.2.1\n",
         "example.com.:3: pool web.old.example.com. is at or below a delegation or DNAME, so its "
         "records are not ours to answer\n"},
        {"a region that is delegated",
         "www DYNA web\nus.web NS ns.us.web\nns.us.web A 192.0.2.53\neu.web A 192.0.2.1\n",
         "example.com.:3: us.web.example.com. is a delegation or DNAME and cannot be a region's "
         "records\n"},
        {"a CNAME in a DYNA's pool",
         "www DYNA web\nus.web CNAME lb.us.example.\neu.web A 192.0.2.1\n",
         "example.com.:3: us.web.example.com. is a CNAME, and DYNA answers with addresses: use "
         "DYNC for this pool\n"},
        {"of several regions all",
         "www DYNA web\nus.web CNAME lb.us.example.\neu.web CNAME lb.eu.example.\n",
         "example.com.:3: us.web.example.com. is a CNAME, and DYNA answers with addresses: use "
         "DYNC for this pool\n"
         "example.com.:3: eu.web.example.com. is a CNAME, and DYNA answers with addresses: use "
         "DYNC for this pool\n"},
        {"steering by what is steered",
         "www DYNA web\nus.web DYNA other\nus.other A 192.0.2.1\neu.web A 192.0.2.2\n",
         "example.com.:3: us.web.example.com. is itself steered; a pool holds plain records\n"},
        {"no region", "www DYNA web\nweb TXT empty\n",
         "example.com.:3: pool web.example.com. has no region: none of its child labels is a "
         "region of the configuration\n"},
        {"no region, but nearly", "www DYNA web\neuu.web A 192.0.2.1\n",
         "example.com.:3: pool web.example.com. has no region: none of its child labels is a "
         "region of the configuration\n"
         "warning: example.com.:3: \"euu\" of pool web.example.com. is no region (did you mean "
         "eu?): plain data\n"},
        {"a stranger beside regions", "www DYNA web\nus.web A 192.0.2.1\nstatus.web A 192.0.2.2\n",
         "warning: example.com.:3: \"status\" of pool web.example.com. is no region: plain data\n"},
        {"told once for all names of a pool",
         "www DYNA web\nftp DYNA web\nus.web A 192.0.2.1\neuu.web A 192.0.2.2\n",
         "warning: example.com.:3: \"euu\" of pool web.example.com. is no region (did you mean "
         "eu?): plain data\n"},
        {"deeper names are nobody's business",
         "www DYNA web\nus.web A 192.0.2.1\n_http._tcp.us.web SRV 0 0 80 us.web\n", ""},
        {"a region without an address", "www DYNA web\nus.web A 192.0.2.1\neu.web TXT soon\n",
         "warning: example.com.:3: eu.web.example.com. owns no A and no AAAA: its clients get "
         "NODATA\n"},
        {"a DYNC's without target", "www DYNC web\nus.web A 192.0.2.1\neu.web TXT soon\n",
         "warning: example.com.:3: eu.web.example.com. owns no address and no CNAME: its clients "
         "get NODATA\n"},
        {"a DYNC is one alias",
         "www DYNC web spread\nus.web CNAME lb.example.\neu.web CNAME lb2.example.\n",
         "example.com.:3: policy \"spread\" answers with every region when all are down "
         "(when_all_down: all), and a DYNC has one target only: name another policy\n"},
        {"a DYNA may be many", "www DYNA web spread\nus.web A 192.0.2.1\neu.web A 192.0.2.2\n", ""},
        {"fewer regions than are to be up", "www DYNA web two\nus.web A 192.0.2.1\n",
         "warning: example.com.:3: policy \"two\" ignores health below 2 regions that are up "
         "(min_healthy), and pool web.example.com. has 1: its health never counts\n"},
        {"a fence around what the pool lacks", "www DYNA web fenced\nus.web A 192.0.2.1\n",
         "warning: example.com.:3: map \"fenced\" keeps some clients to regions that pool "
         "web.example.com. does not have: they get NODATA\n"},
        {"all of a file's mistakes in one run",
         "www DYNA webb\nftp DYNA web strickt\nus.web A 192.0.2.1\n",
         "example.com.:3: there is no pool webb.example.com.: write its records as "
         "REGION.webb.example.com., one child label for each region\n"
         "example.com.:4: no policy is named \"strickt\"; did you mean \"strict\"\n"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plankit k;
        plankit_init(&k, POLICIES);
        plankit_zone(&k, "example.com.", cases[i].text);
        const bool resolved = plankit_resolve(&k);
        check_told(&k, cases[i].why, cases[i].told);
        assert_true(resolved == (k.err.errors == 0));
        assert_true(k.bad[0] == !resolved);
        plankit_fini(&k);
    }
}

static void a_pool_may_lie_in_another_zone(void **state)
{
    struct plankit k;

    plankit_init(&k, POLICIES);
    plankit_zone(&k, "example.com.", "www DYNA web.example.net.\n");
    plankit_zone(&k, "example.net.", "us.web A 192.0.2.1\neu.web A 192.0.2.2\n");
    assert_true(plankit_resolve(&k));
    plankit_update(&k, 0);
    assert_string_equal(plankit_ask(&k, "www.example.com.", "A", EU), "192.0.2.2 ttl 10");
    plankit_fini(&k);
}

static void a_mistake_is_the_zones_that_names_it(void **state)
{
    struct plankit k;

    plankit_init(&k, POLICIES);
    plankit_zone(&k, "example.com.", "www DYNA web.example.net.\n");
    plankit_zone(&k, "example.net.", "us.pool A 192.0.2.1\n");
    plankit_zone(&k, "example.org.", "www DYNA pool.example.net.\n");
    assert_false(plankit_resolve(&k));
    assert_true(k.bad[0]);
    assert_false(k.bad[1]);
    assert_false(k.bad[2]);
    plankit_fini(&k);
}

static void the_longest_apex_owns_the_pool(void **state)
{
    struct plankit k;

    plankit_init(&k, POLICIES);
    plankit_zone(&k, "example.com.",
                 "www DYNA web.sub\nsub NS ns.sub\nns.sub A 192.0.2.53\n"
                 "us.web.sub A 192.0.2.9\n");
    plankit_zone(&k, "sub.example.com.", "us.web A 192.0.2.1\n");
    assert_true(plankit_resolve(&k));
    plankit_update(&k, 0);
    assert_string_equal(plankit_ask(&k, "www.example.com.", "A", US), "192.0.2.1 ttl 10");
    plankit_fini(&k);
}

/* What is answered for each type, and by which name a DYNC goes on. */
static void answers_hold_the_regions_records(void **state)
{
    static const struct {
        const char *why, *text, *type, *client, *gets;
    } cases[] = {
        {"its RRset", "www DYNA web\nus.web A 192.0.2.1\nus.web A 192.0.2.2\n", "A", US,
         "192.0.2.1 192.0.2.2 ttl 10"},
        {"of the asked type", "www DYNA web\nus.web A 192.0.2.1\nus.web AAAA 2001:db8::1\n", "AAAA",
         US, "2001:db8::1 ttl 10"},
        {"a region without the type is not skipped",
         "www DYNA web\nus.web A 192.0.2.1\neu.web AAAA 2001:db8::2\n", "AAAA", US, "nodata"},
        {"nor when another is nearer", "www DYNA web\nus.web A 192.0.2.1\neu.web AAAA ::2\n",
         "AAAA", EU, "::2 ttl 10"},
        {"the nearest of those the pool has", "www DYNA web\nap.web A 192.0.2.3\n", "A", US,
         "192.0.2.3 ttl 10"},
        {"the fence", "www DYNA web fenced\nus.web A 192.0.2.1\nap.web A 192.0.2.3\n", "A", FENCED,
         "192.0.2.3 ttl 300"},
        {"a fence around what the pool lacks", "www 9/9 DYNA web fenced\nus.web A 192.0.2.1\n", "A",
         FENCED, "nodata"},
        {"an alias", "www DYNC web\nus.web CNAME lb.us.example.\n", "CNAME", US,
         "lb.us.example. ttl 10"},
        {"a region's name, where it owns addresses",
         "www DYNC web\nus.web A 192.0.2.1\neu.web CNAME lb.eu.example.\n", "CNAME", US,
         "us.web.example.com. ttl 10"},
        {"each region as it is", "www DYNC web\nus.web A 192.0.2.1\neu.web CNAME lb.eu.example.\n",
         "CNAME", EU, "lb.eu.example. ttl 10"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plankit k;
        plankit_start(&k, POLICIES, cases[i].text);
        const char *gets = plankit_ask(&k, "www.example.com.", cases[i].type, cases[i].client);
        if (strcmp(gets, cases[i].gets) != 0)
            fail_msg("%s: %s, not %s", cases[i].why, gets, cases[i].gets);
        plankit_fini(&k);
    }
}

/* A type that no region owns is plain NODATA, with the zone's negative TTL: a service without IPv6
 * is asked for AAAA as often as for A. */
static void a_type_that_no_region_owns_is_not_steered(void **state)
{
    struct plankit k;

    plankit_start(&k, POLICIES, "www DYNA web\nus.web A 192.0.2.1\nv6 DYNA six\nus.six AAAA ::1\n");
    assert_null(steered_type(plankit_steered(&k, "www.example.com."), TYPE_AAAA));
    assert_non_null(steered_type(plankit_steered(&k, "www.example.com."), TYPE_A));
    assert_null(steered_type(plankit_steered(&k, "v6.example.com."), TYPE_A));
    assert_string_equal(plankit_ask(&k, "v6.example.com.", "AAAA", US), "::1 ttl 10");
    plankit_fini(&k);
}

static void ttl_bounds_are_the_records_or_the_policys(void **state)
{
    /* The policy's pair is 300/10; min at once, max after a long while. */
    static const struct {
        const char *ttl, *at_once, *later;
    } cases[] = {
        {"", "192.0.2.1 ttl 10", "192.0.2.1 ttl 300"},
        {"3600", "192.0.2.1 ttl 10", "192.0.2.1 ttl 3600"},
        {"5", "192.0.2.1 ttl 5", "192.0.2.1 ttl 5"},
        {"60/30", "192.0.2.1 ttl 30", "192.0.2.1 ttl 60"},
        {"600/0", "192.0.2.1 ttl 0", "192.0.2.1 ttl 600"},
        {"0", "192.0.2.1 ttl 0", "192.0.2.1 ttl 0"},
        {"20/20", "192.0.2.1 ttl 20", "192.0.2.1 ttl 20"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plankit k;
        char text[128];
        snprintf(text, sizeof(text), "$TTL 7\nwww %s DYNA web\nus.web A 192.0.2.1\n", cases[i].ttl);
        plankit_start(&k, POLICIES, text);
        assert_string_equal(plankit_ask(&k, "www.example.com.", "A", US), cases[i].at_once);
        plankit_update(&k, (dur_ms_t)24 * 3600 * 1000);
        assert_string_equal(plankit_ask(&k, "www.example.com.", "A", US), cases[i].later);
        plankit_fini(&k);
    }
}

/* Which endpoints are probed: each once, whoever names them. */
static void endpoints_are_probed_once(void **state)
{
    static const struct {
        const char *why, *text;
        size_t endpoints;
    } cases[] = {
        {"each address", "www DYNA web\nus.web A 192.0.2.1\nus.web A 192.0.2.2\n", 2},
        {"of each type", "www DYNA web\nus.web A 192.0.2.1\nus.web AAAA ::1\n", 2},
        {"once for two names", "www DYNA web\nftp DYNA web\nus.web A 192.0.2.1\n", 1},
        {"once for two pools",
         "www DYNA web\nftp DYNA other\nus.web A 192.0.2.1\n"
         "us.other A 192.0.2.1\n",
         1},
        {"an alias' host", "www DYNC web\nus.web CNAME lb.us.example.\n", 1},
        {"the addresses that a DYNC's region owns",
         "www DYNC web\nus.web A 192.0.2.1\nus.web AAAA ::1\n", 2},
        {"nothing for a policy without a probe", "www DYNA web strict\nus.web A 192.0.2.1\n", 0},
        {"nothing that is no region", "www DYNA web\nus.web A 192.0.2.1\nold.web A 192.0.2.2\n", 1},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plankit k;
        plankit_start(&k, POLICIES, cases[i].text);
        if (fakehealth_count(k.health) != cases[i].endpoints)
            fail_msg("%s: %zu endpoints", cases[i].why, fakehealth_count(k.health));
        plankit_fini(&k);
    }
}

/* Hosts are probed by the name without its last dot. */
static void hosts_lose_their_last_dot(void **state)
{
    struct plankit k;

    plankit_start(&k, POLICIES, "www DYNC web\nus.web CNAME lb.us.example.\n");
    assert_non_null(fakehealth_find(k.health, NULL, "lb.us.example"));
    plankit_fini(&k);
}

static void names_that_steer_alike_share_what_they_answer(void **state)
{
    struct plankit k;

    plankit_start(&k, POLICIES,
                  "www DYNA web\nftp DYNA web\n*.app DYNA web\nshort 60/10 DYNA web\n"
                  "other DYNA web strict\nus.web A 192.0.2.1\n");
    const struct steered *www = plankit_steered(&k, "www.example.com.");
    assert_ptr_equal(plankit_steered(&k, "ftp.example.com."), www);
    assert_ptr_equal(plankit_steered(&k, "*.app.example.com."), www);
    assert_ptr_not_equal(plankit_steered(&k, "short.example.com."), www);
    assert_ptr_not_equal(plankit_steered(&k, "other.example.com."), www);
    assert_int_equal(plan_pools(k.plan), 2);
    assert_int_equal(plankit_pool(&k, "short.example.com.")->names, 4);
    plankit_fini(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_is_wrong_where_it_stands),
        cmocka_unit_test(a_pool_may_lie_in_another_zone),
        cmocka_unit_test(a_mistake_is_the_zones_that_names_it),
        cmocka_unit_test(the_longest_apex_owns_the_pool),
        cmocka_unit_test(answers_hold_the_regions_records),
        cmocka_unit_test(a_type_that_no_region_owns_is_not_steered),
        cmocka_unit_test(ttl_bounds_are_the_records_or_the_policys),
        cmocka_unit_test(endpoints_are_probed_once),
        cmocka_unit_test(hosts_lose_their_last_dot),
        cmocka_unit_test(names_that_steer_alike_share_what_they_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
