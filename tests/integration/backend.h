/*
 * A backend that can be killed: the program tests/integration/origin on one address, ended with the
 * test however that ends.  Everything blocks until it is so; what goes wrong aborts.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct backend;

/*
 * One on each address, all on the same port, which the kernel picks on the first: another program may
 * have it on the next, and then another is tried.  Returns when they listen.
 */
void backends_start(struct backend **b, const char *const *addrs, size_t n);
void backend_free(struct backend *b); /* NULL is fine */

uint16_t backend_port(const struct backend *b);
void backend_kill(struct backend *b);    /* kill -9: connections are refused when it returns */
void backend_restart(struct backend *b); /* on the same port */
void backend_freeze(struct backend *b);  /* SIGSTOP: it accepts, and never answers */
void backend_thaw(struct backend *b);
void backend_set(struct backend *b, const char *mode); /* origin.h's modes, "503" */

/* By how much a program under a sanitizer may take longer than its bound; 1 without one. */
int backend_slowness(void);
