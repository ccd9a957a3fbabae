/*
 * One reading of all files: strictly, as a reload does it, and leniently, as a start does it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "control/sources.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "serverkit.h"

#define ZONE_FILE "etc/zones/example.com.zone"

/* What happens to the files of a server that has run once. */
enum damage { NOTHING, CONFIG, ZONE, DATABASE_CUT, DATABASE_GONE, DATABASE_FENCES, ZONES_GONE };

static void do_damage(const struct folderkit *f, enum damage damage)
{
    switch (damage) {
    case NOTHING: return;
    case CONFIG:
        folderkit_write(f, "etc/proxima.yaml", "zones: {directory: zones}\nserfer: {}\n");
        return;
    case ZONE: folderkit_write(f, ZONE_FILE, SERVERKIT_ZONE "ftp A 192.0.2.300\n"); return;
    case DATABASE_CUT: serverkit_database(f, "tiny.mmdb", 100); return;
    case DATABASE_GONE: folderkit_remove(f, "etc/tiny.mmdb"); return;
    case DATABASE_FENCES:
        folderkit_write(f, "etc/proxima.yaml",
                        SERVERKIT_CONFIG "maps:\n  world:\n    rules:\n"
                                         "      - {network: 10.0.0.0/8, only: [us]}\n"
                                         "      - {network: 10.1.0.0/16, only: [eu]}\n");
        return;
    case ZONES_GONE:
        folderkit_remove(f, ZONE_FILE);
        folderkit_remove(f, "etc/zones");
        return;
    }
    abort();
}

static const struct {
    const char *why;
    enum damage damage;
    const char *told;                /* of a strict reading; "" where it works */
    const char *config, *geo, *zone; /* origins, when read leniently; NULL: cannot be */
} cases[] = {
    {"all is well", NOTHING, "", "fresh", "fresh", "fresh"},
    {"a broken configuration", CONFIG,
     "etc/proxima.yaml:2:1: the configuration has no option \"serfer\": did you mean \"server\"?\n",
     "last good", "fresh", "fresh"},
    {"a broken zone", ZONE,
     "etc/zones/example.com.zone:8:7: A: \"192.0.2.300\" is no IPv4 address\n", "fresh", "fresh",
     "last good"},
    {"a truncated database", DATABASE_CUT,
     "etc/tiny.mmdb: no geo database (MMDB), or a truncated one (The MaxMind DB file contains "
     "invalid metadata); fetch it again\n",
     "fresh", "last good", "fresh"},
    {"no database", DATABASE_GONE,
     "etc/tiny.mmdb: No such file or directory; geo/update fetches a free database\n", "fresh",
     "last good", "fresh"},
    {"fences that leave nothing", DATABASE_FENCES,
     "etc/proxima.yaml:10:19: map world: no region is left for 10.1.0.0/17, where both this `only` "
     "and that of line 9 hold; let them share a region, or say `fence: off` here\n",
     NULL, NULL, NULL},
    {"no zone directory", ZONES_GONE,
     "cannot list the zone directory etc/zones: No such file or directory\n", "fresh", "fresh",
     "last good"},
};

static void a_strict_reading_tells_what_and_where(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct folderkit f;
        struct err err;
        err_init(&err);
        serverkit_init(&f);
        serverkit_run_once(&f);
        do_damage(&f, cases[i].damage);
        struct sources *s = sources_config(serverkit_config(&f), NULL, &err);
        const bool ok =
            s != NULL && sources_read(s, &(struct sources_opts){.good = serverkit_good(&f)}, &err);
        char *told = serverkit_told(&f, &err);
        if (strcmp(told, cases[i].told) != 0 || ok != (told[0] == '\0'))
            fail_msg("%s: %s", cases[i].why, told);
        sources_unref(s);
        char *copies = folderkit_list(&f, "state/good/zones");
        assert_string_equal(copies, "0000000001.pack\n"); /* nothing in the making is left */
        free(copies);
        free(told);
        folderkit_fini(&f);
    }
}

static void check_origins(const char *why, const struct sources *s, const char *config,
                          const char *geo, const char *zone)
{
    assert_int_equal(s->zones.n, 1);
    if (strcmp(origin_name(s->config_origin), config) != 0)
        fail_msg("%s: the configuration is %s", why, origin_name(s->config_origin));
    if (strcmp(origin_name(s->geo_origin), geo) != 0)
        fail_msg("%s: the database is %s", why, origin_name(s->geo_origin));
    if (strcmp(origin_name(s->zones.at[0]->origin), zone) != 0)
        fail_msg("%s: the zone is %s", why, origin_name(s->zones.at[0]->origin));
    assert_true((s->config_problem != NULL) == (s->config_origin != ORIGIN_FRESH));
    assert_true((s->geo_problem != NULL) == (s->geo_origin != ORIGIN_FRESH));
    assert_true((s->zones.at[0]->problem != NULL) == (s->zones.at[0]->origin != ORIGIN_FRESH));
}

static void a_lenient_reading_takes_the_last_good(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct folderkit f;
        struct err err;
        err_init(&err);
        serverkit_init(&f);
        serverkit_run_once(&f);
        do_damage(&f, cases[i].damage);
        struct sources *s = sources_config(serverkit_config(&f), serverkit_state(&f), &err);
        assert_non_null(s);
        const bool ok = sources_read(
            s, &(struct sources_opts){.good = serverkit_good_at_start(&f), .lenient = true}, &err);
        assert_true(ok == (cases[i].config != NULL));
        if (ok)
            check_origins(cases[i].why, s, cases[i].config, cases[i].geo, cases[i].zone);
        sources_unref(s);
        err_fini(&err);
        folderkit_fini(&f);
    }
}

/* Where nothing ever was good: zones are empty, maps know networks alone, a configuration is none. */
static void without_a_last_good_there_is_less(void **state)
{
    static const struct {
        const char *why;
        enum damage damage;
        const char *geo, *zone;
    } first[] = {
        {"a broken zone", ZONE, "fresh", "none"},
        {"a truncated database", DATABASE_CUT, "none", "fresh"},
        {"no database", DATABASE_GONE, "none", "fresh"},
    };

    for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
        struct folderkit f;
        struct err err;
        err_init(&err);
        serverkit_init(&f);
        do_damage(&f, first[i].damage);
        struct sources *s = sources_config(serverkit_config(&f), serverkit_state(&f), &err);
        assert_true(sources_read(
            s, &(struct sources_opts){.good = serverkit_good_at_start(&f), .lenient = true}, &err));
        check_origins(first[i].why, s, "fresh", first[i].geo, first[i].zone);
        assert_non_null(s->maps[0]);
        sources_unref(s);
        err_fini(&err);
        folderkit_fini(&f);
    }
}

static void no_configuration_at_all_is_the_end(void **state)
{
    struct folderkit f;
    struct err err;

    err_init(&err);
    serverkit_init(&f);
    do_damage(&f, CONFIG);
    assert_null(sources_config(serverkit_config(&f), serverkit_state(&f), &err));
    char *told = serverkit_told(&f, &err);
    assert_string_equal(told, "etc/proxima.yaml:2:1: the configuration has no option \"serfer\": "
                              "did you mean \"server\"?\n");
    free(told);
    folderkit_fini(&f);
}

/* Its paths are relative to where it stood, not to where its copy lies. */
static void a_last_good_configuration_finds_its_files(void **state)
{
    struct folderkit f;
    struct err err;

    err_init(&err);
    serverkit_init(&f);
    serverkit_run_once(&f);
    struct sources *s = sources_good_config(serverkit_config(&f), serverkit_state(&f));
    assert_non_null(s);
    assert_int_equal(s->config_origin, ORIGIN_LAST_GOOD);
    assert_true(sources_read(s, &(struct sources_opts){.good = serverkit_good(&f)}, &err));
    assert_int_equal(s->zones.n, 1);
    sources_unref(s);
    err_fini(&err);
    folderkit_fini(&f);
}

/* Every section but `zones` is optional. */
static void a_server_without_regions_has_no_maps(void **state)
{
    struct folderkit f;
    struct err err;

    err_init(&err);
    serverkit_init(&f);
    folderkit_write(&f, "etc/proxima.yaml", "zones: {directory: zones}\n");
    folderkit_write(&f, ZONE_FILE, SERVERKIT_HEAD);
    struct sources *s = sources_config(serverkit_config(&f), NULL, &err);
    assert_non_null(s);
    assert_true(sources_read(s, &(struct sources_opts){.lenient = false}, &err));
    assert_null(s->maps[0]);
    struct generation *g = generation_new(s);
    assert_true(generation_resolve(g, NULL, &err));
    generation_unref(g);
    assert_int_equal(err.n, 0);
    folderkit_fini(&f);
}

/* --check: a line that cannot be read hides no mistake that is found later. */
static void a_check_goes_on_behind_mistakes(void **state)
{
    struct folderkit f;
    struct err err;

    err_init(&err);
    serverkit_init(&f);
    folderkit_write(&f, ZONE_FILE, SERVERKIT_ZONE "bad A 192.0.2.999\napi DYNA web silver\n");
    struct sources *s = sources_config(serverkit_config(&f), NULL, &err);
    assert_non_null(s);
    assert_false(sources_check(s, &err));
    struct generation *g = generation_new(s);
    assert_false(generation_resolve(g, NULL, &err));
    generation_unref(g);
    char *told = serverkit_told(&f, &err);
    assert_string_equal(told,
                        "etc/zones/example.com.zone:8:7: A: \"192.0.2.999\" is no IPv4 address\n"
                        "etc/zones/example.com.zone:9: no policy is named \"silver\"; the "
                        "configuration has, for one, \"default\"\n");
    free(told);
    folderkit_fini(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_strict_reading_tells_what_and_where),
        cmocka_unit_test(a_lenient_reading_takes_the_last_good),
        cmocka_unit_test(without_a_last_good_there_is_less),
        cmocka_unit_test(no_configuration_at_all_is_the_end),
        cmocka_unit_test(a_last_good_configuration_finds_its_files),
        cmocka_unit_test(a_server_without_regions_has_no_maps),
        cmocka_unit_test(a_check_goes_on_behind_mistakes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
