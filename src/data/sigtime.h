/*
 * When signatures begin and end: seconds since 1970 modulo 2^32, serial numbers that are good for 68
 * years to each side (RFC 4034 §3.1.5).  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

/* In an RRSIG's rdata (RFC 4034 §3.1). */
enum { SIG_EXPIRATION = 8, SIG_INCEPTION = 12, SIG_FIXED_LEN = 18 };

/* Signatures that end before this many seconds have gone by are told of: a weekend, in which nobody
 * signs. */
#define SIGTIME_SOON_S (3 * 86400)

static inline int32_t sigtime_left_s(uint32_t when, real_ms_t now)
{
    return (int32_t)(when - (uint32_t)(now / 1000));
}

/* Comes `a` before b? */
static inline bool sigtime_is_before(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) < 0;
}
