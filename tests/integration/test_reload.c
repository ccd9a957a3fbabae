/*
 * Reload: all or nothing, and what was answered goes on meanwhile (proximad(8)).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "site.h"

#define COM "zones/example.com.zone"
#define NET "zones/example.net.zone"

static struct daemon *d;

static int setup(void **state)
{
    d = site_start();
    return 0;
}

static int teardown(void **state)
{
    daemon_stop(d);
    return 0;
}

static void reload(const char *zone)
{
    if (zone != NULL)
        json_decref(daemon_call(d, "reload", "{s:s}", "zone", zone));
    else
        json_decref(daemon_call(d, "reload", "{}"));
}

/* proximactl says so and exits 1, and nothing has changed. */
static void check_refused(const char *why, const char *command, const char *says)
{
    char *said;
    const int status = site_ctl(d, command, &said);

    if (status != 1 || strcmp(said, says) != 0)
        fail_msg("%s: exit status %d\n%s", why, status, said);
    site_check_answers(d);
    free(said);
}

/* ---- mistakes ---- */

/* Each is told by a reload of all and by one of the zone. */
static void mistakes_in_zones(void **state)
{
    static const struct {
        const char *why, *file, *text, *says;
    } cases[] = {
        {"a record", COM, SITE_COM "x A 192.0.2.300\n",
         "zones/example.com.zone:7:5: A: \"192.0.2.300\" is no IPv4 address\n"},
        {"all of a file's mistakes", COM, SITE_COM "x A 192.0.2.300\ntxt CNAME www\n",
         "zones/example.com.zone:7:5: A: \"192.0.2.300\" is no IPv4 address\n"
         "zones/example.com.zone:8: txt.example.com. has CNAME and TXT: beside a CNAME there is no "
         "other data (RFC 2181 §10.1)\n"},
        {"a steered name", COM, SITE_COM "ftp DYNA webb.example.net.\n",
         "zones/example.com.zone:7: there is no pool webb.example.net.: write its records as "
         "REGION.webb.example.net., one child label for each region\n"},
        {"a pool that another zone needs", NET, SITE_HEAD,
         "zones/example.com.zone:5: there is no pool web.example.net.: write its records as "
         "REGION.web.example.net., one child label for each region\n"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const bool is_com = strcmp(cases[i].file, COM) == 0;
        site_write(d, cases[i].file, cases[i].text);
        check_refused(cases[i].why, "reload", cases[i].says);
        check_refused(cases[i].why, is_com ? "reload example.com" : "reload example.net",
                      cases[i].says);
        site_write(d, cases[i].file, is_com ? SITE_COM : SITE_NET);
    }
}

static void mistakes_in_the_configuration(void **state)
{
    static const struct {
        const char *why, *config, *says;
    } cases[] = {
        {"an option", SITE_CONFIG "polices: {}\n",
         "proxima.yaml:10:1: the configuration has no option \"polices\": did you mean "
         "\"policies\"?\n"},
        {"its syntax", SITE_CONFIG "policies: [\n",
         "proxima.yaml:11:1: expected a value: a { or [ is not closed, or the value wants quotes\n"},
        {"a region that pools need", "regions: {eu: {}}\n" SITE_POLICIES,
         "warning: zones/example.com.zone:5: \"us\" of pool web.example.net. is no region: plain "
         "data\n"
         "warning: zones/example.com.zone:5: \"ap\" of pool web.example.net. is no region: plain "
         "data\n"
         "zones/example.com.zone:5: pool web.example.net. has no region: none of its child labels "
         "is a region of the configuration\n"},
        {"fences that leave nothing",
         "regions: {us: {}, ap: {}}\n"
         "maps: {world: {rules: [{network: 10.0.0.0/8, only: [us]},\n"
         "  {network: 10.1.0.0/16, only: [ap]}]}}\n",
         "proxima.yaml:9:13: map world: no region is left for 10.1.0.0/17, where both this `only` "
         "and that of line 8 hold; let them share a region, or say `fence: off` here\n"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        daemon_write_config(d, cases[i].config);
        check_refused(cases[i].why, "reload", cases[i].says);
    }
}

static void mistakes_in_the_database(void **state)
{
    site_write_database(d, 100);
    check_refused("truncated", "reload",
                  "tiny.mmdb: no geo database (MMDB), or a truncated one (The MaxMind DB file "
                  "contains invalid metadata); fetch it again\n");
    site_remove(d, "tiny.mmdb");
    check_refused("gone", "reload",
                  "tiny.mmdb: No such file or directory; geo/update fetches a free database\n");
}

static void other_mistakes(void **state)
{
    check_refused("no such zone", "reload example.org",
                  "no file in zones/ is zone example.org.; if it was taken away, `reload` without "
                  "a zone drops it\n");
    site_write(d, "zones/example.com", SITE_COM);
    check_refused("two files of one zone", "reload example.com",
                  "zones/example.com and zones/example.com.zone are the same zone; remove one of "
                  "them\n");
}

/* What is wrong elsewhere does not hold up a zone. */
static void a_zone_reloads_beside_mistakes(void **state)
{
    site_write(d, NET, "nonsense\n");
    site_write(d, "zones/b..ad", "");
    daemon_write_config(d, "nonsense\n");
    site_write(d, COM, SITE_COM "new A 192.0.2.7\n");
    reload("example.com");
    assert_string_equal(site_ask(d, "new.example.com", "A", NULL), "A 192.0.2.7");
    site_check_answers(d);
}

/* ---- changes ---- */

static void a_record_changes(void **state)
{
    site_write(d, COM, SITE_HEAD "www 60 DYNA web.example.net.\ntxt TXT second\n");
    assert_string_equal(site_ask(d, "txt.example.com", "TXT", NULL), "TXT \"first\"");
    reload(NULL);
    assert_string_equal(site_ask(d, "txt.example.com", "TXT", NULL), "TXT \"second\"");
    site_write(d, COM, SITE_COM);
    reload("example.com");
    site_check_answers(d);
}

static void a_pools_address_changes(void **state)
{
    site_write(d, NET, SITE_HEAD "us.web A 192.0.2.9\nap.web A 192.0.2.3\n");
    reload("example.net");
    assert_string_equal(site_ask(d, "www.example.com", "A", SITE_REST), "A 192.0.2.9");
    assert_string_equal(site_ask(d, "www.example.com", "A", SITE_KOREA), "A 192.0.2.3");
}

static void zones_come_and_go(void **state)
{
    assert_string_equal(site_ask(d, "ns.example.org", "A", NULL), "REFUSED");
    site_write(d, "zones/example.org.zone", SITE_HEAD);
    reload("example.org");
    assert_string_equal(site_ask(d, "ns.example.org", "A", NULL), "A 192.0.2.53");
    site_write(d, "zones/dev.example.org", SITE_HEAD);
    reload(NULL);
    assert_string_equal(site_ask(d, "ns.dev.example.org", "A", NULL), "A 192.0.2.53");

    site_remove(d, "zones/example.org.zone");
    reload(NULL);
    assert_string_equal(site_ask(d, "ns.example.org", "A", NULL), "REFUSED");
    assert_string_equal(site_ask(d, "ns.dev.example.org", "A", NULL), "A 192.0.2.53");
    site_check_answers(d);
}

static void the_configuration_changes(void **state)
{
    daemon_write_config(d, "regions: {us: {}, ap: {}}\n"
                           "maps: {world: {rules: [{network: 10.0.0.0/8, only: [ap]}]}}\n");
    reload(NULL);
    assert_string_equal(site_ask(d, "www.example.com", "A", SITE_REST), "A 192.0.2.3");
    assert_string_equal(site_ask(d, "www.example.com", "A", SITE_KOREA), "A 192.0.2.1");
}

static void databases_come_and_go(void **state)
{
    daemon_write_config(d, "regions: {us: {}, ap: {}}\n");
    reload(NULL);
    assert_string_equal(site_ask(d, "www.example.com", "A", SITE_KOREA), "A 192.0.2.1");
    daemon_write_config(d, SITE_CONFIG SITE_POLICIES);
    reload(NULL);
    site_check_answers(d);
}

/* Zones that a reload read; takes its result. */
static json_int_t zones_read(json_t *result)
{
    const json_int_t n = json_integer_value(json_object_get(result, "read"));

    json_decref(result);
    return n;
}

/* A file must have been left alone for a while to be known again: one of the source tree has been. */
static void link_old_zone(const char *name)
{
    const char *source = getenv("SRCDIR");
    char *path = xasprintf("%s/zones/%s", daemon_dir(d), name);
    char *from = xasprintf("%s/tests/answer/child.zone", source != NULL ? source : ".");
    char *absolute = realpath(from, NULL);

    assert_non_null(absolute);
    assert_int_equal(symlink(absolute, path), 0);
    free(absolute);
    free(from);
    free(path);
}

static void files_that_did_not_change_are_not_read(void **state)
{
    link_old_zone("a.example.org");
    link_old_zone("b.example.org");
    assert_int_equal(zones_read(daemon_call(d, "reload", "{}")), 4);
    site_write(d, COM, SITE_COM "new A 192.0.2.7\n");
    assert_true(zones_read(daemon_call(d, "reload", "{}")) <=
                2); /* the other new file may have grown old meanwhile */
    assert_string_equal(site_ask(d, "new.example.com", "A", NULL), "A 192.0.2.7");
    site_remove(d, "zones/a.example.org");
    assert_true(zones_read(daemon_call(d, "reload", "{}")) <= 2);
    assert_string_equal(site_ask(d, "a.example.org", "SOA", NULL), "REFUSED");
    assert_string_not_equal(site_ask(d, "b.example.org", "SOA", NULL), "REFUSED");
    assert_int_equal(zones_read(daemon_call(d, "reload", "{s:b}", "all", true)), 3);
    assert_int_equal(zones_read(daemon_call(d, "reload", "{s:s}", "zone", "b.example.org")), 1);
    site_check_answers(d);
}

static void a_zone_and_all_are_not_both(void **state)
{
    check_refused("both", "reload --all example.com", "a zone or all of them, not both\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(mistakes_in_zones, setup, teardown),
        cmocka_unit_test_setup_teardown(mistakes_in_the_configuration, setup, teardown),
        cmocka_unit_test_setup_teardown(mistakes_in_the_database, setup, teardown),
        cmocka_unit_test_setup_teardown(other_mistakes, setup, teardown),
        cmocka_unit_test_setup_teardown(a_zone_reloads_beside_mistakes, setup, teardown),
        cmocka_unit_test_setup_teardown(a_record_changes, setup, teardown),
        cmocka_unit_test_setup_teardown(a_pools_address_changes, setup, teardown),
        cmocka_unit_test_setup_teardown(zones_come_and_go, setup, teardown),
        cmocka_unit_test_setup_teardown(files_that_did_not_change_are_not_read, setup, teardown),
        cmocka_unit_test_setup_teardown(a_zone_and_all_are_not_both, setup, teardown),
        cmocka_unit_test_setup_teardown(the_configuration_changes, setup, teardown),
        cmocka_unit_test_setup_teardown(databases_come_and_go, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
