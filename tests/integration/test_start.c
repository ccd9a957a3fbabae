/*
 * Start: what does not load is replaced by what was good last, loudly, and answered as before
 * (proximad(8)).  SPDX-License-Identifier: BSD-2-Clause
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../unit/tmpdir.h"
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

/* ---- what status says ---- */

/* "config last good, geo fresh, example.com. fresh, example.net. fresh" */
static char *origins(const json_t *status)
{
    const char *config, *geo, *name, *origin;
    char *text;
    size_t len, i;
    json_t *zones = json_object_get(status, "zones"), *zone;
    FILE *to = open_memstream(&text, &len);

    assert_int_equal(json_unpack((json_t *)status, "{s:{s:s}, s:{s:s}}", "config", "origin",
                                 &config, "geo", "origin", &geo),
                     0);
    fprintf(to, "config %s, geo %s", config, geo);
    json_array_foreach(zones, i, zone) {
        assert_int_equal(json_unpack(zone, "{s:s, s:s}", "name", &name, "origin", &origin), 0);
        fprintf(to, ", %s %s", name, origin);
    }
    fclose(to);
    return text;
}

static bool tells_problem(const json_t *status, const char *problem)
{
    size_t i;
    json_t *line;

    json_array_foreach(json_object_get(status, "problems"), i, line)
        if (strstr(json_string_value(line), problem) != NULL)
            return true;
    return false;
}

#define ALL_FRESH "config fresh, geo fresh, example.com. fresh, example.net. fresh"

static void check_status(const char *why, const char *is, const char *problem)
{
    json_t *status = daemon_call(d, "status", "{}");
    const bool ready = json_is_true(json_object_get(status, "ready"));
    char *text = origins(status);

    if (strcmp(text, is) != 0)
        fail_msg("%s: %s", why, text);
    if (ready != (problem == NULL))
        fail_msg("%s: readiness is %s", why, ready ? "on" : "off");
    if (problem != NULL && !tells_problem(status, problem))
        fail_msg("%s: %s", why, json_dumps(json_object_get(status, "problems"), 0));
    free(text);
    json_decref(status);
}

/* ---- after kill -9 ---- */

enum file { CONFIG, DATABASE, ZONE_COM, ZONE_NET };

static void damage(enum file file, const char *text)
{
    switch (file) {
    case CONFIG: daemon_write_config(d, text); return;
    case ZONE_COM: site_write(d, COM, text); return;
    case ZONE_NET: site_write(d, NET, text); return;
    case DATABASE:
        if (text != NULL)
            site_write_database(d, strlen(text));
        else
            site_remove(d, "tiny.mmdb");
        return;
    }
    abort();
}

static void repair(void)
{
    daemon_write_config(d, SITE_CONFIG SITE_POLICIES);
    site_write(d, COM, SITE_COM);
    site_write(d, NET, SITE_NET);
    site_write_database(d, 0);
}

static void what_is_broken_is_answered_as_before(void **state)
{
    static const struct {
        const char *why;
        enum file file;
        const char *text; /* of a database: so many octets */
        const char *is, *problem;
    } cases[] = {
        {"a zone", ZONE_COM, SITE_COM "x A 192.0.2.300\n",
         "config fresh, geo fresh, example.com. last good, example.net. fresh",
         "example.com.zone:7:5: A: \"192.0.2.300\" is no IPv4 address"},
        {"an empty zone", ZONE_COM, "",
         "config fresh, geo fresh, example.com. last good, example.net. fresh",
         "no SOA of example.com. in the file"},
        {"a steered name", ZONE_COM, SITE_COM "ftp DYNA webb.example.net.\n",
         "config fresh, geo fresh, example.com. last good, example.net. fresh",
         "example.com.zone:7: there is no pool webb.example.net."},
        {"a pool that another zone needs", ZONE_NET, SITE_HEAD,
         "config fresh, geo fresh, example.com. fresh, example.net. last good",
         "example.com.zone:5: there is no pool web.example.net."},
        {"the configuration", CONFIG, SITE_CONFIG "polices: {}\n",
         "config last good, geo fresh, example.com. fresh, example.net. fresh",
         "proxima.yaml:10:1: the configuration has no option \"polices\""},
        {"a configuration without the regions in use", CONFIG, "regions: {eu: {}}\n",
         "config last good, geo fresh, example.com. fresh, example.net. fresh",
         "example.com.zone:5: pool web.example.net. has no region"},
        {"a configuration with fences that leave nothing", CONFIG,
         "regions: {us: {}, ap: {}}\n"
         "maps: {world: {rules: [{network: 10.0.0.0/8, only: [us]},\n"
         "  {network: 10.1.0.0/16, only: [ap]}]}}\n",
         "config last good, geo fresh, example.com. fresh, example.net. fresh",
         "proxima.yaml:9:13: map world: no region is left for 10.1.0.0/17"},
        {"a truncated database", DATABASE, "a hundred octets ...",
         "config fresh, geo last good, example.com. fresh, example.net. fresh",
         "tiny.mmdb: no geo database (MMDB), or a truncated one"},
        {"no database", DATABASE, NULL,
         "config fresh, geo last good, example.com. fresh, example.net. fresh",
         "tiny.mmdb: No such file or directory"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        daemon_kill(d);
        damage(cases[i].file, cases[i].text);
        for (unsigned starts = 0; starts < 2; starts++) { /* it lasts */
            daemon_restart(d);
            site_check_answers(d);
            check_status(cases[i].why, cases[i].is, cases[i].problem);
            daemon_kill(d);
        }
        daemon_restart(d);
        repair();
        json_decref(daemon_call(d, "reload", "{}"));
        check_status(cases[i].why, ALL_FRESH, NULL);
    }
}

static void everything_broken_at_once(void **state)
{
    daemon_kill(d);
    daemon_write_config(d, "nonsense\n");
    site_write(d, COM, "nonsense\n");
    site_write(d, NET, "nonsense\n");
    site_write_database(d, 100);
    daemon_restart(d);
    site_check_answers(d);
    check_status("all",
                 "config last good, geo last good, example.com. last good, example.net. last good",
                 "tiny.mmdb: no geo database");
}

static void the_zone_directory_is_gone(void **state)
{
    daemon_kill(d);
    site_remove(d, COM);
    site_remove(d, NET);
    site_remove(d, "zones");
    daemon_restart(d);
    site_check_answers(d);
    check_status("gone", "config fresh, geo fresh, example.com. last good, example.net. last good",
                 "zones/example.com.zone: is gone; put it back, or `reload` to drop the zone");
    site_write(d, COM, SITE_COM);
    site_write(d, NET, SITE_NET);
}

/* A zone's reload is last good from then on; one that was refused is not. */
static void the_last_good_is_what_was_in_force(void **state)
{
    site_write(d, COM, SITE_HEAD "www 60 DYNA web.example.net.\ntxt TXT second\n");
    json_decref(daemon_call(d, "reload", "{s:s}", "zone", "example.com"));
    site_write(d, COM, SITE_HEAD "www 60 DYNA webb.example.net.\ntxt TXT third\n");
    free(daemon_refused(d, "reload", "{}"));
    daemon_kill(d);
    daemon_restart(d);
    assert_string_equal(site_ask(d, "txt.example.com", "TXT", NULL), "TXT \"second\"");
}

/* Whenever it is killed, a start finds what was in force before or after: reloads that were answered are
 * on the disk, and the one that is under way is there whole or not at all. */
static void a_kill_in_a_reload_leaves_one_of_both(void **state)
{
    char text[256];

    for (unsigned i = 1; i <= 5; i++) {
        snprintf(text, sizeof(text), SITE_HEAD "www 60 DYNA web.example.net.\ntxt TXT \"%u\"\n", i);
        site_write(d, COM, text);
        json_decref(daemon_call(d, "reload", "{}"));
        snprintf(text, sizeof(text), SITE_HEAD "www 60 DYNA web.example.net.\ntxt TXT \"%u+\"\n",
                 i);
        site_write(d, COM, text);
        kill(daemon_pid(d), SIGHUP); /* nobody waits for this one */
        daemon_kill(d);
        site_write(d, COM, "nonsense\n");
        daemon_restart(d);
        const char *txt = site_ask(d, "txt.example.com", "TXT", NULL);
        snprintf(text, sizeof(text), "TXT \"%u", i);
        assert_int_equal(strncmp(txt, text, strlen(text)), 0);
        assert_string_equal(site_ask(d, "us.web.example.net", "A", NULL), "A 192.0.2.1");
    }
}

static void a_zone_that_never_was_good_is_servfail(void **state)
{
    daemon_kill(d);
    site_write(d, "zones/example.org", "nonsense\n");
    daemon_restart(d);
    assert_string_equal(site_ask(d, "www.example.org", "A", NULL), "SERVFAIL");
    site_check_answers(d);
    check_status("never", ALL_FRESH ", example.org. none", "example.org:1:");
}

/* ---- what ends it ---- */

/* Run proximad on a configuration until it ends; the exit status, and all that it says, owned. */
static int run_server(const char *path, char **said)
{
    const char *program = getenv("PROXIMAD");
    char *line = xasprintf("'%s' -c '%s' 2>&1", program != NULL ? program : "./proximad", path);
    FILE *out = popen(line, "r");
    size_t cap = 0;

    *said = NULL;
    assert_non_null(out);
    assert_true(getdelim(said, &cap, '\0', out) > 0);
    const int status = pclose(out);
    free(line);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void no_configuration_at_all(void **state)
{
    char *dir = tmpdir_new(), *path = tmpdir_path(dir, "proxima.yaml"), *said, *says;

    tmpdir_write(dir, "proxima.yaml", "server: {state: state}\nzones: [\n");
    assert_int_equal(run_server(path, &said), 1);
    says = xasprintf(
        "%s:3:1: expected a value: a { or [ is not closed, or the value wants quotes\n", path);
    assert_string_equal(said, says);
    free(said);
    free(says);
    free(path);
    tmpdir_free(dir);
}

/* Run proximad until it says `until`; all that it says up to there, owned. */
static char *run_until(const char *path, const char *until)
{
    const char *program = getenv("PROXIMAD");
    char *line = xasprintf("echo $$; exec '%s' -c '%s' 2>&1",
                           program != NULL ? program : "./proximad", path);
    FILE *out = popen(line, "r");
    char *said, *one = NULL;
    size_t len, cap = 0;
    FILE *to = open_memstream(&said, &len);

    assert_non_null(out);
    assert_true(getline(&one, &cap, out) > 0);
    const pid_t pid = (pid_t)strtol(one, NULL, 10);
    while (getline(&one, &cap, out) > 0 && strstr(one, until) == NULL)
        fputs(one, to);
    kill(pid, SIGTERM);
    pclose(out);
    fclose(to);
    free(one);
    free(line);
    return said;
}

/* Root reads it at start, and a reload is refused: rather known at start. */
static void what_the_user_cannot_read_again(void **state)
{
    if (geteuid() != 0)
        skip();
    char *dir = tmpdir_new(), *path = tmpdir_path(dir, "proxima.yaml"),
         *zones = tmpdir_path(dir, "zones"), *secrets = tmpdir_path(dir, "secrets");
    mkdir(zones, 0755);
    chmod(dir, 0755);
    tmpdir_write(dir, "secrets", "00112233445566778899aabbccddeeff\n");
    tmpdir_write(dir, "proxima.yaml",
                 "server: {listen: 127.0.0.1@0, user: nobody, control: run/c.sock, state: state,"
                 " cookies: {secrets: secrets}}\nzones: {directory: zones}\n");
    chmod(path, 0644);
    chmod(secrets, 0600);
    char *said = run_until(path, "listening");
    char *want = xasprintf("%s: server.user nobody cannot read it, so a reload will be refused: "
                           "Permission denied\n",
                           secrets);
    assert_non_null(strstr(said, want));
    assert_null(strstr(said, "proxima.yaml: server.user"));
    free(want);
    free(said);
    free(secrets);
    free(zones);
    free(path);
    tmpdir_free(dir);
}

static void a_second_server_on_the_same_state(void **state)
{
    char *log;

    assert_int_equal(daemon_start_second(d, &log), 1);
    assert_non_null(strstr(log,
                           "another proximad uses this state folder; stop it, or give this one "
                           "a server.state of its own\n"));
    free(log);
    site_check_answers(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_broken_is_answered_as_before, setup, teardown),
        cmocka_unit_test_setup_teardown(everything_broken_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(the_zone_directory_is_gone, setup, teardown),
        cmocka_unit_test_setup_teardown(the_last_good_is_what_was_in_force, setup, teardown),
        cmocka_unit_test_setup_teardown(a_kill_in_a_reload_leaves_one_of_both, setup, teardown),
        cmocka_unit_test_setup_teardown(a_zone_that_never_was_good_is_servfail, setup, teardown),
        cmocka_unit_test(no_configuration_at_all),
        cmocka_unit_test(what_the_user_cannot_read_again),
        cmocka_unit_test_setup_teardown(a_second_server_on_the_same_state, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
