/*
 * The client's side of the control socket: one request, one reply.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <jansson.h>

#include "base/err.h"

/* Connect.  -1 and an error that says what would help. */
int client_connect(const char *path, struct err *err);

/*
 * Send a request and read its reply.  NULL and errors: the connection broke, or the server refused,
 * then with all its reasons and warnings.  Returns the result, a new reference.
 */
json_t *client_call(int fd, const char *method, json_t *params, struct err *err);

/* What others typed may hold control characters, which a terminal would obey: they become "?". */
void client_clean(json_t *value);
