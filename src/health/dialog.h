/*
 * What the tcp and tls probes say and expect to hear (`send`, `expect`), without the connection.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "health/probe.h"

/* What is heard of an endpoint until it has to have said what is expected.  A greeting is a line or
 * a few; one that talks on is not listened to. */
#define DIALOG_MAX 4096

struct dialog {
    const struct probe_spec *spec;
    size_t heard;
    char *text; /* DIALOG_MAX octets once something was heard */
};

/* Is there more to it than to connect? */
bool dialog_is_wanted(const struct probe_spec *spec);
/* Room for what comes next, 0: it has said too much. */
char *dialog_room(struct dialog *d, size_t *room);
/* It has said what is expected, or nothing is. */
bool dialog_is_over(const struct dialog *d);
void dialog_fini(struct dialog *d);

#define DIALOG_TEXT 320
/* 'heard "220 mx1.example.net", expected "250"', octets that do not print as \xHH.  Returns out. */
char *dialog_say(const struct dialog *d, char out[DIALOG_TEXT]);
