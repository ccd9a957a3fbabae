/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* One line on stderr, exit 2: the test could not be made. */
void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
