/*
 * A file of verdicts, as others write it for the file probe: one line an endpoint, read whole or not
 * at all.
 *
 *   # what an agent found
 *   192.0.2.1       up
 *   2001:db8::1     down disk full
 *   lb.example.net  up
 *   *               up
 *
 * The endpoint, "up" or "down", and a reason if there is one; "*" is every endpoint without a line of
 * its own.  Pure functions.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "health/reports.h"

#define VERDICTFILE_OTHERS "*"

/* NULL: *why says what is wrong ("line 3: …"), owned.  Returns owned. */
struct reports *verdictfile_parse(const char *text, size_t len, char **why);
