/*
 * proximactl's arguments: from argv to a request of the control socket.  One row a command, here
 * and in control/commands.c.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define ARGS_MAX 3 /* arguments of a command */

struct ctl_command {
    const char *name;
    const char *synopsis;         /* behind the name: "REGION [--pool POOL]" */
    const char *help;             /* one line */
    const char *more;             /* further lines; "" */
    const char *params[ARGS_MAX]; /* of the request, by position; NULL: no more */
    size_t required;              /* of them */
    const char *options;          /* long options that it takes: " --pool --why "; "" */
};

extern const struct ctl_command ctl_commands[];
extern const size_t ctl_n_commands;

struct args {
    enum { ARGS_CALL, ARGS_HELP, ARGS_VERSION, ARGS_BAD } what;
    const char *socket;                /* borrowed from argv or the environment */
    bool json;                         /* print the result as it is */
    const struct ctl_command *command; /* NULL: ARGS_HELP of everything, ARGS_VERSION, ARGS_BAD */
    json_t *params;                    /* ARGS_CALL; owned */
    const char *svg;                   /* advise: a file's name, "-" standard output; or NULL */
    char *problem;                     /* ARGS_BAD: one line; owned */
};

/* Options may stand before and behind the command; "--" ends them. */
void args_parse(struct args *a, int argc, char **argv);
void args_fini(struct args *a);

void args_help(const struct ctl_command *command, FILE *to); /* NULL: everything */
