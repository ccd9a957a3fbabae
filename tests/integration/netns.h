/*
 * Two network namespaces of a test's own, joined by a cable: *near*, where the test is and what it
 * starts, and *far*.  Nothing outside is seen or touched; all goes with the test.
 *
 *     near                               far
 *     lo 127.0.0.1   near ──────────── far
 *            10.77.0.1/24         10.77.0.2/24
 *
 * Needs root or user namespaces, and the program ip.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>

/* Go there, for good; before there are threads.  False: cannot be had here, and stderr says why. */
bool netns_enter(void);

/* A shell command on either side, "ip link set near down"; one that fails aborts. */
void netns_near(const char *command, ...) __attribute__((format(printf, 1, 2)));
void netns_far(const char *command, ...) __attribute__((format(printf, 1, 2)));

/* Call fn there; what it starts stays there. */
void netns_in_far(void (*fn)(void *arg), void *arg);
