/*
 * Non-cryptographic hashing for tables whose keys are the operator's.  A client that builds
 * collisions gains nothing, because a query only looks up and every hit is compared whole; but it
 * can build them, so an equal hash alone must never be taken for an equal name.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The finaliser of splitmix64 (Steele, Lea, Flood 2014): every input bit reaches every output bit. */
static inline uint64_t hash_mix(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

uint64_t hash_bytes(const void *p, size_t len, uint64_t seed);
