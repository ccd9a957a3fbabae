/*
 * Time as typed numbers.  Rules (health, TTL, damping) take `now` as an argument; only the two
 * event loops and main read a clock, so that tests replay a month in a second.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdint.h>

typedef int64_t mono_ms_t; /* a point on the monotonic clock; means nothing in another boot */
typedef int64_t real_ms_t; /* milliseconds since 1970, UTC; for people and for files */
typedef int64_t dur_ms_t;  /* a length of time */

mono_ms_t mono_ms(void);
real_ms_t real_ms(void);
/* For how long in all the machine has slept since it was started: the monotonic clock stands still then. */
dur_ms_t slept_ms(void);

#define CLOCK_TEXT 21                                /* "2026-01-02T03:04:05Z" and its NUL */
char *real_print(real_ms_t t, char out[CLOCK_TEXT]); /* RFC 3339, UTC, whole seconds */

#define DUR_TEXT 24
/* The two largest units, for people: "250ms", "4s", "2m10s", "3h5m", "9d4h". */
char *dur_print(dur_ms_t d, char out[DUR_TEXT]);
