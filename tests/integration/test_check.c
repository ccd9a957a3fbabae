/*
 * proximad --check over zones full of mistakes (tests/data/check): line by line what it says, and
 * its exit status.  SPDX-License-Identifier: BSD-2-Clause
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "../unit/tmpdir.h"
#include "base/xalloc.h"

static const char *source_folder(void)
{
    const char *srcdir = getenv("SRCDIR");

    return srcdir != NULL ? srcdir : ".";
}

/* All that the command says, owned; its exit status. */
static char *run(const char *command, int *status)
{
    FILE *out = popen(command, "r");
    char *said = NULL;
    size_t cap = 0;

    assert_non_null(out);
    if (getdelim(&said, &cap, '\0', out) < 0)
        said[0] = '\0';
    const int ended = pclose(out);
    *status = WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
    return said;
}

static char *check(const char *folder, const char *options, int *status)
{
    const char *program = getenv("PROXIMAD");
    char *command = xasprintf("cd '%s' && '%s' -c proxima.yaml --check %s 2>&1", folder,
                              program != NULL ? program : "./proximad", options);
    char *said = run(command, status);

    free(command);
    return said;
}

/* The next line of *text without its end; NULL behind the last. */
static char *next_line(char **text)
{
    char *line = strsep(text, "\n");

    return line != NULL && (*line != '\0' || *text != NULL) ? line : NULL;
}

static void every_mistake_is_told_at_its_line(void **state)
{
    char *folder = xasprintf("%s/tests/data/check", source_folder()), *got, *want;
    int status;
    char *said = check(folder, "", &status), *rest_said = said;
    char *expected = tmpdir_read(folder, "expected.txt"), *rest_expected = expected;
    unsigned line = 0;

    assert_int_equal(status, 1);
    assert_non_null(expected);
    do {
        got = next_line(&rest_said);
        want = next_line(&rest_expected);
        line++;
        if (got == NULL ? want != NULL : want == NULL || strcmp(got, want) != 0)
            fail_msg("line %u of expected.txt:\n  got  %s\n  want %s", line,
                     got != NULL ? got : "nothing", want != NULL ? want : "nothing");
    } while (got != NULL);
    free(said);
    free(expected);
    free(folder);
}

/* The lines that say "wrong" or "odd" of themselves, and no others, are told. */
static void each_marked_line_is_told(void **state)
{
    static const struct {
        const char *file, *mark;
        unsigned n;
    } cases[] = {{"zones/twenty-mistakes.zone", "; wrong\n", 20},
                 {"zones/warnings.example.zone", "; odd\n", 19}};
    char *folder = xasprintf("%s/tests/data/check", source_folder());
    int status;
    char *said = check(folder, "", &status);

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *text = tmpdir_read(folder, cases[i].file), *rest = text;
        unsigned number = 0, marked = 0;
        for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
            char *place = xasprintf("%s:%u:", cases[i].file, ++number);
            char *ended = xasprintf("%s\n", line);
            const bool is_marked = number > 1 && strstr(ended, cases[i].mark) != NULL;
            if ((strstr(said, place) != NULL) != is_marked)
                fail_msg("%s %s", place, is_marked ? "is not told" : "is told");
            marked += is_marked;
            free(place);
            free(ended);
        }
        assert_int_equal(marked, cases[i].n);
        free(text);
    }
    free(said);
    free(folder);
}

static void warnings_are_errors_if_asked(void **state)
{
    char *dir = tmpdir_new(), *zones = tmpdir_path(dir, "zones"), *said;
    int status;

    assert_int_equal(mkdir(zones, 0755), 0);
    free(zones);
    tmpdir_write(dir, "proxima.yaml", "zones: {directory: zones}\n");
    tmpdir_write(dir, "zones/example.zone",
                 "@ 60 SOA ns1.example.net. host 1 2 3 4 5\n@ 60 NS ns1.example.net.\n"
                 "a 60 CNAME b\n");
    said = check(dir, "", &status);
    assert_int_equal(status, 0);
    assert_non_null(strstr(said, "example.zone:3: CNAME b.example. does not exist\n"));
    free(said);
    said = check(dir, "--strict", &status);
    assert_int_equal(status, 1);
    assert_non_null(strstr(said, "0 errors, 1 warning\n"));
    free(said);
    tmpdir_free(dir);
}

static void exposure_is_told_by_policy_and_ttl(void **state)
{
    char *dir = tmpdir_new(), *zones = tmpdir_path(dir, "zones"), *said;
    int status;

    assert_int_equal(mkdir(zones, 0755), 0);
    free(zones);
    tmpdir_write(dir, "proxima.yaml",
                 "zones: {directory: zones}\nregions: {us: {}, eu: {}, ap: {}}\n"
                 "probes: {web: {type: http}}\n"
                 "policies: {default: {probe: web}, plain: {}}\n");
    tmpdir_write(dir, "zones/example.zone",
                 "@ 60 SOA ns host 1 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.2.53\n"
                 "a DYNA web\nb DYNA web\nc 60/60 DYNA web\nd DYNA other plain\n"
                 "us.web 60 A 192.0.2.1\neu.web 60 A 192.0.2.2\nap.other 60 A 192.0.2.3\n");
    said = check(dir, "", &status);
    assert_int_equal(status, 0);
    static const char *const lines[] = {
        "a.example. and 1 more (policy default, TTL 10 to 300 s): a dead endpoint is in no answer "
        "after 17s, in no cache after 5m7s; a busy resolver asks 12 times an hour, 360 while the "
        "TTL is at its minimum\n",
        "c.example. (policy default, TTL 60 to 60 s): a dead endpoint is in no answer after 17s, in "
        "no cache after 1m17s; a busy resolver asks 60 times an hour\n",
        "d.example. (policy plain, TTL 10 to 300 s): nothing is asked, so a dead endpoint stays in "
        "the answers; a busy resolver asks 12 times an hour, 360 while the TTL is at its minimum\n",
        "warning: proxima.yaml:2:27: nothing probes region \"ap\": its pools' policies have no "
        "probe, so it is never down\n",
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        if (strstr(said, lines[i]) == NULL)
            fail_msg("not told: %sbut: %s", lines[i], said);
    free(said);
    tmpdir_free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mistake_is_told_at_its_line),
        cmocka_unit_test(each_marked_line_is_told),
        cmocka_unit_test(warnings_are_errors_if_asked),
        cmocka_unit_test(exposure_is_told_by_policy_and_ttl),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
