/*
 * Telling people that the prober does not trust its own eyes (health/sight.h): in the log, in the
 * journal, and in `status`.
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <jansson.h>

#include "control/control.h"

/* Sight was lost or came back. */
void sight_news(struct control *c);
/* What to show while it is lost, owned; NULL: it is not. */
char *sight_problem(const struct control *c);
/* For `status`; a new reference. */
json_t *sight_object(const struct control *c);
