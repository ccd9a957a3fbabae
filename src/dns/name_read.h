/*
 * Lower-casing, and a name out of a packet made ready for look-ups: in line, because every query has one
 * (query.c) and a call would cost as much as half of it.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#pragma once

#include "dns/name.h"

/*
 * Sixteen octets at once: 9 instructions instead of some 90.  The compilers' vector type is one register
 * of SSE2 or NEON, which every x86-64 and ARMv8 has, and words elsewhere.
 */
#define NAME_BLOCK 16
typedef uint8_t name_block __attribute__((vector_size(NAME_BLOCK)));

static inline void name_lower_block(uint8_t *out, const uint8_t *in)
{
    name_block b;

    memcpy(&b, in, NAME_BLOCK);
    b |= (name_block)(b - 'A' < 26) & 0x20;
    memcpy(out, &b, NAME_BLOCK);
}

/*
 * Length octets are below 64 and so are no letters: they can be folded with the rest.  The last block
 * overlaps the one before it, so that nothing behind the name is touched; the room that a short one
 * needs is asked for (left).
 */
static inline void name_lower_into(uint8_t *out, const uint8_t *name, size_t len, size_t left)
{
    if (len >= NAME_BLOCK) {
        for (size_t at = 0; at + NAME_BLOCK < len; at += NAME_BLOCK)
            name_lower_block(out + at, name + at);
        name_lower_block(out + len - NAME_BLOCK, name + len - NAME_BLOCK);
    } else if (left >= NAME_BLOCK) {
        name_lower_block(out, name);
    } else {
        for (size_t at = 0; at < len; at++)
            out[at] = name_lower_octet(name[at]);
    }
}

/* Find the labels, and see that they are a name.  Returns its octets; 0: not within the left octets. */
static inline size_t name_find_labels(struct name_key *key, const uint8_t *name, size_t left)
{
    const size_t limit = left < NAME_MAX_LEN ? left : NAME_MAX_LEN;
    size_t n = 0;

    for (size_t at = 0; at < limit; n++) {
        const size_t label_len = name[at];
        key->at[n] = (uint8_t)at;
        if (label_len - 1 >= LABEL_MAX_LEN) { /* 0, or too long */
            key->labels = (uint8_t)n;
            return label_len == 0 ? at + 1 : 0;
        }
        at += 1 + label_len;
    }
    return 0;
}

/*
 * As name_key_init, of what stands in a packet.  Returns its octets; 0: there is no valid name without
 * pointers at the start of the left octets.
 */
static inline size_t name_key_read(struct name_key *key, const uint8_t *name, size_t left)
{
    const size_t len = name_find_labels(key, name, left);

    if (len == 0)
        return 0;
    name_lower_into(key->wire, name, len, left);
    key->len = (uint8_t)len;
    key->hash = name_hash(key->wire, len);
    return len;
}
