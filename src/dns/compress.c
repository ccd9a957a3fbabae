/* SPDX-License-Identifier: BSD-2-Clause */
#include "dns/compress.h"

#include <assert.h>

#include "base/octets.h"
#include "dns/name.h"

#define POINTER       0xc000u
#define POINTER_LIMIT 0x4000u /* offsets that a pointer can hold */

/* A tag is seven octets, the label's length and its first six, with the parent's number above them. */
#define TAG_LABEL    6
#define PARENT_SHIFT 56
_Static_assert(COMPRESS_MAX < 256, "a parent's number is one octet");

/* Where each label starts, from the left; returns how many. */
static unsigned find_labels(const uint8_t *name, uint8_t at[NAME_MAX_LABELS + 1])
{
    unsigned n = 0, offset = 0;

    for (; name[offset] != 0; offset += 1u + name[offset])
        at[n++] = (uint8_t)offset;
    at[n] = (uint8_t)offset;
    return n;
}

/* len octets, 2..7, the first one lowest: what is read twice is the same both times. */
static inline uint64_t load(const uint8_t *p, unsigned len)
{
    const uint8_t *last = p + len - 2;

    if (len < 4)
        return (uint64_t)(p[0] | p[1] << 8) | (uint64_t)(last[0] | last[1] << 8) << 8 * (len - 2);
    last -= 2;
    const uint32_t lo = p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
    const uint32_t hi = last[0] | last[1] << 8 | last[2] << 16 | (uint32_t)last[3] << 24;
    return lo | (uint64_t)hi << 8 * (len - 4);
}

/* Eight octets in lower case at once (RFC 4343): of those below 0x80 the ones from A to Z get 0x20. */
static inline uint64_t lower(uint64_t v)
{
    const uint64_t ones = 0x0101010101010101u, low = v & 0x7f * ones;
    const uint64_t from_a = low + (0x80 - 'A') * ones, after_z = low + (0x7f - 'Z') * ones;

    return v | ((from_a ^ after_z) & ~v & 0x80 * ones) >> 2;
}

static inline uint64_t tag_of(unsigned parent, const uint8_t *label)
{
    const unsigned len = *label < TAG_LABEL ? *label : TAG_LABEL;

    return lower(load(label, 1 + len)) | (uint64_t)parent << PARENT_SHIFT;
}

/* Are two labels of the same length also the same behind what the tag tells? */
static bool same_rest(const uint8_t *a, const uint8_t *b)
{
    for (unsigned i = 1 + TAG_LABEL; i <= *a; i++)
        if (name_lower_octet(a[i]) != name_lower_octet(b[i]))
            return false;
    return true;
}

/* The number of a label below a parent's, or 0.  Number i is what stands at i - 1. */
static unsigned find_child(const struct compress *c, const uint8_t *message, unsigned parent,
                           const uint8_t *label)
{
    const uint64_t tag = tag_of(parent, label);

    for (unsigned i = parent; i < c->n; i++)
        if (c->tag[i] == tag && (*label <= TAG_LABEL || same_rest(label, message + c->offset[i])))
            return i + 1;
    return 0;
}

/* The labels of a name that stands at an offset, from the last one that is new to the first. */
static void add_labels(struct compress *c, unsigned parent, const uint8_t *name, const uint8_t *at,
                       unsigned n, size_t offset)
{
    while (n-- > 0 && c->n < COMPRESS_MAX && offset + at[n] < POINTER_LIMIT) {
        c->tag[c->n] = tag_of(parent, name + at[n]);
        c->offset[c->n] = (uint16_t)(offset + at[n]);
        parent = ++c->n;
    }
}

void compress_add(struct compress *c, const uint8_t *message, uint16_t offset)
{
    uint8_t at[NAME_MAX_LABELS + 1];
    const unsigned n = find_labels(message + offset, at);

    add_labels(c, 0, message + offset, at, n, offset);
}

uint16_t compress_put(struct compress *c, struct wr *w, const uint8_t *name)
{
    uint8_t at[NAME_MAX_LABELS + 1];
    unsigned n = find_labels(name, at), known = 0;
    const size_t offset = wr_len(w);

    for (unsigned child; n > 0; known = child, n--)
        if ((child = find_child(c, w->start, known, name + at[n - 1])) == 0)
            break;
    uint8_t *out = wr_room(w, at[n] + (known > 0 ? 2u : 1u));
    if (out == NULL)
        return 0;
    const uint16_t pointer = known > 0 ? (uint16_t)(POINTER | c->offset[known - 1]) : 0;
    octets_copy(out, name, at[n]);
    if (known > 0)
        put_u16(out + at[n], pointer);
    else
        out[at[n]] = 0;
    if (n == 0)
        return pointer;
    add_labels(c, known, name, at, n, offset);
    return offset < POINTER_LIMIT ? (uint16_t)(POINTER | offset) : 0;
}
