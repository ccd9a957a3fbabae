/*
 * SipHash-2-4 (Aumasson, Bernstein 2012): a keyed hash of short inputs that nobody without the key
 * can predict.  What RFC 9018 §4.4 makes server cookies with.
 *
 * Pure, any thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define SIPHASH_KEY_LEN 16

/* The hash's octets as they are sent are those of the number, least significant first. */
uint64_t siphash24(const void *p, size_t len, const uint8_t key[SIPHASH_KEY_LEN]);
