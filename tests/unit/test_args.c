/* SPDX-License-Identifier: BSD-2-Clause */
#include "ctl/args.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/xalloc.h"

#define WORDS_MAX 16

/* Parses a line whose words are parted by single spaces, as argv of proximactl. */
static void parse(struct args *a, char *line)
{
    static char name[] = "proximactl";
    char *argv[WORDS_MAX] = {name}, *save;
    int argc = 1;

    for (char *w = strtok_r(line, " ", &save); w != NULL; w = strtok_r(NULL, " ", &save))
        argv[argc++] = w;
    args_parse(a, argc, argv);
}

static void test_requests(void **state)
{
    static const struct {
        const char *line, *command, *params;
    } cases[] = {
        {"status", "status", "{}"},
        {"explain www.example.com --client 192.0.2.1", "explain",
         "{\"name\":\"www.example.com\",\"client\":\"192.0.2.1\"}"},
        {"--client 192.0.2.0/24 explain www.example.com AAAA", "explain",
         "{\"name\":\"www.example.com\",\"type\":\"AAAA\",\"client\":\"192.0.2.0/24\"}"},
        {"drain eu-west --why=kernel", "drain", "{\"region\":\"eu-west\",\"why\":\"kernel\"}"},
        {"drain --pool web eu-west", "drain", "{\"region\":\"eu-west\",\"pool\":\"web\"}"},
        {"undrain eu-west", "undrain", "{\"region\":\"eu-west\"}"},
        {"reload", "reload", "{}"},
        {"reload example.com", "reload", "{\"zone\":\"example.com\"}"},
        {"release us --pool web", "release", "{\"pool\":\"web\",\"region\":\"us\"}"},
        {"reload --all", "reload", "{\"all\":true}"},
        {"advise default --svg x.svg", "advise", "{\"policy\":\"default\"}"}, /* the plot is ours */
        {"wait web/eu-west=down", "wait", "{\"what\":\"web/eu-west=down\"}"},
        {"wait web/eu-west=down --timeout 250ms", "wait",
         "{\"what\":\"web/eu-west=down\",\"timeout_ms\":250}"},
        {"wait web/eu-west=down --timeout 2m", "wait",
         "{\"what\":\"web/eu-west=down\",\"timeout_ms\":120000}"},
        {"probe -- --odd", "probe", "{\"name\":\"--odd\"}"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *line = xstrdup(cases[i].line);
        json_t *want = json_loads(cases[i].params, 0, NULL);
        struct args a;

        parse(&a, line);
        if (a.what != ARGS_CALL)
            fail_msg("%s: %s", cases[i].line, a.problem);
        assert_string_equal(a.command->name, cases[i].command);
        if (!json_equal(a.params, want))
            fail_msg("%s: %s", cases[i].line, json_dumps(a.params, JSON_COMPACT));
        json_decref(want);
        args_fini(&a);
        free(line);
    }
}

static void test_mistakes(void **state)
{
    static const struct {
        const char *line, *problem;
    } cases[] = {
        {"", "which command? proximactl --help lists them"},
        {"drian eu-west", "no command \"drian\"; \"drain\"?"},
        {"fly", "no command \"fly\"; proximactl --help lists them"},
        {"drain", "too few arguments: drain REGION [--pool POOL] [--why TEXT]"},
        {"drain a b", "too many arguments: drain REGION [--pool POOL] [--why TEXT]"},
        {"status now", "too many arguments: status"},
        {"status --pool web", "status takes no --pool"},
        {"explain www", "explain needs --client: an address, or a subnet such as 192.0.2.0/24"},
        {"explain www --client", "--client needs a value"},
        {"wait a/b=up --timeout 5", "--timeout 5: write 250ms, 30s, 2m or 1h"},
        {"wait a/b=up --timeout -5s", "--timeout -5s: write 250ms, 30s, 2m or 1h"},
        {"status --jsom", "no option --jsom"},
        {"status -x", "no option -x"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *line = xstrdup(cases[i].line);
        struct args a;

        parse(&a, line);
        if (a.what != ARGS_BAD)
            fail_msg("%s: no problem", cases[i].line);
        assert_string_equal(a.problem, cases[i].problem);
        args_fini(&a);
        free(line);
    }
}

static void test_socket(void **state)
{
    static const struct {
        const char *environment, *line, *socket;
    } cases[] = {
        {NULL, "status", RUNSTATEDIR "/proxima/control.sock"},
        {"", "status", RUNSTATEDIR "/proxima/control.sock"},
        {"/tmp/a", "status", "/tmp/a"},
        {"/tmp/a", "status -s b", "b"},
        {"/tmp/a", "--socket=b status", "b"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *line = xstrdup(cases[i].line);
        struct args a;

        if (cases[i].environment != NULL)
            setenv("PROXIMA_SOCKET", cases[i].environment, 1);
        else
            unsetenv("PROXIMA_SOCKET");
        parse(&a, line);
        assert_string_equal(a.socket, cases[i].socket);
        args_fini(&a);
        free(line);
    }
}

static void test_help(void **state)
{
    char general[] = "--help", of_drain[] = "drain --help", version[] = "--version drain";
    struct args a;

    parse(&a, general);
    assert_int_equal(a.what, ARGS_HELP);
    assert_null(a.command);
    args_fini(&a);
    parse(&a, of_drain);
    assert_int_equal(a.what, ARGS_HELP);
    assert_string_equal(a.command->name, "drain");
    args_fini(&a);
    parse(&a, version);
    assert_int_equal(a.what, ARGS_VERSION);
    args_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_socket),
        cmocka_unit_test(test_help),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
