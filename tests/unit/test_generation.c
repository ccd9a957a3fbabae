/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/generation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "serverkit.h"

#define COM "etc/zones/example.com.zone"
#define NET "etc/zones/example.net.zone"

/* www is steered by a pool of example.net. */
#define ZONE_ABROAD SERVERKIT_HEAD "www DYNA web.example.net.\n"

static struct generation *start(const struct folderkit *f)
{
    struct err err;

    err_init(&err);
    struct sources *s = sources_config(serverkit_config(f), serverkit_state(f), &err);
    assert_non_null(s);
    assert_true(sources_read(
        s, &(struct sources_opts){.good = serverkit_good_at_start(f), .lenient = true}, &err));
    struct generation *g = generation_salvage(s, &err);
    err_fini(&err);
    return g;
}

/* Takes g. */
static struct generation *resolved(struct generation *g, struct err *err)
{
    if (generation_resolve(g, NULL, err))
        return g;
    generation_unref(g);
    return NULL;
}

/* A reload; NULL where it is refused. */
static struct generation *reload(const struct folderkit *f, struct err *err)
{
    struct sources *s = sources_config(serverkit_config(f), NULL, err);

    if (s != NULL && sources_read(s, &(struct sources_opts){.good = serverkit_good(f)}, err))
        return resolved(generation_new(s), err);
    sources_unref(s);
    return NULL;
}

static struct generation *reload_zone(const struct folderkit *f, const struct generation *g,
                                      const char *apex, struct err *err)
{
    uint8_t name[NAME_MAX_LEN];
    const char *why;

    assert_true(name_parse(apex, strlen(apex), name_root, name, &why));
    struct zone_source *z = zonedir_find(g->config->zones_directory, name, err);
    if (z == NULL)
        return NULL;
    struct goodbatch *batch = goodzones_batch(serverkit_good(f));
    if (zone_source_read(z, &(struct zone_copies){serverkit_good(f), batch}, NULL, err))
        return resolved(generation_with_zone(g, z, batch), err);
    goodbatch_free(batch);
    zone_source_unref(z);
    return NULL;
}

static void check_told(const struct folderkit *f, struct err *err, const char *told)
{
    char *text = serverkit_told(f, err);

    assert_string_equal(text, told);
    free(text);
}

/* ---- start ---- */

static void at_start_each_zone_is_as_good_as_can_be(void **state)
{
    /* com and net have been good with a pool each of their own, then their files changed. */
    static const struct {
        const char *why, *com, *net; /* what they are now; NULL: as before */
        const char *com_is, *net_is;
    } cases[] = {
        {"nothing changed", NULL, NULL, "fresh", "fresh"},
        {"one does not parse", "nonsense\n", NULL, "last good", "fresh"},
        {"one names no pool", SERVERKIT_HEAD "www DYNA webb\n", NULL, "last good", "fresh"},
        {"one names no policy", SERVERKIT_ZONE "ftp DYNA web silver\n", NULL, "last good", "fresh"},
        {"both are broken", "nonsense\n", SERVERKIT_HEAD "www DYNA webb\n", "last good",
         "last good"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct folderkit f;
        serverkit_init(&f);
        folderkit_write(&f, NET, SERVERKIT_ZONE);
        serverkit_run_once(&f);
        if (cases[i].com != NULL)
            folderkit_write(&f, COM, cases[i].com);
        if (cases[i].net != NULL)
            folderkit_write(&f, NET, cases[i].net);
        struct generation *g = start(&f);
        const struct zone_source *com = serverkit_zone(g, "example.com."),
                                 *net = serverkit_zone(g, "example.net.");
        if (strcmp(origin_name(com->origin), cases[i].com_is) != 0 ||
            strcmp(origin_name(net->origin), cases[i].net_is) != 0)
            fail_msg("%s: com is %s, net is %s", cases[i].why, origin_name(com->origin),
                     origin_name(net->origin));
        assert_true((com->problem == NULL) == (com->origin == ORIGIN_FRESH));
        assert_int_equal(zonedb_steered(g->zones), 2);
        assert_true(serverkit_is_fresh(g) ==
                    (com->origin == ORIGIN_FRESH && net->origin == ORIGIN_FRESH));
        generation_unref(g);
        folderkit_fini(&f);
    }
}

static void a_zone_that_never_was_good_is_none(void **state)
{
    struct folderkit f;

    serverkit_init(&f);
    folderkit_write(&f, NET, SERVERKIT_HEAD "www DYNA webb\n");
    struct generation *g = start(&f);
    const struct zone_source *net = serverkit_zone(g, "example.net.");
    assert_int_equal(net->origin, ORIGIN_NONE);
    assert_null(net->zone);
    assert_non_null(strstr(net->problem, "example.net.zone:5: there is no pool webb.example.net."));
    assert_int_equal(serverkit_zone(g, "example.com.")->origin, ORIGIN_FRESH);
    generation_unref(g);
    folderkit_fini(&f);
}

/* The configuration loads, but has no longer what the zone needs, which so was never good with it. */
static void a_policy_that_went_loses_the_zones_that_use_it(void **state)
{
    struct folderkit f;

    serverkit_init(&f);
    folderkit_write(&f, COM, SERVERKIT_ZONE "ftp DYNA web gold\n");
    serverkit_run_once(&f);
    folderkit_write(&f, "etc/proxima.yaml",
                    "zones: {directory: zones}\nregions: {us: {at: [39, -77]}}\n");
    struct generation *g = start(&f);
    assert_int_equal(serverkit_zone(g, "example.com.")->origin, ORIGIN_NONE);
    generation_unref(g);
    folderkit_fini(&f);
}

/* A reload would be refused (see below), so a start goes by what was before: the zone that lost the
 * pool, not the one that needs it. */
static void a_pool_that_went_from_another_zone_comes_back(void **state)
{
    struct folderkit f;

    serverkit_init(&f);
    folderkit_write(&f, COM, ZONE_ABROAD);
    folderkit_write(&f, NET, SERVERKIT_ZONE);
    serverkit_run_once(&f);
    folderkit_write(&f, NET, SERVERKIT_HEAD);
    struct generation *g = start(&f);
    const struct zone_source *net = serverkit_zone(g, "example.net.");
    assert_int_equal(serverkit_zone(g, "example.com.")->origin, ORIGIN_FRESH);
    assert_int_equal(net->origin, ORIGIN_LAST_GOOD);
    assert_non_null(strstr(net->problem, "example.com.zone:5: there is no pool web.example.net."));
    generation_unref(g);
    folderkit_fini(&f);
}

/* Taking the other zone back would help nobody, so it stays as its file says. */
static void another_zone_is_not_blamed_for_a_misspelt_pool(void **state)
{
    struct folderkit f;

    serverkit_init(&f);
    folderkit_write(&f, COM, ZONE_ABROAD);
    folderkit_write(&f, NET, SERVERKIT_ZONE);
    serverkit_run_once(&f);
    folderkit_write(&f, COM, SERVERKIT_HEAD "www DYNA webb.example.net.\n");
    folderkit_write(&f, NET, SERVERKIT_ZONE "new A 192.0.2.7\n");
    struct generation *g = start(&f);
    assert_int_equal(serverkit_zone(g, "example.com.")->origin, ORIGIN_LAST_GOOD);
    assert_int_equal(serverkit_zone(g, "example.net.")->origin, ORIGIN_FRESH);
    generation_unref(g);
    folderkit_fini(&f);
}

/* What was salvaged becomes last good where it is fresh, and only there. */
static void a_commit_keeps_the_last_good_of_what_is_broken(void **state)
{
    struct folderkit f;

    serverkit_init(&f);
    folderkit_write(&f, NET, SERVERKIT_ZONE);
    serverkit_run_once(&f);
    folderkit_write(&f, COM, "nonsense\n");
    folderkit_write(&f, NET, SERVERKIT_ZONE "new A 192.0.2.7\n");
    for (unsigned i = 0; i < 2; i++) { /* as often as it is started */
        struct generation *g = start(&f);
        assert_int_equal(serverkit_zone(g, "example.com.")->origin, ORIGIN_LAST_GOOD);
        assert_int_equal(serverkit_zone(g, "example.net.")->origin, ORIGIN_FRESH);
        generation_commit(g, serverkit_good(&f));
        generation_unref(g);
    }
    char *net = serverkit_copy(&f, "example.net.");
    assert_non_null(strstr(net, "192.0.2.7"));
    free(net);
    folderkit_fini(&f);
}

/* ---- reload ---- */

static void a_reload_that_does_not_resolve_is_refused(void **state)
{
    struct folderkit f;
    struct err err;

    err_init(&err);
    serverkit_init(&f);
    folderkit_write(&f, COM, ZONE_ABROAD);
    folderkit_write(&f, NET, SERVERKIT_HEAD);
    assert_null(reload(&f, &err));
    check_told(&f, &err,
               "etc/zones/example.com.zone:5: there is no pool web.example.net.: write its records "
               "as REGION.web.example.net., one child label for each region\n");
    char *copies = folderkit_list(&f, "state/good/zones");
    assert_string_equal(copies, "");
    free(copies);
    folderkit_fini(&f);
}

/* A reload by a server that goes on: what did not change is not read again, what went is dropped. */
static struct generation *reload_after(const struct folderkit *f, const struct generation *g,
                                       struct err *err)
{
    struct sources *s = sources_config(serverkit_config(f), NULL, err);
    const struct sources_opts opts = {.good = serverkit_good(f), .before = generation_zones(g)};

    assert_true(s != NULL && sources_read(s, &opts, err));
    struct generation *next = generation_new(s);
    generation_drop(next, g, err);
    return resolved(next, err);
}

static void a_reload_forgets_zones_that_went(void **state)
{
    struct folderkit f;
    struct err err;

    err_init(&err);
    serverkit_init(&f);
    folderkit_write(&f, NET, SERVERKIT_ZONE);
    struct generation *g = start(&f);
    generation_commit(g, serverkit_good(&f));
    folderkit_remove(&f, NET);
    struct generation *next = reload_after(&f, g, &err);
    assert_non_null(next);
    assert_null(serverkit_zone(next, "example.net."));
    check_told(&f, &err,
               "warning: zone example.net. is dropped: etc/zones/example.net.zone is gone\n");
    generation_commit(next, serverkit_good(&f));
    assert_null(serverkit_copy(&f, "example.net."));
    char *com = serverkit_copy(&f, "example.com.");
    assert_string_equal(com, SERVERKIT_ZONE);
    free(com);
    generation_unref(g);
    generation_unref(next);
    folderkit_fini(&f);
}

/* So long ago that its times tell of any change since. */
static void age(struct generation *g)
{
    for (size_t i = 0; i < g->n_sources; i++)
        g->sources[i]->steady = true;
}

static void what_did_not_change_is_shared(void **state)
{
    struct folderkit f;
    struct err err;

    err_init(&err);
    serverkit_init(&f);
    folderkit_write(&f, NET, SERVERKIT_ZONE);
    struct generation *g = start(&f);
    age(g);
    folderkit_write(&f, NET, SERVERKIT_ZONE "new A 192.0.2.7\n");
    struct generation *next = reload_after(&f, g, &err);
    assert_non_null(next);
    assert_ptr_equal(serverkit_zone(next, "example.com."), serverkit_zone(g, "example.com."));
    assert_ptr_not_equal(serverkit_zone(next, "example.net."), serverkit_zone(g, "example.net."));
    assert_int_equal(next->files->n_read, 1);
    generation_unref(g); /* the new one stands alone */
    assert_int_equal(zonedb_steered(next->zones), 2);
    generation_unref(next);
    folderkit_fini(&f);
}

/* What is lent stays with who lent it. */
static void a_reload_that_fails_leaves_what_was_shared(void **state)
{
    struct folderkit f;
    struct err err;

    err_init(&err);
    serverkit_init(&f);
    folderkit_write(&f, NET, SERVERKIT_ZONE);
    struct generation *g = start(&f);
    age(g);
    folderkit_write(&f, NET, "nonsense\n");
    struct sources *s = sources_config(serverkit_config(&f), NULL, &err);
    const struct sources_opts opts = {.good = serverkit_good(&f), .before = generation_zones(g)};
    assert_false(sources_read(s, &opts, &err));
    sources_unref(s);
    assert_int_equal(serverkit_zone(g, "example.com.")->refs, 1);
    err_fini(&err);
    generation_unref(g);
    folderkit_fini(&f);
}

static void a_reloaded_zone_shares_the_rest(void **state)
{
    struct folderkit f;
    struct err err;

    err_init(&err);
    serverkit_init(&f);
    folderkit_write(&f, NET, SERVERKIT_ZONE);
    struct generation *g = start(&f);
    folderkit_write(&f, NET, SERVERKIT_ZONE "new A 192.0.2.7\n");
    struct generation *next = reload_zone(&f, g, "example.net.", &err);
    assert_non_null(next);
    assert_ptr_equal(serverkit_zone(next, "example.com.")->zone,
                     serverkit_zone(g, "example.com.")->zone);
    assert_ptr_not_equal(serverkit_zone(next, "example.net.")->zone,
                         serverkit_zone(g, "example.net.")->zone);
    assert_ptr_equal(next->files, g->files);
    generation_unref(g); /* the new one stands alone */
    assert_int_equal(zonedb_steered(next->zones), 2);
    generation_commit(next, serverkit_good(&f));
    char *net = serverkit_copy(&f, "example.net.");
    assert_string_equal(net, SERVERKIT_ZONE "new A 192.0.2.7\n");
    free(net);
    generation_unref(next);
    folderkit_fini(&f);
}

static void a_zone_may_be_added_by_its_reload(void **state)
{
    struct folderkit f;
    struct err err;

    err_init(&err);
    serverkit_init(&f);
    struct generation *g = start(&f);
    folderkit_write(&f, NET, SERVERKIT_ZONE);
    struct generation *next = reload_zone(&f, g, "example.net.", &err);
    assert_non_null(next);
    assert_int_equal(next->n_sources, 2);
    generation_unref(next);
    generation_unref(g);
    folderkit_fini(&f);
}

static void a_zone_with_the_last_good_copy_heals_by_its_reload(void **state)
{
    struct folderkit f;
    struct err err;

    err_init(&err);
    serverkit_init(&f);
    serverkit_run_once(&f);
    folderkit_write(&f, COM, "nonsense\n");
    struct generation *g = start(&f);
    assert_false(serverkit_is_fresh(g));
    folderkit_write(&f, COM, SERVERKIT_ZONE);
    struct generation *next = reload_zone(&f, g, "example.com.", &err);
    assert_non_null(next);
    assert_true(serverkit_is_fresh(next));
    generation_unref(next);
    generation_unref(g);
    folderkit_fini(&f);
}

static void a_zones_reload_may_not_take_away_a_pool(void **state)
{
    struct folderkit f;
    struct err err;

    err_init(&err);
    serverkit_init(&f);
    folderkit_write(&f, COM, ZONE_ABROAD);
    folderkit_write(&f, NET, SERVERKIT_ZONE);
    struct generation *g = start(&f);
    folderkit_write(&f, NET, SERVERKIT_HEAD);
    assert_null(reload_zone(&f, g, "example.net.", &err));
    check_told(&f, &err,
               "etc/zones/example.com.zone:5: there is no pool web.example.net.: write its records "
               "as REGION.web.example.net., one child label for each region\n");
    assert_int_equal(zonedb_steered(g->zones), 2); /* the old one is untouched */
    generation_unref(g);
    folderkit_fini(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_start_each_zone_is_as_good_as_can_be),
        cmocka_unit_test(a_zone_that_never_was_good_is_none),
        cmocka_unit_test(a_policy_that_went_loses_the_zones_that_use_it),
        cmocka_unit_test(a_pool_that_went_from_another_zone_comes_back),
        cmocka_unit_test(another_zone_is_not_blamed_for_a_misspelt_pool),
        cmocka_unit_test(a_commit_keeps_the_last_good_of_what_is_broken),
        cmocka_unit_test(a_reload_that_does_not_resolve_is_refused),
        cmocka_unit_test(a_reload_forgets_zones_that_went),
        cmocka_unit_test(what_did_not_change_is_shared),
        cmocka_unit_test(a_reload_that_fails_leaves_what_was_shared),
        cmocka_unit_test(a_reloaded_zone_shares_the_rest),
        cmocka_unit_test(a_zone_may_be_added_by_its_reload),
        cmocka_unit_test(a_zone_with_the_last_good_copy_heals_by_its_reload),
        cmocka_unit_test(a_zones_reload_may_not_take_away_a_pool),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
