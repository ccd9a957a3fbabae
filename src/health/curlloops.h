/*
 * A curlloop for each file of authorities: libcurl keeps one parsed file for each of its multi handles, and
 * the system's takes some 20 ms to read, so two that take turns would stop the control loop.
 *
 * Control thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "health/curlloop.h"

struct curlloops;

struct curlloops *curlloops_open(uv_loop_t *loop);
/* No transfer is under way.  closed(arg) comes later. */
void curlloops_close(struct curlloops *ls, void (*closed)(void *arg), void *arg);

/* ca: the path of the file; NULL: for transfers that need none.  Borrowed. */
struct curlloop *curlloops_get(struct curlloops *ls, const char *ca);
