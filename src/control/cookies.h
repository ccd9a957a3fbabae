/*
 * Keeps the server's own cookie secrets: in the state folder, so that clients' cookies survive a
 * restart, and young.  What is on the disk is never older than what workers use.
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <uv.h>

#include "control/ownsecrets.h"

struct cookies;

/*
 * Read the secrets of the state folder, or make the first one; blocks.
 *
 *   on_change   on the loop: cookies_secrets has something new to publish
 *
 * What is wrong with the folder is told in err; the secrets are good for this run all the same.
 * Returns owned.
 */
struct cookies *cookies_open(uv_loop_t *loop, const char *state, void (*on_change)(void *arg),
                             void *arg, struct err *err);
struct cookie_secrets cookies_secrets(const struct cookies *c);
void cookies_close(struct cookies *c); /* freed by the loop, after what is being written */
