/*
 * TTLs as master files write them: seconds, or BIND's units ("1w2d3h4m5s", case does not count).
 *
 * Pure, any thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Read a number of seconds, at most 2^32-1 (fields of an SOA are that wide; a TTL's own limit is
 * the caller's).
 *
 *   why   out, on false: a static phrase
 *
 * "3600" and "1h30m" → true; "1h30", "h", "5x" and "" → false.
 */
bool zonettl_parse(const char *text, size_t len, uint32_t *out, const char **why);
