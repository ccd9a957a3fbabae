/*
 * Copying and comparing the few octets that names and records are made of.  A call of memcpy or memcmp
 * costs some 30 instructions before the first octet, more than an address record's own price; these
 * are inline.  Nothing is read or written outside of what is named.
 *
 * Any thread.  SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define OCTETS_INLINE 128 /* beyond it memcpy's wider registers win */

static inline uint64_t octets_word(const uint8_t *p)
{
    uint64_t v;

    memcpy(&v, p, 8);
    return v;
}

static inline uint32_t octets_half(const uint8_t *p)
{
    uint32_t v;

    memcpy(&v, p, 4);
    return v;
}

static inline uint16_t octets_pair(const uint8_t *p)
{
    uint16_t v;

    memcpy(&v, p, 2);
    return v;
}

/* Eight octets or more are two words that overlap in the middle, four or more two halves. */
static inline void octets_copy_few(uint8_t *to, const uint8_t *from, size_t len)
{
    if (len >= 8) {
        const uint64_t first = octets_word(from), last = octets_word(from + len - 8);
        memcpy(to, &first, 8);
        memcpy(to + len - 8, &last, 8);
    } else if (len >= 4) {
        const uint32_t first = octets_half(from), last = octets_half(from + len - 4);
        memcpy(to, &first, 4);
        memcpy(to + len - 4, &last, 4);
    } else {
        for (; len > 0; len--)
            *to++ = *from++;
    }
}

/* The two do not overlap. */
static inline void octets_copy(uint8_t *to, const uint8_t *from, size_t len)
{
    if (len > OCTETS_INLINE) {
        memcpy(to, from, len);
    } else if (len >= 16) {
        const uint8_t *last = from + len - 16;
        uint8_t *to_last = to + len - 16;
        for (; from < last; from += 16, to += 16)
            memcpy(to, from, 16);
        memcpy(to_last, last, 16);
    } else {
        octets_copy_few(to, from, len);
    }
}

static inline bool octets_equal_16(const uint8_t *a, const uint8_t *b)
{
    return ((octets_word(a) ^ octets_word(b)) | (octets_word(a + 8) ^ octets_word(b + 8))) == 0;
}

static inline bool octets_equal(const uint8_t *a, const uint8_t *b, size_t len)
{
    if (len >= 16) {
        for (size_t at = 0; at + 16 < len; at += 16)
            if (!octets_equal_16(a + at, b + at))
                return false;
        return octets_equal_16(a + len - 16, b + len - 16);
    }
    if (len >= 8)
        return octets_word(a) == octets_word(b) &&
               octets_word(a + len - 8) == octets_word(b + len - 8);
    if (len >= 4)
        return octets_half(a) == octets_half(b) &&
               octets_half(a + len - 4) == octets_half(b + len - 4);
    for (; len > 0; len--)
        if (*a++ != *b++)
            return false;
    return true;
}
