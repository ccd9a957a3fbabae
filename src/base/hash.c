/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/hash.h"

#include <string.h>

uint64_t hash_bytes(const void *p, size_t len, uint64_t seed)
{
    const uint8_t *at = p;
    uint64_t h = seed ^ len * 0x9e3779b97f4a7c15u, word;

    for (; len >= 8; at += 8, len -= 8) {
        memcpy(&word, at, 8);
        h = hash_mix(h ^ word);
    }
    word = 0;
    memcpy(&word, at, len);
    return hash_mix(h ^ word);
}
