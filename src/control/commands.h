/*
 * The commands of the control socket, which are proximactl's (proximactl(8)): one row in a table
 * and one file, cmd_NAME.c, each.  Those that change something go to the journal.
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "control/control.h"

/*
 * Open the socket at the configuration's server.control and answer on it.  c's drains, journal and
 * plan must be there; c->commands is the caller's to set.  NULL and an error.  Returns owned.
 */
struct commands *commands_open(struct control *c, struct err *err);

/* NULL is fine: closed is then called at once.  Commands that wait are refused, replies given are
 * sent; drains that are being written go on and end without a reply.  closed may be NULL. */
void commands_close(struct commands *cmds, void (*closed)(void *arg), void *arg);
