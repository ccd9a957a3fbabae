/*
 * proximactl: one command to a running proximad, over its control socket (proximactl(8)).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "ctl/advise.h"
#include "ctl/args.h"
#include "ctl/client.h"
#include "ctl/show.h"

enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2 };

/* https://no-color.org: set and not empty, whatever it says. */
static bool wants_colour(void)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

    return isatty(STDOUT_FILENO) && (no == NULL || *no == '\0') &&
           (term == NULL || strcmp(term, "dumb") != 0);
}

static void take_warnings(const json_t *result, struct err *err)
{
    json_t *text;
    size_t i;

    json_array_foreach(json_object_get(result, "warnings"), i, text)
        err_warn(err, "%s", json_string_value(text));
}

static void print_result(const struct args *a, json_t *result, struct err *err)
{
    if (strcmp(a->command->name, "advise") == 0) {
        const struct advise_opts o = {.json = a->json, .svg = a->svg, .colour = wants_colour()};
        advise_print(result, &o, stdout, err);
    } else if (a->json) {
        json_dumpf(result, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
        putchar('\n');
    } else {
        client_clean(result);
        show_result(a->command->name, result, stdout, wants_colour());
        take_warnings(result, err);
    }
    if (fflush(stdout) != 0)
        err_add(err, "standard output: %s", strerror(errno));
}

static int call(const struct args *a)
{
    struct err err = {0};
    json_t *result = NULL;
    const int fd = client_connect(a->socket, &err);

    if (fd >= 0) {
        result = client_call(fd, a->command->name, a->params, &err);
        close(fd);
    }
    if (result != NULL)
        print_result(a, result, &err);

    char *reasons = err_text(&err);
    fputs(reasons, stderr);
    free(reasons);

    const int status = err.errors == 0 ? EXIT_DONE : EXIT_REFUSED;
    json_decref(result);
    err_fini(&err);
    return status;
}

static int run(const struct args *a)
{
    switch (a->what) {
    case ARGS_CALL: return call(a);
    case ARGS_HELP: args_help(a->command, stdout); return EXIT_DONE;
    case ARGS_VERSION: puts("proximactl " PACKAGE_VERSION); return EXIT_DONE;
    case ARGS_BAD: fprintf(stderr, "proximactl: %s\n", a->problem); return EXIT_USAGE;
    }
    abort();
}

int main(int argc, char **argv)
{
    struct args a;

    args_parse(&a, argc, argv);
    const int status = run(&a);
    args_fini(&a);
    return status;
}
